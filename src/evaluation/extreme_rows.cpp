#include "evaluation/extreme_rows.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace losskit {

namespace {

bool isHigher(const RankedRow& a, const RankedRow& b) {
  return a.rank > b.rank || (a.rank == b.rank && a.key < b.key);
}

std::uint64_t pairOf(std::uint32_t low, std::uint32_t high) {
  return low | static_cast<std::uint64_t>(high) << 32;
}
std::uint64_t pairOf(float low, float high) {
  return pairOf(std::bit_cast<std::uint32_t>(low), std::bit_cast<std::uint32_t>(high));
}
float lowFloat(std::uint64_t pair) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(pair));
}
float highFloat(std::uint64_t pair) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(pair >> 32));
}

bool isGroup(std::int32_t group, std::size_t groups) {
  return group >= -1 && group < static_cast<std::int32_t>(groups);
}

}  // namespace

void ExtremeRows::add(const RankedRow& row) {
  if (rows_.size() == most_) {
    if (most_ == 0 || !isHigher(row, rows_.front())) return;
    std::pop_heap(rows_.begin(), rows_.end(), isHigher);
    rows_.pop_back();
  }
  rows_.push_back(row);
  std::push_heap(rows_.begin(), rows_.end(), isHigher);
  noteLeast();
}

void ExtremeRows::noteLeast() {
  using Limits = std::numeric_limits<float>;
  least_ = most_ == 0 ? Limits::quiet_NaN() : -Limits::infinity();
  if (most_ > 0 && rows_.size() == most_) least_ = rows_.front().rank;
}

void ExtremeRows::merge(const ExtremeRows& other) {
  for (const RankedRow& row : other.rows_) add(row);
}

std::vector<RankedRow> ExtremeRows::sorted() const {
  std::vector<RankedRow> rows = rows_;
  std::sort(rows.begin(), rows.end(), isHigher);
  return rows;
}

void ExtremeRows::write(ByteWriter& to) const {
  to.write(rows_.size());
  for (const RankedRow& row : sorted()) {
    to.write(row.key);
    to.write(pairOf(static_cast<std::uint32_t>(row.group), static_cast<std::uint32_t>(row.predicted)));
    to.write(pairOf(row.rank, row.loss));
    to.write(pairOf(row.miss, row.confidence));
  }
}

bool ExtremeRows::read(ByteReader& from, std::size_t groups) {
  const std::uint64_t count = from.read();
  *this = ExtremeRows(most_);
  if (count > most_) return false;
  for (std::uint64_t i = 0; i < count && from.ok(); ++i) {
    RankedRow row;
    row.key = from.read();
    const std::uint64_t both = from.read();
    row.group = static_cast<std::int32_t>(static_cast<std::uint32_t>(both));
    row.predicted = static_cast<std::int32_t>(static_cast<std::uint32_t>(both >> 32));
    const std::uint64_t rankAndLoss = from.read();
    row.rank = lowFloat(rankAndLoss);
    row.loss = highFloat(rankAndLoss);
    const std::uint64_t missAndConfidence = from.read();
    row.miss = lowFloat(missAndConfidence);
    row.confidence = highFloat(missAndConfidence);
    if (!isGroup(row.group, groups) || !isGroup(row.predicted, groups) || std::isnan(row.rank)) return false;
    add(row);
  }
  return from.ok();
}

}  // namespace losskit
