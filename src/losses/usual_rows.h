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

/// loss: [count]; gradient: like the scores, or null. Narrow rows come by fours.
bool crossEntropy(float* loss, float* gradient, Rows rows, const std::int32_t* target,
                  const CrossEntropyOptions& options);
bool softmax(float* out, Rows rows);
bool logSoftmax(float* out, Rows rows);

/// Rows worked before it is known whether they are usual.
std::size_t rowsPerBlock(ClassLayout layout);
/// Those of `count` rows that can be worked here: narrow ones come by fours.
std::size_t workable(ClassLayout layout, std::size_t count);

/// Calls fast(first row, rows) for blocks of rows, and careful(first row, count) for those where it gives
/// false and for what no block takes.
template <class Fast, class Careful>
void forEachBlock(const float* scores, ClassLayout layout, const Fast& fast, const Careful& careful) {
  const std::size_t step = rowsPerBlock(layout);
  for (std::size_t first = 0; first < layout.rows(); first += step) {
    const std::size_t count = std::min(step, layout.rows() - first);
    std::size_t done = workable(layout, count);
    if (done > 0 && !fast(first, Rows{scores + first * layout.classes, done, layout.classes})) done = 0;
    if (done < count) careful(first + done, count - done);
  }
}

}  // namespace losskit::usual
