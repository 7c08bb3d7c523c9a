// Whether an array has a value that it must not have.
#pragma once

#include <cstddef>
#include <cstdint>

namespace losskit {

/// Position of the first NaN among `count` values; `count` when there is none.
std::size_t firstNan(const float* values, std::size_t count);
std::size_t firstNan(const double* values, std::size_t count);

/// Position of the first of `count` values that is not in [0, 1], a NaN too; `count` when there is none.
std::size_t firstOutsideUnit(const float* values, std::size_t count);
std::size_t firstOutsideUnit(const double* values, std::size_t count);

/// Number of the first row whose target is neither in [0, classes) nor ignoreIndex; `rows` when there is
/// none.
std::size_t firstInvalidTarget(const std::int32_t* target, std::size_t rows, std::size_t classes,
                               std::int32_t ignoreIndex);

}  // namespace losskit
