#include "tables/usual_numbers.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "no_plain_numbers.h"
#include "side_by_side.h"
#include "tables/number.h"

namespace losskit {
namespace {

using testing::expectBits;
using testing::joined;
using Read = testing::ReadNumbers;

Read read(const std::string& text, std::size_t count) {
  return testing::readNumbers<UsualNumbers>(text, count);
}

bool isUsual(const std::string& cell) {
  return testing::isTaken<UsualNumbers>(cell);
}

TEST(UsualNumbers, TakesEveryShapeItHasRoomFor) {
  const std::string digits = "98765432109876543210";
  for (std::size_t whole = 0; whole <= 6; ++whole) {
    for (std::size_t fraction = 0; fraction <= 14; ++fraction) {
      const std::string text = digits.substr(0, whole) + "." + digits.substr(whole, fraction);
      EXPECT_EQ(isUsual(text), whole >= 1 && whole <= 4 && fraction <= 11 && text.size() <= 14) << text;
      EXPECT_EQ(isUsual("-" + text), whole >= 1 && whole <= 3 && fraction <= 11 && text.size() <= 13) << text;
    }
    if (whole == 0) continue;
    EXPECT_EQ(isUsual(digits.substr(0, whole)), whole <= 4) << whole;
    EXPECT_EQ(isUsual("-" + digits.substr(0, whole)), whole <= 3) << whole;
  }
  for (const char* text : {"0", "-0", "0.0", "-0.0", "0000", "007.50", "0.00000000001"})
    EXPECT_TRUE(isUsual(text)) << text;
}

TEST(UsualNumbers, LeavesEverythingElse) {
  for (const char* text : kNoPlainNumbers) EXPECT_FALSE(isUsual(text)) << text;
  for (const char* text :
       {"-.5", ".5", "1e-05", "1.5e-05", "1-2", "1.-2", "1.2-", "-1-", "12345", "-1234", "\"1\"", "1\r",
        "1\r2", "\x80", "1.\xB1", "1.0000000000000000000", "11111111111111111111111111111111",
        "                                        ",
        "1.00000000000000000000000000000000000000000000000000000000000000000000000000000000001"})
    EXPECT_FALSE(isUsual(text)) << text;
}

#if defined(__EMSCRIPTEN__) || defined(__SANITIZE_ADDRESS__) || !defined(NDEBUG)
constexpr int kManyRows = 30'000;
#else
constexpr int kManyRows = 1'000'000;
#endif

TEST(UsualNumbers, RoundsMillionsOfNumbersRightly) {
  std::mt19937_64 random(17);
  std::size_t left = 0;
  for (int i = 0; i < kManyRows; ++i) {
    std::vector<std::string> cells;
    for (int k = 0; k < 8; ++k) {
      const std::size_t whole = 1 + random() % 3;
      const std::size_t fraction = random() % (random() % 2 == 0 ? 9 : 12);
      std::string cell = random() % 2 == 0 ? "-" : "";
      for (std::size_t d = 0; d < std::min<std::size_t>(whole, 13 - fraction); ++d)
        cell += static_cast<char>('0' + random() % 10);
      if (fraction > 0) cell += '.';
      for (std::size_t d = 0; d < fraction && cell.size() < 14; ++d)
        cell += static_cast<char>('0' + random() % 10);
      cells.push_back(cell);
    }
    const Read found = read(joined(cells), cells.size());
    left += found.isUsual ? 0 : 1;
    if (!found.isUsual) continue;
    ASSERT_NO_FATAL_FAILURE(expectBits(found.values, cells));
  }
  // Near the middle between two floats; few numbers are.
  EXPECT_LT(left, static_cast<std::size_t>(kManyRows) / 10'000 + 3);
}

/// The middle between two neighbouring floats, and the texts just beside it.
TEST(UsualNumbers, LeavesTheMiddleBetweenFloats) {
  std::mt19937_64 random(11);
  std::size_t left = 0;
  for (int i = 0; i < 20'000; ++i) {
    const float value = static_cast<float>(random() % 1'000'000) / static_cast<float>(100 << (random() % 16));
    const double middle =
        (static_cast<double>(value) + static_cast<double>(std::nextafter(value, 1e30F))) / 2;
    for (int digits = 4; digits <= 11; ++digits) {
      char text[40];
      if (std::snprintf(text, sizeof text, "%.*f", digits, middle) > 14) continue;
      const Read found = read(text, 1);
      left += found.isUsual ? 0 : 1;
      if (!found.isUsual) continue;
      ASSERT_NO_FATAL_FAILURE(expectBits(found.values, {text}));
    }
  }
  EXPECT_GT(left, 10U);
}

bool readInteger(const std::string& text, unsigned returns, std::int32_t* value) {
  return testing::readInteger<UsualNumbers>(text, returns, value);
}

TEST(UsualNumbers, ReadsIntegers) {
  std::int32_t value = 0;
  const std::pair<const char*, std::int32_t> good[] = {{"7", 7},   {"-100", -100}, {"9999", 9999},
                                                       {"3.0", 3}, {"-0", 0},      {"007", 7}};
  for (const auto& [text, expected] : good) {
    for (const std::string rest : {"", ",5", "\n5"}) {
      ASSERT_TRUE(readInteger(text + rest, 0, &value)) << text;
      EXPECT_EQ(value, expected) << text;
    }
    ASSERT_TRUE(readInteger(std::string(text) + "\r\n", 1, &value)) << text;
    EXPECT_EQ(value, expected) << text;
    EXPECT_FALSE(readInteger(std::string(text) + "\n", 1, &value)) << text;
  }
  for (const char* text :
       {"", "1.5", "0.00000000001", "a", "nan", "+7", "7 ", " 7", "1e3", "10000", "-", "\"7\"", "7\r"})
    EXPECT_FALSE(readInteger(text, 0, &value)) << text;
}

}  // namespace
}  // namespace losskit
