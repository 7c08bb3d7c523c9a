#include "tables/json_cursor.h"

#include <algorithm>
#include <charconv>

#include "numeric/simd.h"
#include "tables/byte_search.h"
#include "tables/json_brackets.h"

namespace losskit {

namespace {

bool isSpace(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/// What ends a text in quotes, or goes on in it.
auto quotesAndBackslashes(U8x16 bytes) {
  return (bytes == splatByte('"')) | (bytes == splatByte('\\'));
}

/// All but those of words.
auto wordEnds(U8x16 bytes) {
  const auto isOther =
      (bytes - static_cast<std::uint8_t>('0') > 9) & ((bytes | 0x20) - static_cast<std::uint8_t>('a') > 25);
  const auto isSign = (bytes == splatByte('-')) | (bytes == splatByte('+')) | (bytes == splatByte('.'));
  return isOther & ~isSign;
}

void appendUtf8(std::string& text, std::uint32_t code) {
  const auto byte = [&text](std::uint32_t value) { text += static_cast<char>(value); };
  if (code < 0x80) return byte(code);
  if (code < 0x800) {
    byte(0xC0 | code >> 6);
  } else if (code < 0x10000) {
    byte(0xE0 | code >> 12);
    byte(0x80 | (code >> 6 & 0x3F));
  } else {
    byte(0xF0 | code >> 18);
    byte(0x80 | (code >> 12 & 0x3F));
    byte(0x80 | (code >> 6 & 0x3F));
  }
  byte(0x80 | (code & 0x3F));
}

bool readHex(std::string_view digits, std::uint32_t* value) {
  if (digits.size() < 4) return false;
  return std::from_chars(digits.data(), digits.data() + 4, *value, 16).ptr == digits.data() + 4;
}

/// The character behind \u, two of them where it takes a pair; returns the bytes that were used up.
std::size_t readUnicode(std::string_view rest, std::string& text) {
  std::uint32_t code = 0;
  if (!readHex(rest, &code)) return 0;
  std::uint32_t low = 0;
  const bool isPair = code >= 0xD800 && code < 0xDC00 && rest.substr(4).starts_with("\\u") &&
                      readHex(rest.substr(std::min<std::size_t>(rest.size(), 6)), &low) && low >= 0xDC00 &&
                      low < 0xE000;
  if (isPair) code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
  const bool isHalf = code >= 0xD800 && code < 0xE000;
  appendUtf8(text, isHalf ? 0xFFFD : code);
  return isPair ? 10 : 4;
}

}  // namespace

char JsonCursor::peek() {
  while (p_ < end_ && isSpace(*p_)) ++p_;
  return p_ < end_ ? *p_ : '\0';
}

bool JsonCursor::take(char wanted) {
  if (peek() != wanted || p_ == end_) return false;
  ++p_;
  return true;
}

JsonCursor::Status JsonCursor::readValue(bool isLast, std::string_view* raw) {
  const char first = peek();
  const char* begin = p_;
  if (begin == end_) return Status::Incomplete;
  const Status status = first == '"'                   ? readString()
                        : first == '{' || first == '[' ? readNested()
                                                       : readWord(isLast);
  if (status == Status::Ok) *raw = {begin, static_cast<std::size_t>(p_ - begin)};
  return status;
}

JsonCursor::Status JsonCursor::readString() {
  for (const char* p = p_ + 1;; p += 2) {
    p = findMarked(p, end_, quotesAndBackslashes);
    if (p == end_) return Status::Incomplete;
    if (*p != '"') continue;
    p_ = p + 1;
    return Status::Ok;
  }
}

JsonCursor::Status JsonCursor::readNested() {
  // Bit by bit from the innermost: whether a bracket is a brace.
  std::uint64_t braces = 0;
  unsigned depth = 0;
  JsonBrackets brackets(p_, end_);
  for (const char* bracket = brackets.next(); bracket != end_; bracket = brackets.next()) {
    const bool isBrace = *bracket == '{' || *bracket == '}';
    const bool isOpening = *bracket == '{' || *bracket == '[';
    const bool isWrong = isOpening ? depth == kMaxDepth : (braces & 1) != (isBrace ? 1U : 0U);
    if (isWrong || (!isOpening && depth == 1)) {
      p_ = bracket + 1;
      return isWrong ? Status::Broken : Status::Ok;
    }
    depth += isOpening ? 1 : -1;
    braces = isOpening ? braces << 1 | (isBrace ? 1U : 0U) : braces >> 1;
  }
  return Status::Incomplete;
}

JsonCursor::Status JsonCursor::readWord(bool isLast) {
  const char* p = findMarked(p_, end_, wordEnds);
  if (p == p_) return Status::Broken;
  if (p == end_ && !isLast) return Status::Incomplete;
  p_ = p;
  return Status::Ok;
}

std::string jsonText(std::string_view raw) {
  if (raw.size() < 2 || raw.front() != '"') return std::string(raw);
  raw = raw.substr(1, raw.size() - 2);
  std::string text;
  while (!raw.empty()) {
    const std::size_t backslash = raw.find('\\');
    text += raw.substr(0, backslash);
    if (backslash == std::string_view::npos || backslash + 1 >= raw.size()) break;
    const char c = raw[backslash + 1];
    raw.remove_prefix(backslash + 2);
    static constexpr std::string_view kFrom = "nrtbf";
    static constexpr std::string_view kTo = "\n\r\t\b\f";
    if (c == 'u') {
      raw.remove_prefix(readUnicode(raw, text));
    } else {
      const std::size_t known = kFrom.find(c);
      text += known == std::string_view::npos ? c : kTo[known];
    }
  }
  return text;
}

}  // namespace losskit
