#include "evaluation/element_terms.h"

#include "evaluation/one_minus_exp.h"
#include "losses/binary_cross_entropy.h"
#include "losses/binary_terms.h"
#include "losses/pointwise.h"
#include "numeric/math.h"

namespace losskit {

namespace {

/// Of four scores: both probabilities, each exact in its tail.
struct Sides {
  F32x4 positive;
  F32x4 negative;
  I32x4 isPositive;  ///< all ones where the label is predicted
};

Sides sidesOfLogits(F32x4 x) {
  const SigmoidPair pair = sigmoidPair(x, expOfNonPositive(-absolute(x)));
  return {pair.positive, pair.negative, x > splat(0.0F)};
}

/// Probabilities and log-probabilities as they are.
class GivenSides {
 public:
  GivenSides(ScoreKind kind, float eps)
      : isLog_(kind == ScoreKind::LogProbabilities), eps_(splat(eps)), most_(splat(1 - eps)) {}

  [[nodiscard]] Sides sides(F32x4 x) const {
    const F32x4 p = clipped(isLog_ ? exp(x) : x);
    const F32x4 q = clipped(isLog_ ? oneMinusExp(x) : splat(1.0F) - x);
    return {p, q, p > splat(0.5F)};
  }

  /// t (-log p) + (1 - t)(-log q); a term with no weight is none, even an infinite one.
  [[nodiscard]] F32x4 loss(F32x4 x, const Sides& sides, F32x4 t) const {
    const auto& [p, q, isPositive] = sides;
    const I32x4 isPlain = splat(isLog_ ? std::int32_t{-1} : 0) & (p > eps_) & (p < most_);
    const F32x4 positive = limited(select(isPlain, -x, -log(p)));
    const F32x4 negative = limited(-select(p < splat(0.5F), log1p(-p), log(q)));
    const F32x4 mixed = t * positive + (splat(1.0F) - t) * negative;
    return select(t == splat(1.0F), positive, select(t == splat(0.0F), negative, mixed));
  }

 private:
  [[nodiscard]] F32x4 clipped(F32x4 p) const { return minimum(maximum(p, eps_), most_); }
  static F32x4 limited(F32x4 loss) { return minimum(loss, splat(100.0F)); }

  bool isLog_;
  F32x4 eps_;
  F32x4 most_;
};

}  // namespace

void elementTerms(Terms& terms, const float* scores, const float* targets, std::size_t rows,
                  const ElementTermsOptions& options) {
  terms.resize(rows * options.labels);
  const bool isOfLogits = options.kind == ScoreKind::Logits;
  const bool isPlain = options.kind == ScoreKind::Probabilities && options.eps == 0;
  if (isPlain) binaryCrossEntropy<float>(terms.loss(), nullptr, scores, targets, terms.size(), {});
  const GivenSides given(options.kind, static_cast<float>(options.eps));
  std::size_t label = 0;
  forEachFour(terms.size(), [&](std::size_t i, std::size_t width) {
    const F32x4 x = loadWidth(scores + i, width);
    const F32x4 t = loadWidth(targets + i, width, -1);
    const Sides sides = isOfLogits ? sidesOfLogits(x) : given.sides(x);
    const F32x4 loss = isOfLogits ? binaryCrossEntropyOf(x, t)
                       : isPlain  ? loadWidth(terms.loss() + i, width)
                                  : given.loss(x, sides, t);
    const F32x4 miss = select(t == splat(1.0F), sides.negative, absolute(sides.positive - t));
    const I32x4 counts = t >= splat(0.0F);
    storeWidth(terms.loss() + i, width, keepWhere(counts, loss));
    storeWidth(terms.miss() + i, width, keepWhere(counts, miss));
    storeWidth(terms.confidence() + i, width, keepWhere(counts, maximum(sides.positive, sides.negative)));
    storeWidth(terms.brier() + i, width, keepWhere(counts, miss * miss));
    storeWidth(terms.smooth() + i, width, splat(0.0F));
    for (std::size_t lane = 0; lane < width; ++lane) {
      if (t[lane] > 0 && t[lane] < 1) {
        terms.softElements.push_back(softElement(i + lane, static_cast<double>(x[lane]), t[lane], options));
      }
      const auto base = static_cast<std::int32_t>(2 * label);
      const bool isCounted = counts[lane] != 0;
      terms.group()[i + lane] = isCounted ? base + static_cast<std::int32_t>(t[lane] >= 0.5F) : -1;
      terms.predicted()[i + lane] = isCounted ? base - sides.isPositive[lane] : 0;
      label = label + 1 == options.labels ? 0 : label + 1;
    }
  });
  terms.soft = terms.softElements.size();
}

}  // namespace losskit
