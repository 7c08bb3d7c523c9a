#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

#include "numeric/simd.h"

namespace losskit {

/// One cell of a row of delimited text, as it stands in the file.
struct Cell {
  enum class Form : std::uint8_t {
    Plain,
    Quoted,
    /// In quotes, with doubled quotes inside.
    Escaped,
    /// The closing quote is missing up to the end.
    Unclosed,
    /// Something other than spaces follows the closing quote.
    Overrun,
  };

  /// Content: without the quotes, but with the doubled quotes of an escaped cell and the padding of a plain
  /// one.
  const char* begin;
  const char* end;
  /// The delimiter or line feed that ends the cell, or the end of the data.
  const char* next;
  Form form;

  bool isBroken() const { return form == Form::Unclosed || form == Form::Overrun; }
};

/// Spaces and tabs around a cell are padding unless they are the delimiter; so is the CR of a CRLF.
inline bool isPadding(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

inline const char* skipPadding(const char* p, char delimiter) {
  while (isPadding(*p) && *p != delimiter) ++p;
  return p;
}

/// The first byte that a blank line does not have: also where spaces are the delimiter, a line of them is
/// blank.
inline const char* skipBlanks(const char* p, char delimiter) {
  while (isPadding(*p) && (*p != delimiter || delimiter == ' ')) ++p;
  return p;
}

inline std::string_view trimmed(const char* begin, const char* end) {
  while (begin < end && isPadding(*begin)) ++begin;
  while (begin < end && isPadding(end[-1])) --end;
  return {begin, static_cast<std::size_t>(end - begin)};
}

/// Walks the delimiters and line feeds of the data of an InputBuffer, those inside quotes too, which are no
/// cell ends. They are found 64 bytes at a time and independently of what the cells hold, so that a cell need
/// not be understood before the next one begins.
class CellEnds {
 public:
  CellEnds(const char* begin, char delimiter) : delimiter_(delimiter) { moveTo(begin); }

  void moveTo(const char* p) {
    block_ = p;
    ends_ = endsIn(p);
  }

  /// The next one. There must be one before the padding of the buffer ends.
  const char* next() {
    while (ends_ == 0) moveTo(block_ + kBlock);
    const char* end = block_ + std::countr_zero(ends_);
    ends_ &= ends_ - 1;
    return end;
  }

 private:
  static constexpr int kBlock = 64;

  std::uint64_t endsIn(const char* p) const {
    std::uint64_t ends = 0;
    for (int i = 0; i < kBlock; i += 16) {
      const U8x16 bytes = loadBytes(p + i);
      const auto found = (bytes == splatByte(delimiter_)) | (bytes == splatByte('\n'));
      ends |= std::uint64_t{highBits(reinterpret_cast<U8x16>(found))} << i;
    }
    return ends;
  }

  char delimiter_;
  const char* block_;
  std::uint64_t ends_;
};

/// The rest of readCell for a cell in quotes; `p` is behind the opening one.
Cell readQuotedCell(const char* p, const char* end, char delimiter);

/// Reads the cell that begins at `p`, in data of an InputBuffer that ends at `end`; `plainEnd` is the first
/// delimiter or line feed from there on. This is the one place that knows how quotes work. A cell whose
/// `next` is `end` may go on in bytes that are not there yet.
inline Cell readCell(const char* p, const char* plainEnd, const char* end, char delimiter) {
  p = skipPadding(p, delimiter);
  if (*p == '"') return readQuotedCell(p + 1, end, delimiter);
  return {p, plainEnd, plainEnd, Cell::Form::Plain};
}

inline Cell readCell(const char* p, const char* end, char delimiter) {
  return readCell(p, CellEnds(p, delimiter).next(), end, delimiter);
}

/// The cell's text: a plain one without its padding, an escaped one with its doubled quotes made single.
std::string cellText(const Cell& cell);

}  // namespace losskit
