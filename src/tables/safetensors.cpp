#include "tables/safetensors.h"

#include <charconv>

#include "tables/input_buffer.h"
#include "tables/json_cursor.h"
#include "tables/json_members.h"

namespace losskit {

namespace {

/// The names of types, as NumPy has them.
std::string typeOf(std::string_view name) {
  static constexpr std::string_view kTypes[][2] = {
      {"\"F32\"", "f4"}, {"\"F16\"", "f2"}, {"\"BF16\"", "bf2"}, {"\"F64\"", "f8"}, {"\"I64\"", "i8"},
      {"\"I32\"", "i4"}, {"\"I16\"", "i2"}, {"\"I8\"", "i1"},    {"\"U64\"", "u8"}, {"\"U32\"", "u4"},
      {"\"U16\"", "u2"}, {"\"U8\"", "u1"},  {"\"BOOL\"", "b1"}};
  for (const auto& [theirs, ours] : kTypes) {
    if (name == theirs) return std::string(ours);
  }
  return {};
}

bool readNumbers(std::string_view raw, std::vector<std::uint64_t>* numbers) {
  if (!raw.starts_with('[')) return false;
  bool isGood = true;
  eachJsonElement(raw, [&](std::string_view element) {
    std::uint64_t number = 0;
    const auto [next, error] = std::from_chars(element.data(), element.data() + element.size(), number);
    isGood = isGood && error == std::errc() && next == element.data() + element.size();
    numbers->push_back(number);
  });
  return isGood;
}

std::string readTensor(std::string_view raw, std::uint64_t dataBegin, std::uint64_t fileSize,
                       ArrayInfo* array) {
  const std::string problem = "its tensor \"" + array->name + "\" ";
  std::string_view type;
  std::vector<std::uint64_t> offsets;
  bool hasShape = false;
  if (!raw.starts_with('{')) return problem + "is not described";
  eachJsonMember(raw, [&](std::string_view key, std::string_view value) {
    if (key == "dtype") type = value;
    if (key == "shape") hasShape = readNumbers(value, &array->shape);
    if (key == "data_offsets" && !readNumbers(value, &offsets)) offsets.clear();
  });
  array->type = typeOf(type);
  if (!hasShape || offsets.size() != 2) return problem + "is not described";
  std::uint64_t bytes = 0;
  const std::uint64_t room = fileSize - dataBegin;
  // A type that is not known is a fault only when the tensor is wanted.
  const bool fits = array->type.empty() || (arrayBytes(*array, &bytes) && bytes == offsets[1] - offsets[0]);
  if (offsets[0] > offsets[1] || offsets[1] > room || !fits)
    return problem + "does not fit into the file: it is broken or cut off";
  array->begin = dataBegin + offsets[0];
  array->end = dataBegin + offsets[1];
  return {};
}

}  // namespace

ArrayList readSafetensorsHeader(std::string_view header, std::uint64_t dataBegin, std::uint64_t fileSize) {
  ArrayList list;
  const PaddedText padded(header);
  JsonCursor cursor({padded.begin(), header.size()});
  std::string_view raw;
  if (dataBegin > fileSize || cursor.readValue(true, &raw) != JsonCursor::Status::Ok ||
      !raw.starts_with('{')) {
    list.problem = "its header is no JSON object";
    return list;
  }
  eachJsonMember(raw, [&](std::string_view key, std::string_view value) {
    if (key == "__metadata__" || !list.problem.empty()) return;
    ArrayInfo array;
    array.name = jsonKey(key);
    list.problem = readTensor(value, dataBegin, fileSize, &array);
    list.arrays.push_back(std::move(array));
  });
  return list;
}

}  // namespace losskit
