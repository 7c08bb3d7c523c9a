#include "losses/first_nan.h"

#include <algorithm>
#include <cmath>

#include "losses/pointwise.h"

namespace losskit {

std::size_t firstNan(const float* values, std::size_t count) {
  I32x4 numbers = splat(std::int32_t{-1});
  forEachFour(count,
              [&](std::size_t i, std::size_t width) { numbers &= isNumber(loadWidth(values + i, width)); });
  if (all(numbers)) return count;
  return static_cast<std::size_t>(
      std::find_if(values, values + count, [](float v) { return std::isnan(v); }) - values);
}

std::size_t firstNan(const double* values, std::size_t count) {
  return static_cast<std::size_t>(
      std::find_if(values, values + count, [](double v) { return std::isnan(v); }) - values);
}

}  // namespace losskit
