// Exact sums of many values that each go to one of several sums, as losses go to that of their bin: at one
// addition of two doubles each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "numeric/exact_sum.h"
#include "numeric/simd.h"

namespace losskit {

/// Each value of a block is split at 2^-30, and both halves are added up in double. That is exact for zero
/// and all from 2^-49 to below 2^11; others are added to their sums one by one.
class SumsByNumber {
 public:
  /// Values of a block at most: their upper halves come to less than 2^23, 53 bits from 2^-30 up, their lower
  /// ones to 2^-19, 53 bits from 2^-72 up.
  static constexpr std::size_t kMost = 4096;

  /// Adds values[i] to sums[numbers[i]], or to none where the number is -1. values, numbers: [count].
  void add(std::vector<ExactSum<float>>& sums, const std::int32_t* numbers, const float* values,
           std::size_t count);

 private:
  /// Of so many sums each lane has totals of its own: where most values are of one number, an addition waits
  /// for the one before.
  static constexpr std::size_t kFewSums = 256;
  static constexpr float kLeast = 0x1p-49F;
  static constexpr float kLimit = 0x1p11F;
  /// Adding 1.5 * 2^52 units of 2^-30 rounds to them.
  static constexpr double kMagic = 0x1.8p22;

  void addFour(std::vector<ExactSum<float>>& sums, const std::int32_t* numbers, F32x4 values);
  F32x4 addOthers(std::vector<ExactSum<float>>& sums, const std::int32_t* numbers, F32x4 values,
                  I32x4 isUsual);
  void endTotal(std::vector<ExactSum<float>>& sums, std::size_t number);

  std::size_t lanes_ = 1;
  /// Upper and lower half, by number plus one and lane: the first ones are of no use.
  std::vector<F64x2> totals_;
};

}  // namespace losskit
