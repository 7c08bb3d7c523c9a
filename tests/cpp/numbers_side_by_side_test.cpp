// What holds for numbers side by side in every form.
#include "tables/numbers_side_by_side.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "side_by_side.h"
#include "tables/long_numbers.h"
#include "tables/number.h"
#include "tables/usual_numbers.h"

namespace losskit {
namespace {

using testing::bitsOf;
using testing::expectBits;
using testing::joined;
using testing::readNumbers;

template <class Numbers>
class NumbersSideBySideTest : public ::testing::Test {};
using Forms = ::testing::Types<UsualNumbers, LongNumbers>;
TYPED_TEST_SUITE(NumbersSideBySideTest, Forms);

TYPED_TEST(NumbersSideBySideTest, ReadsAsManyAsAskedFor) {
  std::vector<std::string> cells;
  for (std::size_t count = 1; count <= TypeParam::kMost; ++count) {
    cells.push_back((count % 2 == 0 ? "-" : "") + std::to_string(count) + "." + std::to_string(count * 37));
    for (const char* rest : {"", ",a", ",7,8,9,10,11", "\n1,2,3,4,5\n"}) {
      const auto found = readNumbers<TypeParam>(joined(cells) + rest, count);
      EXPECT_TRUE(found.isUsual) << count << rest;
      EXPECT_EQ(found.end, static_cast<std::ptrdiff_t>(joined(cells).size()));
      expectBits(found.values, cells);
    }
  }
}

/// Whatever bytes stand there: nothing is taken that parseFloat reads otherwise.
TYPED_TEST(NumbersSideBySideTest, TakesNoBytesForNumbersThatAreNone) {
  std::mt19937_64 random(5);
  const std::string bytes = "0123456789.-e, \r\n;\"+a\x80\xB0";
  const char* ends[] = {"", "", "", "e-05", "e+12", "e-7", "E+1"};
  std::size_t taken = 0;
  for (int i = 0; i < 400'000; ++i) {
    std::string text;
    const std::size_t size = 1 + random() % (random() % 2 == 0 ? 12 : 30);
    const std::size_t kinds = random() % 3 == 0 ? bytes.size() : 11 + random() % 3;
    while (text.size() < size) text += bytes[random() % kinds];
    text += ends[random() % std::size(ends)];
    const std::string cell = text.substr(0, text.find_first_of(",\n"));
    const auto found = readNumbers<TypeParam>(text, 1);
    float value = 0;
    if (!found.isUsual) continue;
    ++taken;
    ASSERT_EQ(found.end, static_cast<std::ptrdiff_t>(cell.size())) << text;
    ASSERT_TRUE(parseFloat(cell, '.', &value)) << text;
    ASSERT_EQ(bitsOf(found.values[0]), bitsOf(value)) << text;
  }
  EXPECT_GT(taken, 10'000U);
}

TYPED_TEST(NumbersSideBySideTest, NeedsTheDelimiterBetweenThem) {
  for (std::size_t place = 0; place < 8; ++place) {
    std::string text = "1.5,2.5,3.5,4.5,5.5,6.5,7.5,8.5,9.5";
    text[place * 4 + 3] = '\n';
    for (std::size_t count = 1; count <= 9; ++count)
      EXPECT_EQ(readNumbers<TypeParam>(text, count).isUsual, count <= place + 1) << place;
  }
  EXPECT_TRUE(readNumbers<TypeParam>("1;2;3", 3, ';').isUsual);
  EXPECT_FALSE(readNumbers<TypeParam>("1;2,3", 2, ';').isUsual);
  EXPECT_TRUE(readNumbers<TypeParam>("1 -2 3", 3, ' ').isUsual);
  EXPECT_TRUE(readNumbers<TypeParam>("1\t-2.5\t3", 3, '\t').isUsual);
  EXPECT_TRUE(readNumbers<TypeParam>("1|-2.5|3", 3, '|').isUsual);
  expectBits(readNumbers<TypeParam>("1,5;-2,25;3", 3, ';', ',').values, {"1.5", "-2.25", "3"});
  EXPECT_FALSE(readNumbers<TypeParam>("1.5;-2,25;3", 3, ';', ',').isUsual);
}

TYPED_TEST(NumbersSideBySideTest, EndsInFrontOfACarriageReturn) {
  for (std::size_t count = 1; count <= 9; ++count) {
    std::vector<std::string> cells(count, "-1.25");
    cells.back() = "37.5";
    const auto found = readNumbers<TypeParam>(joined(cells) + "\r\n1,2", count, ',', '.', 1);
    EXPECT_TRUE(found.isUsual) << count;
    expectBits(found.values, cells);
    EXPECT_EQ(found.end, static_cast<std::ptrdiff_t>(joined(cells).size() + 1));
    EXPECT_FALSE(readNumbers<TypeParam>(joined(cells) + "\n1,2", count, ',', '.', 1).isUsual) << count;
    EXPECT_FALSE(readNumbers<TypeParam>(joined(cells) + "\r\n1,2", count, ',', '.', 0).isUsual) << count;
  }
  EXPECT_FALSE(readNumbers<TypeParam>("1,\r\n", 2, ',', '.', 1).isUsual);
  EXPECT_FALSE(readNumbers<TypeParam>("\n", 1, ',', '.', 1).isUsual);
}

}  // namespace
}  // namespace losskit
