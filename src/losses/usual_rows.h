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

/// Functions of rows as data, so that forEachBlock stands once in a module.
struct BlockWork {
  const void* fast;
  bool (*callFast)(const void* fast, std::size_t first, const Rows& rows);
  const void* careful;
  void (*callCareful)(const void* careful, std::size_t first, std::size_t count);
};
void forEachBlock(const float* scores, ClassLayout layout, const BlockWork& work);

/// Calls fast(first row, rows) for blocks of rows and, where it gives false, for the usual rows of the block
/// in runs, at last one by one; for those where it still does and the others careful(first row, count). So it
/// depends on a row alone how it is worked, and its results have the same bits in any company.
template <class Fast, class Careful>
void forEachBlock(const float* scores, ClassLayout layout, const Fast& fast, const Careful& careful) {
  forEachBlock(scores, layout,
               {&fast,
                [](const void* f, std::size_t first, const Rows& rows) {
                  return (*static_cast<const Fast*>(f))(first, rows);
                },
                &careful,
                [](const void* c, std::size_t first, std::size_t count) {
                  (*static_cast<const Careful*>(c))(first, count);
                }});
}

}  // namespace losskit::usual
