#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "tables/cell.h"
#include "tables/dialect.h"
#include "tables/input_buffer.h"
#include "tables/long_numbers.h"
#include "tables/piece.h"
#include "tables/row_batch.h"
#include "tables/usual_numbers.h"

namespace losskit {

/// Reads delimited text as a stream: bytes in, batches of scores and labels out, in constant memory and
/// without a copy of any cell. It has no state outside the object and counts rows and lines from where it
/// starts.
///
///   DelimitedScanner scanner(dialect, columns);
///   scanner.batch().setColumn(1, ColumnRole::Label, 1); scanner.batch().setColumn(2, ColumnRole::Score, 1);
///   ... for each piece of the file, of any size:
///     copy it to scanner.reserve(size); scanner.append(size);   (behind the last one: scanner.finish())
///     while (scanner.read() > 0) use(scanner.batch());
///     if (scanner.errors().isOver()) stop;
class DelimitedScanner {
 public:
  static constexpr std::size_t kMaxRowBytes = std::size_t{1} << 24;

  /// `columns`: cells of every row, at least 1.
  DelimitedScanner(const Dialect& dialect, std::size_t columns);

  /// Which columns are read, to be said before the first read(); afterwards the rows of the last read().
  RowBatch& batch() { return batch_; }
  const RowBatch& batch() const { return batch_; }

  /// Room for `size` more bytes of the file; write them there, then say append. Valid until the next call of
  /// any kind.
  char* reserve(std::size_t size) { return input_.reserve(size); }
  /// The first `size` bytes of the room are written.
  void append(std::size_t size) { input_.append(size); }
  /// The file ends here: a last row without a line end is a row.
  void finish() { input_.finish(); }

  // A file may be read in pieces by several scanners, in any order, once it is known what each of them is.
  // Rows that no piece holds as a whole are put together by the caller.

  /// What the appended bytes are as a piece of a file, where a reader in front of them is in `state`.
  Piece measure(TextState state) const;
  /// Whether a row with as many cells as the table has columns, and no broken quotes, begins there.
  bool hasRowAt(std::size_t begin) const;
  /// Of the appended bytes those from `begin` to before `end` are whole lines, in front of which so many
  /// rows, a header included, and line feeds are in the file. To be followed by finish(). Others are dropped.
  void startLines(std::size_t begin, std::size_t end, std::uint64_t rows, std::uint64_t lineFeeds);

  /// Scans rows until the batch is full or more bytes are needed; returns the rows in the batch, which
  /// replaces the one before. With 0, more bytes are needed, or the file is at its end, or errors() is over.
  /// Rows that cannot be taken are left aside and told by errors().
  std::size_t read();

  /// Lines that were skipped because they hold nothing but spaces.
  std::uint64_t blankLines() const { return blankLines_; }
  /// Once it is over, read() returns 0 for ever.
  const ScanErrors& errors() const { return errors_; }

 private:
  /// What has failed is not even tried in the next row, then in three, up to fifteen.
  class Trials {
   public:
    [[nodiscard]] bool areDue() const { return rest_ == 0; }
    void skip() { --rest_; }
    void learn(bool succeeded) {
      lastRest_ = succeeded ? 0 : std::min(2 * lastRest_ + 1, 15U);
      rest_ = lastRest_;
    }

   private:
    unsigned rest_ = 0;
    unsigned lastRest_ = 0;
  };

  /// Columns side by side that are read in one way.
  struct Part {
    enum class Kind : std::uint8_t {
      /// Usual numbers, to be read one after another.
      Scores,
      /// A usual whole number.
      Label,
      /// A text without quotes.
      Id,
      /// Whatever has no quotes.
      Skip,
      /// Each cell by itself.
      Other,
    };
    Kind kind;
    std::size_t column;
    std::size_t columns;
    /// Of the scores of the row.
    std::size_t slot;
    /// Scores are tried as usual numbers, then as long ones.
    Trials usual{};
    Trials asLong{};
  };

  void start();
  void startRows();
  void startRow();
  Part::Kind kindOf(RowBatch::Column column) const;
  static bool goesOn(const Part& part, Part::Kind kind, std::size_t slot);
  template <class Numbers>
  bool takeUsual(const Numbers& numbers, CellEnds& ends);
  template <class Numbers>
  static bool beginTrial(Part& part);
  [[gnu::always_inline]] Taken takeUsualId(const char* before, const CellEnds& ends, unsigned returns);
  bool takeOther(CellEnds& ends);
  bool takeHeader(const char* begin);
  bool takeCells(const char* begin, CellEnds& ends);
  const char* takeCell(std::size_t column, const char* p, CellEnds& ends);
  bool readPlainCell(RowBatch::Column column, const char* p, const char* end);
  const char* readAnyCell(RowBatch::Column column, const char* p, const char* plainEnd);
  bool explain(const char* begin, std::size_t column);
  void note(ScanErrorKind kind, const char* begin, std::size_t column);
  void endRow(const char* begin, const char* lineEnd);

  Dialect dialect_;
  char decimalPoint_;
  bool plainNumbers_;
  RowBatch batch_;
  std::vector<Part> parts_;
  UsualNumbers numbers_;
  LongNumbers longNumbers_;

  InputBuffer input_;
  bool started_ = false;
  bool headerPending_;
  /// The part of the row at hand that comes next, and the end of the cell in front of it.
  std::size_t part_ = 0;
  const char* cellEnd_ = nullptr;
  /// Of carriage returns at the end of the last line, 0 or 1.
  unsigned returns_ = 0;
  /// Some cell of the row at hand stands in quotes, so that it may hold line feeds.
  bool sawQuote_ = false;
  /// Why the last cell was not taken.
  ScanErrorKind rejected_ = ScanErrorKind::None;

  /// Line of the file where the unused input begins.
  std::uint64_t line_ = 1;
  std::uint64_t blankLines_ = 0;
  /// What is known of the row at hand.
  ScanError error_;
  ScanErrors errors_;
};

}  // namespace losskit
