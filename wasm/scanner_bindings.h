// What JavaScript sees of every reader of text.
#pragma once

#include <emscripten/bind.h>

#include <string>
#include <vector>

#include "heap.h"
#include "tables/piece.h"
#include "tables/row_batch.h"

namespace losskit {

template <class State>
emscripten::val pieceToJs(const PieceOf<State>& piece) {
  auto object = emscripten::val::object();
  object.set("end", static_cast<int>(piece.end));
  object.set("hasQuotes", piece.hasQuotes);
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

template <class Scanner>
void bindScanner(emscripten::class_<Scanner>& scanner) {
  using emscripten::val;
  scanner
      .function(
          "setColumn", +[](Scanner& self, std::size_t column, ColumnRole role,
                           std::size_t width) { self.batch().setColumn(column, role, width); })
      .function(
          "addLabelName", +[](Scanner& self, const std::string& name,
                              std::int32_t label) { self.batch().addLabelName(name, label); })
      .function(
          "setSeparator",
          +[](Scanner& self, const std::string& separator) { self.batch().setSeparator(separator.front()); })
      .function(
          "setOneHot", +[](Scanner& self) { self.batch().setOneHot(); })
      .function(
          "setLeaveOutMissing", +[](Scanner& self) { self.batch().setLeaveOutMissing(); })
      .function(
          "setMissingIsNan", +[](Scanner& self) { self.batch().setMissingIsNan(); })
      .function(
          "setDoubles", +[](Scanner& self) { self.batch().setDoubles(); })
      .function(
          "doubles", +[](const Scanner& self) { return reinterpret_cast<Address>(self.batch().doubles()); })
      .function(
          "reserve",
          +[](Scanner& self, std::size_t size) { return reinterpret_cast<Address>(self.reserve(size)); })
      .function("append", &Scanner::append)
      .function(
          "startLines",
          +[](Scanner& self, std::size_t begin, std::size_t end, double rows, double lineFeeds) {
            self.startLines(begin, end, static_cast<std::uint64_t>(rows),
                            static_cast<std::uint64_t>(lineFeeds));
          })
      .function("finish", &Scanner::finish)
      .function("read", &Scanner::read)
      .function(
          "scores", +[](const Scanner& self) { return reinterpret_cast<Address>(self.batch().scores()); })
      .function(
          "labels", +[](const Scanner& self) { return reinterpret_cast<Address>(self.batch().labels()); })
      .function(
          "targets", +[](const Scanner& self) { return reinterpret_cast<Address>(self.batch().targets()); })
      .function(
          "weights", +[](const Scanner& self) { return reinterpret_cast<Address>(self.batch().weights()); })
      .function(
          "idBytes", +[](const Scanner& self) { return reinterpret_cast<Address>(self.batch().idBytes()); })
      .function(
          "idOffsets",
          +[](const Scanner& self) { return reinterpret_cast<Address>(self.batch().idOffsets()); })
      // Rows and lines are counted in 64 bits; a double holds more than any file has.
      .function(
          "rowNumber", +[](const Scanner& self,
                           std::size_t row) { return static_cast<double>(self.batch().rowNumber(row)); })
      .function(
          "lineNumber", +[](const Scanner& self,
                            std::size_t row) { return static_cast<double>(self.batch().lineNumber(row)); })
      .function(
          "leftOut",
          +[](const Scanner& self) {
            const val reasons = val::array();
            for (const LeftOut& reason : self.batch().leftOut()) {
              val object = val::object();
              object.set("role", reason.role);
              object.set("rows", static_cast<double>(reason.rows));
              object.set("first", val::array(std::vector<double>(reason.first.begin(), reason.first.end())));
              reasons.call<void>("push", object);
            }
            return reasons;
          })
      .function(
          "isOver", +[](const Scanner& self) { return self.errors().isOver(); })
      .function(
          "errorCount", +[](const Scanner& self) { return self.errors().all().size(); })
      .function(
          "error", +[](const Scanner& self, std::size_t index) {
            const ScanError& error = self.errors().all()[index];
            val object = val::object();
            object.set("kind", error.kind);
            object.set("row", static_cast<double>(error.row));
            object.set("line", static_cast<double>(error.line));
            object.set("column", error.column);
            object.set("cells", error.cells);
            object.set("text", error.text);
            object.set("sequence", static_cast<double>(error.sequence));
            object.set("token", static_cast<double>(error.token));
            return object;
          });
}

}  // namespace losskit
