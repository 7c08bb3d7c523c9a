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
  /// norm: in [0, 1], and a double where the cells are of doubles.
  [[nodiscard]] std::size_t of(float norm) const {
    std::size_t cell = starts_[static_cast<std::size_t>(nearestWhole(norm * kStarts))];
    while (cell + 1 < edges_.size() && norm >= edges_[cell + 1]) ++cell;
    return cell;
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

  /// The lower edge of each cell: floats are looked for among floats, which these are then.
  std::vector<float> edges_;
  std::vector<double> doubleEdges_;
  /// The first cell that (i - 1/2) / kStarts or more may lie in.
  std::vector<std::uint16_t> starts_;
};

}  // namespace losskit
