#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "numeric/simd.h"
#include "tables/cell_ends.h"
#include "tables/input_buffer.h"
#include "tables/number.h"

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

/// All ones in as many lanes as the row says.
inline constexpr std::array<std::array<std::uint32_t, kLanes>, kLanes> kFirstLanes = {
    {{}, {~0U}, {~0U, ~0U}, {~0U, ~0U, ~0U}}};

}  // namespace usual

/// Reads numbers that stand side by side in a row of delimited text, as they are usually written: one to
/// three digits, perhaps with a minus sign, or four without, perhaps a decimal point, and up to eleven digits
/// behind it. Their points are brought to the same place, so that every digit has a weight that is known
/// beforehand, and no branch depends on what the numbers are. Whatever is written otherwise is left to
/// others.
///
/// `before` is the end of the cell in front of them, and what ends within kReach behind it is at hand.
class UsualNumbers {
 public:
  static constexpr std::size_t kMost = 16;
  /// It looks no further, whatever the cells are: from four of them to the next at most 65 bytes.
  static constexpr std::size_t kReach = 4 * 65 + 16 + 1;
  static_assert(kReach + 1 < InputBuffer::kPadding);

  UsualNumbers(char delimiter, char decimalPoint)
      : delimiters_(U32x4{} + static_cast<unsigned char>(delimiter)),
        marks_{kMinus, kMinus, kMinus, 0, static_cast<std::uint8_t>(decimalPoint ^ '0')} {}

  struct Taken {
    /// Where the last cell ends.
    const char* end;
    /// False when others must read the cells.
    bool isUsual;
  };

  /// The f32 nearest to each of `count` (1 to kMost) numbers. `returns`: of the carriage return behind the
  /// last one, 1 or 0.
  [[gnu::always_inline]] Taken floats(const char* before, const CellEnds& ends, std::size_t count,
                                      unsigned returns, float* values) const;
  /// A whole number.
  [[gnu::always_inline]] Taken integer(const char* before, const CellEnds& ends, unsigned returns,
                                       std::int32_t* value) const;

 private:
  static constexpr std::uint8_t kMinus = '-' ^ '0';

  /// What was seen of all numbers.
  struct Seen {
    U8x16 greatestDigit{};
    /// Bits of them.
    std::uint32_t distances = 0;
    /// Not zero where something stands that should not.
    U32x4 strange{};
    /// Least distances from the middle between two floats.
    U32x4 nearest = ~U32x4{};

    [[nodiscard]] bool areUsual() const {
      const auto isFine = (strange == 0) & (nearest != 0);
      return distances < usual::kDistances && number::areDigits(greatestDigit) &&
             all(reinterpret_cast<I32x4>(isFine));
    }
  };

  [[gnu::always_inline]] U32x4 digits(const char* before, const char* end, Seen& seen) const;
  template <class Count>
  [[gnu::always_inline]] const char* four(const char* before, const CellEnds& ends, Count count,
                                          unsigned returns, U32x4 delimiters, Seen& seen,
                                          float* values) const;
  [[nodiscard]] F64x2 joined(I32x4 front, I32x4 back) const;

  // In memory, where V8 reads them with one instruction: it makes a constant with three.
  U32x4 delimiters_;
  /// What stands among digits, as difference from a zero digit, by its place.
  U8x16 marks_;
  U8x16 zeros_ = splatByte('0');
  /// Added to differences from a zero digit: the highest bit for all but digits, and not for the first byte.
  U8x16 others_{0, 118, 118, 118, 118, 118, 118, 118, 118, 118, 118, 118, 118, 118, 118, 118};
  U16x8 tens_ = U16x8{} + (10 * 256 + 1);
  U16x8 hundreds_{100, 1, 100, 1, 100, 1, 100, 1};
  /// Of the first four bytes behind the whole number one is the point.
  U16x8 thousands_{1000, 1, 10000, 1, 1000, 1, 10000, 1};
  F64x2 back_ = splat(1e8);
  F64x2 unit_ = splat(1e-11);
  U32x4 firstByte_ = U32x4{} + 0xFF;
  U32x4 secondByte_ = U32x4{} + 0xFF00;
  U32x4 minus_ = U32x4{} + ('-' << 8);
};

