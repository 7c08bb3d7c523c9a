#include "numeric/exact_sum.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

#include "numeric/simd.h"

namespace losskit {

namespace {

struct Decoded {
  std::uint64_t mantissa;
  int exponent;  ///< of the mantissa's lowest bit
  bool negative;
};

Decoded decode(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  const auto field = static_cast<int>((bits >> 52) & 0x7ff);
  const std::uint64_t fraction = bits & ((std::uint64_t{1} << 52) - 1);
  if (field == 0) return {fraction, -1074, (bits >> 63) != 0};
  return {fraction | (std::uint64_t{1} << 52), field - 1075, (bits >> 63) != 0};
}

/// mantissa * 2^exponent with a sticky bit below, rounded to nearest even. The mantissa has its top bit set.
double roundToDouble(std::uint64_t mantissa, bool sticky, int exponent) {
  // Results below the normal range keep fewer bits; the sums of both ranges are then exact multiples of
  // 2^-1074 anyway.
  constexpr int kDropped = 11;
  const std::uint64_t kept = mantissa >> kDropped;
  const std::uint64_t rest = mantissa & ((std::uint64_t{1} << kDropped) - 1);
  const std::uint64_t half = std::uint64_t{1} << (kDropped - 1);
  const bool up = rest > half || (rest == half && (sticky || (kept & 1) != 0));
  return std::ldexp(static_cast<double>(kept + (up ? 1 : 0)), exponent + kDropped);
}

/// Values, at most, whose sum is taken in double before it is added to the limbs.
constexpr std::size_t kRun = 128;
/// Fewer are no run.
constexpr std::size_t kShortestRun = kLanes;

/// Sum of a run of floats that are zero or lie so near to each other that double holds it exactly, as losses
/// mostly do: 8 instructions for four, against 21 of the next.
class NearFloatSum {
 public:
  void add(F32x4 value) {
    const auto bits = reinterpret_cast<U32x4>(value);
    largest_ = maximum(largest_, bits);
    smallest_ = minimum(smallest_, bits - 1);  // which no zero is
    low_ += lowAsDouble(value);
    high_ += highAsDouble(value);
  }

  /// Whether all so far were positive or +0, and no two more than 22 binades apart: with the 24 bits of the
  /// smallest and 7 of carries that makes 53. Negative values and NaN have the largest bits.
  [[nodiscard]] bool fits() const {
    std::uint32_t largest = 0;
    std::uint32_t smallest = ~std::uint32_t{0};
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      largest = std::max(largest, largest_[lane]);
      smallest = std::min(smallest, smallest_[lane]);
    }
    return largest < kInfinityBits && (largest >> kMantissaBits) <= (smallest >> kMantissaBits) + 22;
  }

  [[nodiscard]] double sum() const {
    const F64x2 pairs = low_ + high_;
    return pairs[0] + pairs[1];
  }

 private:
  static constexpr int kMantissaBits = 23;
  static constexpr std::uint32_t kInfinityBits = 0x7f800000U;

  U32x4 largest_{};
  U32x4 smallest_ = ~U32x4{};
  F64x2 low_{};
  F64x2 high_{};
};

/// Sums of a run of floats in [2^-50, 2^20) or zero, split at 2^-26: of both halves a run's sum has 53 bits.
/// Focal losses reach that far: when the least was 2^-30, 10^7 of them and their sum took 130 ms in place of
/// 77 (Chromium 156).
class QuickFloatSum {
 public:
  /// Adds four values; says by `fits()` whether all so far were in range.
  void add(F32x4 value) {
    const F32x4 size = absolute(value);
    largest_ = maximum(largest_, size);
    smallest_ = minimum(smallest_, select(size == splat(0.0F), splat(1.0F), size));
    isNumber_ &= isNumber(value);
    add(lowAsDouble(value));
    add(highAsDouble(value));
  }

  [[nodiscard]] bool fits() const {
    return all(isNumber_ & (largest_ < splat(0x1p20F)) & (smallest_ >= splat(0x1p-50F)));
  }

  /// Whether a run like this is worth trying as a NearFloatSum.
  [[nodiscard]] bool isNear() const { return all(largest_ < smallest_ * splat(0x1p20F)); }

  [[nodiscard]] double high() const { return high_[0] + high_[1]; }
  [[nodiscard]] double low() const { return low_[0] + low_[1]; }

 private:
  void add(F64x2 value) {
    const F64x2 magic = splat(0x1.8p26);  // 1.5 * 2^(52 - 26)
    const F64x2 high = (value + magic) - magic;
    high_ += high;
    low_ += value - high;
  }

