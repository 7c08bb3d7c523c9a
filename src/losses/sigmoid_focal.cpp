#include "losses/sigmoid_focal.h"

#include <algorithm>

#include "losses/binary_cross_entropy.h"
#include "losses/binary_terms.h"
#include "losses/definition.h"
#include "losses/focal_square.h"
#include "losses/focus.h"
#include "losses/hard_targets.h"
#include "losses/pointwise.h"
#include "numeric/precise.h"

namespace losskit {

namespace {

/// miss^gamma BCE of two elements with hard targets: of z, the logit towards the wrong side.
F64x2 hardLoss(F64x2 z, const PreciseSigmoid& sigmoid, const Focus& focus) {
  const F64x2 miss = z > splat(0.0) ? sigmoid.likely : sigmoid.unlikely;
  return focus(miss) * (maximum(z, splat(0.0)) + sigmoid.tail);
}

/// t sigmoid(-x) + (1 - t) sigmoid(x), the probability given to the other side.
F64x2 missOf(const PreciseSigmoid& sigmoid, F64x2 x, F64x2 t) {
  const F64x2 positive = x > splat(0.0) ? sigmoid.likely : sigmoid.unlikely;
  const F64x2 negative = x > splat(0.0) ? sigmoid.unlikely : sigmoid.likely;
  return mulAdd(t, negative, (constant(1.0) - t) * positive);
}

F64x4 missOf(F32x4 x, F32x4 t) {
  const F64x4 wideX(x);
  const F64x4 wideT(t);
  return {missOf(PreciseSigmoid(absolute(wideX.low)), wideX.low, wideT.low),
          missOf(PreciseSigmoid(absolute(wideX.high)), wideX.high, wideT.high)};
}

/// The same for any targets.
F64x2 softLoss(F64x2 x, F64x2 t, const PreciseSigmoid& sigmoid, const Focus& focus) {
  const F64x2 bce = weightedTerm(t, maximum(-x, splat(0.0)) + sigmoid.tail) +
                    weightedTerm(constant(1.0) - t, maximum(x, splat(0.0)) + sigmoid.tail);
  return weightedTerm(focus(missOf(sigmoid, x, t)), bce);
}

/// exponentials: e^-|x|.
template <bool isHard>
F32x4 lossOf(F32x4 x, F32x4 t, F64x4 exponentials, const Focus& focus) {
  const PreciseSigmoid low(PreciseSigmoid::Exponential{exponentials.low});
  const PreciseSigmoid high(PreciseSigmoid::Exponential{exponentials.high});
  if constexpr (isHard) {
    const F32x4 z = towardsMiss(x, t);
    return roundedToFloat(hardLoss(lowAsDouble(z), low, focus), hardLoss(highAsDouble(z), high, focus));
  }
  return roundedToFloat(softLoss(lowAsDouble(x), lowAsDouble(t), low, focus),
                        softLoss(highAsDouble(x), highAsDouble(t), high, focus));
}

/// alpha_t miss^gamma BCE; alpha after rounding, all else in double, because an error of miss counts gamma
/// times: 4 ULP cannot be held in one float.
template <bool isHard>
void preciseLosses(float* loss, const float* logits, const float* target, std::size_t count, Alpha alpha,
                   const Focus& focus) {
  F64x4 exponentials[kPassElements / kLanes];
  for (std::size_t i = 0; i < count; i += kLanes) {
    const F64x4 distance(absolute(load(logits + i)));
    exponentials[i / kLanes] = {detail::preciseExpOfMinus(distance.low),
                                detail::preciseExpOfMinus(distance.high)};
  }
  for (std::size_t i = 0; i < count; i += kLanes) {
    const F32x4 t = load(target + i);
    const F32x4 unweighted = lossOf<isHard>(load(logits + i), t, exponentials[i / kLanes], focus);
    const F32x4 weighted = weightedTerm(alpha(t), unweighted);
    store(loss + i, isHard ? weighted : select(isHardTarget(t), load(loss + i), weighted));
  }
}

/// A hard target's loss has the same bits whatever targets stand beside it.
void losses(float* loss, const float* logits, const float* target, std::size_t count, Alpha alpha,
            const Focus& focus) {
  for (std::size_t first = 0; first < count; first += kPassElements) {
    const std::size_t n = std::min(kPassElements, count - first);
    float* out = loss + first;
    const float* x = logits + first;
    const float* t = target + first;
    if (focus.gamma() == 2) {
      squareFocal(out, x, t, n, alpha);
    } else {
      preciseLosses<true>(out, x, t, n, alpha, focus);
    }
    if (!areHard(t, n)) preciseLosses<false>(out, x, t, n, alpha, focus);
  }
}

/// gamma 0: the bits of binary cross entropy, weighted.
void plainLosses(float* loss, const float* logits, const float* target, std::size_t count, Alpha alpha) {
  binaryCrossEntropyWithLogits(loss, nullptr, logits, target, count, {});
  forEachFour(count, [&](std::size_t i, std::size_t width) {
    const F32x4 t = loadWidth(target + i, width);
    storeWidth(loss + i, width, weightedTerm(alpha(t), loadWidth(loss + i, width)));
  });
}

/// d log(1 - p_t) / dx = (1 - 2t) sigmoid(x) sigmoid(-x) / miss; 0 where the miss probability has
/// underflowed.
F32x4 relativeSlope(const BinaryTerms& terms, F32x4 t, F32x4 miss) {
  const F32x4 hit = t * terms.positive + (constant(1.0F) - t) * terms.negative;
  const F32x4 sign = constant(1.0F) - t - t;
  const F32x4 soft = terms.positive * terms.negative / miss;
  return sign * select(isHardTarget(t), hit, clearWhere(miss == splat(0.0F), soft));
}

F32x4 focalGradient(const BinaryTerms& terms, F32x4 t, F32x4 miss, F32x4 loss, float gamma) {
  const F32x4 fromMiss = splat(gamma) * relativeSlope(terms, t, miss) * loss;
  const F32x4 limited = clearWhere(loss == constant(kInfinity), fromMiss);  // p log p -> 0
  return limited + terms.crossEntropyGradient(t, constant(1.0F));
}

}  // namespace

void sigmoidFocal(float* loss, float* gradient, const float* logits, const float* target, std::size_t count,
                  const SigmoidFocalOptions<float>& options) {
  const Focus focus(options.gamma);
  const Alpha alpha(options.alpha);
  if (options.gamma == 0) {
    plainLosses(loss, logits, target, count, alpha);
  } else {
    inWholeVectors(loss, logits, target, count,
                   [&](float* out, const float* x, const float* t, std::size_t n) {
                     losses(out, x, t, n, alpha, focus);
                   });
  }
  if (gradient == nullptr) return;
  forEachFour(count, [&](std::size_t i, std::size_t width) {
    const F32x4 x = loadWidth(logits + i, width);
    const F32x4 t = loadWidth(target + i, width);
    const F64x4 miss = missOf(x, t);
    const F32x4 slope =
        focalGradient(BinaryTerms(x), t, miss.rounded(), binaryCrossEntropyOf(x, t), options.gamma);
    const F32x4 factor = splat(options.gradientScale) * alpha(t) * focus(miss).rounded();
    storeWidth(gradient + i, width, factor * slope);
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
