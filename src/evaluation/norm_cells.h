// Several divisions of the gradient norm in one: the cells between the edges of all of them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "evaluation/bins.h"

namespace losskit {

/// Cells that each lie in one bin of the gradient norm, one of GHM-C and one of the probability of the truth
/// (1 - norm), so that one search and one sum serve the three.
class NormCells {
 public:
  /// ofDoubles: of norms that are doubles, whose bins have the edges i / count, but those of GHM-C floats.
  NormCells(std::size_t normBins, std::size_t ghmBins, std::size_t probabilityBins, bool ofDoubles);

  [[nodiscard]] std::size_t size() const { return normBin.size(); }
  /// norm: in [0, 1], doubles where the cells are of doubles.
  [[nodiscard]] I32x4 of(F32x4 norm) const {
    const I32x4 last = splat(static_cast<std::int32_t>(kStarts));
    const I32x4 nearest = minimum(maximum(nearestWhole(norm * constant(kStarts)), I32x4{}), last);
    const auto first = [&](std::size_t lane) -> std::int32_t {
      return starts_[static_cast<std::size_t>(nearest[lane])];
    };
    I32x4 cell{first(0), first(1), first(2), first(3)};
    // Mostly once: no two edges are nearer to each other than starts, unless the bins of GHM-C are many.
    for (;;) {
      const auto next = [&](std::size_t lane) { return ends_[static_cast<std::size_t>(cell[lane])]; };
      const I32x4 isAbove = norm >= F32x4{next(0), next(1), next(2), next(3)};
      cell -= isAbove;
      if (areApart_ || laneBits(isAbove) == 0) return cell;
    }
  }
  [[nodiscard]] std::size_t of(double norm) const {
    const auto above = std::upper_bound(doubleEdges_.begin() + 1, doubleEdges_.end(), norm);
    return static_cast<std::size_t>(above - doubleEdges_.begin()) - 1;
  }

  /// The bin that each cell lies in.
  std::vector<std::size_t> normBin;
  std::vector<std::size_t> ghmBin;
  std::vector<std::size_t> probabilityBin;

 private:
  static constexpr float kStarts = 1024;

  /// Where each cell ends, the last one nowhere: floats are looked for among floats, which these are then.
  std::vector<float> ends_;
  std::vector<double> doubleEdges_;
  /// The first cell that (i - 1/2) / kStarts or more may lie in.
  std::vector<std::uint16_t> starts_;
  /// No cell lies between two of them.
  bool areApart_ = true;
};

}  // namespace losskit
