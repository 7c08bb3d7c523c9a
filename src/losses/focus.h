// The focusing factor of focal losses, m^gamma for a probability m of missing.
#pragma once

#include <cmath>

#include "numeric/simd.h"

namespace losskit {

/// m^gamma for 0 <= m <= 1, gamma >= 0; m^0 = 1. Half-integer gammas up to 8 (those in use) are products and
/// a square root and err by at most gamma ULP; others go through pow in double.
class Focus {
 public:
  explicit Focus(float gamma) : gamma_(gamma), halves_(static_cast<int>(gamma * 2)) {
    isHalfInteger_ = gamma <= 8 && static_cast<float>(halves_) == gamma * 2;
  }

  F32x4 operator()(F32x4 miss) const { return isHalfInteger_ ? product(miss) : power(miss); }

  [[nodiscard]] float gamma() const { return gamma_; }

 private:
  [[nodiscard]] F32x4 product(F32x4 miss) const {
    F32x4 result = (halves_ & 1) != 0 ? squareRoot(miss) : splat(1.0F);
    F32x4 square = miss;
    for (int rest = halves_ >> 1; rest != 0; rest >>= 1) {
      if ((rest & 1) != 0) result = result * square;
      square = square * square;
    }
    return result;
  }

  [[nodiscard]] F32x4 power(F32x4 miss) const {
    F32x4 result{};
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      result[lane] =
          static_cast<float>(std::pow(static_cast<double>(miss[lane]), static_cast<double>(gamma_)));
    }
    return result;
  }

  float gamma_;
  int halves_;
  bool isHalfInteger_ = false;
};

}  // namespace losskit
