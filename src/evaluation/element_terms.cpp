#include "evaluation/element_terms.h"

#include <algorithm>

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

Sides sidesOfLogits(F32x4 x, F32x4 exponential) {
  const SigmoidPair pair = sigmoidPair(x, exponential);
  return {pair.positive, pair.negative, x > splat(0.0F)};
}

/// Two groups for each label, of four elements that follow one another.
class LabelGroups {
 public:
  explicit LabelGroups(std::size_t labels) : labels_(splat(static_cast<std::int32_t>(labels))) { wrap(); }

  /// The group of an element that is not set: that of one that is set is one more.
  [[nodiscard]] I32x4 unset() const { return label_ + label_; }
  void next() {
    label_ += 4;
    wrap();
  }

 private:
  void wrap() {
    for (I32x4 isBehind = label_ >= labels_; !all(~isBehind); isBehind = label_ >= labels_) {
      label_ -= labels_ & isBehind;
    }
  }

  I32x4 labels_;
  I32x4 label_{0, 1, 2, 3};
};

/// Of the first kPassElements scores.
void unlikelinesses(float* out, const float* scores, std::size_t count) {
  forEachFour(std::min(count, kPassElements), [&](std::size_t i, std::size_t width) {
    store(out + i, unlikeliness(loadWidth(scores + i, width)));
  });
}

void storeWidth(std::int32_t* to, std::size_t width, I32x4 value) {
  if (width == kLanes) return store(to, value);
  for (std::size_t lane = 0; lane < width; ++lane) to[lane] = value[lane];
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
  if (isPlain) binaryCrossEntropy(terms.loss(), nullptr, scores, targets, terms.size(), {});
  const GivenSides given(options.kind, static_cast<float>(options.eps));
  LabelGroups groups(options.labels);
  float exponentials[kPassElements];
  forEachFour(terms.size(), [&](std::size_t i, std::size_t width) {
    const std::size_t at = i % kPassElements;
    if (isOfLogits && at == 0) unlikelinesses(exponentials, scores + i, terms.size() - i);
    const F32x4 x = loadWidth(scores + i, width);
    const F32x4 t = loadWidth(targets + i, width, -1);
    const F32x4 exponential = load(exponentials + at);
    const Sides sides = isOfLogits ? sidesOfLogits(x, exponential) : given.sides(x);
    const F32x4 loss = isOfLogits ? binaryCrossEntropyOf(x, t, exponential)
                       : isPlain  ? loadWidth(terms.loss() + i, width)
                                  : given.loss(x, sides, t);
    const F32x4 miss = select(t == splat(1.0F), sides.negative, absolute(sides.positive - t));
    const I32x4 counts = t >= splat(0.0F);
    const I32x4 group = groups.unset() - (t >= splat(0.5F));
    storeWidth(terms.group() + i, width, (group & counts) | ~counts);
    storeWidth(terms.loss() + i, width, keepWhere(counts, loss));
    storeWidth(terms.miss() + i, width, keepWhere(counts, miss));
    if (!options.areLossesAll) {
      storeWidth(terms.predicted() + i, width, (groups.unset() - sides.isPositive) & counts);
      storeWidth(terms.confidence() + i, width, keepWhere(counts, maximum(sides.positive, sides.negative)));
      storeWidth(terms.brier() + i, width, keepWhere(counts, miss * miss));
      storeWidth(terms.smooth() + i, width, splat(0.0F));
    }
    groups.next();
    const I32x4 isSoft = (t > splat(0.0F)) & (t < splat(1.0F));
    for (std::size_t lane = 0; !all(~isSoft) && lane < width; ++lane) {
      if (isSoft[lane] == 0) continue;
      terms.softElements.push_back(softElement(i + lane, static_cast<double>(x[lane]), t[lane], options));
    }
  });
  terms.soft = terms.softElements.size();
}

}  // namespace losskit
