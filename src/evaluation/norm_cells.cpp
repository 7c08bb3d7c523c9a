#include "evaluation/norm_cells.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace losskit {

namespace {

/// As a float holds it, where these are floats.
double held(double value, bool ofDoubles) {
  return ofDoubles ? value : static_cast<double>(static_cast<float>(value));
}

double next(double value, double towards, bool ofDoubles) {
  if (ofDoubles) return std::nextafter(value, towards);
  return static_cast<double>(std::nextafter(static_cast<float>(value), static_cast<float>(towards)));
}

/// Of an edge of bins of the probability: the least norm whose probability, 1 - norm as held, is below it.
double normBelow(double probability, bool ofDoubles) {
  const auto probabilityOf = [ofDoubles](double norm) { return held(1 - norm, ofDoubles); };
  double norm = probabilityOf(probability);
  while (probabilityOf(norm) >= probability) norm = next(norm, 2, ofDoubles);
  while (probabilityOf(next(norm, -1, ofDoubles)) < probability) norm = next(norm, -1, ofDoubles);
  return norm;
}

/// The lower edges of equal bins of [0, 1].
std::vector<double> edgesOf(std::size_t bins, bool ofDoubles) {
  std::vector<double> edges(bins);
  for (std::size_t i = 0; i < bins; ++i) {
    edges[i] = held(static_cast<double>(i) / static_cast<double>(bins), ofDoubles);
  }
  return edges;
}

std::size_t binOf(double value, const std::vector<double>& edges) {
  return static_cast<std::size_t>(std::upper_bound(edges.begin() + 1, edges.end(), value) - edges.begin()) -
         1;
}

}  // namespace

NormCells::NormCells(std::size_t normBins, std::size_t ghmBins, std::size_t probabilityBins, bool ofDoubles) {
  const std::vector<double> norms = edgesOf(normBins, ofDoubles);
  const std::vector<double> ghm = edgesOf(ghmBins, false);
  const std::vector<double> probabilities = edgesOf(probabilityBins, ofDoubles);
  doubleEdges_ = norms;
  doubleEdges_.insert(doubleEdges_.end(), ghm.begin(), ghm.end());
  for (std::size_t i = 1; i < probabilityBins; ++i) {
    doubleEdges_.push_back(normBelow(probabilities[i], ofDoubles));
  }
  std::sort(doubleEdges_.begin(), doubleEdges_.end());
  doubleEdges_.erase(std::unique(doubleEdges_.begin(), doubleEdges_.end()), doubleEdges_.end());
  for (const double edge : doubleEdges_) {
    ends_.push_back(static_cast<float>(edge));
    normBin.push_back(binOf(edge, norms));
    ghmBin.push_back(binOf(edge, ghm));
    probabilityBin.push_back(binOf(held(1 - edge, ofDoubles), probabilities));
  }
  ends_.erase(ends_.begin());
  ends_.push_back(std::numeric_limits<float>::quiet_NaN());
  for (std::size_t i = 0; i <= static_cast<std::size_t>(kStarts); ++i) {
    const double start = (static_cast<double>(i) - 0.5) / static_cast<double>(kStarts);
    starts_.push_back(static_cast<std::uint16_t>(binOf(start, doubleEdges_)));
    areApart_ = areApart_ && (i == 0 || starts_[i] <= starts_[i - 1] + 1);
  }
  areApart_ = areApart_ && doubleEdges_.size() <= starts_.back() + std::size_t{2};
}

}  // namespace losskit
