// What every loss is: one expression each in double, on Eigen arrays. The float kernels are tested against
// these, and hand over to them the rows that float cannot do (logits beyond 2000, differences deep in the
// tails).
//
// Logits and losses are in nats. Infinite logits are limits: e^-inf = 0, and 0 * inf in a loss counts as 0.
#pragma once

#include <Eigen/Core>
#include <cmath>
#include <limits>

namespace losskit::definition {

using Eigen::Index;

/// A row of logits, [classes], at any stride.
template <class T>
using RowOf = Eigen::Map<const Eigen::Array<T, Eigen::Dynamic, 1>, 0, Eigen::InnerStride<>>;

/// log(sum_j e^(x_j - largest)) and where the largest is: log1p of the other terms, so that nothing is lost
/// beside the 1.
struct RowNormalizer {
  double largest = -std::numeric_limits<double>::infinity();
  double logSum = 0;

  template <class Row>
  explicit RowNormalizer(const Row& x) {
    if (x.size() == 0) return;
    Index at = 0;
    largest = x.template maxCoeff<Eigen::PropagateNaN>(&at);
    if (std::isinf(largest)) {
      // A single +inf takes all the probability; several, or none but -inf, leave it undefined.
      const bool isDefined = largest > 0 && (x == largest).count() == 1;
      logSum = isDefined ? 0 : std::numeric_limits<double>::quiet_NaN();
      return;
    }
    const auto odds = (x - largest).exp();
    logSum = std::log1p(odds.head(at).sum() + odds.tail(x.size() - 1 - at).sum());
  }

  /// -log softmax of a score of the row.
  [[nodiscard]] double logLoss(double score) const {
    return (score == largest ? 0 : largest - score) + logSum;
  }
};

/// log(sum_j e^(x_j)); -inf for an empty row or one of -inf only, +inf where a logit is.
template <class Row>
double logSumExp(const Row& x) {
  const RowNormalizer row(x);
  return std::isinf(row.largest) ? row.largest : row.largest + row.logSum;
}

/// -log softmax(x)[y] >= 0, exact in both tails. torch.nn.CrossEntropyLoss of one row.
template <class Row>
double negativeLogLikelihood(const Row& x, Index y) {
  return RowNormalizer(x).logLoss(x(y));
}

/// x - logSumExp(x). torch.nn.LogSoftmax of one row.
template <class Row>
Eigen::ArrayXd logSoftmax(const Row& x) {
  const RowNormalizer row(x);
  return x.unaryExpr([row](double score) { return -row.logLoss(score); });
}

/// e^(x - logSumExp(x)). torch.nn.Softmax of one row.
template <class Row>
Eigen::ArrayXd softmax(const Row& x) {
  return logSoftmax(x).exp();
}

/// 1 - softmax(x)[y] from the loss of that row, exact where the probability is near 1.
inline double missProbability(double negativeLogLikelihood) {
  return -std::expm1(-negativeLogLikelihood);
}

/// 0 * inf is 0: a term with no weight has no part in the loss.
inline double weighted(double weight, double value) {
  return weight == 0 ? 0 : weight * value;
}

/// d / dn of (1 - e^-n)^gamma n, n = -log p: the slope of a focal term by its log loss.
inline double focalSlope(double logLoss, double gamma) {
  if (gamma == 0) return 1;
  const double miss = missProbability(logLoss);
  if (miss == 0) return 0;
  const double hit = std::exp(-logLoss);
  const double inner = std::isinf(logLoss) ? 0 : hit * logLoss / miss;
  return std::pow(miss, gamma) * (1 + gamma * inner);
}

/// q (1 - p)^gamma (-log p): what a class of the target distribution adds to softTargetLoss.
inline double softTargetTerm(double q, double logLoss, double gamma) {
  if (gamma == 0) return weighted(q, logLoss);
  return q == 0 ? 0 : q * weighted(std::pow(missProbability(logLoss), gamma), logLoss);
}

/// sum_c q_c (1 - p_c)^gamma (-log p_c) with p = softmax(x) and q >= 0 the weighted target distribution:
/// cross entropy of class probabilities for gamma = 0 (torch.nn.CrossEntropyLoss), categorical focal loss
/// above (Keras' CategoricalFocalCrossentropy). One-hot q: the losses against class indices.
inline double softTargetLoss(const Eigen::ArrayXd& x, const Eigen::ArrayXd& q, double gamma) {
  const RowNormalizer row(x);
  double sum = std::isnan(row.logSum) ? row.logSum : 0;
  for (Index c = 0; c < x.size(); ++c) sum += softTargetTerm(q(c), row.logLoss(x(c)), gamma);
  return sum;
}

/// Gradient of softTargetLoss: p_k (S - s_k) - s_k (1 - p_k) with s_c = q_c focalSlope(-log p_c), S their
/// sum, the other terms' sum taken without s_k so that nothing cancels.
inline Eigen::ArrayXd softTargetGradient(const Eigen::ArrayXd& x, const Eigen::ArrayXd& q, double gamma) {
  const RowNormalizer row(x);
  const Eigen::ArrayXd logLoss = x.unaryExpr([row](double score) { return row.logLoss(score); });
  Eigen::ArrayXd slope = Eigen::ArrayXd::Zero(x.size());
  for (Index c = 0; c < x.size(); ++c) {
    if (q(c) != 0) slope(c) = q(c) * focalSlope(logLoss(c), gamma);
  }
  const double sum = slope.sum();
  Eigen::ArrayXd gradient(x.size());
  for (Index c = 0; c < x.size(); ++c) {
    gradient(c) = std::exp(-logLoss(c)) * (sum - slope(c)) - slope(c) * missProbability(logLoss(c));
  }
  return gradient;
}

inline double sigmoid(double x) {
  const double u = std::exp(-std::abs(x));
  return (x >= 0 ? 1.0 : u) / (1 + u);
}

inline double softplus(double x) {
  return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)));
}

