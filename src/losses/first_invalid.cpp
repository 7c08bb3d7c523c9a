#include "losses/first_invalid.h"

#include <algorithm>
#include <cmath>

#include "losses/pointwise.h"

namespace losskit {

namespace {

template <class T, class IsInvalid>
std::size_t firstWhere(const T* values, std::size_t count, const IsInvalid& isInvalid) {
  return static_cast<std::size_t>(std::find_if(values, values + count, isInvalid) - values);
}

/// Looks at four at a time, and for the place only where there is one.
template <class IsValid, class IsInvalid>
std::size_t firstWhere(const float* values, std::size_t count, const IsValid& isValid,
                       const IsInvalid& isInvalid) {
  I32x4 valid = splat(std::int32_t{-1});
  forEachFour(count,
              [&](std::size_t i, std::size_t width) { valid &= isValid(loadWidth(values + i, width)); });
  return all(valid) ? count : firstWhere(values, count, isInvalid);
}

constexpr auto isNan = [](auto v) { return std::isnan(v); };
constexpr auto isOutsideUnit = [](auto v) { return !(v >= 0 && v <= 1); };

}  // namespace

std::size_t firstNan(const float* values, std::size_t count) {
  return firstWhere(
      values, count, [](F32x4 v) { return isNumber(v); }, isNan);
}

std::size_t firstNan(const double* values, std::size_t count) {
  return firstWhere(values, count, isNan);
}

std::size_t firstOutsideUnit(const float* values, std::size_t count) {
  const auto isInside = [](F32x4 v) { return (v >= splat(0.0F)) & (v <= splat(1.0F)); };
  return firstWhere(values, count, isInside, isOutsideUnit);
}

std::size_t firstOutsideUnit(const double* values, std::size_t count) {
  return firstWhere(values, count, isOutsideUnit);
}

}  // namespace losskit
