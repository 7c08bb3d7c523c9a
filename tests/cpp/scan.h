#pragma once

#include <algorithm>
#include <cstring>
#include <ostream>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "tables/delimited_scanner.h"
#include "tables/rows.h"

namespace losskit {

inline void PrintTo(ScanErrorKind kind, std::ostream* out) {
  *out << "ScanErrorKind " << static_cast<int>(kind);
}

namespace testing {

/// Which columns of a table the tests read.
struct Table {
  Dialect dialect;
  std::size_t columns = 0;
  std::size_t label = 0;
  std::vector<std::size_t> scores;
  std::vector<std::pair<std::string, std::int32_t>> labelNames;
  /// Instead of `label`, and behind `scores`.
  std::vector<std::tuple<std::size_t, ColumnRole, std::size_t>> columnRoles = {};
  bool isOneHot = false;
  bool leavesOutMissing = false;
};

/// All that a scan brought.
struct Scanned {
  std::vector<float> scores;
  std::vector<std::int32_t> labels;
  std::vector<float> targets;
  std::vector<float> weights;
  std::vector<std::string> ids;
  std::vector<std::uint64_t> rows;
  std::vector<std::uint64_t> lines;
  std::uint64_t blankLines = 0;
  std::vector<LeftOut> leftOut;
  ScanError error;
  /// There were more bad rows than are told: what is behind them was not read.
  bool isCutShort = false;
};

template <class Scanner>
void readBatches(Scanner& scanner, Scanned& scanned) {
  const RowBatch& batch = scanner.batch();
  while (const std::size_t rows = scanner.read()) {
    scanned.scores.insert(scanned.scores.end(), batch.scores(), batch.scores() + rows * batch.scoreWidth());
    scanned.targets.insert(scanned.targets.end(), batch.targets(),
                           batch.targets() + rows * batch.targetWidth());
    scanned.labels.insert(scanned.labels.end(), batch.labels(), batch.labels() + rows);
    for (std::size_t i = 0; i < rows; ++i) {
      if (batch.hasWeights()) scanned.weights.push_back(batch.weights()[i]);
      if (batch.hasIds()) {
        scanned.ids.emplace_back(batch.idBytes() + batch.idOffsets()[i],
                                 batch.idBytes() + batch.idOffsets()[i + 1]);
      }
      scanned.rows.push_back(batch.rowNumber(i));
      scanned.lines.push_back(batch.lineNumber(i));
    }
  }
}

inline DelimitedScanner scannerOf(const Table& table) {
  DelimitedScanner scanner(table.dialect, table.columns);
  RowBatch& batch = scanner.batch();
  if (table.columnRoles.empty()) batch.setColumn(table.label, ColumnRole::Label, 1);
  for (const std::size_t column : table.scores) batch.setColumn(column, ColumnRole::Score, 1);
  for (const auto& [column, role, width] : table.columnRoles) batch.setColumn(column, role, width);
  for (const auto& [name, label] : table.labelNames) batch.addLabelName(name, label);
  if (table.isOneHot) batch.setOneHot();
  if (table.leavesOutMissing) batch.setLeaveOutMissing();
  return scanner;
}

/// Scans the pieces one after another.
inline Scanned scan(const std::vector<std::string_view>& pieces, const Table& table) {
  DelimitedScanner scanner = scannerOf(table);
  Scanned scanned;
  for (const std::string_view piece : pieces) {
    std::copy(piece.begin(), piece.end(), scanner.reserve(piece.size()));
    scanner.append(piece.size());
    readBatches(scanner, scanned);
  }
  scanner.finish();
  readBatches(scanner, scanned);
  scanned.blankLines = scanner.blankLines();
  scanned.leftOut = scanner.batch().leftOut();
  scanned.error = scanner.errors().first();
  scanned.isCutShort = scanner.errors().all().size() >= ScanErrors::kMost;
  return scanned;
}

inline Scanned scan(std::string_view text, const Table& table) {
  return scan(std::vector<std::string_view>{text}, table);
}

/// Scans a file in pieces that do not know each other: each and its whole lines by one scanner, the rows
/// between them by another. Does not put together what was left out.
template <class Scanner>
class ApartScan {
 public:
  /// `make()`: a scanner.
  template <class Make>
  explicit ApartScan(const Make& make) : apart_(make()), between_(make()) {}

  Scanned operator()(const std::vector<std::string_view>& pieces) {
    for (const std::string_view piece : pieces) {
      if (!isOver()) takePiece(piece);
    }
    if (!isOver() && !open_.empty()) readOpen();
    return scanned_;
  }

  std::uint64_t blankLines() const { return apart_.blankLines() + between_.blankLines(); }

 private:
  /// In place of what was there.
  static void load(Scanner& scanner, std::string_view text) {
    scanner.startLines(0, 0, 0, 0);
    std::copy(text.begin(), text.end(), scanner.reserve(text.size()));
    scanner.append(text.size());
  }

  void takePiece(std::string_view text) {
    load(apart_, text);
    const auto piece = apart_.measure(state_);
    state_ = piece.end;
    open_ += text.substr(0, piece.bodyBegin);
    if (piece.hasLineStart && !open_.empty()) readOpen();
    if (isOver()) return;
    apart_.startLines(piece.bodyBegin, piece.bodyEnd, rows_ + piece.headRows,
                      lineFeeds_ + piece.headLineFeeds);
    finish(apart_);
    if (piece.hasLineStart) {
      open_ = text.substr(piece.bodyEnd);
      openRows_ = rows_ + piece.rows;
      openLineFeeds_ = lineFeeds_ + piece.lineFeeds - piece.tailLineFeeds;
    }
    rows_ += piece.rows;
    lineFeeds_ += piece.lineFeeds;
  }

  void readOpen() {
    load(between_, open_);
    between_.startLines(0, open_.size(), openRows_, openLineFeeds_);
    finish(between_);
  }

  void finish(Scanner& scanner) {
    scanner.finish();
    readBatches(scanner, scanned_);
    const ScanError& first = scanner.errors().first();
    const bool isNewFirst = scanned_.error.kind == ScanErrorKind::None || first.row < scanned_.error.row;
    if (first.kind != ScanErrorKind::None && isNewFirst) scanned_.error = first;
  }

  bool isOver() const { return apart_.errors().isOver() || between_.errors().isOver(); }

  Scanner apart_;
  Scanner between_;
  Scanned scanned_;
  decltype(apart_.measure({}).end) state_{};
  std::uint64_t rows_ = 0;
  std::uint64_t lineFeeds_ = 0;
  /// The row at hand, as far as it is there, and where it begins.
  std::string open_;
  std::uint64_t openRows_ = 0;
  std::uint64_t openLineFeeds_ = 0;
};

/// The text in pieces of `size` bytes.
inline std::vector<std::string_view> cut(std::string_view text, std::size_t size) {
  std::vector<std::string_view> pieces;
  for (std::size_t begin = 0; begin < text.size(); begin += size) pieces.push_back(text.substr(begin, size));
  return pieces;
}

inline Scanned scanApart(std::string_view text, std::size_t size, const Table& table) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  ApartScan<DelimitedScanner> scan([&table] { return scannerOf(table); });
  Scanned scanned = scan(cut(text, size));
  scanned.blankLines = scan.blankLines();
  return scanned;
}

}  // namespace testing
}  // namespace losskit
