#include "losses/sigmoid_focal.h"

#include "losses/binary_terms.h"
#include "losses/definition.h"
#include "losses/focus.h"
#include "losses/pointwise.h"

namespace losskit {

namespace {

/// sigmoid(x) and sigmoid(-x) in double, from u = e^-|x|: an error of theirs counts gamma times.
struct PreciseSigmoid {
  F64x4 positive;
  F64x4 negative;

  PreciseSigmoid(F32x4 x, F64x4 u) {
    const F64x4 large = F64x4(1.0) / (F64x4(1.0) + u);
    const F64x4 small = u * large;
    const I32x4 isPositive = x >= splat(0.0F);
    positive = select(isPositive, large, small);
    negative = select(isPositive, small, large);
  }

  /// Probability given to the other side: t sigmoid(-x) + (1 - t) sigmoid(x).
  [[nodiscard]] F64x4 miss(F64x4 t) const { return t * negative + (F64x4(1.0) - t) * positive; }
};

F64x4 alphaOf(float alpha, F64x4 t) {
  const F64x4 a(static_cast<double>(alpha));
  return alpha < 0 ? F64x4(1.0) : a * t + (F64x4(1.0) - a) * (F64x4(1.0) - t);
}

/// d log(1 - p_t) / dx = (1 - 2t) sigmoid(x) sigmoid(-x) / miss; 0 where the miss probability has
/// underflowed.
F32x4 relativeSlope(const BinaryTerms& terms, F32x4 t, F32x4 miss) {
  const I32x4 isHard = (t == splat(0.0F)) | (t == splat(1.0F));
  const F32x4 hit = t * terms.positive + (splat(1.0F) - t) * terms.negative;
  const F32x4 sign = splat(1.0F) - t - t;
  const F32x4 soft = terms.positive * terms.negative / miss;
  return sign * select(isHard, hit, clearWhere(miss == splat(0.0F), soft));
}

F32x4 focalGradient(const BinaryTerms& terms, F32x4 t, F32x4 miss, F32x4 loss, float gamma) {
  const F32x4 fromMiss = splat(gamma) * relativeSlope(terms, t, miss) * loss;
  const F32x4 limited = clearWhere(loss == splat(kInfinity), fromMiss);  // p log p -> 0
  return limited + terms.crossEntropyGradient(t, splat(1.0F));
}

}  // namespace

void sigmoidFocal(float* loss, float* gradient, const float* logits, const float* target, std::size_t count,
                  const SigmoidFocalOptions<float>& options) {
  const Focus focus(options.gamma);
  forEachFour(count, [&](std::size_t i, std::size_t width) {
    const F32x4 x = loadWidth(logits + i, width);
    const F32x4 t = loadWidth(target + i, width);
    const F64x4 u = ScaledExp(splat(0.0F)).precise(-absolute(x)) * F64x4(double{ScaledExp::kScale});
    const BinaryTerms terms(x);
    const F64x4 miss = PreciseSigmoid(x, u).miss(F64x4(t));
    const F64x4 factor = alphaOf(options.alpha, F64x4(t)) * focus(miss);
    storeWidth(loss + i, width, terms.crossEntropy(F64x4(t), F64x4(1.0), factor).rounded());
    if (gradient == nullptr) return;
    const F32x4 slope = focalGradient(terms, t, miss.rounded(), terms.crossEntropy(t), options.gamma);
    storeWidth(gradient + i, width, splat(options.gradientScale) * factor.rounded() * slope);
  });
}

void sigmoidFocal(double* loss, double* gradient, const double* logits, const double* target,
                  std::size_t count, const SigmoidFocalOptions<double>& options) {
  for (std::size_t i = 0; i < count; ++i) {
    const double x = logits[i];
    const double t = target[i];
    loss[i] = definition::sigmoidFocal(x, t, options.alpha, options.gamma);
    if (gradient == nullptr) continue;
    gradient[i] =
        options.gradientScale * definition::sigmoidFocalGradient(x, t, options.alpha, options.gamma);
  }
}

}  // namespace losskit
