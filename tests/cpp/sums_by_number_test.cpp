#include "numeric/sums_by_number.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

namespace losskit {
namespace {

using Sums = std::vector<ExactSum<float>>;

std::vector<std::uint8_t> bytesOf(const ExactSum<float>& sum) {
  ByteWriter to;
  sum.write(to);
  return to.take();
}

/// Adds blocks of `block` values by number and one by one, and compares the bits of all sums.
void expectSameAsOneByOne(const std::vector<float>& values, std::size_t sums, std::size_t block) {
  std::mt19937 random(3);
  std::uniform_int_distribution<std::int32_t> number(-1, static_cast<std::int32_t>(sums) - 1);
  std::vector<std::int32_t> numbers(values.size());
  for (std::int32_t& each : numbers) each = number(random);
  Sums together(sums);
  Sums alone(sums);
  SumsByNumber byNumber;
  for (std::size_t i = 0; i < values.size(); i += block) {
    const std::size_t count = std::min(block, values.size() - i);
    byNumber.add(together, numbers.data() + i, values.data() + i, count);
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (numbers[i] >= 0) alone[static_cast<std::size_t>(numbers[i])].add(values[i]);
  }
  for (std::size_t i = 0; i < sums; ++i) {
    EXPECT_EQ(bytesOf(together[i]), bytesOf(alone[i])) << i;
  }
}

TEST(SumsByNumber, HaveTheBitsOfSumsOneByOne) {
  std::mt19937 random(1);
  std::uniform_real_distribution<float> uniform(-3, 9);
  std::vector<float> values(5000);
  for (float& value : values) value = uniform(random);
  for (const std::size_t block : {std::size_t{1}, std::size_t{7}, SumsByNumber::kMost}) {
    expectSameAsOneByOne(values, 10, block);
    expectSameAsOneByOne(values, 3000, block);
  }
}

TEST(SumsByNumber, TakeEveryFloat) {
  std::mt19937 random(2);
  std::uniform_int_distribution<std::uint32_t> bits;
  std::vector<float> values(20000);
  for (float& value : values) value = std::bit_cast<float>(bits(random));
  expectSameAsOneByOne(values, 5, SumsByNumber::kMost);
}

TEST(SumsByNumber, TakeValuesAtTheEndsOfTheirRange) {
  std::vector<float> values = {0, -0.0F, std::numeric_limits<float>::infinity(), 0x1p-149F, 0x1p-91F};
  for (int exponent = -100; exponent < 20; ++exponent) {
    const float power = std::ldexp(1.0F, exponent);
    for (const float value : {power, std::nextafter(power, 0.0F), std::nextafter(power, 1e30F)}) {
      values.insert(values.end(), {value, -value});
    }
  }
  expectSameAsOneByOne(values, 1, SumsByNumber::kMost);
  expectSameAsOneByOne(std::vector<float>(SumsByNumber::kMost, std::nextafter(1024.0F, 0.0F)), 1,
                       SumsByNumber::kMost);
  expectSameAsOneByOne(std::vector<float>(SumsByNumber::kMost, -std::nextafter(0x1p-41F, 0.0F)), 1,
                       SumsByNumber::kMost);
}

}  // namespace
}  // namespace losskit
