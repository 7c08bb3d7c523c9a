// Floats or doubles behind one type: what is worked in double whatever it is given is compiled once, not once
// per type.
#pragma once

#include <cstddef>

namespace losskit {

class Numbers {
 public:
  explicit Numbers(const float* values) : floats_(values) {}
  explicit Numbers(const double* values) : doubles_(values) {}

  [[nodiscard]] bool isNull() const { return floats_ == nullptr && doubles_ == nullptr; }
  [[nodiscard]] double operator[](std::size_t i) const {
    return floats_ != nullptr ? static_cast<double>(floats_[i]) : doubles_[i];
  }

 private:
  const float* floats_ = nullptr;
  const double* doubles_ = nullptr;
};

class NumbersOut {
 public:
  explicit NumbersOut(float* values) : floats_(values) {}
  explicit NumbersOut(double* values) : doubles_(values) {}

  [[nodiscard]] bool isNull() const { return floats_ == nullptr && doubles_ == nullptr; }
  void set(std::size_t i, double value) const {
    if (floats_ != nullptr) {
      floats_[i] = static_cast<float>(value);
    } else {
      doubles_[i] = value;
    }
  }

 private:
  float* floats_ = nullptr;
  double* doubles_ = nullptr;
};

}  // namespace losskit
