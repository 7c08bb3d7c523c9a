// Numbers that stand side by side in text, as a reader of them finds them.
#pragma once

#include <gtest/gtest.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "tables/cell_ends.h"
#include "tables/input_buffer.h"
#include "tables/number.h"

namespace losskit::testing {

constexpr float kUntouched = 12345;

struct ReadNumbers {
  std::vector<float> values;
  bool isUsual = false;
  /// From the beginning of the text.
  std::ptrdiff_t end = 0;
};

/// Reads the first `count` cells of a text behind a byte of whatever kind.
template <class Numbers>
ReadNumbers readNumbers(const std::string& text, std::size_t count, char delimiter = ',',
                        char decimalPoint = '.', unsigned returns = 0) {
  const PaddedText padded("x" + text);
  CellEnds ends(padded.end(), delimiter);
  ends.find(padded.begin() + 1);
  const Numbers numbers(delimiter, decimalPoint);
  ReadNumbers read{std::vector<float>(count + 1, kUntouched), false, 0};
  const auto [end, isUsual] = numbers.floats(padded.begin(), ends, count, returns, read.values.data());
  EXPECT_EQ(read.values.back(), kUntouched) << text;
  read.values.pop_back();
  read.isUsual = isUsual;
  read.end = end - padded.begin() - 1;
  return read;
}

template <class Numbers>
bool readInteger(const std::string& text, unsigned returns, std::int32_t* value) {
  const PaddedText padded("x" + text);
  CellEnds ends(padded.end(), ',');
  ends.find(padded.begin() + 1);
  const auto [end, isUsual] = Numbers(',', '.').integer(padded.begin(), ends, returns, value);
  if (isUsual) {
    EXPECT_EQ(*end, end == padded.end() ? '\n' : text[static_cast<std::size_t>(end - padded.begin()) - 1])
        << text;
    EXPECT_TRUE(*end == ',' || *end == '\n') << text;
  }
  return isUsual;
}

inline std::string joined(const std::vector<std::string>& cells, const char* between = ",") {
  std::string text;
  for (const std::string& cell : cells) text += (text.empty() ? "" : between) + cell;
  return text;
}

inline std::uint32_t bitsOf(float value) {
  return std::bit_cast<std::uint32_t>(value);
}

inline void expectBits(const std::vector<float>& values, const std::vector<std::string>& cells) {
  ASSERT_EQ(values.size(), cells.size());
  for (std::size_t i = 0; i < cells.size(); ++i)
    ASSERT_EQ(bitsOf(values[i]), bitsOf(std::strtof(cells[i].c_str(), nullptr))) << cells[i];
}

/// Whether a number is taken; then it is the one that parseFloat reads, at any place among others.
template <class Numbers>
bool isTaken(const std::string& cell) {
  float value = 0;
  const ReadNumbers alone = readNumbers<Numbers>(cell, 1);
  if (alone.isUsual) {
    EXPECT_TRUE(parseFloat(cell, '.', &value)) << cell;
    EXPECT_EQ(bitsOf(alone.values[0]), bitsOf(value)) << cell;
  }
  for (std::size_t place = 0; place < 9; ++place) {
    std::vector<std::string> cells(9, "-12.5");
    cells[place] = cell;
    const ReadNumbers among = readNumbers<Numbers>(joined(cells), 9);
    EXPECT_EQ(among.isUsual, alone.isUsual) << cell;
    if (among.isUsual) {
      EXPECT_EQ(bitsOf(among.values[place]), bitsOf(value)) << cell;
    }
  }
  return alone.isUsual;
}

}  // namespace losskit::testing
