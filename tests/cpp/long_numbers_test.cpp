#include "tables/long_numbers.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
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

Read read(const std::string& text, std::size_t count, char delimiter = ',') {
  return testing::readNumbers<LongNumbers>(text, count, delimiter);
}

bool isTaken(const std::string& cell) {
  return testing::isTaken<LongNumbers>(cell);
}

std::string printed(const char* format, double value) {
  char text[80];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

/// The fewest digits that read back as the same double, or as many as are asked for.
std::string shortest(double value) {
  for (const char* format : {"%.15g", "%.16g"}) {
    if (std::string text = printed(format, value); std::strtod(text.c_str(), nullptr) == value) return text;
  }
  return printed("%.17g", value);
}

TEST(LongNumbers, TakesEveryShapeItHasRoomFor) {
  const std::string digits = "98765432109876543210987654321";
  for (std::size_t whole = 0; whole <= 6; ++whole) {
    for (std::size_t fraction = 0; fraction <= 28; ++fraction) {
      const std::string text = digits.substr(0, whole) + "." + digits.substr(whole, fraction);
      for (const char* exponent : {"", "e-05", "e+07", "E-30", "E+00", "e-10", "e-7", "E+1"}) {
        const std::string number = text + exponent;
        EXPECT_EQ(isTaken(number), whole >= 1 && whole <= 4 && text.size() <= 25) << number;
        EXPECT_EQ(isTaken("-" + number), whole >= 1 && whole <= 3 && text.size() <= 24) << number;
      }
    }
    if (whole == 0) continue;
    for (const char* exponent : {"", "e-05", "e+07", "e-7"}) {
      EXPECT_EQ(isTaken(digits.substr(0, whole) + exponent), whole <= 4) << whole << exponent;
      EXPECT_EQ(isTaken("-" + digits.substr(0, whole) + exponent), whole <= 3) << whole << exponent;
    }
  }
  for (const char* text :
       {"0", "-0", "0.0", "-0.0", "0000", "007.50", "0e+00", "1e-7", "2.5E+9", "0.000000000000000000e+00",
        "-0.000000000000000000e-37", "0e+90", "1e+60", "9.9e+90"})
    EXPECT_TRUE(isTaken(text)) << text;
}

TEST(LongNumbers, LeavesEverythingElse) {
  for (const char* text : kNoPlainNumbers) EXPECT_FALSE(isTaken(text)) << text;
  for (const char* text :
       {"-.5",
        ".5",
        "1e5",
        "1e-005",
        "1e005",
        "e-05",
        "-e-05",
        ".e-05",
        "1e-05e-05",
        "1f-05",
        "1e/05",
        "1e)05",
        "1e*05",
        "1e,05",
        "1e-0a",
        "1e-a0",
        "1e-0\xB0",
        "1e- 5",
        "1e-\x10\x10",
        "\x01-05",
        "1-2",
        "1.-2",
        "1.2-",
        "-1-",
        "12345",
        "-1234",
        "\"1\"",
        "1\r",
        "1\r2",
        "\x80",
        "1.\xB1",
        "1e-38",
        "1e-99",
        "1e+91",
        "0e-38",
        "0e+99",
        "0.01e-36",
        "1e-45",
        "0.1e-37",
        "1.00000000000000000000000000000000000000000000000000000000000000000000000000000000001",
        "11111111111111111111111111111111",
        "                                        "})
    EXPECT_FALSE(isTaken(text)) << text;
}

/// A delimiter that is part of a number makes it another one.
TEST(LongNumbers, KeepsToItsCell) {
  EXPECT_FALSE(read("1e-05", 1, '-').isUsual);
  const Read found = read("1-05", 2, '-');
  EXPECT_TRUE(found.isUsual);
  expectBits(found.values, {"1", "5"});
  for (const char* text : {"e-12", "5e-12", "ee+01"}) EXPECT_FALSE(read(text, 2, '-').isUsual) << text;
  expectBits(read("1e-05", 2, 'e').values, {"1", "-05"});
}

#if defined(__EMSCRIPTEN__) || defined(__SANITIZE_ADDRESS__) || !defined(NDEBUG)
constexpr int kManyRows = 20'000;
#else
constexpr int kManyRows = 600'000;
#endif

/// Of every size that floats have, as programs write doubles.
TEST(LongNumbers, RoundsMillionsOfNumbersRightly) {
  std::mt19937_64 random(17);
  std::uniform_real_distribution<double> logarithm(-60, 6.9);
  std::size_t left = 0;
  for (int i = 0; i < kManyRows; ++i) {
    std::vector<std::string> cells;
    for (int k = 0; k < 8; ++k) {
      const double value = (random() % 2 == 0 ? -1 : 1) * std::exp(logarithm(random));
      const char* formats[] = {"%.18e", "%.17g", "%.20f", "%.12f", "%.8e", "%.9g"};
      const std::size_t which = random() % 8;
      const std::string cell = which < 6 ? printed(formats[which], value) : shortest(value);
      cells.push_back(cell.size() <= 25 || which == 0 ? cell : shortest(value));
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
TEST(LongNumbers, LeavesTheMiddleBetweenFloats) {
  std::mt19937_64 random(11);
  std::size_t left = 0;
  for (int i = 0; i < 40'000; ++i) {
    const auto exponent = static_cast<int>(random() % 120) - 110;
    const float value = std::ldexp(static_cast<float>(1 + random() % (1U << 24)), exponent);
    const double middle =
        (static_cast<double>(value) + static_cast<double>(std::nextafter(value, 1e38F))) / 2;
    for (const double each : {middle, std::nextafter(middle, 0.0), std::nextafter(middle, 1e300)}) {
      const std::string text = shortest(each);
      const Read found = read(text, 1);
      left += found.isUsual ? 0 : 1;
      if (!found.isUsual) continue;
      ASSERT_NO_FATAL_FAILURE(expectBits(found.values, {text}));
    }
  }
  EXPECT_GT(left, 10'000U);
}

TEST(LongNumbers, LeavesSubnormalFloats) {
  const double least = std::numeric_limits<float>::min();
  const auto text = [&](double part) { return printed("%.15f", least * part * 1e37) + "e-37"; };
  EXPECT_TRUE(isTaken(text(1.001)));
  for (const double part : {0.999, 0.5, 1e-3}) EXPECT_FALSE(isTaken(text(part))) << text(part);
}

TEST(LongNumbers, RoundsWhatIsTooLargeToInfinity) {
  for (const char* text :
       {"3.4028234e+38", "3.40282346e+38", "3.402823669e+38", "3.5e+38", "-1e+39", "1e+50"})
    EXPECT_TRUE(isTaken(text)) << text;
}

TEST(LongNumbers, ReadsIntegers) {
  std::int32_t value = 0;
  const std::pair<const char*, std::int32_t> good[] = {{"7", 7},
                                                       {"-100", -100},
                                                       {"3.000000000000000000e+00", 3},
                                                       {"1.250000000000000000e+02", 125},
                                                       {"0.000000000000000000e+00", 0},
                                                       {"-1.000000000000000000e+00", -1},
                                                       {"1.6777215e+07", (1 << 24) - 1},
                                                       {"9.0000000000000000", 9}};
  for (const auto& [text, expected] : good) {
    for (const std::string rest : {"", ",5", "\n5"}) {
      ASSERT_TRUE(testing::readInteger<LongNumbers>(text + rest, 0, &value)) << text;
      EXPECT_EQ(value, expected) << text;
      std::int32_t parsed = 0;
      ASSERT_TRUE(parseInteger(text, '.', &parsed));
      EXPECT_EQ(parsed, expected) << text;
    }
  }
  for (const char* text : {"", "1.5", "1.000000000000000000e-01", "a", "nan", "+7", "7 ", " 7", "10000", "-",
                           "\"7\"", "7\r", "1.6777216e+07", "1e+10", "1e+60", "2.00001"})
    EXPECT_FALSE(testing::readInteger<LongNumbers>(text, 0, &value)) << text;
}

}  // namespace
}  // namespace losskit