  F64x2 high_{};
  F64x2 low_{};
  F32x4 largest_{};
  F32x4 smallest_ = splat(1.0F);
  I32x4 isNumber_ = splat(std::int32_t{-1});
};

template <class Sum>
Sum sumOfRun(const float* values, std::size_t count) {
  Sum sum;
  std::size_t i = 0;
  for (; i + 4 * kLanes <= count; i += 4 * kLanes) {
    for (std::size_t u = 0; u < 4; ++u) sum.add(load(values + i + u * kLanes));
  }
  for (; i + kLanes <= count; i += kLanes) sum.add(load(values + i));
  if (i < count) sum.add(loadPart(values + i, count - i, 0));
  return sum;
}

}  // namespace

template <class T>
void ExactSum<T>::addFinite(double value) {
  const Decoded part = decode(value);
  if (part.mantissa == 0) return;
  // A double that is a multiple of the range's lowest bit has that many zeros at its end, so the shift loses
  // nothing.
  int position = part.exponent - ExactSumRange<T>::kLowestBit;
  std::uint64_t mantissa = part.mantissa;
  if (position < 0) {
    mantissa >>= -position;
    position = 0;
  }
  addMantissa(mantissa, position, part.negative);
}

/// Adds mantissa * 2^position lowest bits.
template <class T>
void ExactSum<T>::addMantissa(std::uint64_t mantissa, int position, bool isNegative) {
  const auto limb = static_cast<std::size_t>(position / kLimbBits);
  const int shift = position % kLimbBits;
  const std::uint64_t low = (mantissa & 0xffffffffU) << shift;
  const std::uint64_t high = ((mantissa >> kLimbBits) << shift) + (low >> kLimbBits);
  const std::int64_t sign = isNegative ? -1 : 1;
  limbs_[limb] += sign * static_cast<std::int64_t>(low & 0xffffffffU);
  limbs_[limb + 1] += sign * static_cast<std::int64_t>(high & 0xffffffffU);
  limbs_[limb + 2] += sign * static_cast<std::int64_t>(high >> kLimbBits);
  if (++pending_ == kMostPending) propagateCarries();
}

template <class T>
void ExactSum<T>::addUnits(std::int64_t units, int exponent) {
  const bool isNegative = units < 0;
  const auto bits = static_cast<std::uint64_t>(units);
  addMantissa(isNegative ? -bits : bits, exponent - ExactSumRange<T>::kLowestBit, isNegative);
}

template <class T>
void ExactSum<T>::addSpecial(double value) {
  if (std::isnan(value)) {
    ++nans_;
  } else {
    ++(value > 0 ? positiveInfinities_ : negativeInfinities_);
  }
}

template <>
void ExactSum<double>::add(double value) {
  if (std::isfinite(value)) {
    addFinite(value);
  } else {
    addSpecial(value);
  }
}

/// Adds runs in double where they fit; returns how many values that were.
template <class T>
std::size_t ExactSum<T>::addRuns(const float* values, std::size_t count) {
  std::size_t done = 0;
  bool isNear = true;  // what the last run was, so that few are tried in vain
  while (count - done >= kShortestRun) {
    const std::size_t run = std::min(kRun, count - done);
    isNear = (isNear && addNearRun(values + done, run)) || addWideRun(values + done, run);
    done += run;
  }
  return done;
}

/// False, and nothing was added, where the run does not fit.
template <class T>
bool ExactSum<T>::addNearRun(const float* values, std::size_t count) {
  const auto run = sumOfRun<NearFloatSum>(values, count);
  if (!run.fits()) return false;
  addFinite(run.sum());
  return true;
}

/// Whether the run would have been a near one.
template <class T>
bool ExactSum<T>::addWideRun(const float* values, std::size_t count) {
  const auto run = sumOfRun<QuickFloatSum>(values, count);
  if (run.fits()) {
    addFinite(run.high());
    addFinite(run.low());
  } else {
    for (std::size_t i = 0; i < count; ++i) add(static_cast<T>(values[i]));
  }
  return run.isNear();
}

template <class T>
void ExactSum<T>::add(const float* values, std::size_t count) {
  for (std::size_t i = addRuns(values, count); i < count; ++i) add(static_cast<T>(values[i]));
}

template <class T>
void ExactSum<T>::add(const double* values, std::size_t count) requires std::same_as<T, double> {
  for (std::size_t i = 0; i < count; ++i) add(static_cast<T>(values[i]));
}

