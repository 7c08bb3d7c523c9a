#include "tables/scan_error.h"

namespace losskit {

namespace {

/// Of UTF-8.
bool isContinuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

}  // namespace

std::string errorText(std::string_view text) {
  if (text.size() <= kErrorTextBytes) return std::string(text);
  std::size_t bytes = kErrorTextBytes;
  while (bytes > 0 && isContinuation(text[bytes])) --bytes;
  return std::string(text.substr(0, bytes));
}

std::string_view errorEnd(std::string_view text) {
  if (text.size() <= kErrorTextBytes) return text;
  text.remove_prefix(text.size() - kErrorTextBytes);
  while (!text.empty() && isContinuation(text.front())) text.remove_prefix(1);
  return text;
}

}  // namespace losskit
