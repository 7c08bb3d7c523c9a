#include "numeric/sums_by_number.h"

#include <algorithm>
#include <utility>

namespace losskit {

namespace {

/// The bits of a less those of b; unsigned, as values that are not split may be anything.
I64x2 bitsBetween(F64x2 a, F64x2 b) {
  return reinterpret_cast<I64x2>(reinterpret_cast<U64x2>(a) - reinterpret_cast<U64x2>(b));
}

}  // namespace

/// Parts of two values, and all ones where these are the whole of it.
inline I64x2 SumsByNumber::split(F64x2 value, I64x2* parts) {
  const F64x2 rounded = value + splat(kHighMagic);
  const F64x2 rest = value - (rounded - splat(kHighMagic));
  const F64x2 restRounded = rest + splat(kLowMagic);
  const I64x2 high = bitsBetween(rounded, splat(kHighMagic));
  const I64x2 low = bitsBetween(restRounded, splat(kLowMagic));
  parts[0] = __builtin_shufflevector(high, low, 0, 2);
  parts[1] = __builtin_shufflevector(high, low, 1, 3);
  return (restRounded - splat(kLowMagic) == rest) & (absolute(value) < splat(kLimit));
}

void SumsByNumber::splitAll(const float* values, std::size_t count) {
  others_.clear();
  for (std::size_t i = 0; i < count; i += kLanes) {
    const std::size_t width = std::min(kLanes, count - i);
    const F32x4 value = width == kLanes ? load(values + i) : loadPart(values + i, width, 0);
    const I64x2 first = split(lowAsDouble(value), &parts_[i]);
    const I64x2 second = split(highAsDouble(value), &parts_[i + 2]);
    const I64x2 both = first & second;
    if ((both[0] & both[1]) != 0) continue;
    const std::int64_t isSplit[kLanes] = {first[0], first[1], second[0], second[1]};
    for (std::size_t lane = 0; lane < width; ++lane) {
      if (isSplit[lane] != 0) continue;
      parts_[i + lane] = I64x2{};
      others_.push_back(static_cast<std::uint32_t>(i + lane));
    }
  }
}

void SumsByNumber::add(std::vector<ExactSum<float>>& sums, const std::int32_t* numbers, const float* values,
                       std::size_t count) {
  splitAll(values, count);
  if (totals_.size() <= sums.size()) totals_.resize(sums.size() + 1);
  I64x2* const totals = totals_.data() + 1;
  for (std::size_t i = 0; i < count; ++i) totals[numbers[i]] += parts_[i];
  // Of many sums only those that something was added to are looked at.
  const bool areFew = sums.size() <= count;
  for (std::size_t i = 0; i < std::min(sums.size(), count); ++i) {
    const std::ptrdiff_t number = areFew ? static_cast<std::ptrdiff_t>(i) : numbers[i];
    if (number < 0) continue;
    const I64x2 total = std::exchange(totals[number], I64x2{});
    auto& sum = sums[static_cast<std::size_t>(number)];
    if (total[0] != 0) sum.addUnits(total[0], kHighExponent);
    if (total[1] != 0) sum.addUnits(total[1], kLowExponent);
  }
  totals[-1] = I64x2{};
  for (const std::uint32_t i : others_) {
    if (numbers[i] >= 0) sums[static_cast<std::size_t>(numbers[i])].add(values[i]);
  }
}

}  // namespace losskit
