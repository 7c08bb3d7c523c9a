#include "tables/rows.h"

#include "tables/cell.h"
#include "tables/input_buffer.h"

namespace losskit {

RowShape rowShape(const char* begin, const char* end, char delimiter) {
  RowShape shape;
  const char* p = begin;
  bool broken = false;
  for (;;) {
    const Cell cell = readCell(p, end, delimiter);
    shape.unclosed = cell.form == Cell::Form::Unclosed;
    broken = broken || cell.isBroken();
    if (!broken) ++shape.brokenCell;
    ++shape.cells;
    if (*cell.next == '\n' || cell.next == end) {
      shape.lineEnd = cell.next;
      return shape;
    }
    p = cell.next + 1;
  }
}

namespace {

std::vector<std::string> rowCells(const char* p, const char* end, char delimiter) {
  std::vector<std::string> cells;
  for (;;) {
    const Cell cell = readCell(p, end, delimiter);
    cells.push_back(cellText(cell));
    if (*cell.next == '\n' || cell.next == end) return cells;
    p = cell.next + 1;
  }
}

}  // namespace

std::vector<std::vector<std::string>> splitRows(std::string_view text, char delimiter, bool complete,
                                                std::size_t maxRows) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  const PaddedText input(text);
  std::vector<std::vector<std::string>> rows;
  const char* end = input.end();
  for (const char* p = input.begin(); p < end && rows.size() < maxRows;) {
    const char* lineEnd = rowShape(p, end, delimiter).lineEnd;
    if (lineEnd == end && !complete) break;
    if (*skipBlanks(p, delimiter) != '\n') rows.push_back(rowCells(p, end, delimiter));
    p = lineEnd + 1;
  }
  return rows;
}

}  // namespace losskit
