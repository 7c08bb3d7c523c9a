// Whether an array of losses has one that is undefined.
#pragma once

#include <cstddef>

namespace losskit {

/// Position of the first NaN among `count` values; `count` when there is none.
std::size_t firstNan(const float* values, std::size_t count);
std::size_t firstNan(const double* values, std::size_t count);

}  // namespace losskit
