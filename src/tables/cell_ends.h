#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "numeric/simd.h"

namespace losskit {

/// Finds delimiters and line feeds, 64 bytes at a time: bit i of the result is set where byte i is one.
class EndFinder {
 public:
  static constexpr std::size_t kBlock = 64;

  explicit EndFinder(char delimiter) : delimiters_(splatByte(delimiter)) {}

  [[nodiscard]] std::uint64_t in(const char* block) const {
    std::uint64_t ends = 0;
    for (std::size_t i = 0; i < kBlock; i += 16) {
      const U8x16 bytes = loadBytes(block + i);
      const auto found = (bytes == delimiters_) | (bytes == splatByte('\n'));
      ends |= std::uint64_t{highBits(reinterpret_cast<U8x16>(found))} << i;
    }
    return ends;
  }

 private:
  U8x16 delimiters_;
};

/// The first delimiter or line feed from `p` on, in the data of an InputBuffer.
inline const char* nextEnd(const char* p, char delimiter) {
  const EndFinder finder(delimiter);
  for (;; p += EndFinder::kBlock) {
    if (const std::uint64_t ends = finder.in(p); ends != 0) return p + std::countr_zero(ends);
  }
}

/// The same for whoever walks over the data: those of some kilobytes are found at once and kept as bits.
/// Those inside quotes are among them, which are no cell ends: they are found independently of what the cells
/// hold, so that a cell need not be understood before the next one begins.
class CellEnds {
 public:
  /// The data ends at `end`.
  CellEnds(const char* end, char delimiter) : finder_(delimiter), end_(end) {}

  [[nodiscard]] const char* dataEnd() const { return end_; }

  /// From `p` on those of `size` bytes, up to kBlock * kBlocks - kBits, are at hand.
  [[nodiscard]] bool reach(const char* p, std::size_t size) const {
    return static_cast<std::size_t>(p - base_) + size <= EndFinder::kBlock * kBlocks - kBits;
  }
  /// Puts at hand what is from `p` on.
  void find(const char* p);

  /// Of what is at hand: bit i is set where p[i] is one, for i below kBits.
  [[nodiscard]] std::uint64_t from(const char* p) const {
    const auto place = static_cast<std::size_t>(p - base_);
    std::uint64_t bits;
    std::memcpy(&bits, reinterpret_cast<const char*>(bits_.data()) + place / 8, sizeof bits);
    return bits >> (place % 8);
  }

  /// The first one from `p` on.
  const char* next(const char* p) {
    for (;; p += kBits) {
      if (!reach(p, 0)) find(p);
      if (const std::uint64_t bits = from(p); bits != 0) return p + std::countr_zero(bits);
    }
  }

 private:
  static constexpr std::size_t kBlocks = 64;
  static constexpr std::size_t kBits = 57;

  EndFinder finder_;
  const char* end_;
  /// Where the bits begin.
  const char* base_ = nullptr;
  std::array<std::uint64_t, kBlocks> bits_;
};

}  // namespace losskit
