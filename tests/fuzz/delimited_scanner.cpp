// The scanner of delimited text: in pieces of any size, one after another or apart, it finds what it finds in
// one piece, and what it finds is what the cells, split apart one by one, say. Input: delimiter, flags,
// columns, size of the pieces, text.
#include <algorithm>
#include <bit>
#include <string_view>

#include "../cpp/scan.h"
#include "check.h"
#include "tables/number.h"
#include "tables/rows.h"

namespace {

using losskit::fuzz::Input;
using losskit::fuzz::require;
using losskit::testing::cut;
using losskit::testing::scan;
using losskit::testing::scanApart;
using losskit::testing::Scanned;
using losskit::testing::Table;

losskit::Dialect dialectFrom(Input& input) {
  constexpr std::string_view delimiters = ",;\t| ";
  const auto delimiter = static_cast<char>(input.next());
  const unsigned flags = input.next();
  return {.delimiter = delimiters.find(delimiter) == std::string_view::npos ? ',' : delimiter,
          .decimalComma = (flags & 1) != 0,
          .hasHeader = (flags & 2) != 0};
}

/// The label in the middle, the last column skipped when there are more than two.
Table tableFrom(Input& input) {
  Table table;
  table.dialect = dialectFrom(input);
  const unsigned size = input.next() % 12 + 1;
  table.columns = size;
  table.label = size / 2;
  for (std::size_t i = 0; i < std::min(size, size > 2 ? size - 1 : size); ++i) {
    if (i != table.label) table.scores.push_back(i);
  }
  if (size % 4 == 3) table.labelNames = {{"cat", 0}, {"a \"dog\"", 1}, {"", 2}};
  return table;
}

/// Of the rows, too, unless there were too many bad ones: two scanners that read a file apart meet as many
/// later than one.
void requireSame(const Scanned& a, const Scanned& b) {
  const auto sameBits = [](float x, float y) {
    return std::bit_cast<std::uint32_t>(x) == std::bit_cast<std::uint32_t>(y);
  };
  if (!b.isCutShort) {
    require(std::ranges::equal(a.scores, b.scores, sameBits));
    require(a.labels == b.labels && a.rows == b.rows && a.lines == b.lines && a.blankLines == b.blankLines);
  }
  require(a.error.kind == b.error.kind && a.error.row == b.error.row && a.error.line == b.error.line);
  require(a.error.column == b.error.column && a.error.cells == b.error.cells && a.error.text == b.error.text);
}

/// A scan without an error has taken every row, and every number as parseFloat reads it.
void requireCells(const Scanned& scanned, std::string_view text, const Table& table) {
  const auto rows = losskit::splitRows(text, table.dialect.delimiter, true, text.size() + 1);
  const std::size_t header = table.dialect.hasHeader && !rows.empty() ? 1 : 0;
  require(rows.size() == scanned.labels.size() + header);
  const char point = table.dialect.decimalComma ? ',' : '.';
  std::size_t next = 0;
  for (std::size_t row = header; row < rows.size(); ++row) {
    require(rows[row].size() == table.columns);
    for (const std::size_t column : table.scores) {
      const std::string& cell = rows[row][column];
      float value = 0;
      require(losskit::parseFloat(losskit::trimmed(cell.data(), cell.data() + cell.size()), point, &value));
      require(std::bit_cast<std::uint32_t>(value) == std::bit_cast<std::uint32_t>(scanned.scores[next++]));
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  const Table table = tableFrom(input);
  const std::size_t piece = input.next() + 1;
  const Scanned whole = scan(input.rest(), table);
  requireSame(scan(cut(input.rest(), piece), table), whole);
  requireSame(scanApart(input.rest(), piece, table), whole);
  if (whole.error.kind == losskit::ScanErrorKind::None) requireCells(whole, input.rest(), table);
  return 0;
}
