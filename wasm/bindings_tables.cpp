// What JavaScript sees of the table readers: a list.
#include <emscripten/bind.h>

#include "heap.h"
#include "tables/delimited_scanner.h"
#include "tables/rows.h"

namespace losskit {
namespace {

using emscripten::val;

DelimitedScanner* makeScanner(const std::string& delimiter, bool decimalComma, bool hasHeader,
                              std::size_t columns) {
  return new DelimitedScanner({delimiter.front(), decimalComma, hasHeader}, columns);
}

Address reserve(DelimitedScanner& scanner, std::size_t size) {
  return reinterpret_cast<Address>(scanner.reserve(size));
}
Address scores(const DelimitedScanner& scanner) {
  return reinterpret_cast<Address>(scanner.scores());
}
Address labels(const DelimitedScanner& scanner) {
  return reinterpret_cast<Address>(scanner.labels());
}

void addLabelName(DelimitedScanner& scanner, const std::string& name, std::int32_t label) {
  scanner.addLabelName(name, label);
}

// Rows and lines are counted in 64 bits; a double holds more than any file has.
double rowNumber(const DelimitedScanner& scanner, std::size_t row) {
  return static_cast<double>(scanner.rowNumber(row));
}
double lineNumber(const DelimitedScanner& scanner, std::size_t row) {
  return static_cast<double>(scanner.lineNumber(row));
}
double blankLines(const DelimitedScanner& scanner) {
  return static_cast<double>(scanner.blankLines());
}

val error(const DelimitedScanner& scanner) {
  const ScanError& error = scanner.error();
  val object = val::object();
  object.set("kind", error.kind);
  object.set("row", static_cast<double>(error.row));
  object.set("line", static_cast<double>(error.line));
  object.set("column", error.column);
  object.set("cells", error.cells);
  object.set("text", error.text);
  return object;
}

val splitRowsToJs(const std::string& text, const std::string& delimiter, bool complete, std::size_t maxRows) {
  val rows = val::array();
  for (const auto& cells : splitRows(text, delimiter.front(), complete, maxRows)) {
    rows.call<void>("push", val::array(cells));
  }
  return rows;
}

}  // namespace

EMSCRIPTEN_BINDINGS(tables) {
  emscripten::enum_<ScanErrorKind>("ScanErrorKind")
      .value("None", ScanErrorKind::None)
      .value("ScoreIsText", ScanErrorKind::ScoreIsText)
      .value("ScoreIsMissing", ScanErrorKind::ScoreIsMissing)
      .value("LabelIsMissing", ScanErrorKind::LabelIsMissing)
      .value("LabelIsNotInteger", ScanErrorKind::LabelIsNotInteger)
      .value("LabelIsUnknown", ScanErrorKind::LabelIsUnknown)
      .value("CellCount", ScanErrorKind::CellCount)
      .value("UnclosedQuote", ScanErrorKind::UnclosedQuote)
      .value("TextAfterQuote", ScanErrorKind::TextAfterQuote)
      .value("RowTooLong", ScanErrorKind::RowTooLong);

  emscripten::class_<DelimitedScanner>("DelimitedScanner")
      .constructor(&makeScanner, emscripten::allow_raw_pointers())
      .function("setLabelColumn", &DelimitedScanner::setLabelColumn)
      .function("addScoreColumn", &DelimitedScanner::addScoreColumn)
      .function("addLabelName", &addLabelName)
      .function("reserve", &reserve)
      .function("append", &DelimitedScanner::append)
      .function("finish", &DelimitedScanner::finish)
      .function("read", &DelimitedScanner::read)
      .function("scores", &scores)
      .function("labels", &labels)
      .function("rowNumber", &rowNumber)
      .function("lineNumber", &lineNumber)
      .function("blankLines", &blankLines)
      .function("error", &error);

  emscripten::function("splitRows", &splitRowsToJs);
}

}  // namespace losskit
