#include "tables/json_sequence.h"

#include "tables/json_members.h"

namespace losskit {

namespace {

std::size_t countElements(std::string_view list) {
  std::size_t count = 0;
  eachJsonElement(list, [&](std::string_view) { ++count; });
  return count;
}

}  // namespace

void JsonSequence::spread(std::size_t column, std::size_t columns) {
  cells_.resize(columns);
  cells_[column].isSpread = true;
}

void JsonSequence::clear() {
  token_ = 0;
  for (Cell& cell : cells_) cell.raw = {};
}

void JsonSequence::setCell(std::size_t column, std::string_view raw) {
  // What is null is missing.
  if (raw != "null") cells_[column].raw = raw;
}

JsonSequence::Fault JsonSequence::start(std::size_t read) {
  bool isCounted = false;
  tokens_ = 1;
  token_ = 0;
  for (Cell& cell : cells_) {
    const auto column = static_cast<std::size_t>(&cell - cells_.data());
    cell.value = cell.raw;
    if (!cell.isList()) continue;
    if (cell.raw.front() != '[') return {Fault::Kind::NoList, column, 0};
    const std::size_t values = countElements(cell.raw);
    if (isCounted && values != tokens_) return {Fault::Kind::OtherCount, column, values};
    isCounted = true;
    tokens_ = values;
    cell.rest = JsonCursor(cell.raw.substr(1, cell.raw.size() - 2));
  }
  while (token_ < read) next();
  return {};
}

void JsonSequence::next() {
  for (Cell& cell : cells_) {
    if (!cell.isList()) continue;
    cell.rest.readValue(true, &cell.value);
    cell.rest.take(',');
  }
  ++token_;
}

}  // namespace losskit
