// Elementary functions on two doubles, to the last digit or two. Each states its greatest error in ULP of the
// exact result (tests/cpp/double_math_test.cpp).
#pragma once

#include "numeric/simd.h"

namespace losskit {

namespace detail {

/// Adding this to |v| < 2^51 leaves the nearest integer in the low bits of the sum's representation.
inline constexpr double kRoundingMagicOfDoubles = 0x1.8p52;
inline constexpr double kLn2OfDoubles = 0x1.62e42fefa39efp-1;

/// Coefficients of the highest powers first.
inline constexpr double kExp[] = {
    1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040,
    1.0 / 720,        1.0 / 120,       1.0 / 24,       1.0 / 6,       0.5,          1,           1};
/// (atanh(s) / s - 1) / s^2 by s^2.
inline constexpr double kAtanh[] = {1.0 / 19, 1.0 / 17, 1.0 / 15, 1.0 / 13, 1.0 / 11,
                                    1.0 / 9,  1.0 / 7,  1.0 / 5,  1.0 / 3};

template <std::size_t size, std::size_t i = 0>
F64x2 polynomial(F64x2 x, const double (&coefficients)[size]) {
  const F64x2 last = splat(coefficients[size - 1 - i]);
  if constexpr (i + 1 < size) return mulAdd(polynomial<size, i + 1>(x, coefficients), x, last);
  return last;
}

/// log(2^exponent (1 + f)) for sqrt(1/2) <= 1 + f < sqrt(2).
inline F64x2 logOf(F64x2 exponent, F64x2 f) {
  // 2 atanh(s) as its series, s^2 <= 0.0295
  const F64x2 s = f / (constant(2.0) + f);
  const F64x2 z = s * s;
  const F64x2 p = polynomial(z, kAtanh);
  const F64x2 twice = s + s;
  return mulAdd(exponent, constant(kLn2OfDoubles), mulAdd(twice, z * p, twice));
}

}  // namespace detail

/// e^x for x <= 0; below -700 as if it were that. Error: 2 ULP. NaN in, NaN out.
inline F64x2 expOfNonPositive(F64x2 x) {
  x = maximum(x, constant(-700.0));
  const F64x2 magic = constant(detail::kRoundingMagicOfDoubles);
  const F64x2 rounded = mulAdd(x, constant(0x1.71547652b82fep0), magic);
  const F64x2 n = rounded - magic;
  // ln 2 in two parts; products with the first are exact.
  const F64x2 r = mulAdd(n, constant(-0x1.a39ef35793c76p-33), mulAdd(n, constant(-0x1.62e42feep-1), x));
  // Taylor's series; |r| <= ln(2)/2.
  const F64x2 p = detail::polynomial(r, detail::kExp);
  return reinterpret_cast<F64x2>(reinterpret_cast<U64x2>(p) + (reinterpret_cast<U64x2>(rounded) << 52));
}

/// log x for 0 <= x < infinity. Error: 3 ULP. log(0) = -inf.
inline F64x2 log(F64x2 x) {
  // Below the normal ones, by a power of two that makes it one.
  const I64x2 isSmall = x < constant(0x1p-1022);
  const F64x2 scaled = isSmall ? x * constant(0x1p54) : x;
  const auto bits = reinterpret_cast<U64x2>(scaled);
  const I64x2 exponent = reinterpret_cast<I64x2>(bits - 0x3fe6a09e667f3bcdU) >> 52;
  const auto f = reinterpret_cast<F64x2>(bits - (reinterpret_cast<U64x2>(exponent) << 52)) - constant(1.0);
  const F64x2 magic = constant(detail::kRoundingMagicOfDoubles);
  const auto sum =
      reinterpret_cast<F64x2>(reinterpret_cast<U64x2>(magic) + reinterpret_cast<U64x2>(exponent));
  const F64x2 taken = isSmall ? constant(54.0) : constant(0.0);
  const F64x2 result = detail::logOf(sum - magic - taken, f);
  return x == constant(0.0) ? constant(-__builtin_inf()) : result;
}

/// log(1 + x) for 0 <= x < 2^1022. Error: 3 ULP. NaN in, NaN out.
inline F64x2 log1p(F64x2 x) {
  // Up to sqrt(2) nothing is taken out of 1 + x; beyond, the power of two next to it.
  const F64x2 w = constant(1.0) + x;
  const auto bits = reinterpret_cast<U64x2>(w);
  const auto isLarge = reinterpret_cast<U64x2>(x > constant(0x1.a827999fcef32p-2));
  const U64x2 exponent = (bits - 0x3fe6a09e667f3bcdU) >> 52 & isLarge;
  const auto reduced = reinterpret_cast<F64x2>(bits - (exponent << 52)) - constant(1.0);
  const auto f = reinterpret_cast<F64x2>((reinterpret_cast<U64x2>(reduced) & isLarge) |
                                         (reinterpret_cast<U64x2>(x) & ~isLarge));
  // A small whole number is the low bits of its sum with this.
  const F64x2 magic = constant(detail::kRoundingMagicOfDoubles);
  const auto sum = reinterpret_cast<F64x2>(reinterpret_cast<U64x2>(magic) + exponent);
  return detail::logOf(sum - magic, f);
}

}  // namespace losskit
