#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "numeric/simd.h"

namespace losskit {

/// Counts by number of things that come four at once. Each lane has counts of its own: of a model that is
/// mostly sure nearly all are of one number, and an addition waits for the one before where both are to the
/// same place.
class LaneCounts {
 public:
  explicit LaneCounts(std::size_t numbers) : counts_(numbers * kLanes) {}

  [[nodiscard]] std::size_t numbers() const { return counts_.size() / kLanes; }

  /// The first `width` lanes.
  void add(I32x4 numbers, std::size_t width = kLanes) {
    const I32x4 places = numbers * 4 + I32x4{0, 1, 2, 3};
    std::uint32_t* const counts = counts_.data();
    if (width == kLanes) {
      ++counts[places[0]];
      ++counts[places[1]];
      ++counts[places[2]];
      ++counts[places[3]];
      return;
    }
    for (std::size_t lane = 0; lane < width; ++lane) ++counts[places[lane]];
  }

  /// The count, which is 0 from then on. To be taken before there are 2^32.
  std::uint64_t take(std::size_t number) {
    std::uint32_t* const of = counts_.data() + number * kLanes;
    std::uint64_t sum = 0;
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      sum += of[lane];
      of[lane] = 0;
    }
    return sum;
  }

 private:
  std::vector<std::uint32_t> counts_;
};

}  // namespace losskit
