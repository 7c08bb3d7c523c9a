#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "numeric/simd.h"
#include "tables/cell_ends.h"
#include "tables/number.h"
#include "tables/numbers_side_by_side.h"
#include "tables/usual_numbers.h"

namespace losskit {

namespace long_numbers {

/// Up to 25 bytes, one to four of them, a minus sign among them, in front of the point, and perhaps an
/// exponent of one or two digits: as doubles are written to be read back, or in full.
class Form {
 public:
  /// From each cell to the next at most 65 bytes.
  static constexpr std::size_t kReach = 16 * 65 + 16 + 1;

  explicit Form(char decimalPoint) : digits_(decimalPoint) {}

  class Ends {
   public:
    Ends(const CellEnds& ends, const char* /*before*/) : ends_(ends) {}
    [[nodiscard]] const char* next(const char* before, bool isLast) {
      end_ = isOver_ ? end_ : before + 1 + std::countr_zero(ends_.from(before + 1));
      isOver_ = isLast;
      return end_;
    }

   private:
    const CellEnds& ends_;
    const char* end_ = nullptr;
    bool isOver_ = false;
  };

  struct Four {
    /// Of the bytes around the point, and of those behind them.
    U32x4 fours[kLanes];
    U32x4 rest[kLanes];
    double units[kLanes];
  };

  [[gnu::always_inline]] void take(const char* before, const char* end, std::size_t lane, Four& four,
                                   side_by_side::Seen& seen) const {
    const Exponent exponent = exponentOf(before, end);
    // Of an empty cell its delimiter, which is no digit; of no cell at all nothing.
    const int size = std::max(static_cast<int>(exponent.begin - before) - 1, end == before ? 0 : 1);
    const U8x16 text = loadBytes(before + 1) ^ digits_.zeros();
    const std::uint32_t point = digits_.point(text);
    const U8x16 places = places_ + static_cast<std::uint8_t>(point - usual::kWhole);
    const auto beyond = reinterpret_cast<U8x16>(places >= U8x16{} + static_cast<std::uint8_t>(size));
    const U8x16 plain = digits_.plain(swizzle(text, places | beyond));
    const auto aligned = point + 1 + usual::kFraction;
    const int behind = size - static_cast<int>(aligned);
    const U8x16 rest = (loadBytes(before + 1 + aligned) ^ digits_.zeros()) & firstBytes(behind);
    seen.greatestDigit = maximum(seen.greatestDigit, maximum(plain, rest));
    // A point behind more than kWhole bytes is beyond what may be, too.
    seen.extents |= static_cast<std::uint32_t>(size + kSizeMargin) | (point + 7 - usual::kWhole) << 2 |
                    exponent.power >> 2;
    four.fours[lane] = digits_.fours(plain);
    four.rest[lane] = digits_.fours(rest);
    four.units[lane] = number::kPowersOfTen[exponent.power % number::kPowersOfTen.size()];
  }

  [[gnu::always_inline]] void finish(const Four& four, F64x2* low, F64x2* high,
                                     side_by_side::Seen& seen) const {
    const usual::Halves around(four.fours, thousands_);
    const usual::Halves behind(four.rest, tenThousands_);
    *low = magnitude(around.front, around.back, behind.front, behind.back, four.units);
    *high = magnitude(usual::highLanes(around.front), usual::highLanes(around.back),
                      usual::highLanes(behind.front), usual::highLanes(behind.back), four.units + 2);
    // Subnormal floats have their middles elsewhere.
    seen.strange |= reinterpret_cast<U32x4>(subnormal(*low) | subnormal(*high));
  }

  [[gnu::always_inline]] bool integer(const char* before, const char* end, side_by_side::Seen& seen,
                                      std::int32_t* value) const {
    Four four{};
    take(before, end, 0, four, seen);
    F64x2 low;
    F64x2 high;
    finish(four, &low, &high, seen);
    float nearest = 0;
    if (!(low[0] < kGreatestWhole) || !number::roundToFloat(low[0], before[1] == '-', &nearest)) return false;
    *value = static_cast<std::int32_t>(nearest);
    return static_cast<float>(*value) == nearest;
  }

