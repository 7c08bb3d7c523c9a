#include "tables/number.h"

#include <fast_float/fast_float.h>
#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "no_plain_numbers.h"
#include "tables/input_buffer.h"

namespace losskit {
namespace {

std::uint32_t bitsOf(float value) {
  return std::bit_cast<std::uint32_t>(value);
}

bool readPlain(std::string_view text, float* value) {
  const PaddedText padded(text);
  PlainNumber plain;
  return readPlainNumber(padded.begin(), padded.end(), '.', &plain) && toFloat(plain, value);
}

bool readLong(std::string_view text, float* value) {
  const PaddedText padded(text);
  return readLongFloat(padded.begin(), padded.end(), '.', value);
}

bool isPlain(std::string_view text) {
  float value;
  return readPlain(text, &value);
}

bool isLong(std::string_view text) {
  float value;
  return readLong(text, &value);
}

/// What the scanner makes of a score cell.
bool readFloat(std::string_view text, float* value) {
  return readPlain(text, value) || readLong(text, value) || parseFloat(text, '.', value);
}

void expectRounded(const std::string& text) {
  const std::uint32_t expected = bitsOf(std::strtof(text.c_str(), nullptr));
  float value = 0;
  ASSERT_TRUE(parseFloat(text, '.', &value)) << text;
  ASSERT_EQ(bitsOf(value), expected) << text;
  if (readPlain(text, &value)) {
    ASSERT_EQ(bitsOf(value), expected) << text;
  }
  if (readLong(text, &value)) {
    ASSERT_EQ(bitsOf(value), expected) << text;
  }
}

/// A decimal text of random length, the point anywhere, at times with an exponent.
std::string randomNumber(std::mt19937_64& random) {
  const auto below = [&random](std::size_t limit) { return static_cast<std::size_t>(random() % limit); };
  std::string text = below(2) != 0 ? "-" : "";
  const std::size_t digits = 1 + below(below(4) == 0 ? 30 : 10);
  const std::size_t point = below(digits + 2);
  for (std::size_t i = 0; i < digits; ++i) {
    if (i == point) text += '.';
    text += static_cast<char>('0' + below(10));
  }
  if (below(8) == 0) text += "e" + std::to_string(static_cast<int>(below(100)) - 50);
  return text;
}

TEST(Number, RoundsRandomTextsRightly) {
  std::mt19937_64 random(20240607);
  for (int i = 0; i < 1'000'000; ++i) expectRounded(randomNumber(random));
}

#if defined(__EMSCRIPTEN__) || defined(__SANITIZE_ADDRESS__) || !defined(NDEBUG)
constexpr int kManyTexts = 300'000;
#else
constexpr int kManyTexts = 10'000'000;
#endif

/// Like randomNumber, but written into a buffer from few random bits.
std::string_view quickNumber(std::mt19937_64& random, std::array<char, 64>& buffer) {
  std::uint64_t bits = random();
  char* end = buffer.data();
  const auto below = [&bits](unsigned limit) {
    const auto value = static_cast<unsigned>(bits % limit);
    bits /= limit;
    return value;
  };
  if (below(2) != 0) *end++ = '-';
  const unsigned digits = 1 + below(below(8) == 0 ? 34 : 17);
  const unsigned point = below(digits + 2);
  const unsigned exponentKind = below(8);
  const unsigned exponent = below(100);
  for (unsigned i = 0; i < digits; ++i) {
    if (i % 16 == 0) bits = random();
    if (i == point) *end++ = '.';
    *end++ = static_cast<char>('0' + below(10));
  }
  if (exponentKind < 2) {
    *end++ = 'e';
    *end++ = exponentKind == 0 ? '-' : '+';
    *end++ = static_cast<char>('0' + exponent / 10);
    *end++ = static_cast<char>('0' + exponent % 10);
  }
  return {buffer.data(), static_cast<std::size_t>(end - buffer.data())};
}

/// Every way of reading that takes a text gives the bits that fast_float gives.
TEST(Number, AgreesWithFastFloatOnMillionsOfTexts) {
  std::mt19937_64 random(31);
  std::array<char, 64> buffer{};
  InputBuffer padded;
  for (int i = 0; i < kManyTexts; ++i) {
    const std::string_view text = quickNumber(random, buffer);
    float expected = 0;
    fast_float::from_chars(text.data(), text.data() + text.size(), expected);
    text.copy(padded.reserve(text.size()), text.size());
    padded.append(text.size());
    PlainNumber plain;
    float value = 0;
    if (readPlainNumber(padded.begin(), padded.end(), '.', &plain) && toFloat(plain, &value)) {
      ASSERT_EQ(bitsOf(value), bitsOf(expected)) << text;
    }
    if (readLongFloat(padded.begin(), padded.end(), '.', &value)) {
      ASSERT_EQ(bitsOf(value), bitsOf(expected)) << text;
    }
    ASSERT_TRUE(parseFloat(text, '.', &value)) << text;
    ASSERT_EQ(bitsOf(value), bitsOf(expected)) << text;
    padded.consume(padded.end());
  }
}

TEST(Number, AgreesWithFastFloatOnEveryLengthOfFraction) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 200'000; ++i) {
    const float value = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
    if (!std::isfinite(value)) continue;
    for (const char* format : {"%.6g", "%.9g", "%.17g", "%.6f", "%.18e"}) {
      char text[80];
      const int size = std::snprintf(text, sizeof text, format, static_cast<double>(value));
      if (size >= static_cast<int>(sizeof text)) continue;
      float expected = 0;
      fast_float::from_chars(text, text + size, expected);
      float actual = 1;
      ASSERT_TRUE(readFloat({text, static_cast<std::size_t>(size)}, &actual)) << text;
      ASSERT_EQ(bitsOf(actual), bitsOf(expected)) << text;
    }
  }
}

