// Terms by their definition in double: of scores that were read as doubles, and of rows whose truth is
// divided between classes.
#include <algorithm>
#include <cmath>
#include <type_traits>

#include "evaluation/class_terms.h"
#include "evaluation/element_terms.h"
#include "losses/class_probability_loss.h"
#include "losses/definition.h"

namespace losskit {

namespace {

template <class T>
Eigen::ArrayXd rowOf(const T* values, std::size_t row, std::size_t width) {
  const definition::RowOf<T> of(values + row * width, static_cast<Eigen::Index>(width),
                                Eigen::InnerStride<>(1));
  return of.template cast<double>();
}

Eigen::ArrayXd logProbabilities(const Eigen::ArrayXd& scores, const ClassTermsOptions& options) {
  if (options.kind == ScoreKind::Logits) return definition::logSoftmax(scores);
  Eigen::ArrayXd logP = options.kind == ScoreKind::Probabilities ? scores.log() : scores;
  if (options.eps == 0) return logP;
  return logP.max(std::log(options.eps)).min(std::log1p(-options.eps));
}

/// Probabilities as they were given lose nothing by way of their logarithms.
Eigen::ArrayXd probabilities(const Eigen::ArrayXd& scores, const Eigen::ArrayXd& logP,
                             const ClassTermsOptions& options) {
  if (options.kind != ScoreKind::Probabilities) return logP.exp();
  return scores.max(options.eps).min(1 - options.eps);
}

Eigen::Index largestOf(const Eigen::ArrayXd& values) {
  return std::max_element(values.data(), values.data() + values.size()) - values.data();
}

/// Of a single score: both probabilities, each exact in its tail, and the losses of a target that is set and
/// of one that is not.
struct Sides {
  double positive = 0;
  double negative = 0;
  bool isPositive = false;
  double setLoss = 0;
  double unsetLoss = 0;

