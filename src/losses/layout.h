// Where classes and rows lie in memory.
#pragma once

#include <cstddef>
#include <cstdint>

#include "numeric/simd.h"

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

/// Up to four rows laid side by side: tile[c * 4 + r] is class c of row `first + r`. Lanes past `count`
/// repeat the last row.
class RowTile {
 public:
  RowTile() = default;
  RowTile(ClassLayout layout, std::size_t first, std::size_t count);

  void read(float* tile, const float* scores) const;
  void write(float* scores, const float* tile) const;

  [[nodiscard]] std::size_t offset(std::size_t lane) const { return offsets_[lane]; }

 private:
  void readTransposed(float* tile, const float* scores) const;
  void writeTransposed(float* scores, const float* tile) const;

  ClassLayout layout_;
  std::size_t count_ = 0;
  std::size_t offsets_[kLanes] = {};
};

/// Rows this wide or wider are worked along the row, narrower ones four at once.
inline constexpr std::size_t kWideRow = 32;

}  // namespace losskit
