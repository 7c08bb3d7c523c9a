#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "numeric/simd.h"

namespace losskit {

// Over text in the data of an InputBuffer, sixteen bytes at a time.

/// The first byte from `p` on that is marked, or `end`. `marks(bytes)`: all ones in the bytes that are.
template <class Marks>
inline const char* findMarked(const char* p, const char* end, const Marks& marks) {
  for (; p < end; p += sizeof(U8x16)) {
    const std::uint32_t bits = highBits(reinterpret_cast<U8x16>(marks(loadBytes(p))));
    if (bits != 0) return std::min(p + std::countr_zero(bits), end);
  }
  return end;
}

inline std::uint64_t countLineFeeds(const char* p, const char* end) {
  std::uint64_t count = 0;
  for (; p < end; p += sizeof(U8x16)) {
    const std::uint32_t bits = highBits(reinterpret_cast<U8x16>(loadBytes(p) == splatByte('\n')));
    const std::uint32_t inside = end - p < 16 ? bits & ((1U << (end - p)) - 1) : bits;
    count += static_cast<std::uint64_t>(std::popcount(inside));
  }
  return count;
}

}  // namespace losskit
