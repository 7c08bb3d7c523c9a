// What all losses of one logit x and one target t in [0, 1] are made of, four at a time.
#pragma once

#include "numeric/math.h"

namespace losskit {

struct BinaryTerms {
  F32x4 positiveLoss;  ///< softplus(-x) = -log sigmoid(x)
  F32x4 negativeLoss;  ///< softplus(x) = -log sigmoid(-x)
  F32x4 positive;      ///< sigmoid(x)
  F32x4 negative;      ///< sigmoid(-x)

  explicit BinaryTerms(F32x4 x) : BinaryTerms(x, expOfNonPositive(-absolute(x))) {}

  /// `exponential` is e^-|x|.
  BinaryTerms(F32x4 x, F32x4 exponential) {
    const SigmoidPair pair = sigmoidPair(x, exponential);
    const F32x4 shared = log1pOfUnit(exponential);
    positiveLoss = maximum(-x, splat(0.0F)) + shared;
    negativeLoss = maximum(x, splat(0.0F)) + shared;
    positive = pair.positive;
    negative = pair.negative;
  }

  /// t softplus(-x) + (1 - t) softplus(x)
  [[nodiscard]] F32x4 crossEntropy(F32x4 t) const {
    return weightedTerm(t, positiveLoss) + weightedTerm(splat(1.0F) - t, negativeLoss);
  }
  /// w (t p softplus(-x) + (1 - t) softplus(x)), to be rounded once.
  [[nodiscard]] F64x4 crossEntropy(F64x4 t, F64x4 positiveWeight, F64x4 weight) const {
    return weightedTerm(t * positiveWeight * weight, positiveLoss) +
           weightedTerm((F64x4(1.0) - t) * weight, negativeLoss);
  }
  [[nodiscard]] F32x4 crossEntropyGradient(F32x4 t, F32x4 positiveWeight) const {
    return (splat(1.0F) - t) * positive - t * positiveWeight * negative;
  }
};

}  // namespace losskit
