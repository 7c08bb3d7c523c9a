#include "tables/delimited_scanner.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "tables/cell.h"
#include "tables/number.h"
#include "tables/rows.h"

namespace losskit {

namespace {

std::uint64_t countLineFeeds(const char* begin, const char* end) {
  return static_cast<std::uint64_t>(std::count(begin, end, '\n'));
}

std::string cutText(std::string text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  const auto isContinuation = [&](std::size_t i) {
    return (static_cast<unsigned char>(text[i]) & 0xC0) == 0x80;
  };
  while (bytes > 0 && isContinuation(bytes)) --bytes;
  text.resize(bytes);
  return text;
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
      columns_(std::max<std::size_t>(columns, 1)),
      headerPending_(dialect.hasHeader) {}

void DelimitedScanner::setLabelColumn(std::size_t column) {
  columns_[column] = {Role::Label, 0};
}

void DelimitedScanner::addScoreColumn(std::size_t column) {
  columns_[column] = {Role::Score, static_cast<std::uint32_t>(scoreColumns_)};
  ++scoreColumns_;
}

std::size_t DelimitedScanner::read() {
  rowsBefore_ += rows_;
  rows_ = 0;
  if (!started_) start();
  if (!started_ || error_.kind != ScanErrorKind::None) return 0;
  CellEnds ends(input_.begin(), dialect_.delimiter);
  while (rows_ < batchRows_ && scanLine(ends) != Step::Stop) {
  }
  return rows_;
}

/// Waits until it is known whether a byte order mark leads, then makes the batch.
void DelimitedScanner::start() {
  const std::string_view head(input_.begin(), static_cast<std::size_t>(input_.end() - input_.begin()));
  if (head.size() < kByteOrderMark.size() && !input_.finished()) return;
  if (head.starts_with(kByteOrderMark)) input_.consume(input_.begin() + kByteOrderMark.size());
  const std::size_t rowBytes = sizeof(float) * std::max<std::size_t>(scoreColumns_, 1);
  batchRows_ = std::clamp<std::size_t>(kMaxBatchBytes / rowBytes, 1, kMaxBatchRows);
  scores_.resize(batchRows_ * scoreColumns_);
  labels_.resize(batchRows_);
  lines_.resize(batchRows_);
  started_ = true;
}

inline DelimitedScanner::Step DelimitedScanner::scanLine(CellEnds& ends) {
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
  const Step step = skipHeader(begin);
  ends.moveTo(input_.begin());
  return step;
}

DelimitedScanner::Step DelimitedScanner::skipHeader(const char* begin) {
  const char* lineEnd = rowShape(begin, input_.end(), dialect_.delimiter).lineEnd;
  if (lineEnd == input_.end() && !input_.finished()) return explain(begin, 0);
  headerPending_ = false;
  sawQuote_ = true;
  endRow(begin, lineEnd);
  return Step::NoRow;
}

inline DelimitedScanner::Step DelimitedScanner::scanRow(const char* begin, CellEnds& ends) {
  const std::size_t last = columns_.size() - 1;
  float* row = scores_.data() + rows_ * scoreColumns_;
  const char* p = begin;
  for (std::size_t i = 0; i < last; ++i) {
    const char* end = ends.next();
    if (!readPlainCell(columns_[i], p, end, row)) {
      const char* found = readAnyCell(columns_[i], p, end, row);
      if (found == nullptr) return explain(begin, i);
      if (found != end) ends.moveTo(found + 1);
      end = found;
    }
    if (*end != dialect_.delimiter) return explain(begin, i);
    p = end + 1;
  }
  const char* end = ends.next();
  const bool isCrLf = end[-1] == '\r';
  if (!readPlainCell(columns_[last], p, end - isCrLf, row)) {
    const char* found = readAnyCell(columns_[last], p, end, row);
    if (found == nullptr) return explain(begin, last);
    if (found != end) ends.moveTo(found + 1);
    end = found;
  }
  if (*end != '\n' || (end == input_.end() && !input_.finished())) return explain(begin, last);
  lines_[rows_] = line_;
  ++rows_;
  endRow(begin, end);
  return Step::Row;
}

inline void DelimitedScanner::endRow(const char* begin, const char* lineEnd) {
  line_ += 1 + (sawQuote_ ? countLineFeeds(begin, lineEnd) : 0);
  sawQuote_ = false;
  input_.consume(std::min(lineEnd + 1, input_.end()));
}

/// Takes a cell that is written in the usual way and ends at `end`; false when it may be anything.
inline bool DelimitedScanner::readPlainCell(Column column, const char* p, const char* end, float* row) {
  if (column.role == Role::Skip) return *p != '"' && !isPadding(*p);
  if (*p == ' ') ++p;
  PlainNumber plain;
  if (!plainNumbers_ || !readPlainNumber(p, end, decimalPoint_, &plain)) return false;
  if (column.role == Role::Score) return toFloat(plain, row + column.slot);
  return labelNames_.empty() && toInteger(plain, labels_.data() + rows_);
}

/// Takes a cell of any form; returns its end, which is `plainEnd` unless it stands in quotes, or nullptr when
/// it is not what the column must hold.
const char* DelimitedScanner::readAnyCell(Column column, const char* p, const char* plainEnd, float* row) {
  const Cell cell = readCell(p, plainEnd, input_.end(), dialect_.delimiter);
  sawQuote_ = sawQuote_ || cell.form != Cell::Form::Plain;
  if (cell.isBroken()) return nullptr;
  rejected_ = ScanErrorKind::None;
  if (column.role == Role::Score) rejected_ = readScore(cell, row + column.slot);
  if (column.role == Role::Label) rejected_ = readLabel(cell, labels_.data() + rows_);
  return rejected_ == ScanErrorKind::None ? cell.next : nullptr;
}

ScanErrorKind DelimitedScanner::readScore(const Cell& cell, float* value) const {
  const std::string_view text = trimmed(cell.begin, cell.end);
  if (readLongFloat(text.data(), text.data() + text.size(), decimalPoint_, value)) return ScanErrorKind::None;
  const bool isNumber = parseFloat(text, decimalPoint_, value);
  if (isNumber && !std::isnan(*value)) return ScanErrorKind::None;
  return isNumber || isMissing(text) ? ScanErrorKind::ScoreIsMissing : ScanErrorKind::ScoreIsText;
}

ScanErrorKind DelimitedScanner::readLabel(const Cell& cell, std::int32_t* value) const {
  const bool isEscaped = cell.form == Cell::Form::Escaped;
  const std::string unescaped = isEscaped ? cellText(cell) : std::string();
  const std::string_view text = isEscaped ? std::string_view(unescaped) : trimmed(cell.begin, cell.end);
  const bool isName = !labelNames_.empty();
  if (isName ? labelNames_.find(text, value) : parseInteger(text, decimalPoint_, value))
    return ScanErrorKind::None;
  if (isMissing(text)) return ScanErrorKind::LabelIsMissing;
  return isName ? ScanErrorKind::LabelIsUnknown : ScanErrorKind::LabelIsNotInteger;
}

/// Says why the row could not be taken: it is not there as a whole, it has not the cells of the table, or the
/// cell in `column` is at fault.
DelimitedScanner::Step DelimitedScanner::explain(const char* begin, std::size_t column) {
  const RowShape shape = rowShape(begin, input_.end(), dialect_.delimiter);
  const bool whole = shape.lineEnd != input_.end() || input_.finished();
  if (!whole && static_cast<std::size_t>(shape.lineEnd - begin) <= kMaxRowBytes) {
    sawQuote_ = false;
    return Step::Stop;
  }
  if (shape.brokenCell < shape.cells) {
    return fail(shape.unclosed ? ScanErrorKind::UnclosedQuote : ScanErrorKind::TextAfterQuote, begin,
                shape.brokenCell);
  }
  if (!whole) return fail(ScanErrorKind::RowTooLong, begin, 0);
  error_.cells = shape.cells;
  if (shape.cells != columns_.size()) return fail(ScanErrorKind::CellCount, begin, 0);
  return fail(rejected_, begin, column);
}

DelimitedScanner::Step DelimitedScanner::fail(ScanErrorKind kind, const char* begin, std::size_t column) {
  const Cell cell = cellOfColumn(begin, input_.end(), dialect_.delimiter, column);
  error_.kind = kind;
  error_.row = rowNumber(rows_);
  error_.line = line_ + countLineFeeds(begin, cell.begin);
  error_.column = column;
  error_.text = cutText(cellText(cell), kErrorTextBytes);
  return Step::Stop;
}

}  // namespace losskit
