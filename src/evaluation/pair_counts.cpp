#include "evaluation/pair_counts.h"

#include <algorithm>
#include <utility>

namespace losskit {

void PairCounts::grow() {
  const std::vector<PairCount> old = std::exchange(places_, std::vector<PairCount>(places_.size() * 2));
  for (const PairCount& pair : old) {
    if (pair.count > 0) placeOf(pair.first, pair.second) = pair;
  }
}

std::vector<PairCount> PairCounts::sorted() const {
  std::vector<PairCount> pairs;
  std::copy_if(places_.begin(), places_.end(), std::back_inserter(pairs),
               [](const PairCount& pair) { return pair.count > 0; });
  std::sort(pairs.begin(), pairs.end(), [](const PairCount& a, const PairCount& b) {
    return a.first != b.first ? a.first < b.first : a.second < b.second;
  });
  return pairs;
}

void PairCounts::write(ByteWriter& to) const {
  const std::vector<PairCount> pairs = sorted();
  to.write(pairs.size());
  for (const PairCount& pair : pairs) {
    to.write(pair.first | static_cast<std::uint64_t>(pair.second) << 32);
    to.write(pair.count);
  }
}

bool PairCounts::read(ByteReader& from, std::size_t limit) {
  *this = PairCounts();
  const std::uint64_t count = from.read();
  for (std::uint64_t i = 0; i < count && from.ok(); ++i) {
    const std::uint64_t both = from.read();
    const auto first = static_cast<std::uint32_t>(both);
    const auto second = static_cast<std::uint32_t>(both >> 32);
    const std::uint64_t rows = from.read();
    if (first >= limit || second >= limit || rows == 0) return false;
    add(first, second, rows);
  }
  return from.ok();
}

}  // namespace losskit
