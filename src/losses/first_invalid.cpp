#include "losses/first_invalid.h"

#include <algorithm>
#include <cmath>

#include "numeric/simd.h"

namespace losskit {

namespace {

template <class T, class IsInvalid>
std::size_t firstWhere(const T* values, std::size_t count, const IsInvalid& isInvalid) {
  return static_cast<std::size_t>(std::find_if(values, values + count, isInvalid) - values);
}

/// Looks at sixteen at a time, as long as all are valid.
template <class T, class IsValid, class IsInvalid>
std::size_t firstWhere(const T* values, std::size_t count, const IsValid& isValid,
                       const IsInvalid& isInvalid) {
  std::size_t i = 0;
  I32x4 valid = splat(std::int32_t{-1});
  for (; i + 4 * kLanes <= count; i += 4 * kLanes) {
    for (std::size_t u = 0; u < 4; ++u) valid &= isValid(load(values + i + u * kLanes));
  }
  if (!all(valid)) i = 0;
  return i + firstWhere(values + i, count - i, isInvalid);
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

std::size_t firstInvalidTarget(const std::int32_t* target, std::size_t rows, std::size_t classes,
                               std::int32_t ignoreIndex) {
  const auto limit = static_cast<std::uint32_t>(classes);
  const auto isClass = [&](I32x4 y) {
    return reinterpret_cast<U32x4>(y) < U32x4{limit, limit, limit, limit};  // no negative one
  };
  return firstWhere(
      target, rows, [&](I32x4 y) { return isClass(y) | (y == splat(ignoreIndex)); },
      [&](std::int32_t y) { return static_cast<std::uint32_t>(y) >= limit && y != ignoreIndex; });
}

}  // namespace losskit
