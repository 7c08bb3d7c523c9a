#include "numeric/sums_by_number.h"

#include <algorithm>
#include <utility>

namespace losskit {

/// Adds the values that are not usual, and leaves zeros in their places.
[[gnu::noinline]] F32x4 SumsByNumber::addOthers(std::vector<ExactSum<float>>& sums,
                                                const std::int32_t* numbers, F32x4 values, I32x4 isUsual) {
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    if (isUsual[lane] == 0 && numbers[lane] >= 0)
      sums[static_cast<std::size_t>(numbers[lane])].add(values[lane]);
  }
  return keepWhere(isUsual, values);
}

inline void SumsByNumber::addFour(std::vector<ExactSum<float>>& sums, const std::int32_t* numbers,
                                  F32x4 values) {
  const F32x4 size = absolute(values);
  const I32x4 isUsual = ((size >= constant(kLeast)) & (size < constant(kLimit))) | (size == splat(0.0F));
  if (!all(isUsual)) values = addOthers(sums, numbers, values, isUsual);
  const std::size_t step = lanes_ == 1 ? 0 : 1;
  F64x2* const totals = totals_.data() + lanes_;
  const auto addTo = [&](std::size_t lane, F64x2 halves) {
    totals[numbers[lane] * static_cast<std::ptrdiff_t>(lanes_) + static_cast<std::ptrdiff_t>(lane * step)] +=
        halves;
  };
  const auto addPair = [&](std::size_t lane, F64x2 value) {
    const F64x2 magic = constant(kMagic);
    const F64x2 upper = (value + magic) - magic;
    const F64x2 lower = value - upper;
    addTo(lane, __builtin_shufflevector(upper, lower, 0, 2));
    addTo(lane + 1, __builtin_shufflevector(upper, lower, 1, 3));
  };
  addPair(0, lowAsDouble(values));
  addPair(2, highAsDouble(values));
}

void SumsByNumber::endTotal(std::vector<ExactSum<float>>& sums, std::size_t number) {
  F64x2 total{};
  for (std::size_t lane = 0; lane < lanes_; ++lane) {
    total += std::exchange(totals_[(number + 1) * lanes_ + lane], F64x2{});
  }
  if (total[0] != 0) sums[number].addFinite(total[0]);
  if (total[1] != 0) sums[number].addFinite(total[1]);
}

void SumsByNumber::add(std::vector<ExactSum<float>>& sums, const std::int32_t* numbers, const float* values,
                       std::size_t count) {
  lanes_ = sums.size() <= kFewSums ? kLanes : 1;
  totals_.resize(std::max(totals_.size(), (sums.size() + 1) * lanes_));
  const std::size_t whole = count / kLanes * kLanes;
  for (std::size_t i = 0; i < whole; i += kLanes) addFour(sums, numbers + i, load(values + i));
  if (whole < count) {
    std::int32_t last[kLanes] = {-1, -1, -1, -1};
    std::copy(numbers + whole, numbers + count, last);
    addFour(sums, last, loadPart(values + whole, count - whole, 0));
  }
  // Of many sums only those that something was added to are looked at.
  const bool areFew = sums.size() <= count;
  for (std::size_t i = 0; i < std::min(sums.size(), count); ++i) {
    if (areFew || numbers[i] >= 0) endTotal(sums, areFew ? i : static_cast<std::size_t>(numbers[i]));
  }
  std::fill_n(totals_.begin(), lanes_, F64x2{});
}

}  // namespace losskit