template <class T>
void ExactSum<T>::propagateCarries() {
  for (std::size_t i = 0; i < quick_.size(); ++i) {
    const std::int64_t value = std::exchange(quick_[i], 0);
    const std::size_t position = i * kQuickBits;
    const std::int64_t scale = std::int64_t{1} << (position % kLimbBits);
    const std::int64_t high = value >> kLimbBits;
    limbs_[position / kLimbBits] += (value - high * (std::int64_t{1} << kLimbBits)) * scale;
    limbs_[position / kLimbBits + 1] += high * scale;
  }
  for (std::size_t i = 0; i + 1 < kLimbs; ++i) {
    const std::int64_t carry = limbs_[i] >> kLimbBits;
    limbs_[i] -= carry * (std::int64_t{1} << kLimbBits);
    limbs_[i + 1] += carry;
  }
  pending_ = 0;
}

template <class T>
void ExactSum<T>::merge(const ExactSum& other) {
  ExactSum addend = other;
  addend.propagateCarries();
  propagateCarries();
  for (std::size_t i = 0; i < kLimbs; ++i) limbs_[i] += addend.limbs_[i];
  propagateCarries();
  positiveInfinities_ += addend.positiveInfinities_;
  negativeInfinities_ += addend.negativeInfinities_;
  nans_ += addend.nans_;
}

template <class T>
double ExactSum<T>::specialValue() const {
  if (nans_ > 0 || (positiveInfinities_ > 0 && negativeInfinities_ > 0)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  const double infinity = std::numeric_limits<double>::infinity();
  return positiveInfinities_ > 0 ? infinity : -infinity;
}

template <class T>
double ExactSum<T>::value() const {
  if (nans_ + positiveInfinities_ + negativeInfinities_ > 0) return specialValue();
  ExactSum sum = *this;
  sum.propagateCarries();
  const bool negative = sum.limbs_[kLimbs - 1] < 0;
  if (negative) {
    for (std::int64_t& limb : sum.limbs_) limb = -limb;
    sum.propagateCarries();
  }
  std::size_t top = kLimbs;
  while (top > 0 && sum.limbs_[top - 1] == 0) --top;
  if (top == 0) return 0;
  const auto limb = [&](std::size_t below) {
    return top > below ? static_cast<std::uint64_t>(sum.limbs_[top - 1 - below]) : 0;
  };
  // The top limb alone may be as wide as 63 bits; take 64 bits from its highest one down, the rest is sticky.
  // It is not zero, so that room < 64.
  std::uint64_t head = limb(0);
  std::uint64_t next = (limb(1) << kLimbBits) | limb(2);
  const int room = std::countl_zero(head);
  const int width = 64 - room;
  const std::uint64_t mantissa = room == 0 ? head : (head << room) | (next >> width);
  bool sticky = (next << (room & 63)) != 0;
  for (std::size_t below = 3; below < top; ++below) sticky = sticky || limb(below) != 0;
  const int exponent = static_cast<int>(top - 1) * kLimbBits + ExactSumRange<T>::kLowestBit - room;
  const double size = roundToDouble(mantissa, sticky, exponent);
  return negative ? -size : size;
}

template <class T>
void ExactSum<T>::write(ByteWriter& to) const {
  ExactSum sum = *this;
  sum.propagateCarries();
  for (const std::int64_t limb : sum.limbs_) to.write(static_cast<std::uint64_t>(limb));
  for (const std::uint64_t count : {positiveInfinities_, negativeInfinities_, nans_}) to.write(count);
}

template <class T>
bool ExactSum<T>::read(ByteReader& from) {
  *this = ExactSum();
  bool canonical = true;
  for (std::size_t i = 0; i < kLimbs; ++i) {
    limbs_[i] = static_cast<std::int64_t>(from.read());
    const bool isTop = i + 1 == kLimbs;
    canonical = canonical && (isTop || (limbs_[i] >= 0 && limbs_[i] < (std::int64_t{1} << kLimbBits)));
  }
  // A sum of 2^62 values stays far below this, so that merging cannot overflow.
  constexpr std::int64_t kLargestTop = std::int64_t{1} << 40;
  canonical = canonical && limbs_[kLimbs - 1] > -kLargestTop && limbs_[kLimbs - 1] < kLargestTop;
  positiveInfinities_ = from.read();
  negativeInfinities_ = from.read();
  nans_ = from.read();
  return canonical && from.ok();
}

template class ExactSum<float>;
template class ExactSum<double>;

}  // namespace losskit
