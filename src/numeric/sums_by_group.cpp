#include "numeric/sums_by_group.h"

#include <algorithm>
#include <numeric>

namespace losskit {

void SumsByGroup::order(const std::int32_t* groups, std::size_t count, std::size_t groupCount) {
  groups_ = groups;
  count_ = count;
  areRuns_ = count >= kFewestOfGroup * groupCount;
  if (!areRuns_) return;
  order_.resize(std::max(order_.size(), count));
  ordered_.resize(std::max(ordered_.size(), count));
  // Of group g at place g + 2, and of none at place 1: added up, places 1 and on are where their runs begin.
  begins_.assign(groupCount + 2, 0);
  std::uint32_t* const begins = begins_.data();
  for (std::size_t i = 0; i < count; ++i) ++begins[std::max(groups[i], -1) + 2];
  std::partial_sum(begins_.begin(), begins_.end(), begins_.begin());
  std::uint32_t* const order = order_.data();
  for (std::size_t i = 0; i < count; ++i)
    order[begins[std::max(groups[i], -1) + 1]++] = static_cast<std::uint32_t>(i);
}

void SumsByGroup::add(std::vector<ExactSum<float>>& sums, const float* values) {
  if (!areRuns_) {
    for (std::size_t i = 0; i < count_; i += SumsByNumber::kMost) {
      byNumber_.add(sums, groups_ + i, values + i, std::min(SumsByNumber::kMost, count_ - i));
    }
    return;
  }
  float* const ordered = ordered_.data();
  const std::uint32_t* const order = order_.data();
  for (std::size_t i = begins_[0]; i < count_; ++i) ordered[i] = values[order[i]];
  for (std::size_t group = 0; group < sums.size(); ++group) {
    sums[group].add(ordered + begins_[group], begins_[group + 1] - begins_[group]);
  }
}

}  // namespace losskit
