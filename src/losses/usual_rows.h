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

/// Calls fast(first row, rows) for blocks of rows and, where it gives false, for each row of the block; for
/// those where it still does, careful(first row, count). So it depends on a row alone how it is worked, and
/// its results have the same bits in any company.
template <class Fast, class Careful>
void forEachBlock(const float* scores, ClassLayout layout, const Fast& fast, const Careful& careful) {
  if (!takes(layout)) {
    careful(0, layout.rows());
    return;
  }
  const std::size_t classes = layout.classes;
  const auto isDone = [&](std::size_t first, std::size_t count) {
    return fast(first, Rows{scores + first * classes, count, classes});
  };
  const std::size_t step = rowsPerBlock(classes);
  for (std::size_t first = 0; first < layout.rows(); first += step) {
    const std::size_t end = std::min(first + step, layout.rows());
    if (isDone(first, end - first)) continue;
    for (std::size_t row = first; row < end;) {
      std::size_t next = row;
      while (next < end && !isDone(next, 1)) ++next;
      if (next > row) careful(row, next - row);
      row = next + 1;
    }
  }
}

}  // namespace losskit::usual
