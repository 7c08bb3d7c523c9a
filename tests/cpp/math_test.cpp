#include "numeric/math.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <string>

#include "numeric/precise.h"
#include "ulp.h"

namespace losskit {
namespace {

using testing::ulpDistance;

struct Row {
  const char* name;
  F32x4 (*function)(F32x4);
  double (*exact)(double);
  float from;
  float to;
  double ulp;
};

F32x4 largeReferenceExp(F32x4 x) {
  return ScaledExp(exponentOf(x))(x) * splat(ScaledExp::kScale);
}
double largeReferenceExact(double x) {
  const auto reference = static_cast<double>(exponentOf(splat(static_cast<float>(x)))[0]);
  return std::exp(x - reference * 0.693147180559945309417);
}
F32x4 usualExp(F32x4 x) {
  return UsualExp()(x);
}
double usualExact(double x) {
  return std::exp(x) * 0x1p24;
}
double exactSigmoid(double x) {
  return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x));
}
double exactSoftplus(double x) {
  return std::max(x, 0.0) + std::log1p(std::exp(-std::fabs(x)));
}

constexpr float kMost = std::numeric_limits<float>::max();

/// The stated bounds: one row per function and range.
const Row kRows[] = {
    {"exp", &exp, &std::exp, -kMost, kMost, 2},
    {"expOfNonPositive", &expOfNonPositive, &std::exp, -kMost, 0, 2},
    {"ScaledExp around its reference", &largeReferenceExp, &largeReferenceExact, -2000, 2000, 2},
    {"UsualExp", &usualExp, &usualExact, UsualExp::kLowest, UsualExp::kHighest, 2},
    {"log", &log, &std::log, 0, kMost, 3},
    {"log1p", &log1p, &std::log1p, -1, kMost, 3},
    {"log1pOfUnit", &log1pOfUnit, &std::log1p, 0, 1, 2},
    {"sigmoid", &sigmoid, &exactSigmoid, -kMost, kMost, 3},
    {"softplus", &softplus, &exactSoftplus, -kMost, kMost, 3},
};

class MathTest : public ::testing::TestWithParam<Row> {};

/// Every 1021st float of the range: about four million of each sign.
TEST_P(MathTest, StaysWithinItsUlpBound) {
  const Row& row = GetParam();
  double worst = 0;
  float at = 0;
  const auto check = [&](float x) {
    const double distance = ulpDistance(row.function(splat(x))[0], row.exact(static_cast<double>(x)));
    if (distance > worst) {
      worst = distance;
      at = x;
    }
  };
  for (std::uint32_t bits = 0; bits < 0x7f800000U; bits += 1021) {
    for (const float x : {std::bit_cast<float>(bits), -std::bit_cast<float>(bits)}) {
      if (x >= row.from && x <= row.to) check(x);
    }
  }
  check(row.from);
  check(row.to);
  RecordProperty("worstUlp", std::to_string(worst));
  EXPECT_LE(worst, row.ulp) << row.name << " at " << at;
}

std::string nameOf(const ::testing::TestParamInfo<Row>& info) {
  std::string name = info.param.name;
  name.erase(std::remove(name.begin(), name.end(), ' '), name.end());
  return name;
}

INSTANTIATE_TEST_SUITE_P(Sweep, MathTest, ::testing::ValuesIn(kRows), nameOf);

float lane(F32x4 value) {
  return value[0];
}

TEST(MathEnds, InfinitiesAreLimits) {
  EXPECT_EQ(lane(exp(splat(-kInfinity))), 0.0F);
  EXPECT_EQ(lane(exp(splat(kInfinity))), kInfinity);
  EXPECT_EQ(lane(expOfNonPositive(splat(-kInfinity))), 0.0F);
  EXPECT_EQ(lane(log(splat(0.0F))), -kInfinity);
  EXPECT_EQ(lane(log(splat(-0.0F))), -kInfinity);
  EXPECT_EQ(lane(log(splat(kInfinity))), kInfinity);
  EXPECT_TRUE(std::isnan(lane(log(splat(-1.0F)))));
  EXPECT_EQ(lane(log1p(splat(-1.0F))), -kInfinity);
  EXPECT_EQ(lane(log1p(splat(kInfinity))), kInfinity);
  EXPECT_EQ(lane(sigmoid(splat(-kInfinity))), 0.0F);
  EXPECT_EQ(lane(sigmoid(splat(kInfinity))), 1.0F);
  EXPECT_EQ(lane(softplus(splat(-kInfinity))), 0.0F);
  EXPECT_EQ(lane(softplus(splat(kInfinity))), kInfinity);
}

TEST(MathEnds, NanStaysNan) {
  const F32x4 nan = splat(std::numeric_limits<float>::quiet_NaN());
  for (F32x4 (*function)(F32x4) : {&exp, &expOfNonPositive, &log, &log1p, &sigmoid, &softplus}) {
    EXPECT_TRUE(std::isnan(lane(function(nan))));
  }
}

