#include "tables/delimited_scanner.h"

#include <algorithm>
#include <string_view>

#include "tables/byte_search.h"
#include "tables/cell.h"
#include "tables/number.h"
#include "tables/rows.h"

namespace losskit {

namespace {

Cell cellOfColumn(const char* p, const char* end, char delimiter, std::size_t column) {
  Cell cell = readCell(p, end, delimiter);
  for (; column > 0; --column) cell = readCell(cell.next + 1, end, delimiter);
  return cell;
}

/// The last cell of a row ends before the CR of a CRLF.
const char* withoutReturn(const char* end) {
  return end - static_cast<int>(*end == '\n' && end[-1] == '\r');
}

/// Whether a cell is not in quotes.
bool isPlainText(const char* p) {
  return *p != '"' && !isPadding(*p);
}

/// A cell that may hold anything but quotes.
Taken plainText(const char* before, const CellEnds& ends) {
  const std::uint64_t bits = ends.from(before + 1);
  return {before + 1 + std::countr_zero(bits), bits != 0 && isPlainText(before + 1)};
}

}  // namespace

DelimitedScanner::DelimitedScanner(const Dialect& dialect, std::size_t columns)
    : dialect_(dialect),
      decimalPoint_(dialect.decimalComma ? ',' : '.'),
      plainNumbers_(decimalPoint_ != dialect.delimiter),
      batch_(std::max<std::size_t>(columns, 1), decimalPoint_),
      numbers_(dialect.delimiter, decimalPoint_),
      longNumbers_(dialect.delimiter, decimalPoint_),
      headerPending_(dialect.hasHeader) {}

std::size_t DelimitedScanner::read() {
  batch_.clear();
  if (!started_) start();
  if (!started_ || errors_.isOver()) return 0;
  CellEnds ends(input_.end(), dialect_.delimiter);
  startRow();
  while (!batch_.isFull()) {
    if (!takeUsual(numbers_, ends) && !takeUsual(longNumbers_, ends) && !takeOther(ends)) break;
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
  parts_.clear();
  for (std::size_t i = 0; i < batch_.columns(); ++i) {
    const RowBatch::Column column = batch_.column(i);
    const Part::Kind kind = kindOf(column);
    if (parts_.empty() || !goesOn(parts_.back(), kind, column.slot))
      parts_.push_back({kind, i, 0, column.slot});
    ++parts_.back().columns;
  }
}

/// Whether a column belongs to the part that ends in front of it.
bool DelimitedScanner::goesOn(const Part& part, Part::Kind kind, std::size_t slot) {
  if (part.kind != kind) return false;
  if (kind == Part::Kind::Other) return true;
  return kind == Part::Kind::Scores && part.slot + part.columns == slot && part.columns < UsualNumbers::kMost;
}

DelimitedScanner::Part::Kind DelimitedScanner::kindOf(RowBatch::Column column) const {
  if (column.role == ColumnRole::Skip) return Part::Kind::Skip;
  if (column.role == ColumnRole::Id) return Part::Kind::Id;
  if (plainNumbers_ && column.role == ColumnRole::Score) return Part::Kind::Scores;
  const bool isNumber = plainNumbers_ && column.role == ColumnRole::Label && !batch_.hasNames();
  return isNumber ? Part::Kind::Label : Part::Kind::Other;
}

Piece DelimitedScanner::measure(TextState state) const {
  return measurePiece(input_.begin(), input_.end(), dialect_.delimiter, state);
}

bool DelimitedScanner::hasRowAt(std::size_t begin) const {
  const RowShape shape = rowShape(input_.begin() + begin, input_.end(), dialect_.delimiter);
  return shape.cells == batch_.columns() && shape.brokenCell == shape.cells;
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

inline void DelimitedScanner::startRow() {
  part_ = 0;
  cellEnd_ = input_.begin() - 1;
}

inline Taken DelimitedScanner::takeUsualId(const char* before, const CellEnds& ends, unsigned returns) {
  const auto [end, isPlain] = plainText(before, ends);
  const char* textEnd = end - returns;
  const bool isTrimmed = !isPadding(textEnd[-1]) && (returns == 0 || *textEnd == '\r');
  return {end, isPlain && isTrimmed && batch_.takePlainId(before + 1, textEnd)};
}

/// Whether the scores of the row at hand are to be tried in this form. The longer form is asked last, and
/// counts the row for both.
template <class Numbers>
bool DelimitedScanner::beginTrial(Part& part) {
  if constexpr (std::is_same_v<Numbers, UsualNumbers>) {
    return part.usual.areDue();
  } else {
    part.usual.skip();
    const bool areDue = part.asLong.areDue();
    if (!areDue) part.asLong.skip();
    return areDue;
  }
}

/// Takes what is written in the usual way, with numbers of this form, part by part and row by row, as far as
/// ends of cells are at hand. False, and stands in front of it, when something is not. Beyond finding ends it
/// calls nothing: V8 keeps nothing in registers over a call.
template <class Numbers>
bool DelimitedScanner::takeUsual(const Numbers& numbers, CellEnds& ends) {
  constexpr bool areLong = std::is_same_v<Numbers, LongNumbers>;
  if (!ends.reach(cellEnd_ + 1, Numbers::kReach)) ends.find(cellEnd_ + 1);
  const bool endsRows = !sawQuote_ && !batch_.isOneHot();
  const char* row = input_.begin();
  const char* before = cellEnd_;
  std::size_t at = part_;
  bool isUsual = true;
  while (isUsual && ends.reach(before + 1, Numbers::kReach)) {
    if (at == parts_.size()) {
      isUsual = endsRows && *before == '\n' && before < ends.dataEnd();
      if (!isUsual) break;
      batch_.addRow(line_++);
      row = before + 1;
      at = 0;
      if (batch_.isFull()) break;
    }
    isUsual =
        at == 0 ? static_cast<unsigned char>(*row) > ' ' && !headerPending_ : *before == dialect_.delimiter;
    if (!isUsual) break;
    Part& part = parts_[at];
    Taken taken{before, false};
    const unsigned returns = at + 1 == parts_.size() ? returns_ : 0;
    if (part.kind == Part::Kind::Scores) {
      // Those that are mostly usual are left to who takes them.
      if (areLong && part.usual.areDue()) break;
      isUsual = beginTrial<Numbers>(part);
      if (!isUsual) break;
      taken = numbers.floats(before, ends, part.columns, returns, batch_.scoreRow() + part.slot);
      (areLong ? part.asLong : part.usual).learn(taken.isUsual);
    } else if (part.kind == Part::Kind::Label) {
      taken = numbers_.integer(before, ends, returns, batch_.label());
      if (areLong && !taken.isUsual) taken = numbers.integer(before, ends, returns, batch_.label());
    } else if (part.kind == Part::Kind::Id) {
      taken = takeUsualId(before, ends, returns);
    } else if (part.kind == Part::Kind::Skip) {
      taken = plainText(before, ends);
    }
    isUsual = taken.isUsual;
    if (!isUsual) break;
    before = taken.end;
    ++at;
  }
  input_.consume(row);
  cellEnd_ = before;
  part_ = at;
  return isUsual;
}

/// Takes a part of a row of any form, the end of a row, or a line that is no row. False when that cannot go
/// on.
bool DelimitedScanner::takeOther(CellEnds& ends) {
  const char* begin = input_.begin();
  if (part_ == 0) {
    const char* first = skipBlanks(begin, dialect_.delimiter);
    if (first == input_.end()) return false;
    if (*first == '\n') {
      ++blankLines_;
      endRow(begin, first);
      return true;
    }
    if (headerPending_) return takeHeader(begin);
  }
  if (part_ < parts_.size()) return takeCells(begin, ends);
  if (*cellEnd_ != '\n' || (cellEnd_ == input_.end() && !input_.finished()))
    return explain(begin, batch_.columns() - 1);
  rejected_ = batch_.endRow(line_);
  if (rejected_ != ScanErrorKind::None) return explain(begin, 0);
  endRow(begin, cellEnd_);
  return true;
}

bool DelimitedScanner::takeHeader(const char* begin) {
  const char* lineEnd = rowShape(begin, input_.end(), dialect_.delimiter).lineEnd;
  if (lineEnd == input_.end() && !input_.finished()) return explain(begin, 0);
  headerPending_ = false;
  sawQuote_ = true;
  endRow(begin, lineEnd);
  return true;
}

bool DelimitedScanner::takeCells(const char* begin, CellEnds& ends) {
  const Part& part = parts_[part_++];
  for (std::size_t i = part.column; i < part.column + part.columns; ++i) {
    if (i > 0 && *cellEnd_ != dialect_.delimiter) return explain(begin, i - 1);
    const char* end = takeCell(i, cellEnd_ + 1, ends);
    if (end == nullptr) return explain(begin, i);
    cellEnd_ = end;
  }
  return true;
}

/// Returns where the cell ends, or nullptr when it is not what the column must hold.
const char* DelimitedScanner::takeCell(std::size_t column, const char* p, CellEnds& ends) {
  const char* plainEnd = ends.next(p);
  const bool isPlain = readPlainCell(batch_.column(column), p, withoutReturn(plainEnd));
  return isPlain ? plainEnd : readAnyCell(batch_.column(column), p, plainEnd);
}

inline void DelimitedScanner::endRow(const char* begin, const char* lineEnd) {
  line_ += 1 + (sawQuote_ ? countLineFeeds(begin, lineEnd) : 0);
  sawQuote_ = false;
  returns_ = lineEnd[-1] == '\r' ? 1 : 0;
  input_.consume(std::min(lineEnd + 1, input_.end()));
  startRow();
}

/// Takes a cell that is written in the usual way and ends at `end`; false when it may be anything.
inline bool DelimitedScanner::readPlainCell(RowBatch::Column column, const char* p, const char* end) {
  if (column.role == ColumnRole::Skip) return isPlainText(p);
  if (*p == ' ') ++p;
  PlainNumber plain;
  if (!plainNumbers_ || !readPlainNumber(p, end, decimalPoint_, &plain)) return false;
  if (column.role == ColumnRole::Score) return toFloat(plain, batch_.scoreRow() + column.slot);
  return column.role == ColumnRole::Label && !batch_.hasNames() && toInteger(plain, batch_.label());
}

/// Takes a cell of any form; returns its end, which is `plainEnd` unless it stands in quotes, or nullptr when
/// it is not what the column must hold.
const char* DelimitedScanner::readAnyCell(RowBatch::Column column, const char* p, const char* plainEnd) {
  const Cell cell = readCell(p, plainEnd, input_.end(), dialect_.delimiter);
  sawQuote_ = sawQuote_ || cell.form != Cell::Form::Plain;
  if (cell.isBroken()) return nullptr;
  if (column.role == ColumnRole::Skip) return cell.next;
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
bool DelimitedScanner::explain(const char* begin, std::size_t column) {
  const RowShape shape = rowShape(begin, input_.end(), dialect_.delimiter);
  const bool whole = shape.lineEnd != input_.end() || input_.finished();
  if (!whole && static_cast<std::size_t>(shape.lineEnd - begin) <= kMaxRowBytes) {
    sawQuote_ = false;
    return false;
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
  if (errors_.isOver()) return false;
  sawQuote_ = true;
  endRow(begin, shape.lineEnd);
  return true;
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
