#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

#include "tables/cell_ends.h"

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
  return readCell(p, nextEnd(p, delimiter), end, delimiter);
}

/// The cell's text: a plain one without its padding, an escaped one with its doubled quotes made single.
std::string cellText(const Cell& cell);

}  // namespace losskit