TEST(MathEnds, SubnormalsAreNotFlushed) {
  const float tiny = std::numeric_limits<float>::denorm_min();
  EXPECT_EQ(lane(log1p(splat(tiny))), tiny);
  EXPECT_GT(lane(exp(splat(-103.0F))), 0.0F);
  EXPECT_GT(lane(softplus(splat(-103.0F))), 0.0F);
}

/// Numbers of every size it takes, side by side: also those whose ratio is beyond a float, or next to none.
TEST(MathEnds, LogOfARatioOfAnySize) {
  double worst = 0;
  for (int i = -125; i < 126; ++i) {
    for (int j = -125; j < 126; ++j) {
      const float a = std::ldexp(1.37F, i - 1);
      const float b = std::ldexp(1.61F, j - 1);
      const double exact = std::log1p(static_cast<double>(a) / static_cast<double>(b));
      // Below the normal floats an ULP is no measure of a result: it is then a / b with few digits.
      if (exact < 0x1p-126) continue;
      worst = std::max(worst, ulpDistance(lane(log1pOfRatio(splat(a), splat(b))), exact));
    }
  }
  EXPECT_LE(worst, 2);
  EXPECT_EQ(lane(log1pOfRatio(splat(0.0F), splat(1.5F))), 0.0F);
}

TEST(MathEnds, UsualExpNoticesWhatItCannotDo) {
  const auto notices = [](float x, std::size_t at) {
    UsualExp exponential;
    F32x4 scores = splat(1.0F);
    scores[at] = x;
    exponential(scores);
    exponential(splat(2.0F));
    return !exponential.wasInRange();
  };
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (std::size_t at = 0; at < kLanes; ++at) {
    for (const float x : {0.0F, -0.0F, UsualExp::kLowest, UsualExp::kHighest})
      EXPECT_FALSE(notices(x, at)) << x;
    for (const float x :
         {-101.0F, 56.0F, -1e5F, 1e5F, -1e7F, 1e7F, -kMost, kMost, -kInfinity, kInfinity, nan, -nan})
      EXPECT_TRUE(notices(x, at)) << x;
  }
  // Every 4099th float: what is not noticed is right.
  for (std::uint32_t bits = 0; bits < 0x7f800000U; bits += 4099) {
    for (const float x : {std::bit_cast<float>(bits), -std::bit_cast<float>(bits)}) {
      if (notices(x, 0)) continue;
      EXPECT_LE(ulpDistance(usualExp(splat(x))[0], usualExact(static_cast<double>(x))), 2) << x;
    }
  }
}

TEST(Simd, EveryLaneIsItsOwn) {
  const F32x4 x{-1.0F, 0.5F, 20.0F, -90.0F};
  for (F32x4 (*function)(F32x4) : {&exp, &log1p, &sigmoid, &softplus}) {
    for (std::size_t i = 0; i < kLanes; ++i) {
      const float alone = lane(function(splat(x[i])));
      const float together = function(x)[i];
      EXPECT_EQ(std::bit_cast<std::uint32_t>(alone), std::bit_cast<std::uint32_t>(together));
    }
  }
}

TEST(Simd, TransposeExchangesRowsAndColumns) {
  F32x4 m[kLanes] = {{0, 1, 2, 3}, {10, 11, 12, 13}, {20, 21, 22, 23}, {30, 31, 32, 33}};
  transpose(m[0], m[1], m[2], m[3]);
  for (std::size_t i = 0; i < kLanes; ++i) {
    for (std::size_t j = 0; j < kLanes; ++j) EXPECT_EQ(m[i][j], static_cast<float>(10 * j + i));
  }
}

TEST(Simd, MaximumAndMinimumKeepANanOfTheFirstArgument) {
  const F32x4 nan = splat(std::numeric_limits<float>::quiet_NaN());
  EXPECT_TRUE(std::isnan(lane(maximum(nan, splat(1.0F)))));
  EXPECT_TRUE(std::isnan(lane(minimum(nan, splat(1.0F)))));
  EXPECT_EQ(lane(maximum(splat(1.0F), nan)), 1.0F);
  EXPECT_EQ(lane(maximum(splat(-2.0F), splat(3.0F))), 3.0F);
  EXPECT_EQ(lane(minimum(splat(-2.0F), splat(3.0F))), -2.0F);
}

TEST(Math, PowersOfProbabilitiesAreWithin5e9) {
  for (const double gamma : {.1, .7, 1.3, 3.3, 4.9, 12.25}) {
    for (double m = 1; m > 1e-15; m *= .93) {
      const F64x2 power = preciseUnitPower(F64x2{m, 1 - m}, gamma);
      for (const std::size_t lane : {0U, 1U}) {
        const double wanted = std::pow(lane == 0 ? m : 1 - m, gamma);
        EXPECT_NEAR(power[lane], wanted, 5e-9 * wanted) << m << "^" << gamma;
      }
    }
    EXPECT_EQ(preciseUnitPower(F64x2{0, 1}, gamma)[0], 0);
  }
}

}  // namespace
}  // namespace losskit
