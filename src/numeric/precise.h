// The exponential, the sigmoid, logarithms and powers in double, with the polynomials of floats, and the
// exponential in two floats: for what is raised to a power, or multiplied with one, before it is rounded to
// float, where every error counts.
#pragma once

#include "numeric/math.h"

namespace losskit {

namespace detail {

/// The bits of doubles, for arithmetic that may wrap.
using U64x2 = std::uint64_t __attribute__((vector_size(16)));

/// e^-a for 0 <= a, as if a were at most 500. Relative error 4.4e-9, the polynomial's.
inline F64x2 preciseExpOfMinus(F64x2 a) {
  a = minimum(a, constant(500.0));
  const F64x2 magic = constant(0x1.8p52);
  const F64x2 rounded = mulAdd(a, constant(-0x1.71547652b82fep0), magic);
  const F64x2 n = rounded - magic;
  const F64x2 r = mulAdd(n, constant(-0x1.62e42fefa39efp-1), -a);
  const F64x2 p = expReduced(r);
  return reinterpret_cast<F64x2>(reinterpret_cast<U64x2>(p) + (reinterpret_cast<U64x2>(rounded) << 52));
}

/// log m for a positive normal m. Relative error 1e-12 away from 1, and next to it the same of m - 1.
inline F64x2 preciseLog(F64x2 m) {
  const auto bits = reinterpret_cast<U64x2>(m);
  // m = 2^k f with f from sqrt(1/2) to sqrt(2)
  const I64x2 k = reinterpret_cast<I64x2>(bits - 0x3fe6a09e667f3bcdU) >> 52;
  const auto f = reinterpret_cast<F64x2>(bits - (reinterpret_cast<U64x2>(k) << 52));
  const F64x2 exponent =
      reinterpret_cast<F64x2>(reinterpret_cast<U64x2>(k) + 0x4338000000000000U) - constant(0x1.8p52);
  const F64x2 s = (f - constant(1.0)) / (f + constant(1.0));
  const F64x2 z = s * s;
  F64x2 p = mulAdd(constant(1.0 / 13), z, constant(1.0 / 11));
  p = mulAdd(p, z, constant(1.0 / 9));
  p = mulAdd(p, z, constant(1.0 / 7));
  p = mulAdd(p, z, constant(1.0 / 5));
  p = mulAdd(p, z, constant(1.0 / 3));
  const F64x2 twice = s + s;
  return mulAdd(exponent, constant(0x1.62e42fefa39efp-1), mulAdd(twice, z * p, twice));
}

/// 2 atanh(s) for |s| <= 1/3. Relative error 4.5e-9, the polynomial's.
inline F64x2 preciseTwiceAtanh(F64x2 s) {
  const F64x2 z = s * s;
  F64x2 p = mulAdd(constant(0x1.1eca5ep-3), z, constant(0x1.1ec03ap-3));
  p = mulAdd(p, z, constant(0x1.99d1ccp-3));
  p = mulAdd(p, z, constant(0x1.555502p-2));
  const F64x2 twice = s + s;
  return mulAdd(twice, z * p, twice);
}

}  // namespace detail

/// The sum of a float and of what its rounding lost.
struct FloatPair {
  F32x4 high;
  F32x4 low;
};

/// e^-a for 0 <= a, as if a were at most 64. Relative error 8e-9 without fused operations, twice the
/// polynomial's.
inline FloatPair expPairOfMinus(F32x4 a) {
  a = minimum(a, constant(64.0F));
  const F32x4 magic = constant(kRoundingMagic + 127.0F);
  const F32x4 rounded = negMulAdd(a, constant(kLog2E), magic);
  const F32x4 n = magic - rounded;
  const F32x4 coarse = mulAdd(n, constant(kLn2High), -a);  // exact
  const F32x4 r = mulAdd(n, constant(kLn2Low), coarse);
  const F32x4 lostOfR = mulAdd(n, constant(kLn2Low), coarse - r);
  const F32x4 quotient = detail::expQuotient(r);
  const F32x4 square = r * r;
  const F32x4 s = mulAdd(quotient, square, r);
  const F32x4 lostOfS = mulAdd(quotient, square, r - s);
  const F32x4 high = constant(1.0F) + s;
  const F32x4 low = (s - (high - constant(1.0F))) + mulAdd(lostOfR, high, lostOfS);
  const F32x4 power = detail::shiftIntoExponent(rounded);
  return {high * power, low * power};
}

/// m^gamma for 0 <= m <= 1 and gamma > 0; 0 below e^-500. Relative error 5e-9.
[[gnu::noinline]] inline F64x2 preciseUnitPower(F64x2 m, double gamma) {
  const F64x2 log = detail::preciseLog(maximum(m, constant(0x1p-1022)));
  const F64x2 distance = splat(-gamma) * log;
  const F64x2 power = detail::preciseExpOfMinus(maximum(distance, splat(0.0)));
  const auto isNothing = (distance > constant(500.0)) | (m == splat(0.0));
  return isNothing ? splat(0.0) : power;
}

/// log(1 + x) for 0 <= x < infinity, within 5e-9. NaN in, NaN out.
inline F64x2 preciseLog1p(F64x2 x) {
  // Up to 1 nothing is taken out; beyond, the power of two next to 1 + x.
  const F64x2 w = constant(1.0) + x;
  const I64x2 isLarge = x > constant(1.0);
  // Unsigned, as lanes that nobody asks for may hold anything.
  const auto bits = reinterpret_cast<detail::U64x2>(w);
  const I64x2 exponent = (reinterpret_cast<I64x2>(bits - 0x3fe6a09e667f3bcdU) >> 52) & isLarge;
  const auto taken = reinterpret_cast<detail::U64x2>(exponent) << 52;
  const auto reduced = reinterpret_cast<F64x2>(bits - taken) - constant(1.0);
  const F64x2 f = isLarge ? reduced : x;
  // A small whole number is the low bits of its sum with this.
  const F64x2 magic = constant(0x1.8p52);
  const auto sum = reinterpret_cast<detail::U64x2>(magic) + reinterpret_cast<detail::U64x2>(exponent);
  const F64x2 k = reinterpret_cast<F64x2>(sum) - magic;
  return mulAdd(k, constant(0x1.62e42fefa39efp-1), detail::preciseTwiceAtanh(f / (constant(2.0) + f)));
}

inline F64x4 preciseLog1p(F64x4 x) {
  return {preciseLog1p(x.low), preciseLog1p(x.high)};
}

/// Of a logit's distance from 0, |x|: both probabilities and log(1 + e^-|x|), each within 6e-9. One division
/// serves both quotients.
struct PreciseSigmoid {
  F64x2 likely;    ///< 1 / (1 + e^-|x|)
  F64x2 unlikely;  ///< 1 / (1 + e^|x|)
  F64x2 tail;      ///< log(1 + e^-|x|)

  explicit PreciseSigmoid(F64x2 distance)
      : PreciseSigmoid(Exponential{detail::preciseExpOfMinus(distance)}) {}

  /// e^-|x|.
  struct Exponential {
    F64x2 value;
  };
  explicit PreciseSigmoid(Exponential exponential) {
    const F64x2 u = exponential.value;
    const F64x2 a = constant(1.0) + u;
    const F64x2 b = constant(2.0) + u;
    const F64x2 shared = constant(1.0) / (a * b);
    likely = b * shared;
    unlikely = u * likely;
    tail = detail::preciseTwiceAtanh((u * a) * shared);
  }
};

}  // namespace losskit
