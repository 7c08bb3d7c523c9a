// Exact sums of many values that each go to one of several sums, as losses go to that of their class: at one
// addition of whole numbers each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "numeric/exact_sum.h"
#include "numeric/simd.h"

namespace losskit {

/// Each value of a block is split into a multiple of 2^-40 and what that leaves as one of 2^-91, both whole
/// numbers, and these are added up. That takes all from 2^-68 to 2^10, and smaller ones that end early;
/// others are added to their sums one by one.
class SumsByNumber {
 public:
  /// Values of a block at most.
  static constexpr std::size_t kMost = 1024;

  SumsByNumber() : parts_(kMost) {}

  /// Adds values[i] to sums[numbers[i]], or to none where the number is negative. values, numbers: [count].
  void add(std::vector<ExactSum<float>>& sums, const std::int32_t* numbers, const float* values,
           std::size_t count);

 private:
  static constexpr int kHighExponent = -40;
  static constexpr int kLowExponent = -91;
  static constexpr double kLimit = 0x1p10;
  /// Adding 1.5 * 2^52 units leaves the number of units in a double's low bits.
  static constexpr double kHighMagic = 0x1.8p12;
  static constexpr double kLowMagic = 0x1.8p-39;

  static I64x2 split(F64x2 value, I64x2* parts);
  void splitAll(const float* values, std::size_t count);

  std::vector<I64x2> parts_;
  /// Places of the values that were not split; their parts are 0.
  std::vector<std::uint32_t> others_;
  /// By number plus one: the first one is of no use.
  std::vector<I64x2> totals_;
};

}  // namespace losskit
