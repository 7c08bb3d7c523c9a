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

/// Sixteen decimal digits, each a byte of 0 to 9, as four numbers of four digits.
inline U32x4 joinFours(U8x16 digits) {
  const auto ones = reinterpret_cast<U16x8>(digits);
  const U16x8 twos = (ones & 0xFF) * 10 + (ones >> 8);
  return sumsOfProducts(twos, U16x8{100, 1, 100, 1, 100, 1, 100, 1});
}

/// Two times sixteen digits as numbers of eight: the first and second half of `a`, then of `b`.
inline U32x4 joinEights(U8x16 a, U8x16 b) {
  return sumsOfProducts(narrowed(joinFours(a), joinFours(b)), U16x8{10000, 1, 10000, 1, 10000, 1, 10000, 1});
}

/// The number that sixteen decimal digits are, the first one the most significant.
inline std::int64_t joinDigits(U8x16 digits) {
  const U32x4 eights = joinEights(digits, digits);
  return static_cast<std::int64_t>(std::uint64_t{eights[0]} * 100000000 + eights[1]);
}

/// Rounding a double once more, to float, goes to the right side, unless it is near the middle between two
/// floats, where the low 29 bits are 2^28.
inline constexpr std::uint32_t kMiddle = 1U << 28;
inline constexpr std::uint32_t kMargin = 8;

/// The f32 nearest to a number whose magnitude, in double, is off by less than eight units in the last place.
/// False when that does not tell which float it is.
inline bool roundToFloat(double magnitude, bool isNegative, float* value) {
  const std::uint32_t low =
      static_cast<std::uint32_t>(std::bit_cast<std::uint64_t>(magnitude)) & (2 * kMiddle - 1);
  const std::uint32_t sign = static_cast<std::uint32_t>(isNegative) << 31;
  *value = std::bit_cast<float>(std::bit_cast<std::uint32_t>(static_cast<float>(magnitude)) | sign);
  return low - (kMiddle - kMargin) > 2 * kMargin;
}

/// Whether that tells it of both.
inline bool areClear(F64x2 magnitudes) {
  const auto bits = reinterpret_cast<U32x4>(magnitudes);
  const U32x4 low = (bits & (2 * kMiddle - 1)) - (kMiddle - kMargin);
  const auto isClear = low > 2 * kMargin;
  return (isClear[0] & isClear[2]) != 0;
}

/// The digits of a plain number, without sign and point, at the end of sixteen bytes.
struct PlainDigits {
  U8x16 digits;
  unsigned pointPlace;
  bool isNegative;
  /// It is neither empty nor too long nor a point alone; the bytes are still to be checked.
  bool fits;

  PlainDigits(const char* begin, const char* end, char decimalPoint) : isNegative(*begin == '-') {
    const auto size = static_cast<unsigned>(end - begin) - isNegative;
    fits = size - 1 < kMaxBytes;
    const U8x16 text = keepLast(digitValues(end - kMaxBytes), fits ? size : 0);
    const std::uint32_t points = pointsIn(text, decimalPoint);
    pointPlace = static_cast<unsigned>(std::countr_zero(points | (1U << kMaxBytes)));
    digits = closeGap(U8x16{}, text, kPointPlaces[pointPlace]);
    fits = fits & ((size > 1) | (points == 0));
  }
};

}  // namespace number

/// Reads a plain number, the bytes from `begin` to `end` in the data of an InputBuffer: one to sixteen
/// digits, perhaps with a minus sign and a decimal point. False when they are something else, which may well
/// be a number too. Without a branch that depends on sign or length: in a file of scores no one could
/// foretell them.
inline bool readPlainNumber(const char* begin, const char* end, char decimalPoint, PlainNumber* plain) {
  const number::PlainDigits read(begin, end, decimalPoint);
  *plain = {read.isNegative, number::joinDigits(read.digits), read.pointPlace};
  return read.fits && number::areDigits(read.digits);
}

/// The f32 nearest to the number. False when parseFloat must decide.
inline bool toFloat(const PlainNumber& plain, float* value) {
  // Three roundings, each by half a unit in the last place at most. No subnormal float and no infinity can
  // come of it.
  const double magnitude = static_cast<double>(plain.mantissa) * number::kPointPlaces[plain.pointPlace].unit;
  return number::roundToFloat(magnitude, plain.isNegative, value);
}

/// Reads two plain numbers, from `begin` to `middle` and from behind that byte to `end`, as the f32 nearest
/// to each. False when readPlainNumber and toFloat must do it.
inline bool readPlainPair(const char* begin, const char* middle, const char* end, char decimalPoint,
                          float* values) {
  const number::PlainDigits a(begin, middle, decimalPoint);
  const number::PlainDigits b(middle + 1, end, decimalPoint);
  const auto eights = reinterpret_cast<I32x4>(number::joinEights(a.digits, b.digits));
  const F64x2 front{static_cast<double>(eights[0]), static_cast<double>(eights[2])};
  const F64x2 back{static_cast<double>(eights[1]), static_cast<double>(eights[3])};
  const F64x2 units{number::kPointPlaces[a.pointPlace].unit, number::kPointPlaces[b.pointPlace].unit};
  // The first product is exact: roundings as in toFloat.
  const F64x2 magnitudes = (front * splat(1e8) + back) * units;
  const F32x4 rounded = roundedToFloat(magnitudes, F64x2{});
  const I32x4 signs{static_cast<std::int32_t>(std::uint32_t{a.isNegative} << 31),
                    static_cast<std::int32_t>(std::uint32_t{b.isNegative} << 31), 0, 0};
  storePart(values, 2, floatOf(bitsOf(rounded) | signs));
  return (a.fits & b.fits) && number::areDigits(maximum(a.digits, b.digits)) && number::areClear(magnitudes);
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