  [[nodiscard]] double set(double t) const { return definition::weighted(t, setLoss); }
  [[nodiscard]] double unset(double t) const { return definition::weighted(1 - t, unsetLoss); }
  [[nodiscard]] double loss(double t) const { return set(t) + unset(t); }
};

Sides sidesOfLogit(double x) {
  return {definition::sigmoid(x), definition::sigmoid(-x), x > 0, definition::softplus(-x),
          definition::softplus(x)};
}

/// Probabilities and log-probabilities as they are; logs no smaller than -100.
Sides sidesOfProbability(double x, const ElementTermsOptions& options) {
  constexpr double kMostLoss = 100;
  const bool isLog = options.kind == ScoreKind::LogProbabilities;
  const double most = 1 - options.eps;
  const double p = std::clamp(isLog ? std::exp(x) : x, options.eps, most);
  const double q = std::clamp(isLog ? -std::expm1(x) : 1 - x, options.eps, most);
  // What was a logarithm is not made one again.
  const bool isKept = isLog && p > options.eps && p < most;
  const double positive = std::min(isKept ? -x : -std::log(p), kMostLoss);
  const double negative = std::min(p < 0.5 ? -std::log1p(-p) : -std::log(q), kMostLoss);
  return {p, q, p > 0.5, positive, negative};
}

Sides sidesOf(double x, const ElementTermsOptions& options) {
  return options.kind == ScoreKind::Logits ? sidesOfLogit(x) : sidesOfProbability(x, options);
}

}  // namespace

void classTerms(Terms& terms, const double* scores, const std::int32_t* labels, std::size_t rows,
                const ClassTermsOptions& options) {
  terms.resize(rows, true);
  for (std::size_t row = 0; row < rows; ++row) {
    DoubleTerms result;
    if (labels[row] != options.ignoreIndex) {
      const Eigen::ArrayXd x = rowOf(scores, row, options.classes);
      const Eigen::ArrayXd logP = logProbabilities(x, options);
      Eigen::ArrayXd p = probabilities(x, logP, options);
      const Eigen::Index label = labels[row];
      const Eigen::Index predicted = largestOf(x);
      result.group = labels[row];
      result.predicted = static_cast<std::int32_t>(predicted);
      result.confidence = p(predicted);
      result.loss = -logP(label);
      const bool isGiven = options.kind == ScoreKind::Probabilities;
      result.miss = isGiven ? 1 - p(label) : definition::missProbability(result.loss);
      // Sums leave the label out, so that nothing cancels where it has nearly all.
      p(label) = 0;
      result.brier = result.miss * result.miss + p.square().sum();
      result.smooth = -logP.mean();
    }
    terms.set(row, result);
  }
}

template <class T>
void classTermsOfTargets(Terms& terms, const T* scores, const float* targets, std::size_t rows,
                         const ClassTermsOptions& options) {
  constexpr bool isDouble = std::is_same_v<T, double>;
  terms.resize(rows, isDouble);
  DividedTerms& divided = terms.divided;
  divided.classes = options.classes;
  divided.shares.assign(targets, targets + rows * options.classes);
  divided.losses.resize(rows * options.classes);
  for (std::size_t row = 0; row < rows; ++row) {
    const Eigen::ArrayXd x = rowOf(scores, row, options.classes);
    const Eigen::ArrayXd t = rowOf(targets, row, options.classes);
    const Eigen::ArrayXd logP = logProbabilities(x, options);
    const Eigen::ArrayXd p = logP.exp();
    Eigen::ArrayXd::Map(divided.losses.data() + row * options.classes, logP.size()) = -logP;
    Eigen::Index truth = 0;
    Eigen::Index predicted = 0;
    if (t.maxCoeff(&truth) < 1) ++terms.soft;
    DoubleTerms result;
    result.confidence = p.maxCoeff(&predicted);
    result.group = static_cast<std::int32_t>(truth);
    result.predicted = static_cast<std::int32_t>(predicted);
    result.loss = -(t == 0).select(0, t * logP).sum();
    result.miss = (p - t).abs().sum() / 2;
    result.brier = (p - t).square().sum();
    result.smooth = -logP.mean();
    terms.set(row, result);
  }
  if constexpr (!isDouble) {
    if (options.kind != ScoreKind::Logits) return;
    const ClassProbabilityOptions<float> plain;
    classProbabilityLoss(terms.loss(), nullptr, scores, targets, {rows, options.classes}, plain);
  }
}

template void classTermsOfTargets(Terms&, const float*, const float*, std::size_t, const ClassTermsOptions&);
template void classTermsOfTargets(Terms&, const double*, const float*, std::size_t, const ClassTermsOptions&);

void elementTerms(Terms& terms, const double* scores, const float* targets, std::size_t rows,
                  const ElementTermsOptions& options) {
  terms.resize(rows * options.labels, true);
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const auto t = static_cast<double>(targets[i]);
    DoubleTerms result;
    if (t >= 0) {
      const Sides sides = sidesOf(scores[i], options);
      const auto base = static_cast<std::int32_t>(2 * (i % options.labels));
      result.group = base + (t >= 0.5 ? 1 : 0);
      result.predicted = base + (sides.isPositive ? 1 : 0);
      result.loss = sides.loss(t);
      result.miss = t == 1 ? sides.negative : std::abs(sides.positive - t);
      result.confidence = std::max(sides.positive, sides.negative);
      result.brier = result.miss * result.miss;
      if (t > 0 && t < 1) terms.softElements.push_back(softElement(i, scores[i], targets[i], options));
    }
    terms.set(i, result);
  }
  terms.soft = terms.softElements.size();
}

SoftElement softElement(std::size_t at, double score, float target, const ElementTermsOptions& options) {
  const Sides sides = sidesOf(score, options);
  const auto t = static_cast<double>(target);
  return {at, target, t * sides.negative + (1 - t) * sides.positive, sides.unset(t), sides.set(t)};
}

}  // namespace losskit
