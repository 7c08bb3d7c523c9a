// Rows of usual logits, the fast way: contiguous rows whose scores are all in UsualExp's range, -100 to 55.
//
// Nothing is done to find the largest score of a row first, because sums of exponentials need none in that
// range. Rows that are not so give false, and what was written is worth nothing: the caller then goes another
// way.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "losses/layout.h"

namespace losskit::usual {

/// Rows of `classes` scores, one after the other.
struct Rows {
  const float* scores;
  std::size_t count;
  std::size_t classes;
};

/// As in ClassIndexOptions.
struct CrossEntropyOptions {
  const float* weight;
  std::int32_t ignoreIndex;
  float gradientScale;
};

/// loss: [count]; gradient: like the scores, or null.
bool crossEntropy(float* loss, float* gradient, Rows rows, const std::int32_t* target,
                  const CrossEntropyOptions& options);
bool softmax(float* out, Rows rows);
bool logSoftmax(float* out, Rows rows);

/// Whether rows can be worked here at all.
inline bool takes(ClassLayout layout) {
  return layout.inner == 1 && layout.classes > 1;
}

/// Rows worked before it is known whether they are usual.
std::size_t rowsPerBlock(std::size_t classes);

/// Whether all scores of a row are in range.
bool isUsual(const float* row, std::size_t classes);

/// How many of the rows from the first on are usual, or how many are not.
inline std::size_t runLength(const Rows& rows, bool usual) {
  std::size_t row = 0;
  while (row < rows.count && isUsual(rows.scores + row * rows.classes, rows.classes) == usual) ++row;
  return row;
}

/// Calls fast(first row, rows) for blocks of rows and, where it gives false, for the usual rows of the block
/// in runs, at last one by one; for those where it still does and the others careful(first row, count). So it
/// depends on a row alone how it is worked, and its results have the same bits in any company.
template <class Fast, class Careful>
void forEachBlock(const float* scores, ClassLayout layout, const Fast& fast, const Careful& careful) {
  if (!takes(layout)) {
    careful(0, layout.rows());
    return;
  }
  const std::size_t classes = layout.classes;
  const auto rowsAt = [&](std::size_t first, std::size_t count) {
    return Rows{scores + first * classes, count, classes};
  };
  const std::size_t step = rowsPerBlock(classes);
  for (std::size_t first = 0; first < layout.rows(); first += step) {
    const std::size_t end = std::min(first + step, layout.rows());
    if (fast(first, rowsAt(first, end - first))) continue;
    for (std::size_t row = first; row < end;) {
      const std::size_t usual = row + runLength(rowsAt(row, end - row), true);
      const bool isDone = usual == row || fast(row, rowsAt(row, usual - row));
      for (; row < usual; ++row) {
        if (!isDone && !fast(row, rowsAt(row, 1))) careful(row, 1);
      }
      const std::size_t unusual = runLength(rowsAt(row, end - row), false);
      if (unusual > 0) careful(row, unusual);
      row += unusual;
    }
  }
}

}  // namespace losskit::usual
