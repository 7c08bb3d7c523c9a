#include "tables/json_place.h"

#include "tables/byte_search.h"
#include "tables/json_brackets.h"
#include "tables/json_cursor.h"

namespace losskit {

namespace {

using In = JsonPlace::In;

bool isSpace(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

bool opens(char bracket) {
  return bracket == '{' || bracket == '[';
}
bool closes(char bracket) {
  return bracket == '}' || bracket == ']';
}

JsonPlace outsideOfText(JsonPlace place, char byte) {
  if (byte == '"') return {In::Text, place.depth};
  if (opens(byte)) return {In::Between, place.depth + 1};
  if (place.depth > 0) return {In::Between, closes(byte) ? place.depth - 1 : place.depth};
  return {isSpace(byte) ? In::Between : isJsonWordByte(byte) ? In::Word : In::Broken, 0};
}

/// Measures a piece from a known place on.
class Walk {
 public:
  Walk(const char* begin, const char* end, JsonPlace place)
      : begin_(begin), end_(end), p_(begin), place_(place) {
    piece_.hasLineStart = place.isRowStart();
    if (!piece_.hasLineStart) piece_.bodyBegin = piece_.bodyEnd = size();
  }

  JsonPiece operator()() {
    while (p_ < end_ && place_.in != In::Broken) {
      if (place_.depth > 0 && place_.in != In::Escape) {
        toRowEnd();
      } else {
        step();
      }
    }
    piece_.end = place_.code();
    count();
    return piece_;
  }

 private:
  [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(end_ - begin_); }

  void step() {
    const JsonPlace next = placeBehind(place_, *p_);
    // What ends a word is no part of it.
    if (place_.in == In::Word && next.in != In::Word) endRow();
    ++p_;
    const bool isRow = place_.in == In::Text && next.isRowStart();
    place_ = next;
    if (isRow) endRow();
  }

  /// Behind the bracket that closes the row at hand, or to the end.
  void toRowEnd() {
    JsonBrackets brackets(p_, end_, place_.in == In::Text);
    for (const char* bracket = brackets.next(); bracket != end_; bracket = brackets.next()) {
      place_.depth += opens(*bracket) ? 1 : -1;
      if (place_.depth > 0) continue;
      place_.in = In::Between;
      p_ = bracket + 1;
      endRow();
      return;
    }
    p_ = end_;
    place_.in = brackets.isEscaped() ? In::Escape : brackets.isInText() ? In::Text : In::Between;
  }

  void endRow() {
    ++piece_.rows;
    piece_.bodyEnd = static_cast<std::size_t>(p_ - begin_);
    if (piece_.hasLineStart) return;
    piece_.hasLineStart = true;
    piece_.bodyBegin = piece_.bodyEnd;
    piece_.headRows = piece_.rows;
  }

  void count() {
    const char* bodyBegin = begin_ + piece_.bodyBegin;
    const char* bodyEnd = begin_ + piece_.bodyEnd;
    piece_.headLineFeeds = countLineFeeds(begin_, bodyBegin);
    piece_.tailLineFeeds = countLineFeeds(bodyEnd, end_);
    piece_.lineFeeds = piece_.headLineFeeds + countLineFeeds(bodyBegin, bodyEnd) + piece_.tailLineFeeds;
    if (!piece_.hasLineStart) piece_.headRows = piece_.rows;
  }

  const char* begin_;
  const char* end_;
  const char* p_;
  JsonPlace place_;
  JsonPiece piece_;
};

/// The first bracket at the beginning of a line; the end where there is none.
const char* firstRow(const char* p, const char* end) {
  const auto lineFeeds = [](U8x16 bytes) { return bytes == splatByte('\n'); };
  for (p = findMarked(p, end, lineFeeds); p < end; p = findMarked(p + 1, end, lineFeeds)) {
    if (p + 1 < end && opens(p[1])) return p + 1;
  }
  return end;
}

}  // namespace

JsonPlace placeBehind(JsonPlace place, char byte) {
  if (place.in == In::Broken) return place;
  if (place.in == In::Escape) return {In::Text, place.depth};
  if (place.in != In::Text) return outsideOfText(place, byte);
  return {byte == '"' ? In::Between : byte == '\\' ? In::Escape : In::Text, place.depth};
}

JsonPiece measureJson(const char* begin, const char* end, JsonPlace place) {
  return Walk(begin, end, place)();
}

JsonPlace likelyPlace(const char* begin, const char* end) {
  const char* row = firstRow(begin, end);
  for (const In in : {In::Between, In::Text}) {
    std::int64_t depth = 0;
    JsonBrackets brackets(begin, row, in == In::Text);
    for (const char* bracket = brackets.next(); bracket != row; bracket = brackets.next())
      depth += closes(*bracket) ? 1 : -1;
    if (!brackets.isInText() && !brackets.isBroken() && depth >= 0)
      return {in, static_cast<std::uint32_t>(depth)};
  }
  return {};
}

}  // namespace losskit
