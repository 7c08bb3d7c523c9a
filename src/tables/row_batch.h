#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>
#include <vector>

#include "tables/label.h"
#include "tables/scan_error.h"

namespace losskit {

/// What a column is read as.
enum class ColumnRole : std::uint8_t {
  Skip,
  /// One number, or `width` of them, of the row of scores.
  Score,
  ScoreList,
  /// The same of the row of targets: a number from 0 to 1 for each class.
  Target,
  TargetList,
  /// The number or the name of the class.
  Label,
  /// Names of classes between separators, or a list of them: the targets of these are 1.
  Tags,
  Weight,
  /// Any text.
  Id,
};

/// The label of a row in which it is missing, where that is no error.
constexpr std::int32_t kNoLabel = std::numeric_limits<std::int32_t>::min();

/// Rows that were left out for one reason.
struct LeftOut {
  static constexpr std::size_t kShownRows = 5;
  /// What is missing: Score, Target, Label or Weight.
  ColumnRole role = ColumnRole::Skip;
  std::uint64_t rows = 0;
  /// The first few data rows, from 1.
  std::vector<std::uint64_t> first;
};

/// The rows that a reader of text has read, as arrays, and the one place that knows what a cell of each role
/// may hold. Cells are given as text in the data of an InputBuffer.
class RowBatch {
 public:
  static constexpr std::size_t kMaxRows = 4096;
  static constexpr std::size_t kMaxBytes = std::size_t{1} << 18;

  struct Column {
    ColumnRole role = ColumnRole::Skip;
    std::uint32_t slot = 0;
    std::uint32_t width = 0;
  };

  RowBatch(std::size_t columns, char decimalPoint) : decimalPoint_(decimalPoint), columns_(columns) {}

  // What is read. All of it before start().

  /// Scores and targets of a row stand in the order of these calls. `width`: numbers of a list, classes of
  /// tags.
  void setColumn(std::size_t column, ColumnRole role, std::size_t width);
  /// From the first call on, a label or tag must be one of the names, else a whole number.
  void addLabelName(std::string_view name, std::int32_t label) { labelNames_.add(name, label); }
  /// Between tags.
  void setSeparator(char separator) { separator_ = separator; }
  /// Targets must be one 1 among zeros; its position is the label of the row.
  void setOneHot() { oneHot_ = true; }
  /// Numbers that are missing become NaN, tags that are missing make all targets of the row NaN, and labels
  /// become kNoLabel, instead of being errors.
  void setMissingIsNan() { missingIsNan_ = true; }
  /// Scores are read as doubles too, each rounded by itself.
  void setDoubles() { hasDoubles_ = true; }
  /// Rows in which something is missing are counted and left out, instead of being errors.
  void setLeaveOutMissing() { leaveOutMissing_ = true; }

  /// Makes room.
  void start();
  /// The next row is the one behind `rows` data rows.
  void setRowsBefore(std::uint64_t rows) { dataRows_ = rows; }
  /// Begins another batch.
  void clear() { rows_ = 0; }
  bool isFull() const { return rows_ == capacity_; }

  std::size_t columns() const { return columns_.size(); }
  Column column(std::size_t index) const { return columns_[index]; }
  bool hasNames() const { return !labelNames_.empty(); }
  bool hasIds() const { return hasIds_; }
  bool hasWeights() const { return hasWeights_; }
  bool hasDoubles() const { return hasDoubles_; }
  bool isOneHot() const { return oneHot_; }

  // Where the row at hand goes, for those who read the usual cells themselves.

  float* scoreRow() { return scores_.data() + rows_ * scoreWidth_; }
  float* targetRow() { return targets_.data() + rows_ * targetWidth_; }
  std::int32_t* label() { return labels_.data() + rows_; }
  /// Takes an id as it stands in the data of an InputBuffer; false when there is no room for it yet.
  bool takePlainId(const char* begin, const char* end);

