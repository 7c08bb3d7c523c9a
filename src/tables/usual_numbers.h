#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "numeric/simd.h"
#include "tables/cell_ends.h"
#include "tables/number.h"
#include "tables/numbers_side_by_side.h"

namespace losskit {

namespace usual {

/// Bytes in front of the point, and behind it.
inline constexpr unsigned kWhole = 4;
inline constexpr unsigned kFraction = 11;

/// By the distance between the ends of a cell and of the one before it, 0 to 15, and the place of the first
/// byte behind its first one that is no digit: which of its bytes goes where, so that the point comes behind
/// kWhole others and nothing stands where the number has no digits. Numbers that have no room there get what
/// is no digit everywhere.
inline constexpr unsigned kDistances = 16;
inline constexpr unsigned kAlignments = kDistances * 16;
inline constexpr std::array<std::array<std::uint8_t, 16>, kAlignments> kAligned = [] {
  constexpr std::uint8_t nothing = 0x80;
  std::array<std::array<std::uint8_t, 16>, kAlignments> rows{};
  for (unsigned row = 0; row < kAlignments; ++row) {
    const unsigned distance = row / 16;
    const unsigned point = row % 16;
    // Of an empty cell its delimiter; of no cell at all nothing.
    const unsigned size = distance == 1 ? 1 : distance == 0 ? 0 : distance - 1;
    const bool fits = size == 0 || (point <= kWhole && size <= point + 1 + kFraction);
    for (unsigned i = 0; i < 16; ++i) {
      const unsigned place = i + point - kWhole;
      rows[row][i] = static_cast<std::uint8_t>(!fits ? point : place < size ? place : nothing);
    }
  }
  return rows;
}();

/// Sixteen bytes of a number to the digits they stand for, by fours.
class Digits {
 public:
  explicit Digits(char decimalPoint)
      : marks_{kMinus, kMinus, kMinus, 0, static_cast<std::uint8_t>(decimalPoint ^ '0')} {}

  U8x16 zeros() const { return zeros_; }
  /// The place of the first byte behind the first one that is no digit; 32 where there is none. The bytes as
  /// differences from a zero digit.
  [[nodiscard]] std::uint32_t point(U8x16 text) const {
    return static_cast<std::uint32_t>(std::countr_zero(highBits(text + others_)));
  }
  /// Without the marks, of bytes that are aligned at the point.
  [[nodiscard]] U8x16 plain(U8x16 aligned) const {
    return clearWhere(reinterpret_cast<U8x16>(aligned == marks_), aligned);
  }
  [[nodiscard]] U32x4 fours(U8x16 digits) const {
    return sumsOfProducts((reinterpret_cast<U16x8>(digits) * tens_) >> 8, hundreds_);
  }

 private:
  static constexpr std::uint8_t kMinus = '-' ^ '0';

  // In memory, as in NumbersSideBySide.
  /// What stands among digits, as difference from a zero digit, by its place.
  U8x16 marks_;
  U8x16 zeros_ = splatByte('0');
  /// Added to differences from a zero digit: the highest bit for all but digits, and not for the first byte.
  U8x16 others_{0, 118, 118, 118, 118, 118, 118, 118, 118, 118, 118, 118, 118, 118, 118, 118};
  U16x8 tens_ = U16x8{} + (10 * 256 + 1);
  U16x8 hundreds_{100, 1, 100, 1, 100, 1, 100, 1};
};

/// The numbers in lanes 0 and 1 as doubles.
inline F64x2 asDoubles(I32x4 numbers) {
  return F64x2{static_cast<double>(numbers[0]), static_cast<double>(numbers[1])};
}
inline I32x4 highLanes(I32x4 numbers) {
  return __builtin_shufflevector(numbers, numbers, 2, 3, 2, 3);
}

/// Of four numbers in fours of digits, the first two fours of each, and the others.
struct Halves {
  I32x4 front;
  I32x4 back;

  Halves(const U32x4 (&fours)[kLanes], U16x8 weights) {
    const U32x4 a = sumsOfProducts(narrowed(fours[0], fours[1]), weights);
    const U32x4 b = sumsOfProducts(narrowed(fours[2], fours[3]), weights);
    front = reinterpret_cast<I32x4>(__builtin_shufflevector(a, b, 0, 2, 4, 6));
    back = reinterpret_cast<I32x4>(__builtin_shufflevector(a, b, 1, 3, 5, 7));
  }
};

/// One to three digits, perhaps with a minus sign, or four without, perhaps a decimal point, and up to eleven
/// digits behind it.
class Form {
 public:
  /// From four cells to the next at most 65 bytes.
  static constexpr std::size_t kReach = 4 * 65 + 16 + 1;

  explicit Form(char decimalPoint) : digits_(decimalPoint) {}

  /// Of four cells all are seen at once.
  class Ends {
   public:
    Ends(const CellEnds& ends, const char* before) : begin_(before + 1), bits_(ends.from(before + 1)) {}
    [[nodiscard]] const char* next(const char* /*before*/, bool isLast) {
      const char* end = begin_ + std::countr_zero(bits_);
      bits_ &= bits_ - (isLast ? 0 : 1);
      return end;
    }

   private:
    const char* begin_;
    std::uint64_t bits_;
  };

  struct Four {
    U32x4 fours[kLanes];
  };

  [[gnu::always_inline]] void take(const char* before, const char* end, std::size_t lane, Four& four,
                                   side_by_side::Seen& seen) const {
    four.fours[lane] = fours(before, end, seen);
  }

  [[gnu::always_inline]] void finish(const Four& four, F64x2* low, F64x2* high,
                                     side_by_side::Seen& /*seen*/) const {
    const Halves halves(four.fours, thousands_);
    *low = joined(halves.front, halves.back);
    *high = joined(highLanes(halves.front), highLanes(halves.back));
  }

  [[gnu::always_inline]] bool integer(const char* before, const char* end, side_by_side::Seen& seen,
                                      std::int32_t* value) const {
    const U32x4 digits = fours(before, end, seen);
    const auto whole = static_cast<std::int32_t>(digits[0]);
    *value = before[1] == '-' ? -whole : whole;
    seen.strange = digits & U32x4{0, ~0U, ~0U, ~0U};
    return true;
  }

 private:
  /// The digits of the number between the two, by fours: its whole, three behind the point, and eight more.
  [[gnu::always_inline]] U32x4 fours(const char* before, const char* end, side_by_side::Seen& seen) const {
    const U8x16 text = loadBytes(before + 1) ^ digits_.zeros();
    const std::uint32_t point = digits_.point(text);
    const auto distance = static_cast<std::uint32_t>(end - before);
    const std::uint32_t row = distance * 16 + point;
    const U8x16 plain = digits_.plain(swizzle(text, loadBytes(kAligned[row % kAlignments].data())));
    seen.greatestDigit = maximum(seen.greatestDigit, plain);
    seen.extents |= distance * (side_by_side::Seen::kMostExtent / kDistances);
    return digits_.fours(plain);
  }

  [[gnu::always_inline]] F64x2 joined(I32x4 front, I32x4 back) const {
    // Up to the last product it is exact.
    return (asDoubles(front) * back_ + asDoubles(back)) * unit_;
  }

  Digits digits_;
  /// Of the first four bytes behind the whole number one is the point.
  U16x8 thousands_{1000, 1, 10000, 1, 1000, 1, 10000, 1};
  F64x2 back_ = splat(1e8);
  F64x2 unit_ = splat(1e-11);
};

}  // namespace usual

/// As numbers are usually written.
using UsualNumbers = NumbersSideBySide<usual::Form>;

}  // namespace losskit
