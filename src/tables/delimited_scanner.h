#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tables/cell.h"
#include "tables/dialect.h"
#include "tables/input_buffer.h"
#include "tables/label.h"

namespace losskit {

enum class ScanErrorKind : std::uint8_t {
  None,
  /// A score cell holds something that is no number.
  ScoreIsText,
  /// A score cell is empty or says NA, nan, null, ...
  ScoreIsMissing,
  LabelIsMissing,
  LabelIsNotInteger,
  /// The label is none of the texts given to addLabelName.
  LabelIsUnknown,
  /// The row has more or fewer cells than the table has columns.
  CellCount,
  /// A quote opens and does not close before the end of the data or within kMaxRowBytes.
  UnclosedQuote,
  /// Something other than a delimiter or line end follows a closing quote.
  TextAfterQuote,
  /// A row is longer than kMaxRowBytes.
  RowTooLong,
};

/// What ended a scan, and where.
struct ScanError {
  ScanErrorKind kind = ScanErrorKind::None;
  /// Data row, counted from 1 without header and blank lines.
  std::uint64_t row = 0;
  /// Line of the file where the cell begins, counted from 1.
  std::uint64_t line = 0;
  /// Column of the cell, counted from 0; of no meaning for CellCount and RowTooLong.
  std::size_t column = 0;
  /// Cells in the row, for CellCount.
  std::size_t cells = 0;
  /// Content of the cell, cut to kErrorTextBytes at the border of a UTF-8 character.
  std::string text;
};

/// Reads delimited text as a stream: bytes in, batches of scores and labels out, in constant memory and
/// without a copy of any cell. It has no state outside the object and counts rows and lines from where it
/// starts.
///
///   DelimitedScanner scanner(dialect, columns);
///   scanner.setLabelColumn(1); scanner.addScoreColumn(2); scanner.addScoreColumn(3);
///   for each piece of the file, of any size:
///     copy it to scanner.reserve(size); scanner.append(size);         (behind the last one:
///     scanner.finish()) while (const std::size_t rows = scanner.read()) use(scanner.scores(),
///     scanner.labels(), rows); if (scanner.error().kind != ScanErrorKind::None) stop;
class DelimitedScanner {
 public:
  static constexpr std::size_t kMaxRowBytes = std::size_t{1} << 24;
  static constexpr std::size_t kErrorTextBytes = 40;
  static constexpr std::size_t kMaxBatchRows = 4096;
  static constexpr std::size_t kMaxBatchBytes = std::size_t{1} << 18;

  /// `columns`: cells of every row, at least 1.
  DelimitedScanner(const Dialect& dialect, std::size_t columns);

  // Which columns are read; the others are skipped. All of it before the first read().

  void setLabelColumn(std::size_t column);
  /// The scores of a row stand in the order of these calls.
  void addScoreColumn(std::size_t column);
  /// From the first call on, a label cell must hold one of the names, else a whole number.
  void addLabelName(std::string_view name, std::int32_t label) { labelNames_.add(name, label); }

  /// Room for `size` more bytes of the file; write them there, then say append. Valid until the next call of
  /// any kind.
  char* reserve(std::size_t size) { return input_.reserve(size); }
  /// The first `size` bytes of the room are written.
  void append(std::size_t size) { input_.append(size); }
  /// The file ends here: a last row without a line end is a row.
  void finish() { input_.finish(); }

  /// Scans rows until the batch is full, more bytes are needed or an error is met; returns the rows in the
  /// batch, which replaces the one before. With 0, more bytes are needed, or the file is at its end, or
  /// error() says why not.
  std::size_t read();

  /// The batch: f32 [rows, score columns], row after row.
  const float* scores() const { return scores_.data(); }
  /// The batch: i32 [rows].
  const std::int32_t* labels() const { return labels_.data(); }
  /// Data row (from 1) and line of the file (from 1) of a row of the batch.
  std::uint64_t rowNumber(std::size_t batchRow) const { return rowsBefore_ + batchRow + 1; }
  std::uint64_t lineNumber(std::size_t batchRow) const { return lines_[batchRow]; }

  /// Lines that were skipped because they hold nothing but spaces.
  std::uint64_t blankLines() const { return blankLines_; }
  /// Once it is set, read() returns 0 for ever.
  const ScanError& error() const { return error_; }

 private:
  enum class Role : std::uint8_t { Skip, Score, Label };
  struct Column {
    Role role = Role::Skip;
    std::uint32_t slot = 0;
  };
  enum class Step : std::uint8_t { Row, NoRow, Stop };

  void start();
  Step scanLine(CellEnds& ends);
  Step skipHeader(const char* begin);
  Step scanRow(const char* begin, CellEnds& ends);
  bool readPlainCell(Column column, const char* p, const char* end, float* row);
  const char* readAnyCell(Column column, const char* p, const char* plainEnd, float* row);
  ScanErrorKind readScore(const Cell& cell, float* value) const;
  ScanErrorKind readLabel(const Cell& cell, std::int32_t* value) const;
  Step explain(const char* begin, std::size_t column);
  Step fail(ScanErrorKind kind, const char* begin, std::size_t column);
  void endRow(const char* begin, const char* lineEnd);

  Dialect dialect_;
  char decimalPoint_;
  bool plainNumbers_;
  std::vector<Column> columns_;
  LabelNames labelNames_;
  std::size_t scoreColumns_ = 0;

  InputBuffer input_;
  bool started_ = false;
  bool headerPending_;
  /// Some cell of the row at hand stands in quotes, so that it may hold line feeds.
  bool sawQuote_ = false;
  /// Why the last cell was not taken.
  ScanErrorKind rejected_ = ScanErrorKind::None;

  std::size_t batchRows_ = 0;
  std::vector<float> scores_;
  std::vector<std::int32_t> labels_;
  std::vector<std::uint64_t> lines_;
  std::size_t rows_ = 0;
  std::uint64_t rowsBefore_ = 0;
  /// Line of the file where the unused input begins.
  std::uint64_t line_ = 1;
  std::uint64_t blankLines_ = 0;
  ScanError error_;
};

}  // namespace losskit
