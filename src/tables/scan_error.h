#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace losskit {

/// Why a row cannot be taken.
enum class ScanErrorKind : std::uint8_t {
  None,
  /// A cell of scores, targets or weights holds something that is no number.
  NumberIsText,
  /// A cell of scores, targets or weights is empty or says NA, nan, null, ...
  NumberIsMissing,
  LabelIsMissing,
  LabelIsNotInteger,
  /// The label is none of the texts given to addLabelName.
  LabelIsUnknown,
  /// A target is not in [0, 1].
  TargetIsOutside,
  /// The targets of a row are not one 1 among zeros.
  NotOneHot,
  /// A weight is negative or infinite.
  WeightIsOutside,
  /// A list was wanted, and the cell holds something else.
  NotAList,
  /// The middle of a list was left out when it was written: [0.1 0.2 ... 0.9].
  ListIsCut,
  /// A list has more or fewer numbers than the column's lists have.
  ListLength,
  /// The row has more or fewer cells than the table has columns.
  CellCount,
  /// A quote opens and does not close before the end of the data or within kMaxRowBytes.
  UnclosedQuote,
  /// Something other than a delimiter or line end follows a closing quote.
  TextAfterQuote,
  /// A row is longer than kMaxRowBytes.
  RowTooLong,
  /// A cell that has a value for each token holds something else.
  NotTokens,
  /// A cell has more or fewer values than its sequence has tokens.
  TokenCount,
  /// A row of JSON is neither object nor array.
  NotARow,
  JsonIsBroken,
  /// The JSON ends before it is complete.
  JsonIsCut,
};

/// What is wrong with a row, and where.
struct ScanError {
  ScanErrorKind kind = ScanErrorKind::None;
  /// Data row, counted from 1 without header and blank lines.
  std::uint64_t row = 0;
  /// Line of the file where the cell begins, counted from 1.
  std::uint64_t line = 0;
  /// Column of the cell, counted from 0; of no meaning for CellCount and RowTooLong.
  std::size_t column = 0;
  /// Cells in the row, for CellCount; numbers in the list, for ListLength; values of it, for TokenCount.
  std::size_t cells = 0;
  /// Content of the cell, as errorText has it.
  std::string text;
  /// Number of the row's sequence, from 1, where rows are tokens.
  std::uint64_t sequence = 0;
  /// Number of the token in it; 0 where the fault is of all of them.
  std::uint64_t token = 0;
};

/// What is wrong with the rows of a scan that could not be taken, in their order.
class ScanErrors {
 public:
  /// So many are told of a file, and one more says that there are others.
  static constexpr std::size_t kMost = 21;

  void add(ScanError error) { errors_.push_back(std::move(error)); }
  /// What stands behind the last one cannot be understood.
  void stop() { isStopped_ = true; }
  /// Nothing is to be read any more.
  bool isOver() const { return isStopped_ || errors_.size() >= kMost; }
  const std::vector<ScanError>& all() const { return errors_; }
  /// Of kind None when all is well.
  const ScanError& first() const { return errors_.empty() ? none_ : errors_.front(); }

 private:
  std::vector<ScanError> errors_;
  ScanError none_;
  bool isStopped_ = false;
};

/// The beginning of a text, cut to kErrorTextBytes at the border of a UTF-8 character.
inline constexpr std::size_t kErrorTextBytes = 40;
std::string errorText(std::string_view text);
/// The end of one, cut in the same way.
std::string_view errorEnd(std::string_view text);

}  // namespace losskit
