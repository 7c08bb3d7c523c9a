// Gradient harmonizing losses: each element weighted by the inverse of the density of gradient norms around
// its own, so that neither the many easy nor the few hopeless examples rule. GHM-C of binary cross entropy,
// GHM-R of a smooth L1 loss. Li, Liu, Wang 2019, "Gradient Harmonized Single-stage Detector", eq. 4-11; bins
// and divisors as mmdetection's GHMC and GHMR.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "losses/bin_sums.h"
#include "numeric/exact_sum.h"

namespace losskit {

enum class GhmKind : std::uint64_t { Classification = 1, Regression = 2 };

/// Edges of `bins` equal bins of the gradient norm in [0, 1]: float(i / bins), the last one beyond 1: by 1e-6
/// for GHM-C, at 1000 for GHM-R.
class GradientNormBins {
 public:
  GradientNormBins(std::size_t bins, GhmKind kind);

  [[nodiscard]] std::size_t size() const { return edges_.size() - 1; }
  [[nodiscard]] const std::vector<float>& edges() const { return edges_; }

  /// The bin with edges[i] <= norm < edges[i + 1], by comparison with the edges: norm * bins rounds across
  /// them.
  [[nodiscard]] std::size_t of(double norm) const;

  /// Least logits whose sigmoid reaches edges 1, 2, ..., so that elements with hard targets are binned by the
  /// logit towards the wrong side, exactly and without their norm. Empty where there are more than kFewBins.
  [[nodiscard]] const std::vector<float>& logitEdges() const { return logitEdges_; }

  static constexpr std::size_t kFewBins = BinSums::kMostBins;

 private:
  std::vector<float> edges_;
  std::vector<float> logitEdges_;
};

/// One pass over the data: how many elements each bin holds and their exact loss sum. Any split of the data,
/// merged in any order, gives the same state.
class GhmState {
 public:
  GhmState(std::size_t bins, GhmKind kind);

  /// An element by its gradient norm and its loss. A NaN is not binned, only noted.
  void add(double norm, double loss);
  /// GHM-R: the element's label weight, whether it is binned or not.
  void addLabelWeight(double weight) { labelWeight_.add(weight); }
  /// `count` elements of a bin at once; the exact sum of their losses is upper + lower.
  void addToBin(std::size_t bin, std::uint64_t count, double upper, double lower) {
    counts_[bin] += count;
    sums_[bin].add(upper);
    sums_[bin].add(lower);
  }
  /// `other` must have the same kind and number of bins.
  void merge(const GhmState& other);

  [[nodiscard]] GhmKind kind() const { return kind_; }
  [[nodiscard]] const GradientNormBins& bins() const { return bins_; }
  [[nodiscard]] const std::vector<std::uint64_t>& counts() const { return counts_; }
  /// Sum of the bin's losses, unweighted, in nats.
  [[nodiscard]] double lossSum(std::size_t bin) const { return sums_[bin].value(); }
  /// Whether an element that counts had no gradient norm: a NaN among its numbers.
  [[nodiscard]] bool hasNan() const { return hasNan_; }
  /// Elements that count.
  [[nodiscard]] std::uint64_t count() const;
  /// What the loss divides by: the elements that count (GHM-C) or the sum of the label weights (GHM-R), at
  /// least 1.
  [[nodiscard]] double total() const;
  [[nodiscard]] std::size_t nonemptyBins() const;

  /// Weight of each bin's elements: total / density, divided by the number of nonempty bins. `densities` are
  /// the bins' counts, or their moving averages (momentum). A bin without elements gets 0.
  [[nodiscard]] std::vector<double> weights(std::span<const double> densities) const;
  [[nodiscard]] std::vector<double> densities() const;

  /// sum of weight * loss / total; 0 where nothing counts.
  [[nodiscard]] double loss(std::span<const double> weights) const;

  void write(ByteWriter& to) const;
  /// False when the bytes end early, are damaged, or are of another kind or number of bins.
  bool read(ByteReader& from);

 private:
  GhmKind kind_;
  GradientNormBins bins_;
  std::vector<std::uint64_t> counts_;
  std::vector<ExactSum<double>> sums_;
  ExactSum<double> labelWeight_;
  bool hasNan_ = false;
};

/// Adds the elements to a state. input: logits (GHM-C) or predictions (GHM-R); target: in [0, 1] or any;
/// labelWeight: elements with a value <= 0 do not count, null: all count. All [count]. mu > 0: width of
/// GHM-R's parabola; GHM-C has none. T: float or double.
template <class T>
void ghmUpdate(GhmState& state, const T* input, const T* target, const T* labelWeight, std::size_t count,
               double mu);

/// loss_i = weights[bin of i] * loss of i * scale, gradient_i its derivative with the weights held constant,
/// as in mmdetection; 0 where an element does not count. loss, gradient: [count] or null. The rest as above.
template <class T>
void ghmGradient(T* loss, T* gradient, const GhmState& state, const T* input, const T* target,
                 const T* labelWeight, std::size_t count, double mu, const double* weights, double scale);

}  // namespace losskit
