#include "losses/ghm_classification.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "losses/binary_terms.h"
#include "losses/pointwise.h"

namespace losskit {

namespace {

struct NormTerms {
  F32x4 loss;
  F32x4 gradient;
};

NormTerms normTerms(const float* logits, const float* target, std::size_t i, std::size_t width) {
  const BinaryTerms terms(loadWidth(logits + i, width));
  const F32x4 t = loadWidth(target + i, width);
  return {terms.crossEntropy(t, splat(1.0F)), terms.crossEntropyGradient(t, splat(1.0F))};
}

bool isCounted(const float* mask, std::size_t i) {
  return mask == nullptr || mask[i] > 0;
}

}  // namespace

GradientNormBins::GradientNormBins(std::size_t bins) : edges_(bins + 1) {
  for (std::size_t i = 0; i <= bins; ++i)
    edges_[i] = static_cast<float>(static_cast<double>(i) / static_cast<double>(bins));
  edges_[bins] += 1e-6F;
}

std::size_t GradientNormBins::of(float norm) const {
  std::size_t bin = std::min(static_cast<std::size_t>(norm * static_cast<float>(size())), size() - 1);
  while (bin > 0 && norm < edges_[bin]) --bin;
  while (bin + 1 < size() && norm >= edges_[bin + 1]) ++bin;
  return bin;
}

GhmClassification::GhmClassification(std::size_t bins) : bins_(bins), counts_(bins), sums_(bins) {}

void GhmClassification::update(const float* logits, const float* target, const float* mask,
                               std::size_t count) {
  forEachFour(count, [&](std::size_t i, std::size_t width) {
    const NormTerms terms = normTerms(logits, target, i, width);
    const F32x4 norm = absolute(terms.gradient);
    for (std::size_t lane = 0; lane < width; ++lane) {
      if (isCounted(mask, i + lane)) add(norm[lane], terms.loss[lane]);
    }
  });
}

void GhmClassification::add(float norm, float loss) {
  if (std::isnan(norm)) {
    hasNan_ = true;
    return;
  }
  const std::size_t bin = bins_.of(norm);
  ++counts_[bin];
  sums_[bin].add(loss);
}

void GhmClassification::merge(const GhmClassification& other) {
  for (std::size_t bin = 0; bin < counts_.size(); ++bin) {
    counts_[bin] += other.counts_[bin];
    sums_[bin].merge(other.sums_[bin]);
  }
}

std::uint64_t GhmClassification::total() const {
  return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

std::size_t GhmClassification::nonemptyBins() const {
  return static_cast<std::size_t>(
      std::count_if(counts_.begin(), counts_.end(), [](std::uint64_t n) { return n > 0; }));
}

std::vector<double> GhmClassification::densities() const {
  return {counts_.begin(), counts_.end()};
}

std::vector<double> GhmClassification::weights(const std::vector<double>& densities) const {
  std::vector<double> result(counts_.size());
  const double share =
      static_cast<double>(total()) / static_cast<double>(std::max<std::size_t>(nonemptyBins(), 1));
  for (std::size_t bin = 0; bin < counts_.size(); ++bin) {
    if (counts_[bin] > 0) result[bin] = share / densities[bin];
  }
  return result;
}

double GhmClassification::loss(const std::vector<double>& weights) const {
  double sum = 0;
  for (std::size_t bin = 0; bin < counts_.size(); ++bin) {
    if (counts_[bin] > 0) sum += weights[bin] * lossSum(bin);
  }
  return sum / static_cast<double>(std::max<std::uint64_t>(total(), 1));
}

void GhmClassification::write(ByteWriter& to) const {
  to.write(counts_.size());
  for (std::size_t bin = 0; bin < counts_.size(); ++bin) {
    to.write(counts_[bin]);
    sums_[bin].write(to);
  }
}

bool GhmClassification::read(ByteReader& from) {
  if (from.read() != counts_.size()) return false;
  for (std::size_t bin = 0; bin < counts_.size(); ++bin) {
    counts_[bin] = from.read();
    if (!sums_[bin].read(from)) return false;
  }
  return from.ok();
}

void ghmClassificationGradient(float* loss, float* gradient, const float* logits, const float* target,
                               const float* mask, std::size_t count, const GradientNormBins& bins,
                               const double* weights, double scale) {
  forEachFour(count, [&](std::size_t i, std::size_t width) {
    const NormTerms terms = normTerms(logits, target, i, width);
    const F32x4 norm = absolute(terms.gradient);
    F32x4 weight = splat(0.0F);
    for (std::size_t lane = 0; lane < width; ++lane) {
      if (isCounted(mask, i + lane)) weight[lane] = static_cast<float>(weights[bins.of(norm[lane])] * scale);
    }
    if (loss != nullptr) storeWidth(loss + i, width, weightedTerm(weight, terms.loss));
    if (gradient != nullptr) storeWidth(gradient + i, width, weight * terms.gradient);
  });
}

}  // namespace losskit