/// Binary cross entropy with logits, t * posWeight * softplus(-x) + (1 - t) * softplus(x).
/// torch.nn.BCEWithLogitsLoss.
inline double binaryCrossEntropyWithLogits(double x, double t, double positiveWeight = 1) {
  return weighted(t * positiveWeight, softplus(-x)) + weighted(1 - t, softplus(x));
}

inline double binaryCrossEntropyWithLogitsGradient(double x, double t, double positiveWeight = 1) {
  return (1 - t) * sigmoid(x) - t * positiveWeight * sigmoid(-x);
}

/// 1 - p_t of the focal loss: the probability given to the other class.
inline double missProbability(double x, double t) {
  return t * sigmoid(-x) + (1 - t) * sigmoid(x);
}

/// alpha_t of the focal loss; a negative alpha switches the weighting off.
inline double focalAlpha(double alpha, double t) {
  return alpha < 0 ? 1 : alpha * t + (1 - alpha) * (1 - t);
}

/// alpha_t (1 - p_t)^gamma BCE. Lin et al. 2017, "Focal Loss for Dense Object Detection", eq. 5;
/// torchvision.ops.sigmoid_focal_loss.
inline double sigmoidFocal(double x, double t, double alpha, double gamma) {
  return focalAlpha(alpha, t) *
         weighted(std::pow(missProbability(x, t), gamma), binaryCrossEntropyWithLogits(x, t));
}

inline double sigmoidFocalGradient(double x, double t, double alpha, double gamma) {
  const double miss = missProbability(x, t);
  const double slope = (1 - 2 * t) * sigmoid(x) * sigmoid(-x);  // d miss / dx
  const double relative = miss == 0 ? 0 : slope / miss;
  const double loss = binaryCrossEntropyWithLogits(x, t);
  const double fromMiss = std::isinf(loss) ? 0 : gamma * relative * loss;
  return focalAlpha(alpha, t) * std::pow(miss, gamma) *
         (fromMiss + binaryCrossEntropyWithLogitsGradient(x, t));
}

/// Gradient norm |sigmoid(x) - t| of GHM. Li, Liu, Wang 2019, "Gradient Harmonized Single-stage Detector",
/// eq. 4.
inline double gradientNorm(double x, double t) {
  return std::abs(binaryCrossEntropyWithLogitsGradient(x, t));
}

/// Binary cross entropy of a probability, logs no smaller than -100. torch.nn.BCELoss.
inline double binaryCrossEntropy(double p, double t) {
  const double leastLog = -100;
  const double positive = t == 0 ? 0 : t * -std::max(std::log(p), leastLog);
  const double negative = t == 1 ? 0 : (1 - t) * -std::max(std::log1p(-p), leastLog);
  return positive + negative;
}

/// As PyTorch's: the divisor p (1 - p) is held at 1e-12.
inline double binaryCrossEntropyGradient(double p, double t) {
  return (p - t) / std::max(p * (1 - p), 1e-12);
}

/// sqrt(d^2 + mu^2) - mu, the smooth L1 loss of GHM-R, without cancellation. Li, Liu, Wang 2019, eq. 10.
inline double authenticSmoothL1(double d, double mu) {
  const double size = std::hypot(d, mu);
  return size == 0 ? 0 : d * (d / (size + mu));
}

inline double authenticSmoothL1Gradient(double d, double mu) {
  const double size = std::hypot(d, mu);
  return size == 0 ? 0 : d / size;
}

}  // namespace losskit::definition
