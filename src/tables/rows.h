#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace losskit {

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// Shape of the row of delimited text at `begin`, in data of an InputBuffer that ends at `end`.
struct RowShape {
  std::size_t cells = 0;
  /// The line feed that ends the row, or `end`.
  const char* lineEnd = nullptr;
  /// The first cell with broken quotes; `cells` when there is none.
  std::size_t brokenCell = 0;
  bool unclosed = false;
};
RowShape rowShape(const char* begin, const char* end, char delimiter);

/// The cells of the first rows of delimited text, as many as `maxRows`, blank lines left out. When the text
/// is only the beginning of a file (`complete` is false), its last row counts only when its line end is there
/// too.
std::vector<std::vector<std::string>> splitRows(std::string_view text, char delimiter, bool complete,
                                                std::size_t maxRows);

}  // namespace losskit