 private:
  /// A size of 25 and this is just below what is too much.
  static constexpr int kSizeMargin = side_by_side::Seen::kMostExtent - 1 - 25;
  /// Of ten for the last digit: so many stand behind the point, the rest filled up to sixteen.
  static constexpr int kUnit = -static_cast<int>(usual::kFraction) - 16;
  /// Up to here a float can be every whole number.
  static constexpr double kGreatestWhole = 1 << 24;

  struct Exponent {
    /// Where it begins; the end of the number where it has none.
    const char* begin;
    /// Of ten for the last digit of the rest, as index.
    std::uint32_t power;
  };

  /// Without a branch, as in a file of probabilities no one could foretell it.
  [[gnu::always_inline]] static Exponent exponentOf(const char* before, const char* end) {
    std::uint32_t tail;
    std::memcpy(&tail, end - 4, sizeof tail);
    // e-7 as e-07.
    const bool hasOneDigit = (tail >> 8 & 0xDF) == 'E';
    const std::uint32_t filled = (tail >> 8 & 0xFFFF) | '0' << 16 | (tail & 0xFF000000);
    // Differences from "e-00".
    const std::uint32_t text = ((hasOneDigit ? filled : tail) | 0x20) ^ 0x30302D65;
    const std::uint32_t noDigits = (text | (text + 0x76760000)) & 0x80800000;
    // '+' differs by two bits from '-'.
    const std::uint32_t noSign = (text & 0xF9FF) | ((text ^ text >> 1) & 0x200);
    const std::ptrdiff_t size = hasOneDigit ? 3 : 4;
    const bool isThere = (noDigits | noSign) == 0 && end - before > size + 1;
    const int sign = (text & 0x200) == 0 ? -1 : 1;
    const int value = sign * static_cast<int>(10 * (text >> 16 & 0xFF) + (text >> 24));
    const int power = kUnit - number::kLeastExponent + (isThere ? value : 0);
    return {end - (isThere ? size : 0), static_cast<std::uint32_t>(power)};
  }

  /// All ones in so many of the first bytes.
  [[gnu::always_inline]] U8x16 firstBytes(int count) const {
    using I8x16 = std::int8_t __attribute__((vector_size(16)));
    return reinterpret_cast<U8x16>(reinterpret_cast<I8x16>(places_) <
                                   I8x16{} + static_cast<std::int8_t>(count));
  }

  /// Six roundings, each by half a unit in the last place at most.
  [[gnu::always_inline]] F64x2 magnitude(I32x4 front, I32x4 back, I32x4 restFront, I32x4 restBack,
                                         const double* units) const {
    const F64x2 around = usual::asDoubles(front) * eight_ + usual::asDoubles(back);
    const F64x2 behind = usual::asDoubles(restFront) * eight_ + usual::asDoubles(restBack);
    return (around * sixteen_ + behind) * F64x2{units[0], units[1]};
  }

  [[nodiscard]] I64x2 subnormal(F64x2 magnitude) const {
    return reinterpret_cast<I64x2>(magnitude < least_) & reinterpret_cast<I64x2>(magnitude != 0);
  }

  usual::Digits digits_;
  U8x16 places_{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  U16x8 thousands_{1000, 1, 10000, 1, 1000, 1, 10000, 1};
  U16x8 tenThousands_ = U16x8{10000, 1, 10000, 1, 10000, 1, 10000, 1};
  F64x2 eight_ = splat(1e8);
  F64x2 sixteen_ = splat(1e16);
  F64x2 least_ = splat(0x1p-126);
};

}  // namespace long_numbers

/// Numbers of more digits, and with an exponent.
using LongNumbers = NumbersSideBySide<long_numbers::Form>;

}  // namespace losskit
