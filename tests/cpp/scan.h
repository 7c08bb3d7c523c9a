#pragma once

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tables/delimited_scanner.h"

namespace losskit::testing {

/// Which columns of a table the tests read.
struct Table {
  Dialect dialect;
  std::size_t columns = 0;
  std::size_t label = 0;
  std::vector<std::size_t> scores;
  std::vector<std::pair<std::string, std::int32_t>> labelNames;
};

/// All that a scan brought.
struct Scanned {
  std::vector<float> scores;
  std::vector<std::int32_t> labels;
  std::vector<std::uint64_t> rows;
  std::vector<std::uint64_t> lines;
  std::uint64_t blankLines = 0;
  ScanError error;
};

inline void readBatches(DelimitedScanner& scanner, std::size_t scoreColumns, Scanned& scanned) {
  while (const std::size_t rows = scanner.read()) {
    scanned.scores.insert(scanned.scores.end(), scanner.scores(), scanner.scores() + rows * scoreColumns);
    scanned.labels.insert(scanned.labels.end(), scanner.labels(), scanner.labels() + rows);
    for (std::size_t i = 0; i < rows; ++i) {
      scanned.rows.push_back(scanner.rowNumber(i));
      scanned.lines.push_back(scanner.lineNumber(i));
    }
  }
}

/// Scans the pieces one after another.
inline Scanned scan(const std::vector<std::string_view>& pieces, const Table& table) {
  DelimitedScanner scanner(table.dialect, table.columns);
  scanner.setLabelColumn(table.label);
  for (const std::size_t column : table.scores) scanner.addScoreColumn(column);
  for (const auto& [name, label] : table.labelNames) scanner.addLabelName(name, label);
  Scanned scanned;
  for (const std::string_view piece : pieces) {
    std::copy(piece.begin(), piece.end(), scanner.reserve(piece.size()));
    scanner.append(piece.size());
    readBatches(scanner, table.scores.size(), scanned);
  }
  scanner.finish();
  readBatches(scanner, table.scores.size(), scanned);
  scanned.blankLines = scanner.blankLines();
  scanned.error = scanner.error();
  return scanned;
}

inline Scanned scan(std::string_view text, const Table& table) {
  return scan(std::vector<std::string_view>{text}, table);
}

/// The text in pieces of `size` bytes.
inline std::vector<std::string_view> cut(std::string_view text, std::size_t size) {
  std::vector<std::string_view> pieces;
  for (std::size_t begin = 0; begin < text.size(); begin += size) pieces.push_back(text.substr(begin, size));
  return pieces;
}

}  // namespace losskit::testing
