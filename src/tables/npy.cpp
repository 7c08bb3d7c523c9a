#include "tables/npy.h"

#include <charconv>
#include <cstdint>

#include "tables/little_endian.h"

namespace losskit {

namespace {

constexpr std::size_t kMostHeaderBytes = std::size_t{1} << 20;

/// The Python dictionary of the header: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
class Dictionary {
 public:
  explicit Dictionary(std::string_view text) : text_(text) {}

  /// What follows the key and its colon; empty when there is none.
  std::string_view after(std::string_view key) const {
    for (const char quote : {'\'', '"'}) {
      const std::string quoted = quote + std::string(key) + quote;
      const std::size_t found = text_.find(quoted);
      if (found == std::string_view::npos) continue;
      std::string_view rest = withoutSpaces(text_.substr(found + quoted.size()));
      if (rest.starts_with(':')) return withoutSpaces(rest.substr(1));
    }
    return {};
  }

  static std::string_view withoutSpaces(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\n')) text.remove_prefix(1);
    return text;
  }

 private:
  std::string_view text_;
};

bool readShape(std::string_view text, std::vector<std::uint64_t>* shape) {
  if (!text.starts_with('(')) return false;
  text = Dictionary::withoutSpaces(text.substr(1));
  while (!text.starts_with(')')) {
    std::uint64_t length = 0;
    const auto [next, error] = std::from_chars(text.data(), text.data() + text.size(), length);
    if (error != std::errc()) return false;
    shape->push_back(length);
    text = Dictionary::withoutSpaces(text.substr(static_cast<std::size_t>(next - text.data())));
    // Python 2 wrote large numbers with an L.
    if (text.starts_with('L')) text = Dictionary::withoutSpaces(text.substr(1));
    if (text.starts_with(',')) {
      text = Dictionary::withoutSpaces(text.substr(1));
    } else if (!text.starts_with(')')) {
      return false;
    }
  }
  return true;
}

/// Takes '<f4' apart; what is said in answer is why it cannot be read.
std::string readType(std::string_view text, ArrayInfo* array) {
  if (text.starts_with('['))
    return "its elements are records with several fields; save each field as an array of its own";
  if (text.empty() || (text.front() != '\'' && text.front() != '"')) return "its type cannot be read";
  const std::size_t end = text.find(text.front(), 1);
  if (end == std::string_view::npos || end < 3) return "its type cannot be read";
  const std::string_view type = text.substr(1, end - 1);
  array->isBigEndian = type.front() == '>';
  array->type = type.substr(1);
  if (array->type.front() == 'O') {
    return "its elements are Python objects, which are pickled and are not read; save it with a type of "
           "numbers or texts";
  }
  if (elementSize(array->type) == 0)
    return "its elements are of the type " + std::string(type) + ", which is no number or text";
  return {};
}

std::string readDictionary(std::string_view text, ArrayInfo* array) {
  const Dictionary dictionary(text);
  if (!readShape(dictionary.after("shape"), &array->shape)) return "its shape cannot be read";
  array->isFortranOrder = dictionary.after("fortran_order").starts_with("True");
  return readType(dictionary.after("descr"), array);
}

}  // namespace

NpyHeader readNpyHeader(std::string_view bytes) {
  NpyHeader header;
  constexpr std::size_t fixed = 12;
  if (bytes.size() < fixed) {
    header.needed = fixed;
    return header;
  }
  const char version = bytes[kNpyMagic.size()];
  if (!bytes.starts_with(kNpyMagic) || version < 1 || version > 3) {
    header.problem = "it has no header of a NumPy array";
    return header;
  }
  std::uint32_t length = 0;
  std::uint16_t shortLength = 0;
  const bool isShort = version == 1;
  if (isShort ? readAt(bytes, 8, &shortLength) : readAt(bytes, 8, &length)) length += shortLength;
  const std::size_t begin = isShort ? 10 : 12;
  if (length > kMostHeaderBytes) {
    header.problem = "its header is longer than any";
    return header;
  }
  if (bytes.size() < begin + length) {
    header.needed = begin + length;
    return header;
  }
  ArrayInfo& array = header.array;
  header.problem = readDictionary(bytes.substr(begin, length), &array);
  std::uint64_t size = 0;
  if (header.problem.empty() && !arrayBytes(array, &size))
    header.problem = "its shape is larger than any file";
  array.begin = begin + length;
  array.end = array.begin + size;
  return header;
}

}  // namespace losskit
