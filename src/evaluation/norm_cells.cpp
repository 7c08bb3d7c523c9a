#include "evaluation/norm_cells.h"

#include <algorithm>
#include <cmath>

namespace losskit {

namespace {

/// The least norm whose probability, 1 - norm in float, is below the edge.
float normBelow(float probability) {
  float norm = 1 - probability;
  while (1 - norm >= probability) norm = std::nextafter(norm, 2.0F);
  while (1 - std::nextafter(norm, -1.0F) < probability) norm = std::nextafter(norm, -1.0F);
  return norm;
}

}  // namespace

NormCells::NormCells(std::size_t normBins, std::size_t ghmBins, std::size_t probabilityBins) {
  const UnitBins norms(normBins);
  const UnitBins ghm(ghmBins);
  const UnitBins probabilities(probabilityBins);
  for (const UnitBins* bins : {&norms, &ghm}) {
    edges_.insert(edges_.end(), bins->edges().begin(), bins->edges().end() - 1);
  }
  std::transform(probabilities.edges().begin() + 1, probabilities.edges().end() - 1,
                 std::back_inserter(edges_), normBelow);
  std::sort(edges_.begin(), edges_.end());
  edges_.erase(std::unique(edges_.begin(), edges_.end()), edges_.end());
  for (const float edge : edges_) {
    normBin.push_back(norms.of(edge));
    ghmBin.push_back(ghm.of(edge));
    probabilityBin.push_back(probabilities.of(1 - edge));
  }
  for (std::size_t i = 0; i <= static_cast<std::size_t>(kStarts); ++i) {
    const float start = (static_cast<float>(i) - 0.5F) / kStarts;
    const auto cell = std::upper_bound(edges_.begin(), edges_.end(), start) - edges_.begin();
    starts_.push_back(static_cast<std::uint16_t>(std::max<std::ptrdiff_t>(cell, 1) - 1));
  }
}

}  // namespace losskit
