// How often pairs of numbers occur: a hash table with open addressing, as large as there are different pairs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "numeric/bytes.h"

namespace losskit {

struct PairCount {
  std::uint32_t first = 0;
  std::uint32_t second = 0;
  std::uint64_t count = 0;  ///< 0: the place is free
};

class PairCounts {
 public:
  PairCounts() : places_(16) {}

  void add(std::uint32_t first, std::uint32_t second, std::uint64_t count = 1) {
    PairCount& place = placeOf(first, second);
    if (place.count == 0) {
      place = {first, second, 0};
      ++used_;
    }
    place.count += count;
    if (used_ * 2 > places_.size()) grow();
  }
  void merge(const PairCounts& other) {
    for (const PairCount& pair : other.places_) {
      if (pair.count > 0) add(pair.first, pair.second, pair.count);
    }
  }

  /// In the order of the pairs.
  [[nodiscard]] std::vector<PairCount> sorted() const;

  void write(ByteWriter& to) const;
  /// False when the bytes end early or hold numbers not below `limit`.
  bool read(ByteReader& from, std::size_t limit);

 private:
  PairCount& placeOf(std::uint32_t first, std::uint32_t second) {
    const std::uint64_t pair = first | static_cast<std::uint64_t>(second) << 32;
    const std::size_t mask = places_.size() - 1;
    std::size_t at = static_cast<std::size_t>((pair * 0x9e3779b97f4a7c15U) >> 40) & mask;
    while (places_[at].count > 0 && (places_[at].first != first || places_[at].second != second)) {
      at = (at + 1) & mask;
    }
    return places_[at];
  }
  void grow();

  std::vector<PairCount> places_;
  std::size_t used_ = 0;
};

}  // namespace losskit