/// The digits of the number between the two, by fours: its whole, three behind the point, and eight more.
inline U32x4 UsualNumbers::digits(const char* before, const char* end, Seen& seen) const {
  const U8x16 text = loadBytes(before + 1) ^ zeros_;
  const auto point = static_cast<std::uint32_t>(std::countr_zero(highBits(text + others_)));
  const auto distance = static_cast<std::uint32_t>(end - before);
  const std::uint32_t row = distance * 16 + point;
  const U8x16 aligned = swizzle(text, loadBytes(usual::kAligned[row % usual::kAlignments].data()));
  const U8x16 plain = clearWhere(reinterpret_cast<U8x16>(aligned == marks_), aligned);
  seen.greatestDigit = maximum(seen.greatestDigit, plain);
  seen.distances |= distance;
  return sumsOfProducts((reinterpret_cast<U16x8>(plain) * tens_) >> 8, hundreds_);
}

inline F64x2 UsualNumbers::joined(I32x4 front, I32x4 back) const {
  const F64x2 whole{static_cast<double>(front[0]), static_cast<double>(front[1])};
  const F64x2 rest{static_cast<double>(back[0]), static_cast<double>(back[1])};
  // Up to the last product it is exact.
  return (whole * back_ + rest) * unit_;
}

/// Four numbers, or `count` of them; others are zero then.
template <class Count>
inline const char* UsualNumbers::four(const char* before, const CellEnds& ends, Count count, unsigned returns,
                                      U32x4 delimiters, Seen& seen, float* values) const {
  const char* begin = before + 1;
  std::uint64_t bits = ends.from(begin);
  U32x4 fours[kLanes];
  U32x4 heads{};
  for (std::size_t i = 0; i < kLanes; ++i) {
    const bool isLast = i + 1 >= count;
    const char* end = begin + std::countr_zero(bits) - (isLast ? returns : 0);
    bits &= bits - (isLast ? 0 : 1);
    std::uint32_t head;
    std::memcpy(&head, before, sizeof head);
    heads[i] = head;
    fours[i] = digits(before, end, seen);
    before = end;
  }
  const U32x4 a = sumsOfProducts(narrowed(fours[0], fours[1]), thousands_);
  const U32x4 b = sumsOfProducts(narrowed(fours[2], fours[3]), thousands_);
  const auto front = reinterpret_cast<I32x4>(__builtin_shufflevector(a, b, 0, 2, 4, 6));
  const auto back = reinterpret_cast<I32x4>(__builtin_shufflevector(a, b, 1, 3, 5, 7));
  const F64x2 low = joined(front, back);
  const F64x2 high = joined(__builtin_shufflevector(front, front, 2, 3, 2, 3),
                            __builtin_shufflevector(back, back, 2, 3, 2, 3));
  const auto lows =
      __builtin_shufflevector(reinterpret_cast<U32x4>(low), reinterpret_cast<U32x4>(high), 0, 2, 4, 6);
  seen.nearest = minimum(seen.nearest, number::distanceFromMiddle(lows));
  U32x4 others = (heads & firstByte_) ^ delimiters;
  if (count < kLanes) {
    U32x4 lanes;
    std::memcpy(&lanes, usual::kFirstLanes[count].data(), sizeof lanes);
    others &= lanes;
  }
  seen.strange |= others;
  const auto signs = reinterpret_cast<U32x4>((heads & secondByte_) == minus_) << 31;
  storePart(values, count,
            reinterpret_cast<F32x4>(reinterpret_cast<U32x4>(roundedToFloat(low, high)) ^ signs));
  return before;
}

inline UsualNumbers::Taken UsualNumbers::floats(const char* before, const CellEnds& ends, std::size_t count,
                                                unsigned returns, float* values) const {
  constexpr std::integral_constant<std::size_t, kLanes> all;
  Seen seen;
  // What is in front of the first one is the caller's business.
  U32x4 delimiters = delimiters_;
  delimiters[0] = static_cast<unsigned char>(*before);
  for (; count > kLanes; count -= kLanes, values += kLanes, delimiters = delimiters_)
    before = four(before, ends, all, 0, delimiters, seen, values);
  before = four(before, ends, count, returns, delimiters, seen, values);
  return {before + returns, seen.areUsual() && (returns == 0 || *before == '\r')};
}

inline UsualNumbers::Taken UsualNumbers::integer(const char* before, const CellEnds& ends, unsigned returns,
                                                 std::int32_t* value) const {
  const char* end = before + 1 + std::countr_zero(ends.from(before + 1)) - returns;
  Seen seen;
  const U32x4 fours = digits(before, end, seen);
  const auto whole = static_cast<std::int32_t>(fours[0]);
  *value = before[1] == '-' ? -whole : whole;
  seen.strange = fours & U32x4{0, ~0U, ~0U, ~0U};
  return {end + returns, seen.areUsual() && (returns == 0 || *end == '\r')};
}

}  // namespace losskit
