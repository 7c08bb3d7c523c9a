// What JavaScript sees of the table readers: a list.
#include <emscripten/bind.h>

#include "heap.h"
#include "scanner_bindings.h"
#include "tables/delimited_scanner.h"
#include "tables/rows.h"

namespace losskit {
namespace {

using emscripten::val;

DelimitedScanner* makeScanner(const std::string& delimiter, bool decimalComma, bool hasHeader,
                              std::size_t columns) {
  return new DelimitedScanner({delimiter.front(), decimalComma, hasHeader}, columns);
}

double blankLines(const DelimitedScanner& scanner) {
  return static_cast<double>(scanner.blankLines());
}

/// A copy of the numbers that JavaScript keeps.
template <class Number>
val copied(const Number* values, std::size_t count) {
  return val(emscripten::typed_memory_view(count, values)).call<val>("slice");
}

/// { text: all cells, one behind the other; ends: of each cell; cells: of each row }. A string for each cell
/// would take longer than reading them.
val splitRowsToJs(const std::string& text, const std::string& delimiter, bool complete, std::size_t maxRows) {
  std::string cells;
  std::vector<std::uint32_t> ends;
  std::vector<std::uint32_t> counts;
  for (const auto& row : splitRows(text, delimiter.front(), complete, maxRows)) {
    counts.push_back(static_cast<std::uint32_t>(row.size()));
    for (const std::string& cell : row) {
      cells += cell;
      ends.push_back(static_cast<std::uint32_t>(cells.size()));
    }
  }
  val object = val::object();
  object.set("text", copied(reinterpret_cast<const std::uint8_t*>(cells.data()), cells.size()));
  object.set("ends", copied(ends.data(), ends.size()));
  object.set("cells", copied(counts.data(), counts.size()));
  return object;
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
      .value("RowTooLong", ScanErrorKind::RowTooLong)
      .value("NotTokens", ScanErrorKind::NotTokens)
      .value("TokenCount", ScanErrorKind::TokenCount)
      .value("NotARow", ScanErrorKind::NotARow)
      .value("JsonIsBroken", ScanErrorKind::JsonIsBroken)
      .value("JsonIsCut", ScanErrorKind::JsonIsCut);

  emscripten::enum_<ColumnRole>("ColumnRole")
      .value("Score", ColumnRole::Score)
      .value("ScoreList", ColumnRole::ScoreList)
      .value("Target", ColumnRole::Target)
      .value("TargetList", ColumnRole::TargetList)
      .value("Label", ColumnRole::Label)
      .value("Tags", ColumnRole::Tags)
      .value("Weight", ColumnRole::Weight)
      .value("Id", ColumnRole::Id);

  emscripten::class_<DelimitedScanner> delimited("DelimitedScanner");
  delimited.constructor(&makeScanner, emscripten::allow_raw_pointers())
      .function("blankLines", &blankLines)
      .function("hasRowAt", &DelimitedScanner::hasRowAt)
      .function(
          "measure", +[](const DelimitedScanner& scanner, int state) {
            return pieceToJs(scanner.measure(static_cast<TextState>(state)));
          });
  bindScanner(delimited);

  emscripten::function("splitRows", &splitRowsToJs);
}

}  // namespace losskit
