// What JavaScript sees of the readers of JSON and binary formats: a list.
#include <emscripten/bind.h>

#include "heap.h"
#include "losses/first_invalid.h"
#include "scanner_bindings.h"
#include "tables/id_table.h"
#include "tables/json_index.h"
#include "tables/json_scanner.h"
#include "tables/npy.h"
#include "tables/row_batch.h"
#include "tables/safetensors.h"
#include "tables/torch_pickle.h"
#include "tables/zip.h"

namespace losskit {
namespace {

using emscripten::val;

// Sizes and offsets are 64 bits in files; a double holds those of any file there is.
double toJs(std::uint64_t value) {
  return static_cast<double>(value);
}

val toJs(const ArrayInfo& array) {
  val object = val::object();
  object.set("name", array.name);
  object.set("type", array.type);
  object.set("isBigEndian", array.isBigEndian);
  object.set("isFortranOrder", array.isFortranOrder);
  object.set("shape", val::array(std::vector<double>(array.shape.begin(), array.shape.end())));
  object.set("begin", toJs(array.begin));
  object.set("end", toJs(array.end));
  object.set("member", array.member);
  return object;
}

val toJs(const ArrayList& list) {
  const val arrays = val::array();
  for (const ArrayInfo& array : list.arrays) arrays.call<void>("push", toJs(array));
  val object = val::object();
  object.set("arrays", arrays);
  object.set("problem", list.problem);
  return object;
}

val npyHeader(const std::string& bytes) {
  const NpyHeader header = readNpyHeader(bytes);
  val object = val::object();
  object.set("array", toJs(header.array));
  object.set("needed", header.needed);
  object.set("problem", header.problem);
  return object;
}

val zipDirectoryPlace(const std::string& tail, double fileSize) {
  const ZipDirectoryPlace place = findZipDirectory(tail, static_cast<std::uint64_t>(fileSize));
  val object = val::object();
  object.set("begin", toJs(place.begin));
  object.set("size", toJs(place.size));
  object.set("problem", place.problem);
  return object;
}

val zipDirectory(const std::string& bytes) {
  const ZipDirectory directory = readZipDirectory(bytes);
  const val entries = val::array();
  for (const ZipEntry& entry : directory.entries) {
    val object = val::object();
    object.set("name", entry.name);
    object.set("method", entry.method);
    object.set("isEncrypted", entry.isEncrypted);
    object.set("checksum", entry.checksum);
    object.set("compressedSize", toJs(entry.compressedSize));
    object.set("size", toJs(entry.size));
    object.set("header", toJs(entry.header));
    entries.call<void>("push", object);
  }
  val object = val::object();
  object.set("entries", entries);
  object.set("problem", directory.problem);
  return object;
}

std::size_t localHeaderSize(const std::string& header) {
  return zipLocalHeaderSize(header);
}

std::size_t tailBytes() {
  return kZipTailBytes;
}

val safetensorsHeader(const std::string& header, double dataBegin, double fileSize) {
  return toJs(readSafetensorsHeader(header, static_cast<std::uint64_t>(dataBegin),
                                    static_cast<std::uint64_t>(fileSize)));
}

val torchPickle(const std::string& pickle) {
  return toJs(readTorchPickle(pickle));
}

val jsonRows(const std::string& text, JsonShape shape, bool complete, std::size_t maxRows) {
  const val rows = val::array();
  for (const auto& cells : splitJsonRows(text, shape, complete, maxRows)) {
    const val row = val::array();
    for (const JsonCell& cell : cells)
      row.call<void>("push", val::array(std::vector<std::string>{cell.path, cell.text}));
    rows.call<void>("push", row);
  }
  return rows;
}

JsonScanner* makeJsonScanner(JsonShape shape, std::size_t columns) {
  return new JsonScanner(shape, columns);
}
void setPath(JsonScanner& scanner, std::size_t column, const std::string& path) {
  scanner.setPath(column, path);
}

void addToIndex(JsonIndex& index, const std::string& bytes) {
  index.add(bytes);
}
val indexMembers(const JsonIndex& index) {
  const val members = val::array();
  for (const JsonMember& member : index.members()) {
    val object = val::object();
    object.set("name", member.name);
    object.set("begin", toJs(member.begin));
    object.set("end", toJs(member.end));
    object.set("first", std::string(1, member.first));
    object.set("elements", toJs(member.elements));
    object.set("inner", std::string(1, member.inner));
    object.set("lines", toJs(member.lineFeeds));
    members.call<void>("push", object);
  }
  return members;
}

std::size_t addIds(IdTable& table, Address bytes, Address offsets, Address numbers, std::size_t count) {
  return table.add(at<const char>(bytes), at<const std::uint32_t>(offsets), at<const std::uint32_t>(numbers),
                   count);
}
void findIds(const IdTable& table, Address numbers, Address bytes, Address offsets, std::size_t count) {
  table.find(at<std::uint32_t>(numbers), at<const char>(bytes), at<const std::uint32_t>(offsets), count);
}

std::size_t firstNanOf(Address values, std::size_t count) {
  return firstNan(at<const float>(values), count);
}

/// Returns the first row that is not one-hot; `rows` when all are.
std::size_t oneHotLabels(Address targets, Address labels, std::size_t rows, std::size_t width) {
  for (std::size_t row = 0; row < rows; ++row) {
    const std::int32_t label = oneHotLabel(at<const float>(targets) + row * width, width);
    if (label == -1) return row;
    at<std::int32_t>(labels)[row] = label;
  }
  return rows;
}

}  // namespace

EMSCRIPTEN_BINDINGS(formats) {
  emscripten::enum_<JsonShape>("JsonShape")
      .value("Lines", JsonShape::Lines)
      .value("Array", JsonShape::Array)
      .value("Cells", JsonShape::Cells);

  emscripten::class_<JsonScanner> json("JsonScanner");
  json.constructor(&makeJsonScanner, emscripten::allow_raw_pointers())
      .function("setPath", &setPath)
      .function("setSpread", &JsonScanner::setSpread)
      .function("setAddedColumn", &JsonScanner::setAddedColumn)
      .function(
          "sequenceNumbers",
          +[](const JsonScanner& scanner) { return reinterpret_cast<Address>(scanner.sequenceNumbers()); })
      .function("likelyPlace", &JsonScanner::likelyPlace)
      .function(
          "measure",
          +[](const JsonScanner& scanner, std::uint32_t place) { return pieceToJs(scanner.measure(place)); })
      .function(
          "setLinesBefore", +[](JsonScanner& scanner, double lines) {
            scanner.setLinesBefore(static_cast<std::uint64_t>(lines));
          });
  bindScanner(json);

  emscripten::class_<JsonIndex>("JsonIndex")
      .constructor<>()
      .function("add", &addToIndex)
      .function("members", &indexMembers)
      .function("isComplete", &JsonIndex::isComplete);

  emscripten::class_<IdTable>("IdTable").constructor<>().function("add", &addIds).function("find", &findIds);

  emscripten::function("splitJsonRows", &jsonRows);
  emscripten::function("readNpyHeader", &npyHeader);
  emscripten::function("findZipDirectory", &zipDirectoryPlace);
  emscripten::function("readZipDirectory", &zipDirectory);
  emscripten::function("zipLocalHeaderSize", &localHeaderSize);
  emscripten::function("zipTailBytes", &tailBytes);
  emscripten::function("readSafetensorsHeader", &safetensorsHeader);
  emscripten::function("readTorchPickle", &torchPickle);
  emscripten::function("firstNan", &firstNanOf);
  emscripten::function("oneHotLabels", &oneHotLabels);
}

}  // namespace losskit
