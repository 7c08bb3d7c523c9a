// What focal losses multiply a cross entropy with: the focusing factor, m^gamma for a probability m of
// missing, and the classes' weights.
#pragma once

#include "numeric/precise.h"

namespace losskit {

/// m^gamma for 0 <= m <= 1, gamma >= 0; m^0 = 1. In double, because an error of m counts gamma times. Half
/// integer gammas up to 8 (those in use) are products and a square root; others are within 5e-9.
class Focus {
 public:
  explicit Focus(float gamma)
      : gamma_(static_cast<double>(gamma)), halves_(static_cast<int>(gamma * 2)), isSquare_(gamma == 2) {
    isHalfInteger_ = gamma <= 8 && static_cast<float>(halves_) == gamma * 2;
  }

  /// Two or four doubles.
  template <class Doubles>
  Doubles operator()(Doubles miss) const {
    if (isSquare_) return miss * miss;  // the default, without the loop
    return isHalfInteger_ ? product(miss) : power(miss);
  }

  [[nodiscard]] double gamma() const { return gamma_; }

 private:
  [[nodiscard]] F64x2 power(F64x2 miss) const { return preciseUnitPower(miss, gamma_); }
  [[nodiscard]] F64x4 power(F64x4 miss) const { return {power(miss.low), power(miss.high)}; }

  static F64x2 ones(F64x2 /*like*/) { return constant(1.0); }
  static F64x4 ones(F64x4 /*like*/) { return {constant(1.0), constant(1.0)}; }

  template <class Doubles>
  [[nodiscard]] Doubles product(Doubles miss) const {
    Doubles result = (halves_ & 1) != 0 ? squareRoot(miss) : ones(miss);
    Doubles square = miss;
    for (int rest = halves_ >> 1; rest != 0; rest >>= 1) {
      if ((rest & 1) != 0) result = result * square;
      square = square * square;
    }
    return result;
  }

  double gamma_;
  int halves_;
  bool isHalfInteger_ = false;
  bool isSquare_;
};

/// alpha t + (1 - alpha)(1 - t); 1 for a negative alpha.
class Alpha {
 public:
  explicit Alpha(float alpha) : alpha_(alpha) {}

  F32x4 operator()(F32x4 t) const {
    if (alpha_ < 0) return constant(1.0F);
    return mulAdd(t, splat(alpha_), (constant(1.0F) - t) * splat(1 - alpha_));
  }

 private:
  float alpha_;
};

}  // namespace losskit
