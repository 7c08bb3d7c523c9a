#pragma once

#include <cmath>

#include "numeric/simd.h"

namespace losskit {

/// 1 - e^x for x <= 0, exact near 0.
inline F32x4 oneMinusExp(F32x4 x) {
  F32x4 result{};
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    result[lane] = static_cast<float>(-std::expm1(static_cast<double>(x[lane])));
  }
  return result;
}

}  // namespace losskit
