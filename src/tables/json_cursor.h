#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace losskit {

/// What numbers, true, false, null, NaN and Infinity are made of.
inline bool isJsonWordByte(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '+' ||
         c == '.';
}

/// Walks a JSON text, in the data of an InputBuffer, value by value, without making anything of it. Numbers
/// may be written as Python writes them: NaN, Infinity, -Infinity.
class JsonCursor {
 public:
  enum class Status : std::uint8_t {
    Ok,
    /// The text ends before the value does, or where it may go on.
    Incomplete,
    Broken,
  };
  static constexpr unsigned kMaxDepth = 64;

  explicit JsonCursor(std::string_view text) : p_(text.data()), end_(text.data() + text.size()) {}

  const char* position() const { return p_; }
  /// Skips spaces; the byte there, 0 at the end.
  char peek();
  /// Takes the byte if it comes next.
  bool take(char wanted);
  /// Takes a value as it is written; text in quotes with them. A number or word that ends at the end of the
  /// text is Incomplete unless `isLast`.
  Status readValue(bool isLast, std::string_view* raw);

 private:
  Status readString();
  Status readNested();
  Status readWord(bool isLast);

  const char* p_;
  const char* end_;
};

/// The text of a value: of text in quotes what it says, else as it is written.
std::string jsonText(std::string_view raw);

/// Whether raw text in quotes says more than its bytes.
inline bool hasJsonEscapes(std::string_view raw) {
  return raw.find('\\') != std::string_view::npos;
}

}  // namespace losskit
