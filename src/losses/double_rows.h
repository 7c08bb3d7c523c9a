// Rows of any layout as arrays of double, for the losses that are worked by their definition.
#pragma once

#include <Eigen/Core>

#include "losses/layout.h"
#include "losses/numbers.h"

namespace losskit {

class DoubleRows {
 public:
  explicit DoubleRows(ClassLayout layout) : layout_(layout) {}

  [[nodiscard]] Eigen::Index size() const { return static_cast<Eigen::Index>(layout_.classes); }

  [[nodiscard]] Eigen::ArrayXd read(Numbers scores, std::size_t row) const {
    Eigen::ArrayXd x(size());
    const std::size_t first = layout_.offset(row);
    for (Eigen::Index c = 0; c < size(); ++c) x(c) = scores[first + at(c)];
    return x;
  }
  template <class T>
  [[nodiscard]] Eigen::ArrayXd read(const T* scores, std::size_t row) const {
    return read(Numbers(scores), row);
  }
  /// The weights of the classes, or all 1.
  [[nodiscard]] Eigen::ArrayXd readWeight(Numbers weight) const {
    return weight.isNull() ? Eigen::ArrayXd::Ones(size())
                           : DoubleRows({1, layout_.classes, 1}).read(weight, 0);
  }

  void write(NumbersOut out, std::size_t row, const Eigen::ArrayXd& values) const {
    const std::size_t first = layout_.offset(row);
    for (Eigen::Index c = 0; c < size(); ++c) out.set(first + at(c), values(c));
  }
  template <class T>
  void write(T* out, std::size_t row, const Eigen::ArrayXd& values) const {
    write(NumbersOut(out), row, values);
  }

 private:
  [[nodiscard]] std::size_t at(Eigen::Index c) const { return static_cast<std::size_t>(c) * layout_.inner; }

  ClassLayout layout_;
};

}  // namespace losskit
