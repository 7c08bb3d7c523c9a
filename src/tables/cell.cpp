#include "tables/cell.h"

#include "tables/byte_search.h"

namespace losskit {

void CellEnds::find(const char* p) {
  base_ = p;
  for (std::uint64_t& bits : bits_) {
    bits = p <= end_ ? finder_.in(p) : 0;
    p += EndFinder::kBlock;
  }
}

Cell readQuotedCell(const char* p, const char* end, char delimiter) {
  const char* begin = p;
  Cell::Form form = Cell::Form::Quoted;
  for (;;) {
    p = findMarked(p, end, [](U8x16 bytes) { return bytes == splatByte('"'); });
    if (p == end) return {begin, end, end, Cell::Form::Unclosed};
    if (p[1] != '"' || p + 1 == end) break;
    form = Cell::Form::Escaped;
    p += 2;
  }
  const char* next = skipPadding(p + 1, delimiter);
  if (*next == delimiter || *next == '\n') return {begin, p, next, form};
  return {begin, p, nextEnd(next, delimiter), Cell::Form::Overrun};
}

std::string cellText(const Cell& cell) {
  if (cell.form == Cell::Form::Plain) return std::string(trimmed(cell.begin, cell.end));
  std::string text;
  for (const char* p = cell.begin; p < cell.end; ++p) {
    text += *p;
    if (cell.form == Cell::Form::Escaped && *p == '"') ++p;
  }
  return text;
}

}  // namespace losskit
