#include "evaluation/element_terms.h"

#include "evaluation/one_minus_exp.h"
#include "losses/pointwise.h"
#include "numeric/math.h"

namespace losskit {

namespace {

/// Of four scores: both probabilities and both losses, each exact in its tail.
struct Sides {
  F32x4 positive;
  F32x4 negative;
  F32x4 positiveLoss;  ///< -log of `positive`
  F32x4 negativeLoss;
  I32x4 isPositive;  ///< all ones where the label is predicted
};

Sides sidesOfLogits(F32x4 x) {
  const F32x4 u = expOfNonPositive(-absolute(x));
  const F32x4 large = splat(1.0F) / (splat(1.0F) + u);
  const F32x4 small = u * large;
  const F32x4 shared = log1pOfUnit(u);
  const I32x4 isPositive = x > splat(0.0F);
  return {select(isPositive, large, small), select(isPositive, small, large),
          maximum(-x, splat(0.0F)) + shared, maximum(x, splat(0.0F)) + shared, isPositive};
}

/// Probabilities and log-probabilities as they are.
class GivenSides {
 public:
  GivenSides(ScoreKind kind, float eps)
      : isLog_(kind == ScoreKind::LogProbabilities), eps_(splat(eps)), most_(splat(1 - eps)) {}

  Sides operator()(F32x4 x) const {
    const F32x4 p = clipped(isLog_ ? exp(x) : x);
    const F32x4 q = clipped(isLog_ ? oneMinusExp(x) : splat(1.0F) - x);
    const I32x4 isPlain = splat(isLog_ ? std::int32_t{-1} : 0) & (p > eps_) & (p < most_);
    const I32x4 isSmall = p < splat(0.5F);
    return {p, q, limited(select(isPlain, -x, -log(p))), limited(-select(isSmall, log1p(-p), log(q))),
            p > splat(0.5F)};
  }

 private:
  [[nodiscard]] F32x4 clipped(F32x4 p) const { return minimum(maximum(p, eps_), most_); }
  static F32x4 limited(F32x4 loss) { return minimum(loss, splat(100.0F)); }

  bool isLog_;
  F32x4 eps_;
  F32x4 most_;
};

struct FourElements {
  F32x4 loss;
  F32x4 miss;
  F32x4 confidence;
  F32x4 brier;
};

/// t softplus(-x) + (1 - t) softplus(x); a term with no weight is none, even an infinite one.
FourElements against(const Sides& sides, F32x4 t) {
  const I32x4 isSet = t == splat(1.0F);
  const I32x4 isClear = t == splat(0.0F);
  const F32x4 mixed = t * sides.positiveLoss + (splat(1.0F) - t) * sides.negativeLoss;
  FourElements terms;
  terms.loss = select(isSet, sides.positiveLoss, select(isClear, sides.negativeLoss, mixed));
  terms.miss = select(isSet, sides.negative, absolute(sides.positive - t));
  terms.confidence = maximum(sides.positive, sides.negative);
  terms.brier = terms.miss * terms.miss;
  return terms;
}

}  // namespace

void elementTerms(Terms& terms, const float* scores, const float* targets, std::size_t rows,
                  const ElementTermsOptions& options) {
  terms.resize(rows * options.labels);
  const GivenSides given(options.kind, options.eps);
  std::size_t label = 0;
  forEachFour(terms.size(), [&](std::size_t i, std::size_t width) {
    const F32x4 x = loadWidth(scores + i, width);
    const F32x4 t = loadWidth(targets + i, width, -1);
    const Sides sides = options.kind == ScoreKind::Logits ? sidesOfLogits(x) : given(x);
    const I32x4 counts = t >= splat(0.0F);
    const FourElements four = against(sides, t);
    storeWidth(terms.loss() + i, width, keepWhere(counts, four.loss));
    storeWidth(terms.miss() + i, width, keepWhere(counts, four.miss));
    storeWidth(terms.confidence() + i, width, keepWhere(counts, four.confidence));
    storeWidth(terms.brier() + i, width, keepWhere(counts, four.brier));
    storeWidth(terms.smooth() + i, width, splat(0.0F));
    for (std::size_t lane = 0; lane < width; ++lane) {
      if (t[lane] > 0 && t[lane] < 1) ++terms.soft;
      const auto base = static_cast<std::int32_t>(2 * label);
      const bool isCounted = counts[lane] != 0;
      terms.group()[i + lane] = isCounted ? base + static_cast<std::int32_t>(t[lane] >= 0.5F) : -1;
      terms.predicted()[i + lane] = isCounted ? base - sides.isPositive[lane] : 0;
      label = label + 1 == options.labels ? 0 : label + 1;
    }
  });
}

}  // namespace losskit
