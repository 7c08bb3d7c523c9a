// Elementary functions on four floats. Each states its greatest error in ULP of the exact result (measured
// over the range by tests/cpp/math_test.cpp, in every build) and what it does at the ends of its range. NaN
// in, NaN out.
//
// Method: Cody-Waite reduction and minimax polynomials (Remez, coefficients rounded to float one after the
// other).
#pragma once

#include "numeric/simd.h"

namespace losskit {

inline constexpr float kLog2E = 1.44269504F;
/// ln 2 in two parts; the first has ten bits, so that n * kLn2High is exact for |n| < 2^14.
inline constexpr float kLn2High = 0.693359375F;
inline constexpr float kLn2Low = -2.12194440e-4F;
inline constexpr float kInfinity = __builtin_inff();

/// Adding this to |v| < 2^22 leaves the nearest integer in the low bits of the sum's representation.
inline constexpr float kRoundingMagic = 12582912.0F;

namespace detail {

/// (e^r - 1 - r) / r^2 for |r| <= ln(2)/2; the relative error it leaves in e^r is 4.4e-9.
inline F32x4 expQuotient(F32x4 r) {
  F32x4 p = mulAdd(constant(0x1.6fe43cp-10F), r, constant(0x1.1257a0p-7F));
  p = mulAdd(p, r, constant(0x1.555302p-5F));
  p = mulAdd(p, r, constant(0x1.555466p-3F));
  return mulAdd(p, r, constant(0.5F));
}

/// e^r for |r| <= ln(2)/2. The 1 comes last, so that little but its own rounding shows.
inline F32x4 expReduced(F32x4 r) {
  return mulAdd(expQuotient(r), r * r, r) + constant(1.0F);
}

/// The same polynomial in double: e^r within 4.4e-9.
inline F64x2 expReduced(F64x2 r) {
  F64x2 p = mulAdd(constant(0x1.6fe43cp-10), r, constant(0x1.1257a0p-7));
  p = mulAdd(p, r, constant(0x1.555302p-5));
  p = mulAdd(p, r, constant(0x1.555466p-3));
  p = mulAdd(p, r, constant(0.5));
  p = mulAdd(p, r, constant(1.0));
  return mulAdd(p, r, constant(1.0));
}

/// (2 atanh(s) - 2 s) / s for |s| <= 1/3, with z = s^2; the relative error it leaves in the logarithm
/// is 4.5e-9.
inline F32x4 atanhRest(F32x4 z) {
  F32x4 p = mulAdd(constant(0x1.1eca5ep-3F), z, constant(0x1.1ec03ap-3F));
  p = mulAdd(p, z, constant(0x1.99d1ccp-3F));
  p = mulAdd(p, z, constant(0x1.555502p-2F));
  return (z + z) * p;
}

/// log(1 + f) = 2 atanh(s), s = f / (2 + f), written as f - s (f - rest): the exact f leads.
inline F32x4 logOfOnePlus(F32x4 f) {
  const F32x4 s = f / (constant(2.0F) + f);
  return negMulAdd(s, f - atanhRest(s * s), f);
}

inline F32x4 shiftIntoExponent(F32x4 rounded) {
  return reinterpret_cast<F32x4>(reinterpret_cast<U32x4>(rounded) << 23);
}

/// value * 2^n for n in the low bits of `rounded` and results that are normal: an addition to the exponent.
inline F32x4 scaleByPower(F32x4 value, F32x4 rounded) {
  return reinterpret_cast<F32x4>(reinterpret_cast<U32x4>(value) +
                                 reinterpret_cast<U32x4>(shiftIntoExponent(rounded)));
}

}  // namespace detail

/// e^x * 2^(40 - reference): the exponential with a power of two of the caller's choice taken out, so that
/// sums of exponentials need no subtraction of the maximum and lose nothing to the rounding of such a
/// difference. `reference` is whole. x up to reference * ln 2 + 59; more than 115 below reference * ln 2
/// counts as just that. Error: 2 ULP for |x| <= 2000.
class ScaledExp {
 public:
  static constexpr float kScale = 0x1p-40F;  ///< times a value of this: e^x * 2^-reference
  static constexpr float kReach = 115.0F;

  explicit ScaledExp(F32x4 reference)
      : magic_(constant(kRoundingMagic + 127.0F + 40.0F) - reference),
        lowest_(reference * constant(0.6931472F) - constant(kReach)) {}

  F32x4 operator()(F32x4 x) const {
    x = maximum(x, lowest_);
    const F32x4 rounded = mulAdd(x, constant(kLog2E), magic_);
    const F32x4 n = rounded - magic_;
    const F32x4 r = negMulAdd(n, constant(kLn2Low), negMulAdd(n, constant(kLn2High), x));
    return detail::expReduced(r) * detail::shiftIntoExponent(rounded);
  }

