// Where classes and rows lie in memory.
#pragma once

#include <cstddef>

namespace losskit {

/// A contiguous array [outer, classes, inner]: [N, C] is {N, C, 1}, [N, C, d1, d2] is {N, C, d1 * d2}. A row
/// is one (outer, inner) position with its `classes` scores; rows are numbered outer * inner_size + inner, as
/// targets are.
struct ClassLayout {
  std::size_t outer = 0;
  std::size_t classes = 0;
  std::size_t inner = 1;

  [[nodiscard]] std::size_t rows() const { return outer * inner; }
  [[nodiscard]] std::size_t size() const { return outer * classes * inner; }
  /// Index of the row's first score; the next one is `inner` further.
  [[nodiscard]] std::size_t offset(std::size_t row) const {
    return inner == 1 ? row * classes : row / inner * classes * inner + row % inner;
  }
};

}  // namespace losskit
