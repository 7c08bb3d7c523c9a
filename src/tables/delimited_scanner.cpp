#include "tables/delimited_scanner.h"

#include <algorithm>
#include <string_view>

#include "tables/cell.h"
#include "tables/number.h"
#include "tables/rows.h"

namespace losskit {

namespace {

std::uint64_t countLineFeeds(const char* begin, const char* end) {
  return static_cast<std::uint64_t>(std::count(begin, end, '\n'));
}

Cell cellOfColumn(const char* p, const char* end, char delimiter, std::size_t column) {
  Cell cell = readCell(p, end, delimiter);
  for (; column > 0; --column) cell = readCell(cell.next + 1, end, delimiter);
  return cell;
}

}  // namespace

DelimitedScanner::DelimitedScanner(const Dialect& dialect, std::size_t columns)
    : dialect_(dialect),
      decimalPoint_(dialect.decimalComma ? ',' : '.'),
      plainNumbers_(decimalPoint_ != dialect.delimiter),
      batch_(std::max<std::size_t>(columns, 1), decimalPoint_),
      headerPending_(dialect.hasHeader) {}

std::size_t DelimitedScanner::read() {
  batch_.clear();
  if (!started_) start();
  if (!started_ || errors_.isOver()) return 0;
  ManyCellEnds ends(input_.begin(), input_.end(), dialect_.delimiter);
  while (!batch_.isFull() && scanLine(ends) != Step::Stop) {
  }
  return batch_.rows();
}

/// Waits until it is known whether a byte order mark leads, then makes the batch.
void DelimitedScanner::start() {
  const std::string_view head(input_.begin(), static_cast<std::size_t>(input_.end() - input_.begin()));
  if (head.size() < kByteOrderMark.size() && !input_.finished()) return;
  if (head.starts_with(kByteOrderMark)) input_.consume(input_.begin() + kByteOrderMark.size());
  startRows();
}

void DelimitedScanner::startRows() {
  batch_.start();
  started_ = true;
  // The usual numbers are read as floats alone.
  plainNumbers_ = plainNumbers_ && !batch_.hasDoubles();
  beginsPair_.assign(batch_.columns(), 0);
  for (std::size_t i = 0; plainNumbers_ && i + 1 < batch_.columns(); ++i) {
    const auto [role, slot, width] = batch_.column(i);
    const RowBatch::Column next = batch_.column(i + 1);
    const bool areScores = role == ColumnRole::Score && next.role == ColumnRole::Score;
    beginsPair_[i] = areScores && next.slot == slot + 1 ? 1 : 0;
  }
}

Piece DelimitedScanner::measure(TextState state) const {
  return measurePiece(input_.begin(), input_.end(), dialect_.delimiter, state);
}

void DelimitedScanner::startLines(std::size_t begin, std::size_t end, std::uint64_t rows,
                                  std::uint64_t lineFeeds) {
  input_.keep(begin, end);
  // A byte order mark is at the beginning of a file only, and its reader has seen it.
  if (!started_) startRows();
  headerPending_ = dialect_.hasHeader && rows == 0;
  batch_.setRowsBefore(rows - (dialect_.hasHeader && rows > 0 ? 1 : 0));
  line_ = lineFeeds + 1;
}

inline DelimitedScanner::Step DelimitedScanner::scanLine(ManyCellEnds& ends) {
  const char* begin = input_.begin();
  const char* first = skipBlanks(begin, dialect_.delimiter);
  if (first == input_.end()) return Step::Stop;
  if (*first == '\n') {
    ++blankLines_;
    endRow(begin, first);
    ends.moveTo(input_.begin());
    return Step::NoRow;
  }
  if (!headerPending_) return scanRow(begin, ends);
  return skipHeader(begin, ends);
}

DelimitedScanner::Step DelimitedScanner::skipHeader(const char* begin, ManyCellEnds& ends) {
  const char* lineEnd = rowShape(begin, input_.end(), dialect_.delimiter).lineEnd;
  if (lineEnd == input_.end() && !input_.finished()) return explain(begin, 0, ends);
  headerPending_ = false;
  sawQuote_ = true;
  endRow(begin, lineEnd);
  ends.moveTo(input_.begin());
  return Step::NoRow;
}

inline DelimitedScanner::Step DelimitedScanner::scanRow(const char* begin, ManyCellEnds& ends) {
  const std::size_t columns = batch_.columns();
  float* row = batch_.scoreRow();
  const char* end = begin - 1;
  for (std::size_t i = 0; i < columns;) {
    if (i > 0 && *end != dialect_.delimiter) return explain(begin, i - 1, ends);
    const char* p = end + 1;
    if (beginsPair_[i] != 0 && readPair(i, p, ends, row, &end)) {
      i += 2;
      continue;
    }
    const char* plainEnd = ends.next();
    end = plainEnd;
    if (!readPlainCell(batch_.column(i), p, withoutReturn(i, plainEnd), row)) {
      end = readAnyCell(batch_.column(i), p, plainEnd);
      if (end == nullptr) return explain(begin, i, ends);
      if (end != plainEnd) ends.moveTo(end + 1);
    }
    ++i;
  }
  if (*end != '\n' || (end == input_.end() && !input_.finished())) return explain(begin, columns - 1, ends);
  rejected_ = batch_.endRow(line_);
  if (rejected_ != ScanErrorKind::None) return explain(begin, 0, ends);
  endRow(begin, end);
  return Step::Row;
}

/// The last cell of a row ends before the CR of a CRLF.
inline const char* DelimitedScanner::withoutReturn(std::size_t column, const char* end) const {
  return end - static_cast<int>(column + 1 == batch_.columns() && end[-1] == '\r');
}

/// Takes two scores side by side; false, and nothing done, when they may be anything.
inline bool DelimitedScanner::readPair(std::size_t column, const char* p, ManyCellEnds& ends, float* row,
                                       const char** end) const {
  const char* middle = ends.next();
  const char* last = ends.next();
  if (*middle == dialect_.delimiter && readPlainPair(p, middle, withoutReturn(column + 1, last),
                                                     decimalPoint_, row + batch_.column(column).slot)) {
    *end = last;
    return true;
  }
  ends.goBack(2);
  return false;
}

inline void DelimitedScanner::endRow(const char* begin, const char* lineEnd) {
  line_ += 1 + (sawQuote_ ? countLineFeeds(begin, lineEnd) : 0);
  sawQuote_ = false;
  input_.consume(std::min(lineEnd + 1, input_.end()));
}

/// Takes a cell that is written in the usual way and ends at `end`; false when it may be anything.
inline bool DelimitedScanner::readPlainCell(RowBatch::Column column, const char* p, const char* end,
                                            float* row) {
  if (column.role == ColumnRole::Skip) return *p != '"' && !isPadding(*p);
  if (*p == ' ') ++p;
  PlainNumber plain;
  if (!plainNumbers_ || !readPlainNumber(p, end, decimalPoint_, &plain)) return false;
  if (column.role == ColumnRole::Score) return toFloat(plain, row + column.slot);
  return column.role == ColumnRole::Label && !batch_.hasNames() && toInteger(plain, batch_.label());
}

/// Takes a cell of any form; returns its end, which is `plainEnd` unless it stands in quotes, or nullptr when
/// it is not what the column must hold.
const char* DelimitedScanner::readAnyCell(RowBatch::Column column, const char* p, const char* plainEnd) {
  const Cell cell = readCell(p, plainEnd, input_.end(), dialect_.delimiter);
  sawQuote_ = sawQuote_ || cell.form != Cell::Form::Plain;
  if (cell.isBroken()) return nullptr;
  if (cell.form == Cell::Form::Escaped) {
    const PaddedText unescaped(cellText(cell));
    rejected_ = batch_.take(column, trimmed(unescaped.begin(), unescaped.end()), &error_.cells);
  } else {
    rejected_ = batch_.take(column, trimmed(cell.begin, cell.end), &error_.cells);
  }
  return rejected_ == ScanErrorKind::None ? cell.next : nullptr;
}

/// Says why the row could not be taken: it is not there as a whole, it has not the cells of the table, or the
/// cell in `column` is at fault. Goes on behind it, where it is known where that is.
DelimitedScanner::Step DelimitedScanner::explain(const char* begin, std::size_t column, ManyCellEnds& ends) {
  const RowShape shape = rowShape(begin, input_.end(), dialect_.delimiter);
  const bool whole = shape.lineEnd != input_.end() || input_.finished();
  if (!whole && static_cast<std::size_t>(shape.lineEnd - begin) <= kMaxRowBytes) {
    sawQuote_ = false;
    return Step::Stop;
  }
  const bool isBroken = shape.brokenCell < shape.cells;
  if (isBroken) {
    note(shape.unclosed ? ScanErrorKind::UnclosedQuote : ScanErrorKind::TextAfterQuote, begin,
         shape.brokenCell);
  } else if (!whole) {
    note(ScanErrorKind::RowTooLong, begin, 0);
  } else if (shape.cells != batch_.columns()) {
    error_.cells = shape.cells;
    note(ScanErrorKind::CellCount, begin, 0);
  } else if (!batch_.leaveOut(rejected_, batch_.column(column))) {
    note(rejected_, begin, column);
  }
  if (shape.unclosed || !whole) errors_.stop();
  if (errors_.isOver()) return Step::Stop;
  sawQuote_ = true;
  endRow(begin, shape.lineEnd);
  ends.moveTo(input_.begin());
  return Step::NoRow;
}

void DelimitedScanner::note(ScanErrorKind kind, const char* begin, std::size_t column) {
  const Cell cell = cellOfColumn(begin, input_.end(), dialect_.delimiter, column);
  error_.kind = kind;
  error_.row = batch_.skipRow();
  error_.line = line_ + countLineFeeds(begin, cell.begin);
  error_.column = column;
  error_.text = errorText(cellText(cell));
  errors_.add(error_);
}

}  // namespace losskit
