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

namespace side_by_side {

/// All ones in as many lanes as the row says.
inline constexpr std::array<std::array<std::uint32_t, kLanes>, kLanes> kFirstLanes = {
    {{}, {~0U}, {~0U, ~0U}, {~0U, ~0U, ~0U}}};

/// What was seen of all numbers.
struct Seen {
  U8x16 greatestDigit{};
  /// Bits of them, each of what may not be kMostExtent.
  std::uint32_t extents = 0;
  /// Not zero where something stands that should not.
  U32x4 strange{};
  /// Least distances from the middle between two floats.
  U32x4 nearest = ~U32x4{};

  static constexpr std::uint32_t kMostExtent = 32;

  [[nodiscard]] bool areUsual() const {
    const auto isFine = (strange == 0) & (nearest != 0);
    return extents < kMostExtent && number::areDigits(greatestDigit) && all(reinterpret_cast<I32x4>(isFine));
  }
};

}  // namespace side_by_side

/// Cells that were read.
struct Taken {
  /// Where the last one ends.
  const char* end;
  /// False when others must read them.
  bool isUsual;
};

/// Reads numbers that stand side by side in a row of delimited text, as far as they are all written in a form
/// that it knows. Their points are brought to the same place, so that every digit has a weight that is known
/// beforehand, and no branch depends on what the numbers are. Whatever is written otherwise is left to
/// others.
///
/// `before` is the end of the cell in front of them, and what ends within kReach behind it is at hand.
///
/// A form has
///   kReach                                how far it looks, whatever the cells are
///   Ends                                  the ends of four cells, one after another
///   Four                                  what is gathered of four numbers
///   take(before, end, lane, four, seen)   one of them, which stands between the two
///   finish(four, low, high, seen)         their magnitudes
///   integer(before, end, seen, value)     a whole number; false where it is none
template <class Form>
class NumbersSideBySide {
 public:
  static constexpr std::size_t kMost = 16;
  static constexpr std::size_t kReach = Form::kReach;
  static_assert(kReach + 1 < InputBuffer::kPadding);

  NumbersSideBySide(char delimiter, char decimalPoint)
      : delimiters_(U32x4{} + static_cast<unsigned char>(delimiter)), form_(decimalPoint) {}

  /// The f32 nearest to each of `count` (1 to kMost) numbers. `returns`: of the carriage return behind the
  /// last one, 1 or 0.
  [[gnu::always_inline]] Taken floats(const char* before, const CellEnds& ends, std::size_t count,
                                      unsigned returns, float* values) const;
  /// A whole number.
  [[gnu::always_inline]] Taken integer(const char* before, const CellEnds& ends, unsigned returns,
                                       std::int32_t* value) const;

 private:
  using Seen = side_by_side::Seen;

  template <class Count>
  [[gnu::always_inline]] const char* four(const char* before, const CellEnds& ends, Count count,
                                          unsigned returns, U32x4 delimiters, Seen& seen,
                                          float* values) const;

  // In memory, where V8 reads them with one instruction: it makes a constant with three.
  U32x4 delimiters_;
  U32x4 firstByte_ = U32x4{} + 0xFF;
  U32x4 secondByte_ = U32x4{} + 0xFF00;
  U32x4 minus_ = U32x4{} + ('-' << 8);
  Form form_;
};

/// Four numbers, or `count` of them; others are zero then.
template <class Form>
template <class Count>
inline const char* NumbersSideBySide<Form>::four(const char* before, const CellEnds& ends, Count count,
                                                 unsigned returns, U32x4 delimiters, Seen& seen,
                                                 float* values) const {
  typename Form::Four four;
  typename Form::Ends cellEnds(ends, before);
  U32x4 heads{};
  for (std::size_t i = 0; i < kLanes; ++i) {
    const bool isLast = i + 1 >= count;
    const char* end = cellEnds.next(before, isLast) - (isLast ? returns : 0);
    std::uint32_t head;
    std::memcpy(&head, before, sizeof head);
    heads[i] = head;
    form_.take(before, end, i, four, seen);
    before = end;
  }
  F64x2 low;
  F64x2 high;
  form_.finish(four, &low, &high, seen);
  const auto lows =
      __builtin_shufflevector(reinterpret_cast<U32x4>(low), reinterpret_cast<U32x4>(high), 0, 2, 4, 6);
  seen.nearest = minimum(seen.nearest, number::distanceFromMiddle(lows));
  U32x4 others = (heads & firstByte_) ^ delimiters;
  if (count < kLanes) {
    U32x4 lanes;
    std::memcpy(&lanes, side_by_side::kFirstLanes[count].data(), sizeof lanes);
    others &= lanes;
  }
  seen.strange |= others;
  const auto signs = reinterpret_cast<U32x4>((heads & secondByte_) == minus_) << 31;
  storePart(values, count,
            reinterpret_cast<F32x4>(reinterpret_cast<U32x4>(roundedToFloat(low, high)) ^ signs));
  return before;
}

template <class Form>
inline Taken NumbersSideBySide<Form>::floats(const char* before, const CellEnds& ends, std::size_t count,
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

template <class Form>
inline Taken NumbersSideBySide<Form>::integer(const char* before, const CellEnds& ends, unsigned returns,
                                              std::int32_t* value) const {
  Seen seen;
  const char* end = typename Form::Ends(ends, before).next(before, true) - returns;
  const bool isWhole = form_.integer(before, end, seen, value);
  return {end + returns, isWhole && seen.areUsual() && (returns == 0 || *end == '\r')};
}

}  // namespace losskit
