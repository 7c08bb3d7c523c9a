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

/// The same for double.
bool parseDouble(std::string_view text, char decimalPoint, double* value);

/// Reads a whole number, also one written like 3.0 or 3e0. False when the text is something else or beyond 32
/// bits.
bool parseInteger(std::string_view text, char decimalPoint, std::int32_t* value);

/// Reads the text from `begin` to `end` in the data of an InputBuffer, as parseFloat does: up to 32 digits,
/// perhaps with a minus sign, a decimal point and an exponent of one or two digits. False when parseFloat
/// must decide.
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

/// Rows of bytes by the place of the decimal point in sixteen bytes of text at whose end a number stands:
/// ones in the point and all bytes before it. The last row stands for no point.
inline constexpr std::array<std::array<std::uint8_t, kMaxBytes>, kMaxBytes + 1> kUpToPoint = [] {
  std::array<std::array<std::uint8_t, kMaxBytes>, kMaxBytes + 1> masks{};
  for (unsigned place = 0; place < kMaxBytes; ++place) {
    for (unsigned i = 0; i <= place; ++i) masks[place][i] = 0xFF;
  }
  return masks;
}();

/// 10^-(digits behind the point), rounded to double, by the place of the point.
inline constexpr std::array<double, kMaxBytes + 1> kUnits = {
    1e-15, 1e-14, 1e-13, 1e-12, 1e-11, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 1};

/// Powers of ten from the least one on, each rounded to double; as many as a power of two.
inline constexpr int kLeastExponent = -64;
inline constexpr std::array<double, 128> kPowersOfTen = {
    1e-64, 1e-63, 1e-62, 1e-61, 1e-60, 1e-59, 1e-58, 1e-57, 1e-56, 1e-55, 1e-54, 1e-53, 1e-52, 1e-51, 1e-50,
    1e-49, 1e-48, 1e-47, 1e-46, 1e-45, 1e-44, 1e-43, 1e-42, 1e-41, 1e-40, 1e-39, 1e-38, 1e-37, 1e-36, 1e-35,
    1e-34, 1e-33, 1e-32, 1e-31, 1e-30, 1e-29, 1e-28, 1e-27, 1e-26, 1e-25, 1e-24, 1e-23, 1e-22, 1e-21, 1e-20,
    1e-19, 1e-18, 1e-17, 1e-16, 1e-15, 1e-14, 1e-13, 1e-12, 1e-11, 1e-10, 1e-9,  1e-8,  1e-7,  1e-6,  1e-5,
    1e-4,  1e-3,  1e-2,  1e-1,  1e0,   1e1,   1e2,   1e3,   1e4,   1e5,   1e6,   1e7,   1e8,   1e9,   1e10,
    1e11,  1e12,  1e13,  1e14,  1e15,  1e16,  1e17,  1e18,  1e19,  1e20,  1e21,  1e22,  1e23,  1e24,  1e25,
    1e26,  1e27,  1e28,  1e29,  1e30,  1e31,  1e32,  1e33,  1e34,  1e35,  1e36,  1e37,  1e38,  1e39,  1e40,
    1e41,  1e42,  1e43,  1e44,  1e45,  1e46,  1e47,  1e48,  1e49,  1e50,  1e51,  1e52,  1e53,  1e54,  1e55,
    1e56,  1e57,  1e58,  1e59,  1e60,  1e61,  1e62,  1e63};

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
inline U8x16 closeGap(U8x16 before, U8x16 digits, unsigned pointPlace) {
  const U8x16 moved =
      __builtin_shufflevector(before, digits, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
  const U8x16 upToPoint = loadBytes(kUpToPoint[pointPlace].data());
  return (moved & upToPoint) | (digits & ~upToPoint);
}

inline bool areDigits(U8x16 digits) {
  // 10 to 137 get the highest bit, above that it is there.
  return highBits((digits + (128 - 10)) | digits) == 0;
}

/// Sixteen decimal digits, each a byte of 0 to 9, as four numbers of four digits.
inline U32x4 joinFours(U8x16 digits) {
  // Of a pair of bytes the high one gets ten times the low one besides itself.
  const U16x8 twos = (reinterpret_cast<U16x8>(digits) * (10 * 256 + 1)) >> 8;
  return sumsOfProducts(twos, U16x8{100, 1, 100, 1, 100, 1, 100, 1});
}

/// The number that sixteen decimal digits are, the first one the most significant.
inline std::int64_t joinDigits(U8x16 digits) {
  const U32x4 fours = joinFours(digits);
  const U32x4 eights = sumsOfProducts(narrowed(fours, fours), U16x8{10000, 1, 10000, 1, 10000, 1, 10000, 1});
  return static_cast<std::int64_t>(std::uint64_t{eights[0]} * 100000000 + eights[1]);
}

/// Rounding a double once more, to float, goes to the right side, unless it is near the middle between two
/// floats, where the low 29 bits are 2^28.
inline constexpr std::uint32_t kMiddle = 1U << 28;
inline constexpr std::uint32_t kMargin = 8;

/// Of the low bits of doubles: 0 from the margin below the middle on, up to three margins above it.
template <class Bits>
Bits distanceFromMiddle(Bits low) {
  return (low + (kMiddle + kMargin)) & (2 * kMiddle - 4 * kMargin);
}

/// The f32 nearest to a number whose magnitude, in double, is off by less than eight units in the last place.
/// False when that does not tell which float it is.
inline bool roundToFloat(double magnitude, bool isNegative, float* value) {
  const auto low = static_cast<std::uint32_t>(std::bit_cast<std::uint64_t>(magnitude));
  const std::uint32_t sign = static_cast<std::uint32_t>(isNegative) << 31;
  *value = std::bit_cast<float>(std::bit_cast<std::uint32_t>(static_cast<float>(magnitude)) | sign);
  return distanceFromMiddle(low) != 0;
}

}  // namespace number

