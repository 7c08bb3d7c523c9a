#include "tables/json_place.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <utility>

#include "same_piece.h"
#include "tables/input_buffer.h"

namespace losskit {
namespace {

using In = JsonPlace::In;

/// By the definition, byte after byte.
JsonPiece measureSlowly(std::string_view text, JsonPlace place) {
  JsonPiece piece;
  piece.hasLineStart = place.isRowStart();
  piece.bodyBegin = piece.bodyEnd = piece.hasLineStart ? 0 : text.size();
  const auto endRow = [&piece](std::size_t at) {
    ++piece.rows;
    piece.bodyEnd = at;
    if (std::exchange(piece.hasLineStart, true)) return;
    piece.bodyBegin = at;
    piece.headRows = 1;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const JsonPlace before = std::exchange(place, placeBehind(place, text[i]));
    if (before.in == In::Word && place.in != In::Word) endRow(i);
    const bool wasInRow = before.depth > 0 || before.in == In::Text;
    if (wasInRow && place.isRowStart()) endRow(i + 1);
  }
  const auto lineFeeds = [text](std::size_t begin, std::size_t end) {
    return static_cast<std::uint64_t>(std::ranges::count(text.substr(begin, end - begin), '\n'));
  };
  piece.end = place.code();
  piece.lineFeeds = lineFeeds(0, text.size());
  piece.headLineFeeds = lineFeeds(0, piece.bodyBegin);
  piece.tailLineFeeds = lineFeeds(piece.bodyEnd, text.size());
  return piece;
}

JsonPiece measure(std::string_view text, JsonPlace place) {
  const PaddedText padded(text);
  return measureJson(padded.begin(), padded.end(), place);
}

void expectAsDefined(std::string_view text, JsonPlace place) {
  const std::string how =
      "place " + std::to_string(place.code()) + ", text " + ::testing::PrintToString(std::string(text));
  testing::expectSamePiece(measure(text, place), measureSlowly(text, place), how);
}

TEST(JsonPlace, IsItsCode) {
  for (const In in : {In::Between, In::Word, In::Text, In::Escape, In::Broken}) {
    for (const std::uint32_t depth : {0U, 1U, 64U, 100'000U}) {
      const JsonPlace place{in, depth};
      EXPECT_EQ(JsonPlace::of(place.code()), place);
    }
  }
  EXPECT_EQ(JsonPlace{}.code(), 0U);
}

TEST(JsonPiece, WithTheEndsOfRowsAtBothSides) {
  const JsonPiece piece = measure("], \"b\": \"}\"}\n{\"a\": 1}\n{\"a\":\n \"x", {In::Between, 2});
  EXPECT_EQ(piece.bodyBegin, 12U);
  EXPECT_EQ(piece.bodyEnd, 21U);
  EXPECT_EQ(piece.headRows, 1U);
  EXPECT_EQ(piece.rows, 2U);
  EXPECT_EQ(piece.headLineFeeds, 0U);
  EXPECT_EQ(piece.tailLineFeeds, 2U);
  EXPECT_EQ(piece.lineFeeds, 3U);
  EXPECT_EQ(JsonPlace::of(piece.end), (JsonPlace{In::Text, 1}));
}

TEST(JsonPiece, WithoutTheBeginningOfARow) {
  const JsonPiece piece = measure("1, 2, 3", {In::Between, 2});
  EXPECT_FALSE(piece.hasLineStart);
  EXPECT_EQ(piece.bodyBegin, 7U);
  EXPECT_EQ(piece.bodyEnd, 7U);
}

TEST(JsonPiece, OfAnyTextIsAsDefined) {
  std::mt19937 random(1);
  const auto below = [&](std::size_t count) { return static_cast<std::size_t>(random() % count); };
  for (const std::string_view alphabet :
       {"a{}\n", "{}[]\"\\\n", "{}\"aaaa |\n", "aaaaaaaaaaaa[]{}\n", "aaaaaaaaaaaaaaaa\"\\ {}", "aa@{}\n"}) {
    for (int repeat = 0; repeat < 3000; ++repeat) {
      const std::string text = testing::noise(random, alphabet, below(repeat % 10 == 0 ? 3000 : 80));
      const auto in = static_cast<In>(below(5));
      const auto depth = static_cast<std::uint32_t>(in == In::Word || in == In::Broken ? 0 : below(4));
      expectAsDefined(text, {in, depth});
      if (HasFailure()) return;
    }
  }
}

TEST(JsonPiece, IsLikelyWhereItIs) {
  std::string text;
  for (int row = 0; row < 20; ++row) {
    text += "{\"id\": \"[r\\\"" + std::to_string(row) +
            "}\", \"p\": {\"a\": [0.25, 0.75]}, \"text\": \"a, b\"}\n";
  }
  JsonPlace place;
  for (std::size_t at = 0; at + 200 < text.size(); ++at) {
    const PaddedText padded(std::string_view(text).substr(at));
    // Behind a backslash is as good as in text, and between rows nothing is as good as any.
    const bool isKnown = place.in != In::Escape;
    if (isKnown) {
      EXPECT_EQ(likelyPlace(padded.begin(), padded.end()), place) << at;
    }
    place = placeBehind(place, text[at]);
  }
}

}  // namespace
}  // namespace losskit
