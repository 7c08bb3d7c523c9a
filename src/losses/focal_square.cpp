#include "losses/focal_square.h"

#include "losses/binary_terms.h"
#include "losses/hard_targets.h"
#include "numeric/precise.h"

namespace losskit {

namespace {

/// The leading 12 of 24 digits: products of two such numbers are exact.
F32x4 leading(F32x4 value) {
  return floatOf(bitsOf(value) & constant(std::int32_t{-4096}));
}

/// m^2 of the miss probability m, whose error counts twice: the square of m's leading digits, exact, and what
/// is left of m^2.
struct SquaredMiss {
  F32x4 square;
  F32x4 rest;

  /// m = 1 / (1 + u), or u / (1 + u) where the element is on its own side; inverse: 1 / (1 + u), which only
  /// an error of m's leading digits is multiplied with.
  SquaredMiss(FloatPair u, F32x4 inverse, F32x4 a, I32x4 isWrong) {
    const F32x4 numerator = select(isWrong, constant(1.0F), u.high);
    const F32x4 m = leading(numerator * inverse);
    const F32x4 aHigh = leading(a);
    const F32x4 aLost = (u.high - (a - constant(1.0F))) + u.low;
    const F32x4 known = negMulAdd(m, a - aHigh, negMulAdd(m, aHigh, numerator));
    const F32x4 w = inverse * (known + negMulAdd(m, aLost, clearWhere(isWrong, u.low)));
    square = m * m;
    rest = w * (m + m + w);
  }
};

/// Four elements. z: the logit towards the wrong side; u: e^-|z|.
class SquareFocal {
 public:
  SquareFocal(F32x4 z, FloatPair u)
      : isWrong_(z > splat(0.0F)),
        a_(constant(1.0F) + u.high),
        inverse_(constant(1.0F) / a_),
        miss_(u, inverse_, a_, isWrong_) {
    // BCE = high + low, log(1 + u) being u and a rest.
    const F32x4 s = u.high / (constant(1.0F) + a_);
    const F32x4 logRest = negMulAdd(s, u.high - detail::atanhRest(s * s), u.low * inverse_);
    high_ = select(isWrong_, z, u.high);
    low_ = logRest + keepWhere(isWrong_, u.high);
    // Far on the wrong side m is 1, its rest and p next to nothing, but not when multiplied with an infinite
    // z.
    limited_ = minimum(high_ + low_, constant(128.0F));
  }

  /// m^2 BCE.
  [[nodiscard]] F32x4 loss() const {
    return mulAdd(miss_.square, high_, mulAdd(miss_.square, low_, miss_.rest * limited_));
  }

  /// Its derivative by z, m^2 (2 p BCE + m), p being 1 - m. No two terms cancel.
  [[nodiscard]] F32x4 slope(F32x4 u) const {
    const F32x4 unlikely = u * inverse_;
    const F32x4 p = select(isWrong_, unlikely, inverse_);
    const F32x4 m = select(isWrong_, inverse_, unlikely);
    return (miss_.square + miss_.rest) * mulAdd(p + p, limited_, m);
  }

 private:
  I32x4 isWrong_;
  F32x4 a_;
  F32x4 inverse_;
  SquaredMiss miss_;
  F32x4 high_;
  F32x4 low_;
  F32x4 limited_;
};

}  // namespace

/// In floats, with what their roundings lost where an error would count two or three times: four lanes and
/// 130 instructions where doubles took 640 (V8 14.6), and a third of the time.
void squareFocal(const Elements& elements, std::size_t count, Alpha alpha, float gradientScale) {
  float highs[kPassElements];
  float lows[kPassElements];
  for (std::size_t i = 0; i < count; i += kLanes) {
    const FloatPair u = expPairOfMinus(absolute(load(elements.logits + i)));
    store(highs + i, u.high);
    store(lows + i, u.low);
  }
  for (std::size_t i = 0; i < count; i += kLanes) {
    const F32x4 t = load(elements.target + i);
    const F32x4 u = load(highs + i);
    const SquareFocal four(towardsMiss(load(elements.logits + i), t), {u, load(lows + i)});
    const F32x4 weight = alpha(t);
    store(elements.loss + i, weightedTerm(weight, four.loss()));
    if (elements.gradient == nullptr) continue;
    store(elements.gradient + i, splat(gradientScale) * weight * towardsMiss(four.slope(u), t));
  }
}

}  // namespace losskit
