// The focusing factor of focal losses, m^gamma for a probability m of missing.
#pragma once

#include <cmath>

#include "numeric/simd.h"

namespace losskit {

/// m^gamma for 0 <= m <= 1, gamma >= 0; m^0 = 1. In double, because an error of m counts gamma times. Half
/// integer gammas up to 8 (those in use) are products and a square root; others go through pow.
class Focus {
 public:
  explicit Focus(float gamma) : gamma_(gamma), halves_(static_cast<int>(gamma * 2)) {
    isHalfInteger_ = gamma <= 8 && static_cast<float>(halves_) == gamma * 2;
  }

  F64x4 operator()(F64x4 miss) const { return isHalfInteger_ ? product(miss) : power(miss); }

  [[nodiscard]] float gamma() const { return gamma_; }

 private:
  [[nodiscard]] F64x4 product(F64x4 miss) const {
    F64x4 result = (halves_ & 1) != 0 ? squareRoot(miss) : F64x4(1.0);
    F64x4 square = miss;
    for (int rest = halves_ >> 1; rest != 0; rest >>= 1) {
      if ((rest & 1) != 0) result = result * square;
      square = square * square;
    }
    return result;
  }

  [[nodiscard]] F64x4 power(F64x4 miss) const {
    F64x4 result;
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      result.setLane(lane, std::pow(miss.lane(lane), static_cast<double>(gamma_)));
    }
    return result;
  }

  float gamma_;
  int halves_;
  bool isHalfInteger_ = false;
};

}  // namespace losskit
