#include "losses/sigmoid_focal.h"

#include "losses/binary_terms.h"
#include "losses/definition.h"
#include "losses/focus.h"
#include "losses/pointwise.h"

namespace losskit {

namespace {

F32x4 alphaOf(float alpha, F32x4 t) {
  return alpha < 0 ? splat(1.0F) : splat(alpha) * t + splat(1 - alpha) * (splat(1.0F) - t);
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
    const BinaryTerms terms(loadWidth(logits + i, width));
    const F32x4 t = loadWidth(target + i, width);
    const F32x4 miss = terms.miss(t);
    const F32x4 factor = alphaOf(options.alpha, t) * focus(miss);
    const F32x4 bce = terms.crossEntropy(t, splat(1.0F));
    storeWidth(loss + i, width, weightedTerm(factor, bce));
    if (gradient == nullptr) return;
    const F32x4 slope =
        splat(options.gradientScale) * factor * focalGradient(terms, t, miss, bce, options.gamma);
    storeWidth(gradient + i, width, slope);
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
