#include "tables/number.h"

#include <fast_float/fast_float.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>

namespace losskit {

namespace {

/// Up to here a float can be every whole number.
constexpr float kGreatestWholeFloat = 1 << 24;

/// Takes an exponent of one or two digits from the end, as most programs write it: e-05. Returns where the
/// digits end.
const char* readExponent(const char* end, int* exponent) {
  const auto digit = [end](int i) { return static_cast<unsigned>(end[i]) - '0'; };
  const int digits = (end[-3] | 0x20) == 'e' ? 1 : 2;
  const char* begin = end - digits - 2;
  if ((begin[0] | 0x20) != 'e' || (begin[1] != '-' && begin[1] != '+') || digit(-1) > 9 || digit(-digits) > 9)
    return end;
  const auto value = static_cast<int>(digit(-1) + (digits == 2 ? 10 * digit(-2) : 0));
  *exponent = begin[1] == '-' ? -value : value;
  return begin;
}

/// The digits of `size` (1 to 32) bytes as a number, and how many stand behind the point.
bool joinLong(const char* end, unsigned size, char decimalPoint, double* digits, int* fraction) {
  using number::kMaxBytes;
  const unsigned inFront = size > kMaxBytes ? size - kMaxBytes : 0;
  const U8x16 front = number::keepLast(number::digitValues(end - kMaxBytes - kMaxBytes), inFront);
  const U8x16 back = number::keepLast(number::digitValues(end - kMaxBytes), size - inFront);
  const std::uint64_t points = number::pointsIn(front, decimalPoint) |
                               std::uint64_t{number::pointsIn(back, decimalPoint)} << kMaxBytes;
  const auto place = static_cast<unsigned>(std::countr_zero(points | std::uint64_t{1} << (2 * kMaxBytes)));
  // With a point in the back the whole front moves: as if its last byte were a point.
  const unsigned frontPlace = points == 0 ? kMaxBytes : std::min(place, kMaxBytes - 1);
  const unsigned backPlace = place < kMaxBytes ? kMaxBytes : place - kMaxBytes;
  const U8x16 high = number::closeGap(U8x16{}, front, frontPlace);
  const U8x16 low = number::closeGap(front, back, backPlace);
  *digits =
      static_cast<double>(number::joinDigits(high)) * 1e16 + static_cast<double>(number::joinDigits(low));
  *fraction = points == 0 ? 0 : static_cast<int>(2 * kMaxBytes - 1 - place);
  return number::areDigits(high) && number::areDigits(low) && (size > 1 || points == 0);
}

}  // namespace

bool readLongFloat(const char* begin, const char* end, char decimalPoint, float* value) {
  int exponent = 0;
  const char* last = readExponent(end, &exponent);
  const bool isNegative = *begin == '-';
  const auto size = static_cast<unsigned>(last - begin) - isNegative;
  double digits = 0;
  int fraction = 0;
  if (size - 1 >= 2 * number::kMaxBytes || !joinLong(last, size, decimalPoint, &digits, &fraction))
    return false;
  const auto power = static_cast<unsigned>(exponent - fraction - number::kLeastExponent);
  if (power >= number::kPowersOfTen.size()) return false;
  // Six roundings, each by half a unit in the last place at most.
  const double magnitude = digits * number::kPowersOfTen[power];
  // Subnormal floats have their middles elsewhere, and what is too large for a float must not be cast to one.
  if ((magnitude < 0x1p-126 && magnitude != 0) || magnitude >= 0x1p127) return false;
  return number::roundToFloat(magnitude, isNegative, value);
}

namespace {

template <class T>
bool parse(std::string_view text, char decimalPoint, T* value) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return false;
  }
  const fast_float::parse_options options(fast_float::chars_format::general, decimalPoint);
  const char* end = text.data() + text.size();
  const auto [next, error] = fast_float::from_chars_advanced(text.data(), end, *value, options);
  // Out of range is no failure: the value is then infinite or zero, as rounding has it.
  return next == end && error != std::errc::invalid_argument;
}

}  // namespace

bool parseFloat(std::string_view text, char decimalPoint, float* value) {
  return parse(text, decimalPoint, value);
}
bool parseDouble(std::string_view text, char decimalPoint, double* value) {
  return parse(text, decimalPoint, value);
}

bool parseInteger(std::string_view text, char decimalPoint, std::int32_t* value) {
  const char* end = text.data() + text.size();
  if (const auto [next, error] = std::from_chars(text.data(), end, *value);
      next == end && error == std::errc())
    return true;
  float number = 0;
  if (!parseFloat(text, decimalPoint, &number) || !(std::fabs(number) <= kGreatestWholeFloat)) return false;
  *value = static_cast<std::int32_t>(number);
  return static_cast<float>(*value) == number;
}

}  // namespace losskit
