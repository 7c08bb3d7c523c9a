// Gradient harmonizing loss for classification, GHM-C: binary cross entropy whose elements are weighted by
// the inverse of the density of their gradient norms, so that neither the many easy nor the few hopeless
// examples rule. Li, Liu, Wang 2019, "Gradient Harmonized Single-stage Detector", eq. 4-9; bins and divisors
// as mmdetection's GHMC.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "numeric/exact_sum.h"

namespace losskit {

/// Edges of `bins` equal bins of the gradient norm in [0, 1]: float(i / bins), the last one raised by 1e-6 so
/// that 1 is inside.
class GradientNormBins {
 public:
  explicit GradientNormBins(std::size_t bins);

  [[nodiscard]] std::size_t size() const { return edges_.size() - 1; }
  [[nodiscard]] const std::vector<float>& edges() const { return edges_; }

  /// The bin with edges[i] <= norm < edges[i + 1], by comparison with the edges: norm * bins rounds across
  /// them.
  [[nodiscard]] std::size_t of(float norm) const;

 private:
  std::vector<float> edges_;
};

/// One pass over the data: how many elements each bin holds and their exact loss sum. Any split of the data,
/// merged in any order, gives the same state.
class GhmClassification {
 public:
  explicit GhmClassification(std::size_t bins);

  /// logits, targets in [0, 1]: [count]. mask: [count], elements with a value <= 0 do not count; null: all
  /// count.
  void update(const float* logits, const float* target, const float* mask, std::size_t count);
  /// One element by its gradient norm in [0, 1] and its loss. A NaN is not binned, only noted.
  void add(float norm, float loss);
  /// `other` must have the same number of bins.
  void merge(const GhmClassification& other);

  [[nodiscard]] const GradientNormBins& bins() const { return bins_; }
  [[nodiscard]] const std::vector<std::uint64_t>& counts() const { return counts_; }
  /// Sum of the bin's binary cross entropies, in nats.
  [[nodiscard]] double lossSum(std::size_t bin) const { return sums_[bin].value(); }
  /// Whether an element that counts had no gradient norm: a NaN among the logits or targets.
  [[nodiscard]] bool hasNan() const { return hasNan_; }
  /// Elements that count.
  [[nodiscard]] std::uint64_t total() const;
  [[nodiscard]] std::size_t nonemptyBins() const;

  /// Weight of each bin's elements, total / density, divided by the number of nonempty bins. `densities` are
  /// the bins' counts, or their moving averages (momentum). A bin without elements gets 0.
  [[nodiscard]] std::vector<double> weights(const std::vector<double>& densities) const;
  [[nodiscard]] std::vector<double> densities() const;

  /// sum of weight * loss / max(total, 1); 0 where nothing counts.
  [[nodiscard]] double loss(const std::vector<double>& weights) const;

  void write(ByteWriter& to) const;
  /// False when the bytes end early, are damaged, or have another number of bins.
  bool read(ByteReader& from);

 private:
  GradientNormBins bins_;
  std::vector<std::uint64_t> counts_;
  std::vector<ExactSum<float>> sums_;
  bool hasNan_ = false;
};

/// gradient_i = weights[bin of i] * d BCE_i / dx_i * scale, 0 where masked: the bins' weights count as
/// constants, as in mmdetection. loss_i = weights[bin of i] * BCE_i, [count] or null.
void ghmClassificationGradient(float* loss, float* gradient, const float* logits, const float* target,
                               const float* mask, std::size_t count, const GradientNormBins& bins,
                               const double* weights, double scale);

}  // namespace losskit