/// The middle between two neighbouring floats, and the texts just beside it.
TEST(Number, DecidesTheMiddleBetweenFloats) {
  std::mt19937_64 random(11);
  for (int i = 0; i < 20'000; ++i) {
    const float value = 1 + static_cast<float>(random() % 100'000'000) / 64;
    const double middle =
        (static_cast<double>(value) + static_cast<double>(std::nextafter(value, 1e30F))) / 2;
    char text[80];
    std::snprintf(text, sizeof text, "%.12f", middle);
    expectRounded(text);
    expectRounded(std::string(text) + "00000000000000000001");
    for (int digits = 1; digits < 14; ++digits) {
      std::snprintf(text, sizeof text, "%.*f", digits, middle);
      expectRounded(text);
    }
  }
}

TEST(Number, ReadsTheHardCases) {
  const std::vector<std::string> texts = {
      // Middles: 2^24 + 1, 2^24 + 3, 2^25 + 2, and around them.
      "16777217", "16777219", "33554434", "16777216.99999999", "16777217.00000001",
      "16777217.000000000000000000001",
      // Between double and float: rounding twice would go wrong.
      "1.00000005960464477539062500", "1.00000005960464477539062501", "1.00000017881393432617187499",
      "0.50000002980232238769531250", "7.038531e-26", "1.1754943e-38", "1.1754942e-38", "3.4028235e38",
      "3.4028236e38", "3.40282356e38", "3.4028235677973366e38", "3.4028235677973367e38", "1e39", "-1e39",
      "1e400",
      // Subnormal.
      "1.4e-45", "7.0064923216240853e-46", "7.0064923216240854e-46", "7.1e-46", "1e-50", "1e-400", "0e999",
      "0.000000000000000000000000000000000000000000001401298464324817",
      // Long.
      "0.1", "0.10000000149011612", "0.100000001490116119384765625", "123456789012345678901234567890",
      "9999999999999999", "99999999999999999", "0.9999999999999999", "0.99999999999999999", "8388608.5",
      "8388609.5", "00000000000000001", "1.0000000000000000000000000000000000000000000000000000000001", "-0",
      "-0.0", "0000.0000"};
  for (const std::string& text : texts) {
    expectRounded(text);
    if (!text.starts_with('-')) expectRounded("-" + text);
  }
}

