// Numbers in the headers of binary files, which may be cut anywhere.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace losskit {

static_assert(std::endian::native == std::endian::little);

/// The little-endian number at `offset`; false where the bytes end before it does.
template <class T>
bool readAt(std::string_view bytes, std::size_t offset, T* value) {
  if (offset > bytes.size() || bytes.size() - offset < sizeof(T)) return false;
  std::memcpy(value, bytes.data() + offset, sizeof(T));
  return true;
}

}  // namespace losskit
