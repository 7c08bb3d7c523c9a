#include "tables/piece.h"

#include <algorithm>

#include "numeric/simd.h"
#include "tables/byte_search.h"
#include "tables/cell.h"

namespace losskit {

namespace {

bool isBlank(char c, char delimiter) {
  return isPadding(c) && (c != delimiter || delimiter == ' ');
}

TextState stateInCell(char byte, char delimiter) {
  if (byte == '\n') return TextState::LineStart;
  return byte == delimiter ? TextState::CellStart : TextState::Cell;
}

TextState stateAtCell(char byte, char delimiter) {
  if (byte == '"') return TextState::Quotes;
  if (byte != delimiter && isPadding(byte)) return TextState::CellStart;
  return stateInCell(byte, delimiter);
}

/// What all bytes of a text are, for a first look.
struct Census {
  std::uint64_t lineFeeds = 0;
  bool hasQuotes = false;
  /// A line begins with a space or control character, or is empty.
  bool hasBlanks = false;
};

std::uint64_t sumOf(U8x16 counts) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < sizeof counts; ++i) sum += counts[i];
  return sum;
}

/// Counts up to 255 times 16 bytes and adds them.
const char* addBlocks(Census& census, const char* p, const char* end) {
  constexpr std::ptrdiff_t kMost = 255 * std::ptrdiff_t{16};
  const char* last = p + std::min(end - p, kMost) / 16 * 16;
  U8x16 lineFeeds{};
  U8x16 quotes{};
  U8x16 blanks{};
  for (; p < last; p += 16) {
    const U8x16 bytes = loadBytes(p);
    const auto isLineFeed = reinterpret_cast<U8x16>(bytes == splatByte('\n'));
    lineFeeds -= isLineFeed;
    quotes |= reinterpret_cast<U8x16>(bytes == splatByte('"'));
    blanks |= isLineFeed & reinterpret_cast<U8x16>(loadBytes(p + 1) <= splatByte(' '));
  }
  census.lineFeeds += sumOf(lineFeeds);
  census.hasQuotes = census.hasQuotes || highBits(quotes) != 0;
  census.hasBlanks = census.hasBlanks || highBits(blanks) != 0;
  return p;
}

Census takeCensus(const char* p, const char* end) {
  Census census;
  while (end - p >= 16) p = addBlocks(census, p, end);
  for (; p < end; ++p) {
    census.lineFeeds += *p == '\n';
    census.hasQuotes = census.hasQuotes || *p == '"';
    census.hasBlanks = census.hasBlanks || (*p == '\n' && static_cast<unsigned char>(p[1]) <= ' ');
  }
  return census;
}

/// Measures a piece from a known place on.
class Walk {
 public:
  Walk(const char* begin, const char* end, char delimiter, TextState state)
      : begin_(begin), end_(end), p_(begin), delimiter_(delimiter) {
    piece_.end = state;
    piece_.hasLineStart = state == TextState::LineStart;
  }

  /// Up to behind the next line end, or to the end.
  void toLineEnd() {
    while (p_ < end_) {
      if (piece_.end == TextState::Quotes) skipToQuote();
      if (p_ == end_) return;
      const bool isRow = piece_.end != TextState::LineStart && piece_.end != TextState::BlankLine;
      piece_.end = stateBehind(piece_.end, *p_++, delimiter_);
      if (piece_.end != TextState::LineStart) continue;
      endLine(isRow);
      return;
    }
  }

  /// From a line start on over the `lines` whole lines that follow, of which none has quotes or is blank.
  void overPlainLines(std::uint64_t lines) {
    if (lines == 0) return;
    piece_.rows += lines - 1;
    p_ = end_;
    while (p_[-1] != '\n') --p_;
    endLine(true);
  }

  /// From a line start on over all whole lines.
  void overLines() {
    CellEnds ends(end_, delimiter_);
    for (;;) {
      const char* first = skipBlanks(p_, delimiter_);
      const bool isRow = *first != '\n';
      const char* lineEnd = isRow ? rowEnd(ends) : first;
      if (lineEnd >= end_) return;
      p_ = lineEnd + 1;
      endLine(isRow);
    }
  }

  /// What has been walked over is in front of the body.
  void beginBody() {
    piece_.bodyBegin = static_cast<std::size_t>(p_ - begin_);
    piece_.bodyEnd = piece_.bodyBegin;
    piece_.headRows = piece_.rows;
    piece_.headLineFeeds = countLineFeeds(begin_, p_);
  }

  void endBody() { piece_.tailLineFeeds = countLineFeeds(p_, end_); }

  bool isAtLine() const { return piece_.end == TextState::LineStart; }
  bool isAtBlank() const { return static_cast<unsigned char>(*p_) <= ' '; }
  Piece& piece() { return piece_; }

 private:
  void skipToQuote() {
    p_ = findMarked(p_, end_, [](U8x16 bytes) { return bytes == splatByte('"'); });
  }

  void endLine(bool isRow) {
    piece_.hasLineStart = true;
    piece_.rows += isRow;
    piece_.bodyEnd = static_cast<std::size_t>(p_ - begin_);
  }

  const char* rowEnd(CellEnds& ends) const {
    for (const char* p = p_;;) {
      const Cell cell = readCell(p, ends.next(p), end_, delimiter_);
      if (cell.next >= end_) return end_;
      p = cell.next + 1;
      if (*cell.next == '\n') return cell.next;
    }
  }

  const char* begin_;
  const char* end_;
  const char* p_;
  char delimiter_;
  Piece piece_;
};

}  // namespace

TextState stateBehind(TextState state, char byte, char delimiter) {
  switch (state) {
    case TextState::LineStart:
    case TextState::BlankLine:
      return isBlank(byte, delimiter) ? TextState::BlankLine : stateAtCell(byte, delimiter);
    case TextState::CellStart:
      return stateAtCell(byte, delimiter);
    case TextState::Cell:
      return stateInCell(byte, delimiter);
    case TextState::Quotes:
      return byte == '"' ? TextState::QuoteInQuotes : TextState::Quotes;
    case TextState::QuoteInQuotes:
      break;
  }
  return byte == '"' ? TextState::Quotes : stateInCell(byte, delimiter);
}

Piece measurePiece(const char* begin, const char* end, char delimiter, TextState state) {
  const Census census = takeCensus(begin, end);
  Walk walk(begin, end, delimiter, state);
  if (!walk.isAtLine()) walk.toLineEnd();
  walk.beginBody();
  Piece& piece = walk.piece();
  piece.hasQuotes = census.hasQuotes;
  piece.lineFeeds = census.lineFeeds;
  if (!walk.isAtLine()) return piece;
  if (census.hasQuotes || census.hasBlanks || walk.isAtBlank()) {
    walk.overLines();
  } else {
    walk.overPlainLines(piece.lineFeeds - piece.headLineFeeds);
  }
  walk.endBody();
  walk.toLineEnd();
  return piece;
}

}  // namespace losskit
