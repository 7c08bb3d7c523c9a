// What all losses of one logit x and one target t in [0, 1] are made of, four at a time.
#pragma once

#include "numeric/math.h"

namespace losskit {

/// 0 where the weight is 0, else weight * value: a term without weight is no term, even an infinite one.
inline F32x4 weightedTerm(F32x4 weight, F32x4 value) {
  return clearWhere(weight == splat(0.0F), weight * value);
}

struct BinaryTerms {
  F32x4 positiveLoss;  ///< softplus(-x) = -log sigmoid(x)
  F32x4 negativeLoss;  ///< softplus(x) = -log sigmoid(-x)
  F32x4 positive;      ///< sigmoid(x)
  F32x4 negative;      ///< sigmoid(-x)

  explicit BinaryTerms(F32x4 x) {
    const SigmoidPair pair = sigmoidPair(x);
    const F32x4 shared = log1pOfUnit(pair.exponential);
    positiveLoss = maximum(-x, splat(0.0F)) + shared;
    negativeLoss = maximum(x, splat(0.0F)) + shared;
    positive = pair.positive;
    negative = pair.negative;
  }

  /// t p softplus(-x) + (1 - t) softplus(x)
  [[nodiscard]] F32x4 crossEntropy(F32x4 t, F32x4 positiveWeight) const {
    return weightedTerm(t * positiveWeight, positiveLoss) + weightedTerm(splat(1.0F) - t, negativeLoss);
  }
  [[nodiscard]] F32x4 crossEntropyGradient(F32x4 t, F32x4 positiveWeight) const {
    return (splat(1.0F) - t) * positive - t * positiveWeight * negative;
  }
  /// Probability given to the other side: t sigmoid(-x) + (1 - t) sigmoid(x).
  [[nodiscard]] F32x4 miss(F32x4 t) const { return t * negative + (splat(1.0F) - t) * positive; }
};

}  // namespace losskit
