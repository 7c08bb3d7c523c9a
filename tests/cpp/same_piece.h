// What a piece of text was measured as, beside what it is.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "tables/piece.h"

namespace losskit::testing {

template <class State>
void expectSamePiece(const PieceOf<State>& actual, const PieceOf<State>& expected, const std::string& how) {
  EXPECT_EQ(actual.end, expected.end) << how;
  EXPECT_EQ(actual.hasQuotes, expected.hasQuotes) << how;
  EXPECT_EQ(actual.hasLineStart, expected.hasLineStart) << how;
  EXPECT_EQ(actual.tailLineFeeds, expected.tailLineFeeds) << how;
  EXPECT_EQ(actual.bodyBegin, expected.bodyBegin) << how;
  EXPECT_EQ(actual.bodyEnd, expected.bodyEnd) << how;
  EXPECT_EQ(actual.rows, expected.rows) << how;
  EXPECT_EQ(actual.headRows, expected.headRows) << how;
  EXPECT_EQ(actual.lineFeeds, expected.lineFeeds) << how;
  EXPECT_EQ(actual.headLineFeeds, expected.headLineFeeds) << how;
}

/// Bytes of an alphabet.
inline std::string noise(std::mt19937& random, std::string_view alphabet, std::size_t size) {
  std::string text(size, ' ');
  for (char& c : text) c = alphabet[random() % alphabet.size()];
  return text;
}

}  // namespace losskit::testing
