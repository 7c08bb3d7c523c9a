#include "losses/sigmoid_focal.h"

#include <algorithm>
#include <type_traits>

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

/// gamma BCE d log(miss) / dx: where BCE is large the latter is nothing, but not times infinity.
F64x2 fromFocus(const Focus& focus, F64x2 relativeSlope, F64x2 bce) {
  return splat(focus.gamma()) * relativeSlope * minimum(bce, constant(1000.0));
}

/// Two elements with hard targets, by their logits towards the wrong side.
struct HardPair {
  F64x2 sign;
  F64x2 miss;
  F64x2 hit;
  F64x2 bce;
  F64x2 factor;

  HardPair(F64x2 x, F64x2 t, const PreciseSigmoid& sigmoid, const Focus& focus)
      : sign(constant(1.0) - (t + t)) {
    const F64x2 z = x * sign;
    const auto isWrong = z > splat(0.0);
    miss = isWrong ? sigmoid.likely : sigmoid.unlikely;
    hit = isWrong ? sigmoid.unlikely : sigmoid.likely;
    bce = maximum(z, splat(0.0)) + sigmoid.tail;
    factor = focus(miss);
  }

  [[nodiscard]] F64x2 loss() const { return factor * bce; }
  [[nodiscard]] F64x2 slope(const Focus& focus) const {
    return sign * factor * (fromFocus(focus, hit, bce) + miss);
  }
};

/// Two elements with any targets. miss: t sigmoid(-x) + (1 - t) sigmoid(x), the probability given to the
/// other side, whose derivative is (1 - 2 t) sigmoid(x) sigmoid(-x).
struct SoftPair {
  F64x2 t;
  F64x2 other;
  F64x2 positive;
  F64x2 negative;
  F64x2 miss;
  F64x2 bce;
  F64x2 factor;

  SoftPair(F64x2 x, F64x2 target, const PreciseSigmoid& sigmoid, const Focus& focus)
      : t(target),
        other(constant(1.0) - t),
        positive(x > splat(0.0) ? sigmoid.likely : sigmoid.unlikely),
        negative(x > splat(0.0) ? sigmoid.unlikely : sigmoid.likely),
        miss(mulAdd(t, negative, other * positive)),
        bce(weightedTerm(t, maximum(-x, splat(0.0)) + sigmoid.tail) +
            weightedTerm(other, maximum(x, splat(0.0)) + sigmoid.tail)),
        factor(focus(miss)) {}

  [[nodiscard]] F64x2 loss() const { return weightedTerm(factor, bce); }

  [[nodiscard]] F64x2 slope(const Focus& focus) const {
    const F64x2 relative = (other - t) * (positive * negative) / miss;
    return factor * (fromFocus(focus, relative, bce) + other * positive - t * negative);
  }
};

/// alpha_t miss^gamma BCE, and its gradient; alpha after rounding, all else in double, because an error of
/// miss counts gamma times: 4 ULP cannot be held in one float.
template <bool isHard>
void preciseFocal(const Elements& a, std::size_t count, Alpha alpha, const Focus& focus,
                  float gradientScale) {
  using Pair = std::conditional_t<isHard, HardPair, SoftPair>;
  F64x4 exponentials[kPassElements / kLanes];
  for (std::size_t i = 0; i < count; i += kLanes) {
    const F64x4 distance(absolute(load(a.logits + i)));
    exponentials[i / kLanes] = {detail::preciseExpOfMinus(distance.low),
                                detail::preciseExpOfMinus(distance.high)};
  }
  for (std::size_t i = 0; i < count; i += kLanes) {
    const F32x4 t = load(a.target + i);
    const F64x4 wideT(t);
    const F64x4 x(load(a.logits + i));
    const F64x4 e = exponentials[i / kLanes];
    const Pair low(x.low, wideT.low, PreciseSigmoid(PreciseSigmoid::Exponential{e.low}), focus);
    const Pair high(x.high, wideT.high, PreciseSigmoid(PreciseSigmoid::Exponential{e.high}), focus);
    const F32x4 weight = alpha(t);
    const auto put = [&](float* out, F32x4 value) {
      store(out + i, isHard ? value : select(isHardTarget(t), load(out + i), value));
    };
    put(a.loss, weightedTerm(weight, roundedToFloat(low.loss(), high.loss())));
    if (a.gradient == nullptr) continue;
    put(a.gradient, splat(gradientScale) * weight * roundedToFloat(low.slope(focus), high.slope(focus)));
  }
}

/// A hard target's loss and gradient have the same bits whatever targets stand beside it.
void focal(const Elements& all, std::size_t count, Alpha alpha, const Focus& focus, float gradientScale) {
  for (std::size_t first = 0; first < count; first += kPassElements) {
    const std::size_t n = std::min(kPassElements, count - first);
    const Elements pass = all.from(first);
    if (focus.gamma() == 2) {
      squareFocal(pass, n, alpha, gradientScale);
    } else {
      preciseFocal<true>(pass, n, alpha, focus, gradientScale);
    }
    if (!areHard(pass.target, n)) preciseFocal<false>(pass, n, alpha, focus, gradientScale);
  }
}

/// gamma 0: the bits of binary cross entropy, weighted.
void plainFocal(const Elements& a, std::size_t count, Alpha alpha, float gradientScale) {
  binaryCrossEntropyWithLogits(a.loss, a.gradient, a.logits, a.target, count,
                               {nullptr, nullptr, gradientScale});
  forEachFour(count, [&](std::size_t i, std::size_t width) {
    const F32x4 weight = alpha(loadWidth(a.target + i, width));
    storeWidth(a.loss + i, width, weightedTerm(weight, loadWidth(a.loss + i, width)));
    if (a.gradient != nullptr) storeWidth(a.gradient + i, width, weight * loadWidth(a.gradient + i, width));
  });
}

}  // namespace

void sigmoidFocal(float* loss, float* gradient, const float* logits, const float* target, std::size_t count,
                  const SigmoidFocalOptions<float>& options) {
  const Elements all{loss, gradient, logits, target};
  const Alpha alpha(options.alpha);
  if (options.gamma == 0) {
    plainFocal(all, count, alpha, options.gradientScale);
    return;
  }
  const Focus focus(options.gamma);
  inWholeVectors(all, count, [&](const Elements& elements, std::size_t n) {
    focal(elements, n, alpha, focus, options.gradientScale);
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
