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
void setColumn(DelimitedScanner& scanner, std::size_t column, ColumnRole role, std::size_t width) {
  scanner.batch().setColumn(column, role, width);
}
void addLabelName(DelimitedScanner& scanner, const std::string& name, std::int32_t label) {
  scanner.batch().addLabelName(name, label);
}
void setSeparator(DelimitedScanner& scanner, const std::string& separator) {
  scanner.batch().setSeparator(separator.front());
}
void setOneHot(DelimitedScanner& scanner) {
  scanner.batch().setOneHot();
}
void setLeaveOutMissing(DelimitedScanner& scanner) {
  scanner.batch().setLeaveOutMissing();
}

template <auto Array>
Address arrayOf(const DelimitedScanner& scanner) {
  return reinterpret_cast<Address>((scanner.batch().*Array)());
}

// Rows and lines are counted in 64 bits; a double holds more than any file has.
double rowNumber(const DelimitedScanner& scanner, std::size_t row) {
  return static_cast<double>(scanner.batch().rowNumber(row));
}
double lineNumber(const DelimitedScanner& scanner, std::size_t row) {
  return static_cast<double>(scanner.batch().lineNumber(row));
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

val leftOut(const DelimitedScanner& scanner) {
  const val reasons = val::array();
  for (const LeftOut& reason : scanner.batch().leftOut()) {
    val object = val::object();
    object.set("role", reason.role);
    object.set("rows", static_cast<double>(reason.rows));
    object.set("first", val::array(std::vector<double>(reason.first.begin(), reason.first.end())));
    reasons.call<void>("push", object);
  }
  return reasons;
}

val measure(const DelimitedScanner& scanner, int state) {
  const Piece piece = scanner.measure(static_cast<TextState>(state));
  val object = val::object();
  object.set("end", static_cast<int>(piece.end));
  object.set("hasLineStart", piece.hasLineStart);
  object.set("bodyBegin", piece.bodyBegin);
  object.set("bodyEnd", piece.bodyEnd);
  object.set("rows", static_cast<double>(piece.rows));
  object.set("headRows", static_cast<double>(piece.headRows));
  object.set("lineFeeds", static_cast<double>(piece.lineFeeds));
  object.set("headLineFeeds", static_cast<double>(piece.headLineFeeds));
  object.set("tailLineFeeds", static_cast<double>(piece.tailLineFeeds));
  return object;
}

void readLines(DelimitedScanner& scanner, std::size_t begin, std::size_t end, double rows, double lineFeeds) {
  scanner.readLines(begin, end, static_cast<std::uint64_t>(rows), static_cast<std::uint64_t>(lineFeeds));
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
      .value("NumberIsText", ScanErrorKind::NumberIsText)
      .value("NumberIsMissing", ScanErrorKind::NumberIsMissing)
      .value("LabelIsMissing", ScanErrorKind::LabelIsMissing)
      .value("LabelIsNotInteger", ScanErrorKind::LabelIsNotInteger)
      .value("LabelIsUnknown", ScanErrorKind::LabelIsUnknown)
      .value("TargetIsOutside", ScanErrorKind::TargetIsOutside)
      .value("NotOneHot", ScanErrorKind::NotOneHot)
      .value("WeightIsOutside", ScanErrorKind::WeightIsOutside)
      .value("NotAList", ScanErrorKind::NotAList)
      .value("ListIsCut", ScanErrorKind::ListIsCut)
      .value("ListLength", ScanErrorKind::ListLength)
      .value("CellCount", ScanErrorKind::CellCount)
      .value("UnclosedQuote", ScanErrorKind::UnclosedQuote)
      .value("TextAfterQuote", ScanErrorKind::TextAfterQuote)
      .value("RowTooLong", ScanErrorKind::RowTooLong);

  emscripten::enum_<ColumnRole>("ColumnRole")
      .value("Score", ColumnRole::Score)
      .value("ScoreList", ColumnRole::ScoreList)
      .value("Target", ColumnRole::Target)
      .value("TargetList", ColumnRole::TargetList)
      .value("Label", ColumnRole::Label)
      .value("Tags", ColumnRole::Tags)
      .value("Weight", ColumnRole::Weight)
      .value("Id", ColumnRole::Id);

  emscripten::class_<DelimitedScanner>("DelimitedScanner")
      .constructor(&makeScanner, emscripten::allow_raw_pointers())
      .function("setColumn", &setColumn)
      .function("addLabelName", &addLabelName)
      .function("setSeparator", &setSeparator)
      .function("setOneHot", &setOneHot)
      .function("setLeaveOutMissing", &setLeaveOutMissing)
      .function("reserve", &reserve)
      .function("append", &DelimitedScanner::append)
      .function("finish", &DelimitedScanner::finish)
      .function("measure", &measure)
      .function("readLines", &readLines)
      .function("read", &DelimitedScanner::read)
      .function("scores", &arrayOf<&RowBatch::scores>)
      .function("labels", &arrayOf<&RowBatch::labels>)
      .function("targets", &arrayOf<&RowBatch::targets>)
      .function("weights", &arrayOf<&RowBatch::weights>)
      .function("idBytes", &arrayOf<&RowBatch::idBytes>)
      .function("idOffsets", &arrayOf<&RowBatch::idOffsets>)
      .function("leftOut", &leftOut)
      .function("rowNumber", &rowNumber)
      .function("lineNumber", &lineNumber)
      .function("blankLines", &blankLines)
      .function("error", &error);

  emscripten::function("splitRows", &splitRowsToJs);
}

}  // namespace losskit
