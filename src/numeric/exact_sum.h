// Sums of floating-point numbers without rounding: the sum is kept as one wide fixed-point number, so the
// order of the additions, the number of workers and the size of the chunks change nothing. Rounded once, when
// it is read. After R. M. Neal, "Fast exact summation using small and large superaccumulators", 2015 (the
// small one).
#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>

#include "numeric/bytes.h"

namespace losskit {

template <class T>
struct ExactSumRange;

template <>
struct ExactSumRange<float> {
  static constexpr int kLowestBit = -149;  ///< exponent of the smallest subnormal
  static constexpr int kHighestBit = 128;
};

template <>
struct ExactSumRange<double> {
  static constexpr int kLowestBit = -1074;
  static constexpr int kHighestBit = 1024;
};

/// Exact sum of up to 2^62 values of type T, or of a type that T holds exactly. Infinities and NaN are
/// counted beside it and decide the value as IEEE would.
template <class T>
class ExactSum {
 public:
  void add(T value);
  void add(const float* values, std::size_t count);
  void add(const double* values, std::size_t count) requires std::same_as<T, double>;
  /// Adds a finite double that is a multiple of the range's lowest bit.
  void addFinite(double value);
  /// Adds units * 2^exponent, which must be a multiple of the range's lowest bit and below 2^128.
  void addUnits(std::int64_t units, int exponent);
  void merge(const ExactSum& other);

  /// Whether one of the values was NaN.
  [[nodiscard]] bool hasNan() const { return nans_ > 0; }

  /// The exact sum rounded once to double (nearest, ties to even).
  [[nodiscard]] double value() const;

  /// The same sum always gives the same bytes.
  void write(ByteWriter& to) const;
  /// False when the bytes end early or are no sum that `write` makes.
  bool read(ByteReader& from);

 private:
  static constexpr int kLimbBits = 32;
  static constexpr std::size_t kLimbs =
      (ExactSumRange<T>::kHighestBit - ExactSumRange<T>::kLowestBit + 63) / kLimbBits + 1;
  using Limbs = std::array<std::int64_t, kLimbs>;

  /// Floats are added to limbs of their own first, 16 bits apart, that hold 39 bits of each.
  static constexpr bool kIsQuick = std::same_as<T, float>;
  static constexpr int kQuickBits = 16;
  static constexpr std::uint32_t kMostPending = kIsQuick ? 1U << 23 : 1U << 30;

  void addMantissa(std::uint64_t mantissa, int position, bool isNegative);
  void addSpecial(double value);
  void propagateCarries();
  std::size_t addRuns(const float* values, std::size_t count);
  bool addNearRun(const float* values, std::size_t count);
  bool addWideRun(const float* values, std::size_t count);
  [[nodiscard]] double specialValue() const;

  /// Value = sum of limbs_[i] * 2^(32 i + kLowestBit) + sum of quick_[i] * 2^(16 i + kLowestBit). Between
  /// propagations a limb holds up to kMostPending additions; behind one the quick limbs are 0.
  Limbs limbs_{};
  std::array<std::int64_t, kIsQuick ? 256 / kQuickBits : 0> quick_{};
  std::uint32_t pending_ = 0;
  std::uint64_t positiveInfinities_ = 0;
  std::uint64_t negativeInfinities_ = 0;
  std::uint64_t nans_ = 0;
};

/// One addition in memory: a float's digits fit into one of the quick limbs.
template <>
inline void ExactSum<float>::add(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t field = (bits >> 23) & 0xff;
  if (field == 0xff) {
    addSpecial(static_cast<double>(value));
    return;
  }
  const std::uint32_t position = field == 0 ? 0 : field - 1;
  const std::int64_t mantissa = (bits & 0x7fffff) | (field == 0 ? 0 : 0x800000);
  const std::int64_t sign = -static_cast<std::int64_t>(bits >> 31);
  quick_[position / kQuickBits] += ((mantissa << (position % kQuickBits)) ^ sign) - sign;
  if (++pending_ == kMostPending) propagateCarries();
}

}  // namespace losskit