  /// The same in double, within 5e-9: for what is raised to a power.
  [[nodiscard]] F64x4 precise(F32x4 x) const {
    x = maximum(x, lowest_);
    const F32x4 rounded = mulAdd(x, constant(kLog2E), magic_);
    const F32x4 n = rounded - magic_;
    const F64x4 coarse(negMulAdd(n, constant(kLn2High), x));  // exact
    const F64x4 r = coarse - F64x4(n) * F64x4(kLn2Rest);
    const F64x4 power(detail::shiftIntoExponent(rounded));
    return F64x4(detail::expReduced(r.low), detail::expReduced(r.high)) * power;
  }

 private:
  /// What kLn2High leaves of ln 2.
  static constexpr double kLn2Rest = 0x1.62e42fefa39efp-1 - double{kLn2High};

  F32x4 magic_;
  F32x4 lowest_;
};

/// e^x * 2^24 for -100 <= x <= 55: the exponential of usual logits, with nothing done to those that are not
/// but noticing them. 13 instructions, 3 less than ScaledExp, and no maximum to be found before. The scale
/// leaves room for sums of 2^24 of the largest. Error: 2 ULP.
class UsualExp {
 public:
  static constexpr float kLowest = -100;
  static constexpr float kHighest = 55;

  /// Notes whether scores are in range; the whole number of x / ln 2 in its low bits.
  F32x4 meet(F32x4 x) {
    const F32x4 rounded = mulAdd(x, constant(kLog2E), constant(kMagic));
    // A NaN of either sign, and negative sums, lie outside as whole numbers too.
    highest_ = maximum(highest_, bitsOf(rounded));
    lowest_ = minimum(lowest_, bitsOf(rounded));
    return rounded;
  }

  F32x4 operator()(F32x4 x) {
    const F32x4 rounded = meet(x);
    const F32x4 n = rounded - constant(kMagic);
    const F32x4 r = negMulAdd(n, constant(kLn2Low), negMulAdd(n, constant(kLn2High), x));
    return detail::scaleByPower(detail::expReduced(r), rounded);
  }

  /// Whether all scores so far were in range: if not, their exponentials are worth nothing.
  [[nodiscard]] bool wasInRange() const {
    return all((highest_ <= bitsOf(constant(kMagic + 79.0F))) &
               (lowest_ >= bitsOf(constant(kMagic - 144.0F))));
  }

 private:
  static constexpr float kMagic = kRoundingMagic + 24.0F;

  I32x4 highest_ = bitsOf(constant(kMagic));
  I32x4 lowest_ = bitsOf(constant(kMagic));
};

/// The whole number nearest to x / ln 2, for |x| <= 2^21: the reference that brings e^x near 1.
inline F32x4 exponentOf(F32x4 x) {
  const F32x4 magic = constant(kRoundingMagic);
  return mulAdd(x, constant(kLog2E), magic) - magic;
}

/// e^x for x <= 0, underflow gradual. Error: 2 ULP. exp(-inf) = 0.
inline F32x4 expOfNonPositive(F32x4 x) {
  return ScaledExp(constant(0.0F))(x) * constant(ScaledExp::kScale);
}

/// e^x for every x: +inf above 88.72, gradual underflow to 0. Error: 2 ULP.
inline F32x4 exp(F32x4 x) {
  x = minimum(maximum(x, constant(-110.0F)), constant(90.0F));
  const F32x4 magic = constant(kRoundingMagic);
  const F32x4 rounded = mulAdd(x, constant(kLog2E), magic);
  const F32x4 n = rounded - magic;
  const F32x4 r = negMulAdd(n, constant(kLn2Low), negMulAdd(n, constant(kLn2High), x));
  // 2^n in two factors, because n reaches from -159 to 130 and a float's exponent does not.
  const I32x4 whole = bitsOf(rounded) - bitsOf(magic);
  const I32x4 half = whole >> 1;
  const auto power = [](I32x4 e) { return floatOf((e + constant(std::int32_t{127})) << 23); };
  return detail::expReduced(r) * power(half) * power(whole - half);
}

namespace detail {

/// w = 2^exponent * (1 + fraction), sqrt(1/2) <= 1 + fraction < sqrt(2), for a normal w > 0.
struct BinaryParts {
  I32x4 exponent;
  F32x4 fraction;

  explicit BinaryParts(F32x4 w)
      : exponent(wrappingSubtract(bitsOf(w), constant(std::int32_t{0x3f3504f3})) >> 23) {
    fraction = floatOf(wrappingSubtract(bitsOf(w), exponent << 23)) - constant(1.0F);
  }