/// Reads a plain number, the bytes from `begin` to `end` in the data of an InputBuffer: one to sixteen
/// digits, perhaps with a minus sign and a decimal point. False when they are something else, which may well
/// be a number too. Without a branch that depends on sign or length: in a file of scores no one could
/// foretell them.
inline bool readPlainNumber(const char* begin, const char* end, char decimalPoint, PlainNumber* plain) {
  using number::kMaxBytes;
  const bool isNegative = *begin == '-';
  // Wraps where there is none.
  const unsigned behindFirst = static_cast<unsigned>(end - begin) - isNegative - 1;
  const U8x16 text = number::keepLast(number::digitValues(end - kMaxBytes), behindFirst % kMaxBytes + 1);
  const std::uint32_t points = number::pointsIn(text, decimalPoint);
  const auto pointPlace = static_cast<unsigned>(std::countr_zero(points | (1U << kMaxBytes)));
  const U8x16 digits = number::closeGap(U8x16{}, text, pointPlace);
  *plain = {isNegative, number::joinDigits(digits), pointPlace};
  // A point alone is no number.
  const unsigned digitsBehindFirst = behindFirst + pointPlace / kMaxBytes;
  return behindFirst < kMaxBytes && digitsBehindFirst != 0 && number::areDigits(digits);
}

/// The f32 nearest to the number. False when parseFloat must decide.
inline bool toFloat(const PlainNumber& plain, float* value) {
  // Three roundings, each by half a unit in the last place at most. No subnormal float and no infinity can
  // come of it.
  const double magnitude = static_cast<double>(plain.mantissa) * number::kUnits[plain.pointPlace];
  return number::roundToFloat(magnitude, plain.isNegative, value);
}

/// The f32 nearest to the text from `begin` to `end` in the data of an InputBuffer, in whatever way is the
/// quickest. False when parseFloat must decide.
inline bool readFloat(const char* begin, const char* end, char decimalPoint, float* value) {
  PlainNumber plain;
  const auto size = static_cast<unsigned>(end - begin);
  const bool isPlain = size <= number::kMaxBytes + 1 && readPlainNumber(begin, end, decimalPoint, &plain);
  return (isPlain && toFloat(plain, value)) || readLongFloat(begin, end, decimalPoint, value);
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
