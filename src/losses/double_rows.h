// Rows of any layout as arrays of double, for the losses that are worked by their definition.
#pragma once

#include <Eigen/Core>

#include "losses/layout.h"

namespace losskit {

class DoubleRows {
 public:
  explicit DoubleRows(ClassLayout layout) : layout_(layout) {}

  [[nodiscard]] Eigen::Index size() const { return static_cast<Eigen::Index>(layout_.classes); }

  template <class T>
  [[nodiscard]] Eigen::ArrayXd read(const T* scores, std::size_t row) const {
    Eigen::ArrayXd x(size());
    const T* from = scores + layout_.offset(row);
    for (Eigen::Index c = 0; c < size(); ++c) x(c) = static_cast<double>(from[at(c)]);
    return x;
  }

  template <class T>
  void write(T* out, std::size_t row, const Eigen::ArrayXd& values) const {
    T* to = out + layout_.offset(row);
    for (Eigen::Index c = 0; c < size(); ++c) to[at(c)] = static_cast<T>(values(c));
  }

 private:
  [[nodiscard]] std::size_t at(Eigen::Index c) const { return static_cast<std::size_t>(c) * layout_.inner; }

  ClassLayout layout_;
};

}  // namespace losskit
