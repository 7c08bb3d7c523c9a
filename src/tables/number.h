#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <string_view>

#include "numeric/simd.h"

namespace losskit {

/// Reads a whole text as the f32 nearest to it (ties to even), exactly for every decimal string. Takes a
/// sign, a fraction, an exponent, and inf, infinity, nan in any case; what is too large is infinite. Returns
/// false when the text is not one number.
bool parseFloat(std::string_view text, char decimalPoint, float* value);

/// Reads a whole number, also one written like 3.0 or 3e0. False when the text is something else or beyond 32
/// bits.
bool parseInteger(std::string_view text, char decimalPoint, std::int32_t* value);

/// Reads the text from `begin` to `end` in the data of an InputBuffer, as parseFloat does: up to 32 digits,
/// perhaps with a minus sign, a decimal point and an exponent of two digits. False when parseFloat must
/// decide.
bool readLongFloat(const char* begin, const char* end, char decimalPoint, float* value);

/// A number as it is written: its sign, its digits as a whole number, and where among sixteen bytes the point
/// stands.
struct PlainNumber {
  bool isNegative;
  std::int64_t mantissa;
  unsigned pointPlace;
};

namespace number {

/// The longest plain number without its sign.
inline constexpr unsigned kMaxBytes = 16;

/// What the place of the decimal point means for sixteen bytes of text at whose end a number stands.
struct PointPlace {
  /// Ones in the point and all bytes before it.
  std::array<std::uint8_t, 16> upToPoint;
  /// 10^-(digits behind the point), rounded to double.
  double unit;
};

/// By the place of the point; the last one stands for no point.
inline constexpr std::array<PointPlace, kMaxBytes + 1> kPointPlaces = [] {
  constexpr double units[kMaxBytes] = {1e-15, 1e-14, 1e-13, 1e-12, 1e-11, 1e-10, 1e-9, 1e-8,
                                       1e-7,  1e-6,  1e-5,  1e-4,  1e-3,  1e-2,  1e-1, 1};
  std::array<PointPlace, kMaxBytes + 1> places{};
  for (unsigned place = 0; place < kMaxBytes; ++place) {
    for (unsigned i = 0; i <= place; ++i) places[place].upToPoint[i] = 0xFF;
    places[place].unit = units[place];
  }
  places[kMaxBytes].unit = 1;
  return places;
}();

/// Sixteen zeros, then sixteen ones: from byte n on, a mask of the last n bytes.
inline constexpr std::array<std::uint8_t, 32> kLastBytes = [] {
  std::array<std::uint8_t, 32> masks{};
  for (std::size_t i = 16; i < 32; ++i) masks[i] = 0xFF;
  return masks;
}();

/// The values of sixteen digits; bytes that are no digits get values above 9.
inline U8x16 digitValues(const char* text) {
  return loadBytes(text) ^ splatByte('0');
}
inline U8x16 keepLast(U8x16 digits, unsigned count) {
  return digits & loadBytes(kLastBytes.data() + count);
}

/// Bit i is set where byte i is the decimal point.
inline std::uint32_t pointsIn(U8x16 digits, char decimalPoint) {
  return highBits(reinterpret_cast<U8x16>(digits == (splatByte(decimalPoint) ^ splatByte('0'))));
}

/// Takes the point out: what stands before it moves over it, `before` follows from the left.
inline U8x16 closeGap(U8x16 before, U8x16 digits, const PointPlace& place) {
  const U8x16 moved =
      __builtin_shufflevector(before, digits, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
  const U8x16 upToPoint = loadBytes(place.upToPoint.data());
  return (moved & upToPoint) | (digits & ~upToPoint);
}

inline bool areDigits(U8x16 digits) {
  return highBits(reinterpret_cast<U8x16>(digits > 9)) == 0;
}

/// The number that sixteen decimal digits are, each a byte of 0 to 9, the first one the most significant.
inline std::int64_t joinDigits(U8x16 digits) {
  const auto ones = reinterpret_cast<U16x8>(digits);
  const U16x8 twos = (ones & 0xFF) * 10 + (ones >> 8);
  const auto weighted = reinterpret_cast<U32x4>(twos * U16x8{100, 1, 100, 1, 100, 1, 100, 1});
  const auto fours = reinterpret_cast<U64x2>((weighted & 0xFFFF) + (weighted >> 16));
  const auto eight = [](std::uint64_t pair) { return (pair & 0xFFFFFFFF) * 10000 + (pair >> 32); };
  return static_cast<std::int64_t>(eight(fours[0]) * 100000000 + eight(fours[1]));
}

/// The f32 nearest to a number whose magnitude, in double, is off by less than eight units in the last place.
/// False when that does not tell which float it is.
inline bool roundToFloat(double magnitude, bool isNegative, float* value) {
  // Rounding once more goes to the right side, unless the middle between two floats, where the low 29 bits
  // are 2^28, is near.
  constexpr std::uint32_t half = 1U << 28;
  constexpr std::uint32_t margin = 8;
  const std::uint32_t low =
      static_cast<std::uint32_t>(std::bit_cast<std::uint64_t>(magnitude)) & (2 * half - 1);
  const std::uint32_t sign = static_cast<std::uint32_t>(isNegative) << 31;
  *value = std::bit_cast<float>(std::bit_cast<std::uint32_t>(static_cast<float>(magnitude)) | sign);
  return low - (half - margin) > 2 * margin;
}

}  // namespace number

/// Reads a plain number, the bytes from `begin` to `end` in the data of an InputBuffer: one to sixteen
/// digits, perhaps with a minus sign and a decimal point. False when they are something else, which may well
/// be a number too. Without a branch that depends on sign or length: in a file of scores no one could
/// foretell them.
inline bool readPlainNumber(const char* begin, const char* end, char decimalPoint, PlainNumber* plain) {
  plain->isNegative = *begin == '-';
  const auto size = static_cast<unsigned>(end - begin) - plain->isNegative;
  if (size - 1 >= number::kMaxBytes) return false;
  const U8x16 text = number::keepLast(number::digitValues(end - number::kMaxBytes), size);
  const std::uint32_t points = number::pointsIn(text, decimalPoint);
  plain->pointPlace = static_cast<unsigned>(std::countr_zero(points | (1U << number::kMaxBytes)));
  const U8x16 digits = number::closeGap(U8x16{}, text, number::kPointPlaces[plain->pointPlace]);
  plain->mantissa = number::joinDigits(digits);
  return number::areDigits(digits) && (size > 1 || points == 0);
}

/// The f32 nearest to the number. False when parseFloat must decide.
inline bool toFloat(const PlainNumber& plain, float* value) {
  // Three roundings, each by half a unit in the last place at most. No subnormal float and no infinity can
  // come of it.
  const double magnitude = static_cast<double>(plain.mantissa) * number::kPointPlaces[plain.pointPlace].unit;
  return number::roundToFloat(magnitude, plain.isNegative, value);
}

/// The number as i32. False when it has a point or does not fit.
inline bool toInteger(const PlainNumber& plain, std::int32_t* value) {
  if (plain.pointPlace != number::kMaxBytes || plain.mantissa > std::numeric_limits<std::int32_t>::max())
    return false;
  const auto magnitude = static_cast<std::int32_t>(plain.mantissa);
  *value = plain.isNegative ? -magnitude : magnitude;
  return true;
}

}  // namespace losskit
