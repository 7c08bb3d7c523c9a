// Exact sums of several measures of the same things, each thing being of one of a few groups.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "numeric/exact_sum.h"
#include "numeric/sums_by_number.h"

namespace losskit {

/// Of few groups the things are put in the order of their groups once, and the values of a group are then
/// summed as a run: four at once. Many groups are summed by number.
class SumsByGroup {
 public:
  /// groups: [count], below groupCount or negative, where a thing is of none; to be there as long as values
  /// are added.
  void order(const std::int32_t* groups, std::size_t count, std::size_t groupCount);
  /// Adds values[i] to the sum of thing i's group. sums: [groupCount]; values: [count].
  void add(std::vector<ExactSum<float>>& sums, const float* values);

 private:
  /// So many things a group at least, on average, pay for a run.
  static constexpr std::size_t kFewestOfGroup = 16;

  const std::int32_t* groups_ = nullptr;
  std::size_t count_ = 0;
  bool areRuns_ = false;
  /// Where the run of each group begins, and the last one ends.
  std::vector<std::uint32_t> begins_;
  std::vector<std::uint32_t> order_;
  std::vector<float> ordered_;
  SumsByNumber byNumber_;
};

}  // namespace losskit
