#include "tables/scan_error.h"

namespace losskit {

std::string errorText(std::string_view text) {
  if (text.size() <= kErrorTextBytes) return std::string(text);
  std::size_t bytes = kErrorTextBytes;
  const auto isContinuation = [&](std::size_t i) {
    return (static_cast<unsigned char>(text[i]) & 0xC0) == 0x80;
  };
  while (bytes > 0 && isContinuation(bytes)) --bytes;
  return std::string(text.substr(0, bytes));
}

}  // namespace losskit