  /// Takes a cell of any form. `count` is set to the numbers of a list that is at fault.
  ScanErrorKind take(Column column, std::string_view text, std::size_t* count);
  /// The row is complete; `line` is where it begins. Not None when the cells are right but not together.
  ScanErrorKind endRow(std::uint64_t line);
  /// The same where the targets are not one-hot.
  void addRow(std::uint64_t line) {
    lines_[rows_] = line;
    numbers_[rows_] = ++dataRows_;
    ++rows_;
  }
  /// Counts the row at hand and drops it, when something is missing in the column and that is wanted.
  bool leaveOut(ScanErrorKind kind, Column column);

  /// f32 [rows, scores], f32 [rows, targets], i32 [rows], f32 [rows].
  const float* scores() const { return scores_.data(); }
  /// f64 [rows, scores], null where they are not wanted.
  const double* doubles() const { return hasDoubles_ ? doubles_.data() : nullptr; }
  const float* targets() const { return targets_.data(); }
  const std::int32_t* labels() const { return labels_.data(); }
  const float* weights() const { return weights_.data(); }
  /// The ids' UTF-8, one behind the other: the id of row r begins at idOffsets()[r] and ends at [r + 1].
  const char* idBytes() const { return idBytes_.data(); }
  const std::uint32_t* idOffsets() const { return idOffsets_.data(); }
  std::size_t rows() const { return rows_; }
  std::size_t scoreWidth() const { return scoreWidth_; }
  std::size_t targetWidth() const { return targetWidth_; }

  /// Data row (from 1) and line of the file (from 1) of a row of the batch.
  std::uint64_t rowNumber(std::size_t row) const { return numbers_[row]; }
  std::uint64_t lineNumber(std::size_t row) const { return lines_[row]; }
  /// Leaves the row at hand aside; returns its number.
  std::uint64_t skipRow() { return ++dataRows_; }
  const std::vector<LeftOut>& leftOut() const { return leftOut_; }

 private:
  template <class SetMissing>
  ScanErrorKind takeMissing(ScanErrorKind kind, const SetMissing& setMissing) const;
  ScanErrorKind takeNumber(std::string_view text, ColumnRole role, float* value);
  /// Where the double goes whose float goes to `value`; null where none is wanted.
  double* doubleOf(ColumnRole role, const float* value);
  void setMissing(Column column);
  bool takeUsualList(Column column, std::string_view list);
  ScanErrorKind takeList(Column column, std::string_view text, std::size_t* count);
  ScanErrorKind takeLabel(std::string_view text, std::int32_t* value) const;
  ScanErrorKind takeTags(Column column, std::string_view text);
  void takeId(std::string_view text);
  float* numbers(Column column);

  char decimalPoint_;
  char separator_ = '|';
  bool oneHot_ = false;
  bool leaveOutMissing_ = false;
  bool missingIsNan_ = false;
  bool hasIds_ = false;
  bool hasWeights_ = false;
  bool hasDoubles_ = false;
  std::vector<Column> columns_;
  LabelNames labelNames_;
  std::size_t scoreWidth_ = 0;
  std::size_t targetWidth_ = 0;

  std::size_t capacity_ = 0;
  std::size_t rows_ = 0;
  std::uint64_t dataRows_ = 0;
  std::vector<float> scores_;
  std::vector<double> doubles_;
  std::vector<float> targets_;
  std::vector<float> weights_;
  std::vector<std::int32_t> labels_;
  std::vector<char> idBytes_;
  std::vector<std::uint32_t> idOffsets_;
  std::vector<std::uint64_t> numbers_;
  std::vector<std::uint64_t> lines_;
  std::vector<LeftOut> leftOut_;
};

inline bool RowBatch::takePlainId(const char* begin, const char* end) {
  const std::size_t at = idOffsets_[rows_];
  const auto size = static_cast<std::size_t>(end - begin);
  constexpr std::size_t step = 16;
  if (at + size + step > idBytes_.size()) return false;
  // What is copied from beyond its end the next one overwrites.
  for (std::size_t i = 0; i < size; i += step) std::memcpy(idBytes_.data() + at + i, begin + i, step);
  idOffsets_[rows_ + 1] = static_cast<std::uint32_t>(at + size);
  return true;
}

/// The position of the 1 among zeros; kNoLabel when a number is missing (NaN), -1 when the row is something
/// else.
std::int32_t oneHotLabel(const float* row, std::size_t width);

}  // namespace losskit
