#include "numeric/double_math.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace losskit {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

double ulpsFrom(double exact, double got) {
  return got == exact
             ? 0
             : std::abs(got - exact) / (std::nextafter(std::abs(exact), kInfinite) - std::abs(exact));
}

/// Both lanes, each with an argument of its own.
double worstOf(F64x2 (*function)(F64x2), double (*exact)(double), double a, double b) {
  const F64x2 got = function(F64x2{a, b});
  return std::max(ulpsFrom(exact(a), got[0]), ulpsFrom(exact(b), got[1]));
}

/// Of many pairs that are drawn.
double worstOfMany(F64x2 (*function)(F64x2), double (*exact)(double), auto first, auto second) {
  std::mt19937_64 random(3);
  double worst = 0;
  for (int i = 0; i < 500'000; ++i)
    worst = std::max(worst, worstOf(function, exact, first(random), second(random)));
  return worst;
}

using Uniform = std::uniform_real_distribution<double>;

/// 2^x for x between the two.
auto powers(double from, double to) {
  return [exponents = Uniform(from, to)](auto& random) mutable { return std::exp2(exponents(random)); };
}

TEST(DoubleMath, ExpOfNonPositive) {
  double worst = worstOfMany(&expOfNonPositive, &std::exp, Uniform(-700, 0), Uniform(-4, 0));
  for (int exponent = -60; exponent < 8; ++exponent) {
    const double x = -std::ldexp(1.25, exponent);
    worst = std::max(worst, worstOf(&expOfNonPositive, &std::exp, x, 2 * x));
  }
  EXPECT_LE(worst, 2);
  const F64x2 ends = expOfNonPositive(F64x2{0, -kInfinite});
  EXPECT_EQ(ends[0], 1);
  EXPECT_LT(ends[1], 1e-300);
  EXPECT_TRUE(std::isnan(expOfNonPositive(splat(std::nan("")))[0]));
}

TEST(DoubleMath, Log) {
  double worst = worstOfMany(&log, &std::log, powers(-1074, 1023), Uniform(0, 3));
  for (int i = 1; i < 60; ++i) {
    const double next = std::ldexp(1.0, -i);
    worst = std::max(worst, worstOf(&log, &std::log, 1 - next, 1 + next));
  }
  EXPECT_LE(worst, 3);
  EXPECT_EQ(log(splat(1.0))[0], 0);
  EXPECT_EQ(log(splat(0.0))[1], -kInfinite);
}

TEST(DoubleMath, Log1p) {
  EXPECT_LE(worstOfMany(&log1p, &std::log1p, powers(-1000, 1000), Uniform(0, 3)), 3);
  EXPECT_EQ(log1p(splat(0.0))[1], 0);
  EXPECT_EQ(log1p(splat(0x1p-1070))[1], 0x1p-1070);
  EXPECT_TRUE(std::isnan(log1p(splat(std::nan("")))[0]));
}

}  // namespace
}  // namespace losskit