  [[nodiscard]] F32x4 log() const {
    const F32x4 e = __builtin_convertvector(exponent, F32x4);
    return mulAdd(e, constant(kLn2High), mulAdd(e, constant(kLn2Low), logOfOnePlus(fraction)));
  }
};

}  // namespace detail

/// Natural logarithm. Error: 3 ULP. log(0) = -inf, log(x < 0) = NaN, subnormals included.
inline F32x4 log(F32x4 x) {
  const I32x4 isSmall = x < constant(0x1p-126F);
  const F32x4 scaled = select(isSmall, x * constant(0x1p23F), x);
  const F32x4 adjust = keepWhere(isSmall, constant(23.0F * 0.693147181F));
  F32x4 result = detail::BinaryParts(scaled).log() - adjust;
  result = select(x == constant(0.0F), constant(-kInfinity), result);
  result = select(x < constant(kInfinity), result, x);
  return select(x < constant(0.0F), splat(__builtin_nanf("")), result);
}

/// log(1 + x) for x >= -1. Error: 3 ULP. log1p(-1) = -inf, log1p(+inf) = +inf.
inline F32x4 log1p(F32x4 x) {
  const F32x4 w = constant(1.0F) + x;
  detail::BinaryParts parts(w);
  // What 1 + x lost to rounding; nothing that shows once x is beyond a float's digits.
  const F32x4 lost = select(x < constant(1.0F), x - (w - constant(1.0F)), constant(1.0F) - (w - x));
  const F32x4 scale = floatOf((constant(std::int32_t{127}) - parts.exponent) << 23);
  parts.fraction += keepWhere(parts.exponent < constant(std::int32_t{127}), lost * scale);
  const F32x4 result = select(w == constant(0.0F), constant(-kInfinity), parts.log());
  return select(x < constant(kInfinity), result, x);
}

/// log(1 + u) for 0 <= u <= 1, cheaper than log1p. Error: 2 ULP.
inline F32x4 log1pOfUnit(F32x4 u) {
  return detail::logOfOnePlus(u);
}

/// log((a + b) / b) for b >= 2^-126 and a >= 0 (down to -b / 3), a + b < 2^126: log1p(a / b) with one
/// division, also where that is no float. Error: 2 ULP for a >= 0. The label's loss when b is its exponential
/// and a the sum of the others'.
inline F32x4 log1pOfRatio(F32x4 a, F32x4 b) {
  const F32x4 total = a + b;
  // Up to twice b there is nothing to take out; beyond, the power of two next to total / b.
  const I32x4 isLarge = a > b;
  const I32x4 distance =
      wrappingSubtract(bitsOf(total), wrappingSubtract(bitsOf(b), constant(std::int32_t{1 << 22})));
  const I32x4 exponent = (distance >> 23) & isLarge;
  const F32x4 scaled = floatOf(wrappingSubtract(bitsOf(total), exponent << 23));
  const I32x4 places = maximum(constant(std::int32_t{127}) - exponent, I32x4{});
  const F32x4 lost = (b - (total - a)) * floatOf(places << 23);
  const F32x4 difference = select(isLarge, (scaled - b) + lost, a);
  const F32x4 ratio = difference / (difference + (b + b));
  const F32x4 reduced = mulAdd(ratio, detail::atanhRest(ratio * ratio), ratio + ratio);
  const F32x4 k = __builtin_convertvector(exponent, F32x4);
  return mulAdd(k, constant(kLn2High), mulAdd(k, constant(kLn2Low), reduced));
}

/// sigmoid(x) and sigmoid(-x), both exact in their tails.
struct SigmoidPair {
  F32x4 positive;  ///< 1 / (1 + e^-x). Error: 3 ULP.
  F32x4 negative;  ///< 1 / (1 + e^x). Error: 3 ULP.
};

/// `u` is e^-|x|.
inline SigmoidPair sigmoidPair(F32x4 x, F32x4 u) {
  const F32x4 large = constant(1.0F) / (constant(1.0F) + u);
  const F32x4 small = u * large;
  const I32x4 isPositive = x >= constant(0.0F);
  return {select(isPositive, large, small), select(isPositive, small, large)};
}

/// 1 / (1 + e^-x). Error: 3 ULP.
inline F32x4 sigmoid(F32x4 x) {
  return sigmoidPair(x, expOfNonPositive(-absolute(x))).positive;
}

/// log(1 + e^x). Error: 3 ULP. softplus(-inf) = 0, softplus(+inf) = +inf.
inline F32x4 softplus(F32x4 x) {
  return maximum(x, constant(0.0F)) + log1pOfUnit(expOfNonPositive(-absolute(x)));
}

}  // namespace losskit
