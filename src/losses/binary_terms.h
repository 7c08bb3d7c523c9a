// What all losses of one logit x and one target t in [0, 1] are made of, four at a time.
#pragma once

#include <cstddef>

#include "numeric/math.h"

namespace losskit {

inline F64x2 weightedTerm(F64x2 weight, F64x2 value) {
  return weight == splat(0.0) ? splat(0.0) : weight * value;
}

/// Elements whose exponentials are worked before their logarithms. One after the other an element is a chain
/// of forty instructions that wait for one another, and a processor's window holds not two of them; in two
/// passes of half the length four times as many run beside each other (BCE with relaxed SIMD, V8 14.6: 3.4 ns
/// an element, 2.4 in two).
constexpr std::size_t kPassElements = 512;

/// e^-|x|, which all losses of a logit begin with.
inline F32x4 unlikeliness(F32x4 x) {
  return expOfNonPositive(minimum(x, -x));
}

/// t softplus(-x) + (1 - t) softplus(x) = s |x| + log(1 + e^-|x|), s being the share of the side that x is
/// not on: no term to be cancelled by another. `exponential` is e^-|x|.
inline F32x4 binaryCrossEntropyOf(F32x4 x, F32x4 t, F32x4 exponential) {
  const F32x4 share = select(x > splat(0.0F), constant(1.0F) - t, t);
  const F32x4 distance = clearWhere(share == splat(0.0F), absolute(x));
  return mulAdd(share, distance, log1pOfUnit(exponential));
}

/// sigmoid(x) - t: the derivative of the same, without a difference of what is nearly equal.
inline F32x4 binaryCrossEntropySlope(F32x4 x, F32x4 t, F32x4 exponential) {
  const SigmoidPair p = sigmoidPair(x, exponential);
  return (constant(1.0F) - t) * p.positive - t * p.negative;
}

struct BinaryTerms {
  F32x4 positiveLoss;  ///< softplus(-x) = -log sigmoid(x)
  F32x4 negativeLoss;  ///< softplus(x) = -log sigmoid(-x)
  F32x4 positive;      ///< sigmoid(x)
  F32x4 negative;      ///< sigmoid(-x)

  explicit BinaryTerms(F32x4 x) : BinaryTerms(x, unlikeliness(x)) {}

  /// `exponential` is e^-|x|.
  BinaryTerms(F32x4 x, F32x4 exponential) {
    const SigmoidPair pair = sigmoidPair(x, exponential);
    const F32x4 shared = log1pOfUnit(exponential);
    positiveLoss = maximum(-x, splat(0.0F)) + shared;
    negativeLoss = maximum(x, splat(0.0F)) + shared;
    positive = pair.positive;
    negative = pair.negative;
  }

  /// w (t p softplus(-x) + (1 - t) softplus(x)), to be rounded once.
  [[nodiscard]] F64x4 crossEntropy(F64x4 t, F64x4 positiveWeight, F64x4 weight) const {
    return weightedTerm(t * positiveWeight * weight, positiveLoss) +
           weightedTerm((F64x4(1.0) - t) * weight, negativeLoss);
  }
  [[nodiscard]] F32x4 crossEntropyGradient(F32x4 t, F32x4 positiveWeight) const {
    return (constant(1.0F) - t) * positive - t * positiveWeight * negative;
  }
};

}  // namespace losskit
