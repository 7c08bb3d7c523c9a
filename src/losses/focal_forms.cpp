#include "losses/focal_forms.h"

#include <algorithm>
#include <cmath>

#include "losses/definition.h"
#include "losses/double_rows.h"

namespace losskit {

namespace {

using definition::weighted;

/// A quantity and its slope by the input.
struct Curve {
  double value;
  double slope;
};

/// miss^gamma with its slope. At a miss of 0 below gamma 1, where the power is steepest, what it is
/// multiplied with is 0 as well and wins.
Curve focus(Curve miss, double gamma) {
  if (gamma == 0) return {1, 0};
  const double steepness = miss.value == 0 && gamma < 1 ? 0 : gamma * std::pow(miss.value, gamma - 1);
  return {std::pow(miss.value, gamma), weighted(miss.slope, steepness)};
}

Curve product(Curve factor, Curve loss) {
  return {weighted(factor.value, loss.value),
          weighted(factor.slope, loss.value) + weighted(factor.value, loss.slope)};
}

Curve mix(double a, Curve x, double b, Curve y) {
  return {weighted(a, x.value) + weighted(b, y.value), weighted(a, x.slope) + weighted(b, y.slope)};
}

Curve hold(Curve x, double least, double most) {
  const bool isInside = x.value >= least && x.value <= most;
  return {std::clamp(x.value, least, most), isInside ? x.slope : 0};
}

/// A probability and its complement, and the negative logs of both once held.
struct Sides {
  Curve hit;
  Curve miss;
  Curve hitLoss;
  Curve missLoss;
  double epsilon;

  static Sides ofLogit(double x, double epsilon) {
    const double p = definition::sigmoid(x);
    const double q = definition::sigmoid(-x);
    return {{p, p * q}, {q, -p * q}, {definition::softplus(-x), -q}, {definition::softplus(x), p}, epsilon};
  }
  static Sides ofProbability(double p, double epsilon) {
    const double q = 1 - p;
    return {{p, 1}, {q, -1}, {-std::log(p), -1 / p}, {-std::log1p(-p), 1 / q}, epsilon};
  }

