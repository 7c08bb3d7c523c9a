#include "tables/piece.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <string_view>

#include "same_piece.h"
#include "tables/input_buffer.h"

namespace losskit {

namespace {

/// By the definition, byte after byte.
Piece measureSlowly(std::string_view text, char delimiter, TextState state) {
  Piece piece;
  bool atBody = state == TextState::LineStart;
  piece.hasLineStart = atBody;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool isRow = state != TextState::LineStart && state != TextState::BlankLine;
    state = stateBehind(state, text[i], delimiter);
    piece.hasQuotes = piece.hasQuotes || text[i] == '"';
    if (text[i] == '\n') ++piece.lineFeeds;
    if (text[i] == '\n') ++piece.tailLineFeeds;
    if (state == TextState::LineStart) {
      piece.hasLineStart = true;
      piece.bodyEnd = i + 1;
      piece.tailLineFeeds = 0;
      piece.rows += isRow ? 1 : 0;
    }
    if (atBody || (state != TextState::LineStart && i + 1 < text.size())) continue;
    atBody = true;
    piece.bodyBegin = i + 1;
    piece.bodyEnd = i + 1;
    piece.headRows = piece.rows;
    piece.headLineFeeds = piece.lineFeeds;
    piece.tailLineFeeds = 0;
  }
  piece.end = state;
  return piece;
}

Piece measure(std::string_view text, char delimiter, TextState state) {
  InputBuffer input;
  std::ranges::copy(text, input.reserve(text.size()));
  input.append(text.size());
  return measurePiece(input.begin(), input.end(), delimiter, state);
}

void expectAsDefined(std::string_view text, char delimiter, TextState state) {
  const std::string how = "state " + std::to_string(static_cast<int>(state)) + ", '" + delimiter +
                          "', text " + ::testing::PrintToString(std::string(text));
  testing::expectSamePiece(measure(text, delimiter, state), measureSlowly(text, delimiter, state), how);
}

constexpr TextState kStates[] = {TextState::LineStart, TextState::BlankLine, TextState::CellStart,
                                 TextState::Cell,      TextState::Quotes,    TextState::QuoteInQuotes};

TEST(Piece, OfWholeLines) {
  const Piece piece = measure("1,2\n3,4\n", ',', TextState::LineStart);
  EXPECT_EQ(piece.end, TextState::LineStart);
  EXPECT_EQ(piece.rows, 2U);
  EXPECT_EQ(piece.lineFeeds, 2U);
  EXPECT_EQ(piece.bodyBegin, 0U);
  EXPECT_EQ(piece.bodyEnd, 8U);
}

TEST(Piece, WithTheEndsOfRowsAtBothSides) {
  const Piece piece = measure("b\",2\r\n\n3,\"c\nd\"\n5,\"e", ',', TextState::Quotes);
  EXPECT_EQ(piece.bodyBegin, 6U);
  EXPECT_EQ(piece.bodyEnd, 15U);
  EXPECT_EQ(piece.headRows, 1U);
  EXPECT_EQ(piece.rows, 2U);
  EXPECT_EQ(piece.headLineFeeds, 1U);
  EXPECT_EQ(piece.lineFeeds, 4U);
  EXPECT_EQ(piece.tailLineFeeds, 0U);
  EXPECT_EQ(piece.end, TextState::Quotes);
}

TEST(Piece, WithoutLineEnd) {
  const Piece middle = measure("1,2", ',', TextState::Cell);
  EXPECT_FALSE(middle.hasLineStart);
  EXPECT_EQ(middle.bodyBegin, 3U);
  EXPECT_EQ(middle.bodyEnd, 3U);
  const Piece beginning = measure("1,2", ',', TextState::LineStart);
  EXPECT_TRUE(beginning.hasLineStart);
  EXPECT_EQ(beginning.bodyBegin, 0U);
  EXPECT_EQ(beginning.bodyEnd, 0U);
}

TEST(Piece, OfAnyTextIsAsDefined) {
  std::mt19937 random(1);
  const auto below = [&](std::size_t count) { return static_cast<std::size_t>(random() % count); };
  for (const std::string_view alphabet :
       {"a,\n", "a,\"\n", "a, \r\"\n", "aaaaaaaaaaaa,,\n", "aaaaaaaa \t\"\n"}) {
    for (int repeat = 0; repeat < 3000; ++repeat) {
      const std::string text = testing::noise(random, alphabet, below(repeat % 10 == 0 ? 9000 : 40));
      expectAsDefined(text, ", \t"[below(3)], kStates[below(std::size(kStates))]);
      if (HasFailure()) return;
    }
  }
}

}  // namespace

}  // namespace losskit