TEST(Number, ReadsEveryPlainShape) {
  // Whole and fraction of every length: the fast paths take 16 and 32 bytes.
  const std::string digits = "12345678901234567890";
  for (std::size_t whole = 0; whole <= 18; ++whole) {
    for (std::size_t fraction = 0; fraction <= 18; ++fraction) {
      if (whole + fraction == 0) continue;
      const std::string text = digits.substr(0, whole) + "." + digits.substr(whole % 3, fraction);
      expectRounded(text);
      expectRounded("-" + text);
      for (const char* exponent : {"e-05", "E+10", "e-39", "e+21", "e-7", "E+9", "e5", "e-007", "e-100"})
        expectRounded(text + exponent);
      EXPECT_EQ(isPlain(text), text.size() <= 16) << text;
      EXPECT_EQ(isPlain("-" + text), text.size() <= 16) << text;
      EXPECT_EQ(isLong(text), text.size() <= 32) << text;
      EXPECT_EQ(isLong("-" + text), text.size() <= 32) << text;
    }
    if (whole > 0) expectRounded(digits.substr(0, whole));
  }
}

TEST(Number, TakesExponentsOfOneOrTwoDigits) {
  for (const char* text : {"1e-05", "-1.25E+10", "7.25e-26", "1.e+00", ".5e-01", "1.802306068920380921e+00",
                           "-9.8205689160331e-10"}) {
    EXPECT_TRUE(isLong(text)) << text;
    expectRounded(text);
  }
  for (const char* text : {"e-05", "-e-05", ".e-05", "1e5", "e-7", ".e-7", "1e05", "1e-005", "1e-0x", "1e-x0",
                           "1ee-05", "1e-05e-05"}) {
    EXPECT_FALSE(isLong(text)) << text;
  }
}

TEST(Number, LeavesWhatIsNoPlainNumber) {
  const auto expectLeft = [](const char* text) {
    EXPECT_FALSE(isPlain(text)) << text;
    EXPECT_FALSE(isLong(text)) << text;
  };
  for (const char* text : kNoPlainNumbers) expectLeft(text);
  for (const char* text : {"1.00000000000000000001.0", "1.0000000000000000000x"}) expectLeft(text);
}

TEST(Number, RefusesWhatIsNoNumber) {
  float value;
  for (const char* text : {"", "-", "+", ".", "-.", "+-1", "-+1", "1e", "1e+", "1.2.3", "a", "1a", " 1", "1 ",
                           "0x1", "1,5", "--1", "infinite", "na"}) {
    EXPECT_FALSE(parseFloat(text, '.', &value)) << text;
  }
}

TEST(Number, TakesADecimalComma) {
  const PaddedText text("-12,5");
  PlainNumber plain;
  float value = 0;
  ASSERT_TRUE(readPlainNumber(text.begin(), text.end(), ',', &plain) && toFloat(plain, &value));
  EXPECT_EQ(value, -12.5F);
  EXPECT_FALSE(readPlainNumber(text.begin(), text.end(), '.', &plain));
  ASSERT_TRUE(readLongFloat(text.begin(), text.end(), ',', &value));
  EXPECT_EQ(value, -12.5F);
  EXPECT_FALSE(readLongFloat(text.begin(), text.end(), '.', &value));
  EXPECT_TRUE(parseFloat("1,5e2", ',', &value));
  EXPECT_EQ(value, 150);
  EXPECT_FALSE(parseFloat("1.5", ',', &value));
}

TEST(Number, ReadsIntegers) {
  std::int32_t value = 0;
  const std::pair<const char*, std::int32_t> good[] = {
      {"7", 7}, {"+7", 7}, {"-100", -100}, {"3.0", 3}, {"3.", 3}, {"1e3", 1000}, {"2147483647", 2147483647},
      {"-0", 0}};
  for (const auto& [text, expected] : good) {
    ASSERT_TRUE(parseInteger(text, '.', &value)) << text;
    EXPECT_EQ(value, expected) << text;
  }
  for (const char* text : {"", "1.5", "a", "nan", "inf", "2147483648", "-2147483649", "1e400", "7 "}) {
    EXPECT_FALSE(parseInteger(text, '.', &value)) << text;
  }
}

}  // namespace
}  // namespace losskit