  void holdLosses() {
    if (epsilon == 0) return;
    hitLoss = hold(hitLoss, -std::log1p(-epsilon), -std::log(epsilon));
    missLoss = hold(missLoss, -std::log1p(-epsilon), -std::log(epsilon));
  }
  [[nodiscard]] Curve held(Curve probability) const { return hold(probability, epsilon, 1 - epsilon); }
};

/// t and the alphas of one element.
struct Target {
  double t;
  double positive;  ///< a1 t
  double negative;  ///< a0 (1 - t)
};

Curve focalElement(const Sides& sides, Target target, FocalForm form, double gamma) {
  const double t = target.t;
  if (form == FocalForm::Split) {
    const Curve positive = product(focus(sides.held(sides.miss), gamma), sides.hitLoss);
    const Curve negative = product(focus(sides.held(sides.hit), gamma), sides.missLoss);
    return mix(target.positive, positive, target.negative, negative);
  }
  const Curve loss = mix(t, sides.hitLoss, 1 - t, sides.missLoss);
  const Curve miss = form == FocalForm::Joint
                         ? mix(t, sides.miss, 1 - t, sides.hit)
                         : Curve{-std::expm1(-loss.value), weighted(std::exp(-loss.value), loss.slope)};
  const Curve focal = product(focus(miss, gamma), loss);
  const double alpha = target.positive + target.negative;
  return {weighted(alpha, focal.value), weighted(alpha, focal.slope)};
}

/// (1 - p)^gamma (-log p) of the held p.
Curve focalClass(double p, double gamma, double epsilon) {
  Sides sides = Sides::ofProbability(p, epsilon);
  sides.holdLosses();
  return product(focus(sides.held(sides.miss), gamma), sides.hitLoss);
}

/// Loss of a row of probabilities; slopes by each of them go to `slope`.
double probabilityRow(const Eigen::ArrayXd& p, const Eigen::ArrayXd& q, double gamma, double epsilon,
                      Eigen::ArrayXd& slope) {
  double sum = 0;
  for (Eigen::Index c = 0; c < p.size(); ++c) {
    const Curve term = focalClass(p(c), gamma, epsilon);
    sum += weighted(q(c), term.value);
    slope(c) = weighted(q(c), term.slope);
  }
  return sum;
}

/// Loss of a row of logits x, whose gradient goes to `gradient`: by its negative logs, which keep both tails.
double logitRow(const Eigen::ArrayXd& x, const Eigen::ArrayXd& q, double gamma, double epsilon,
                Eigen::ArrayXd& gradient) {
  const definition::RowNormalizer row(x);
  const Eigen::ArrayXd logLoss = x.unaryExpr([&](double score) { return row.logLoss(score); });
  const double least = epsilon == 0 ? 0 : -std::log1p(-epsilon);
  const double most = epsilon == 0 ? std::numeric_limits<double>::infinity() : -std::log(epsilon);
  double sum = std::isnan(row.logSum) ? row.logSum : 0;
  Eigen::ArrayXd slope = Eigen::ArrayXd::Zero(x.size());
  for (Eigen::Index c = 0; c < x.size(); ++c) {
    if (q(c) == 0) continue;
    const double held = std::clamp(logLoss(c), least, most);
    sum += q(c) * weighted(std::pow(definition::missProbability(held), gamma), held);
    if (held == logLoss(c)) slope(c) = q(c) * definition::focalSlope(held, gamma);
  }
  const double total = slope.sum();
  for (Eigen::Index c = 0; c < x.size(); ++c) {
    gradient(c) =
        std::exp(-logLoss(c)) * (total - slope(c)) - slope(c) * definition::missProbability(logLoss(c));
  }
  return sum;
}

double factorAt(Numbers values, std::size_t i) {
  return values.isNull() ? 1 : values[i];
}

/// The arrays of a call.
struct Arrays {
  NumbersOut loss;
  NumbersOut gradient;
  Numbers input;
  Numbers target;
  Numbers weight;
  Numbers positiveWeight;
};

Curve elementOf(const Arrays& a, std::size_t i, const BinaryFocalOptions<double>& options) {
  const double x = a.input[i];
  Sides sides =
      options.isProbability ? Sides::ofProbability(x, options.epsilon) : Sides::ofLogit(x, options.epsilon);
  sides.holdLosses();
  const double t = a.target[i] * (1 - options.labelSmoothing) + options.labelSmoothing / 2;
  const double positive = options.positiveAlpha * factorAt(a.positiveWeight, i) * t;
  const Target target{t, positive, options.negativeAlpha * (1 - t)};
  const Curve result = focalElement(sides, target, options.form, options.gamma);
  const double weight = factorAt(a.weight, i);
  return {weighted(weight, result.value), weighted(weight, result.slope)};
}

void binaryElements(const Arrays& a, std::size_t count, const BinaryFocalOptions<double>& options) {
  for (std::size_t i = 0; i < count; ++i) {
    const bool isIgnored = a.target[i] == options.ignoredTarget;
    const Curve result = isIgnored ? Curve{0, 0} : elementOf(a, i, options);
    a.loss.set(i, result.value);
    if (!a.gradient.isNull()) a.gradient.set(i, result.slope * options.gradientScale);
  }
}

/// Loss of a row x with the weighted targets q; its gradient goes to `gradient`.
double rowOf(Eigen::ArrayXd x, const Eigen::ArrayXd& q, const CategoricalFocalOptions<double>& options,
             Eigen::ArrayXd& gradient) {
  if (!options.isProbability) return logitRow(x, q, options.gamma, options.epsilon, gradient);
  const double sum = options.renormalises ? x.sum() : 1;
  x /= sum;
  const double loss = probabilityRow(x, q, options.gamma, options.epsilon, gradient);
  if (options.renormalises) gradient = (gradient - (gradient * x).sum()) / sum;
  return loss;
}

void categoricalRows(const Arrays& a, ClassLayout layout, const CategoricalFocalOptions<double>& options) {
  const DoubleRows rows(layout);
  const Eigen::ArrayXd weight = rows.readWeight(a.weight);
  const double share = options.labelSmoothing / static_cast<double>(layout.classes);
  for (std::size_t row = 0; row < layout.rows(); ++row) {
    const Eigen::ArrayXd t = rows.read(a.target, row);
    Eigen::ArrayXd slope = Eigen::ArrayXd::Zero(rows.size());
    double value = 0;
    if (const bool isIgnored = t(0) < 0; !isIgnored) {
      const Eigen::ArrayXd q = weight * ((1 - options.labelSmoothing) * t + share);
      value = rowOf(rows.read(a.input, row), q, options, slope);
    }
    a.loss.set(row, value);
    if (!a.gradient.isNull()) rows.write(a.gradient, row, slope * options.gradientScale);
  }
}

}  // namespace

template <class T>
void binaryFocal(T* loss, T* gradient, const T* input, const T* target, std::size_t count,
                 const BinaryFocalOptions<T>& options) {
  const BinaryFocalOptions<double> others{nullptr,
                                          nullptr,
                                          options.positiveAlpha,
                                          options.negativeAlpha,
                                          options.gamma,
                                          options.epsilon,
                                          options.labelSmoothing,
                                          options.form,
                                          options.isProbability,
                                          options.ignoredTarget,
                                          options.gradientScale};
  const Arrays arrays{NumbersOut(loss), NumbersOut(gradient),    Numbers(input),
                      Numbers(target),  Numbers(options.weight), Numbers(options.positiveWeight)};
  binaryElements(arrays, count, others);
}

template <class T>
void categoricalFocal(T* loss, T* gradient, const T* input, const T* target, ClassLayout layout,
                      const CategoricalFocalOptions<T>& options) {
  const CategoricalFocalOptions<double> others{nullptr,
                                               options.gamma,
                                               options.epsilon,
                                               options.labelSmoothing,
                                               options.isProbability,
                                               options.renormalises,
                                               options.gradientScale};
  const Arrays arrays{NumbersOut(loss), NumbersOut(gradient),    Numbers(input),
                      Numbers(target),  Numbers(options.weight), Numbers(static_cast<const T*>(nullptr))};
  categoricalRows(arrays, layout, others);
}

template void binaryFocal(float*, float*, const float*, const float*, std::size_t,
                          const BinaryFocalOptions<float>&);
template void binaryFocal(double*, double*, const double*, const double*, std::size_t,
                          const BinaryFocalOptions<double>&);
template void categoricalFocal(float*, float*, const float*, const float*, ClassLayout,
                               const CategoricalFocalOptions<float>&);
template void categoricalFocal(double*, double*, const double*, const double*, ClassLayout,
                               const CategoricalFocalOptions<double>&);

}  // namespace losskit
