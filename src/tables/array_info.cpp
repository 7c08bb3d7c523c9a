#include "tables/array_info.h"

#include <charconv>
#include <string_view>

namespace losskit {

namespace {

constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 53;
constexpr std::size_t kMostTextBytes = std::size_t{1} << 20;

bool isNumberType(std::string_view type) {
  for (const char* known : {"f2", "f4", "f8", "bf2", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"}) {
    if (type == known) return true;
  }
  return false;
}

}  // namespace

std::size_t elementSize(const std::string& type) {
  if (isNumberType(type)) return static_cast<std::size_t>(type.back() - '0');
  if (type.empty() || (type.front() != 'S' && type.front() != 'U')) return 0;
  std::size_t length = 0;
  const char* end = type.data() + type.size();
  const auto [next, error] = std::from_chars(type.data() + 1, end, length);
  if (next != end || error != std::errc() || length > kMostTextBytes) return 0;
  return type.front() == 'U' ? 4 * length : length;
}

bool arrayBytes(const ArrayInfo& array, std::uint64_t* bytes) {
  *bytes = elementSize(array.type);
  for (const std::uint64_t length : array.shape) {
    if (length != 0 && *bytes > kMostBytes / length) return false;
    *bytes *= length;
  }
  return true;
}

}  // namespace losskit
