#pragma once

#include <bit>
#include <cstdint>

#include "numeric/simd.h"

namespace losskit {

/// Walks over the brackets of a JSON text that stand outside of quotes, in the data of an InputBuffer, by
/// blocks of 64 bytes.
class JsonBrackets {
 public:
  JsonBrackets(const char* begin, const char* end, bool isInText = false)
      : block_(begin), end_(end), isInText_(isInText), marks_(begin < end ? marksIn(begin) : 0) {}

  /// The next one; the end of the text where there is none.
  const char* next() {
    for (;;) {
      while (marks_ == 0) {
        block_ += kBlock;
        if (block_ >= end_) return end_;
        marks_ = marksIn(block_);
      }
      const char* mark = block_ + std::countr_zero(marks_);
      marks_ &= marks_ - 1;
      if (mark >= end_) return end_;
      if (mark == escaped_) continue;
      if (*mark == '\\') {
        if (isInText_) escaped_ = mark + 1;
        isBroken_ = isBroken_ || !isInText_;
      } else if (*mark == '"') {
        isInText_ = !isInText_;
      } else if (!isInText_ && *mark != '|') {
        return mark;
      }
    }
  }

  /// Whether the text ends in quotes, and behind a backslash in them: once there is no next one.
  [[nodiscard]] bool isInText() const { return isInText_; }
  [[nodiscard]] bool isEscaped() const { return escaped_ == end_; }
  /// There was a backslash outside of quotes.
  [[nodiscard]] bool isBroken() const { return isBroken_; }

 private:
  static constexpr std::ptrdiff_t kBlock = 64;

  /// Bit i is set where byte i is a bracket, a quote, a backslash or a bar.
  static std::uint64_t marksIn(const char* block) {
    std::uint64_t marks = 0;
    for (std::ptrdiff_t i = 0; i < kBlock; i += 16) {
      const U8x16 bytes = loadBytes(block + i);
      // With the bit of small letters set, a backslash is a bar, which stands between the braces.
      const U8x16 small = bytes | 0x20;
      const auto found = (bytes == splatByte('"')) | ((small >= splatByte('{')) & (small <= splatByte('}')));
      marks |= std::uint64_t{highBits(reinterpret_cast<U8x16>(found))} << i;
    }
    return marks;
  }

  const char* block_;
  const char* end_;
  bool isInText_;
  bool isBroken_ = false;
  /// What a backslash takes its meaning from.
  const char* escaped_ = nullptr;
  std::uint64_t marks_;
};

}  // namespace losskit
