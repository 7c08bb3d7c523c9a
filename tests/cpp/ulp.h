// Distance of a float from an exact result in units of its last place.
#pragma once

#include <cmath>
#include <limits>

namespace losskit::testing {

/// |got - exact| in ULP of the float nearest to `exact`; equal infinities and NaN for NaN are 0 apart.
inline double ulpDistance(float got, double exact) {
  if (std::isnan(exact) || std::isnan(got)) return std::isnan(exact) == std::isnan(got) ? 0 : INFINITY;
  const auto nearest = static_cast<float>(exact);
  if (std::isinf(nearest) || std::isinf(got)) return nearest == got ? 0 : INFINITY;
  const float size = std::fabs(nearest);
  const float next = std::nextafter(size, std::numeric_limits<float>::infinity());
  const double ulp = std::isinf(next) ? 0x1p104 : static_cast<double>(next) - static_cast<double>(size);
  return std::fabs(static_cast<double>(got) - exact) / ulp;
}

}  // namespace losskit::testing
