#include "numeric/exact_sum.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace losskit {
namespace {

template <class T>
class ExactSumTest : public ::testing::Test {};
using Types = ::testing::Types<float, double>;
TYPED_TEST_SUITE(ExactSumTest, Types);

template <class T>
std::vector<T> mixedValues(std::size_t count, int lowest, int highest, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> mantissa(-2, 2);
  std::uniform_int_distribution<int> exponent(lowest, highest);
  std::vector<T> values(count);
  for (T& value : values) value = static_cast<T>(std::ldexp(mantissa(random), exponent(random)));
  return values;
}

template <class T>
double sumOf(const std::vector<T>& values) {
  ExactSum<T> sum;
  sum.add(values.data(), values.size());
  return sum.value();
}

template <class T>
std::vector<std::uint8_t> bytesOf(const ExactSum<T>& sum) {
  ByteWriter to;
  sum.write(to);
  return to.take();
}

TYPED_TEST(ExactSumTest, NothingIsZero) {
  EXPECT_EQ(ExactSum<TypeParam>().value(), 0);
  EXPECT_EQ(sumOf<TypeParam>({TypeParam(0), TypeParam(-0.0)}), 0);
}

TYPED_TEST(ExactSumTest, CancelsToTheLastBit) {
  const auto tiny = std::numeric_limits<TypeParam>::denorm_min();
  const auto most = std::numeric_limits<TypeParam>::max();
  EXPECT_EQ(sumOf<TypeParam>({most, most, tiny, -most, -most}), static_cast<double>(tiny));
  EXPECT_EQ(sumOf<TypeParam>({tiny, -most, most, tiny}), 2 * static_cast<double>(tiny));
  EXPECT_EQ(sumOf<TypeParam>({-most, tiny}), -static_cast<double>(most));
}

/// Runs are summed in one double, in two, or value by value, as their range allows.
TYPED_TEST(ExactSumTest, RunsOfAnyRangeHaveTheBitsOfSingleAdditions) {
  for (const int highest : {19, 20, 21, 127}) {
    for (const int lowest : {-149, -75, -51, -50, -49, -27, -26, -3, 18}) {
      std::vector<float> values = mixedValues<float>(1024, lowest - 1, highest - 1, 7);
      // The ends with all digits set, as many as a run has.
      std::fill_n(values.begin(), 127, std::nextafter(std::ldexp(1.0F, highest), 0.0F));
      values[127] = std::ldexp(1.9999999F, lowest);
      std::fill_n(values.begin() + 128, 127, std::ldexp(1.9999999F, lowest));
      ExactSum<TypeParam> together;
      together.add(values.data(), values.size());
      ExactSum<TypeParam> one;
      for (const float value : values) one.add(static_cast<TypeParam>(value));
      EXPECT_EQ(bytesOf(together), bytesOf(one)) << highest << ' ' << lowest;
    }
  }
}

TYPED_TEST(ExactSumTest, RoundsToNearestEven) {
  const TypeParam one = 1;
  const auto half = static_cast<TypeParam>(0x1p-53);
  const auto below = static_cast<TypeParam>(0x1p-80);
  EXPECT_EQ(sumOf<TypeParam>({one, half}), 1.0);
  EXPECT_EQ(sumOf<TypeParam>({one, half, below}), 1 + 0x1p-52);
  EXPECT_EQ(sumOf<TypeParam>({one, half, half, half}), 1 + 0x1p-51);
  EXPECT_EQ(sumOf<TypeParam>({-one, -half, -below}), -1 - 0x1p-52);
}

TYPED_TEST(ExactSumTest, AgreesWithIntegers) {
  std::mt19937 random(7);
  std::uniform_int_distribution<std::int32_t> integer(-(1 << 23), 1 << 23);
  std::vector<TypeParam> values(5000);
  std::int64_t total = 0;
  for (TypeParam& value : values) {
    const std::int32_t k = integer(random);
    total += k;
    value = static_cast<TypeParam>(std::ldexp(k, -10));
  }
  EXPECT_EQ(sumOf(values), std::ldexp(static_cast<double>(total), -10));
}

TYPED_TEST(ExactSumTest, OrderAndSplitChangeNoBit) {
  std::vector<TypeParam> values = mixedValues<TypeParam>(9000, -120, 100, 1);
  ExactSum<TypeParam> whole;
  whole.add(values.data(), values.size());
  std::mt19937 random(2);
  for (int round = 0; round < 20; ++round) {
    std::shuffle(values.begin(), values.end(), random);
    const std::size_t cut = random() % values.size();
    ExactSum<TypeParam> first;
    ExactSum<TypeParam> second;
    first.add(values.data(), cut);
    for (std::size_t i = cut; i < values.size(); ++i) second.add(values[i]);
    second.merge(first);
    EXPECT_EQ(bytesOf(second), bytesOf(whole));
  }
}

TYPED_TEST(ExactSumTest, FastRunsAgreeWithSingleAdditions) {
  for (const auto& [lowest, highest] : {std::pair{-29, 18}, {-60, 5}, {-3, 30}, {-149, 127}}) {
    std::vector<TypeParam> values = mixedValues<TypeParam>(4096, lowest, highest - 1, 3);
    values[17] = 0;
    ExactSum<TypeParam> together;
    together.add(values.data(), values.size());
    ExactSum<TypeParam> alone;
    for (const TypeParam value : values) alone.add(value);
    EXPECT_EQ(bytesOf(together), bytesOf(alone)) << lowest;
  }
}

/// As losses are: none negative, some 0. The widest runs lie at the edge of what a double holds.
TYPED_TEST(ExactSumTest, FastRunsOfLossesAgreeWithSingleAdditions) {
  for (const int highest : {4, 30, 127, -100, -126}) {
    for (int binades = 1; binades < 40; ++binades) {
      std::vector<TypeParam> values(384, static_cast<TypeParam>(std::ldexp(2 - 0x1p-23, highest)));
      for (std::size_t i = 0; i < values.size(); i += 64) {
        values[i] = static_cast<TypeParam>(static_cast<float>(std::ldexp(1 + 0x1p-23, highest - binades)));
        values[i + 1] = 0;
      }
      ExactSum<TypeParam> together;
      together.add(values.data(), values.size());
      ExactSum<TypeParam> alone;
      for (const TypeParam value : values) alone.add(value);
      EXPECT_EQ(bytesOf(together), bytesOf(alone)) << highest << ", " << binades;
    }
  }
}

TYPED_TEST(ExactSumTest, SpecialValuesDecideAsIeeeWould) {
  const auto infinity = std::numeric_limits<TypeParam>::infinity();
  const auto nan = std::numeric_limits<TypeParam>::quiet_NaN();
  EXPECT_EQ(sumOf<TypeParam>({1, infinity, 2}), INFINITY);
  EXPECT_EQ(sumOf<TypeParam>({1, -infinity}), -INFINITY);
  EXPECT_TRUE(std::isnan(sumOf<TypeParam>({infinity, -infinity})));
  EXPECT_TRUE(std::isnan(sumOf<TypeParam>({1, nan})));
  std::vector<TypeParam> run(2048, TypeParam(0.5));
  run[1000] = nan;
  EXPECT_TRUE(std::isnan(sumOf(run)));
  run[1000] = infinity;
  EXPECT_EQ(sumOf(run), INFINITY);
}

TYPED_TEST(ExactSumTest, SavedAndReadAgain) {
  const std::vector<TypeParam> values = mixedValues<TypeParam>(300, -20, 20, 5);
  ExactSum<TypeParam> sum;
  sum.add(values.data(), values.size());
  const std::vector<std::uint8_t> bytes = bytesOf(sum);
  ExactSum<TypeParam> again;
  ByteReader from(bytes.data(), bytes.size());
  ASSERT_TRUE(again.read(from));
  EXPECT_TRUE(from.isAtEnd());
  EXPECT_EQ(bytesOf(again), bytes);
  ByteReader cut(bytes.data(), bytes.size() - 1);
  EXPECT_FALSE(again.read(cut));
  std::vector<std::uint8_t> damaged = bytes;
  damaged[7] = 0xff;
  ByteReader bad(damaged.data(), damaged.size());
  EXPECT_FALSE(again.read(bad));
}

/// A running sum in float stops growing at 2^24 * 0.1; PyTorch's mean in float gives .0524 for as many
/// sequential additions.
TEST(ExactSum, FortyMillionTenthsHaveTheMeanOfOne) {
  const std::vector<float> block(100000, 0.1F);
  ExactSum<float> sum;
  for (int i = 0; i < 400; ++i) sum.add(block.data(), block.size());
  EXPECT_EQ(sum.value() / 4e7, static_cast<double>(0.1F));
}

}  // namespace
}  // namespace losskit
