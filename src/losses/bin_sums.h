// Counts and exact sums of losses by bin, for few bins and many losses.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "numeric/simd.h"

namespace losskit {

/// Places that are compared with an edge together.
inline constexpr std::size_t kBinStep = 16;

/// How many edges each place has reached. place, bin: [count], a multiple of kBinStep.
void findBins(std::int32_t* bin, const float* place, std::size_t count, std::span<const float> edges);

/// Of up to kMostLosses that are usual: zero, or from 2^-30 to below 2^8. Then the sums of a bin are exact in
/// two doubles. Lanes have sums of their own, so that additions need not wait for each other: of the losses'
/// parts above 2^-20 with the count, and of what is below.
class BinSums {
 public:
  static constexpr std::size_t kMostLosses = 1024;
  static constexpr std::size_t kMostBins = 32;
  /// A bin for what does not count.
  static constexpr std::int32_t kNowhere = kMostBins;

  struct Total {
    std::uint64_t count;
    /// The exact sum of the losses is upper + lower.
    double upper;
    double lower;
  };

  void add(const std::int32_t* bin, F32x4 loss) {
    addHalf(bin, 0, lowAsDouble(loss));
    addHalf(bin, 2, highAsDouble(loss));
  }

  [[nodiscard]] Total total(std::size_t bin) const {
    F64x2 sum{};
    for (const auto& lane : of_) sum += lane[bin];
    const double count = std::floor(sum[0] / kCountUnit);
    return {static_cast<std::uint64_t>(count), sum[0] - count * kCountUnit, sum[1]};
  }

 private:
  /// What a loss adds to its bin's upper sum, which stays below it, so that the sum counts too.
  static constexpr double kCountUnit = 0x1p19;

  void addHalf(const std::int32_t* bin, std::size_t lane, F64x2 loss) {
    const F64x2 magic = constant(0x1.8p32);  // 1.5 * 2^(52 - 20)
    const F64x2 upper = (loss + magic) - magic;
    const F64x2 lower = loss - upper;
    const F64x2 counted = upper + constant(kCountUnit);
    of_[lane][bin[lane]] += __builtin_shufflevector(counted, lower, 0, 2);
    of_[lane + 1][bin[lane + 1]] += __builtin_shufflevector(counted, lower, 1, 3);
  }

  F64x2 of_[kLanes][kMostBins + 1] = {};
};

/// Whether losses are usual.
class LossRange {
 public:
  void add(F32x4 loss) {
    const auto bits = reinterpret_cast<U32x4>(loss);
    largest_ = maximum(largest_, bits);
    smallest_ = minimum(smallest_, bits - 1);  // zero is never the smallest
  }
  [[nodiscard]] bool isUsual() const {
    const auto least = reinterpret_cast<U32x4>(constant(0x1p-30F)) - 1;
    const auto limit = reinterpret_cast<U32x4>(constant(0x1p8F));
    return all((largest_ < limit) & (smallest_ >= least));
  }

 private:
  U32x4 largest_{};
  U32x4 smallest_ = ~U32x4{};
};

}  // namespace losskit
