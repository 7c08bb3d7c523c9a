// A block of usual rows split in what their losses are made of.
#pragma once

#include <cstddef>
#include <cstdint>

#include "losses/usual_exponentials.h"
#include "losses/usual_labels.h"

namespace losskit::usual {

/// What the losses of a block are made of.
struct Block {
  BlockLabels labels;
  float others[kUsualRows];  ///< sum of the exponentials of all classes but the label
  float chosen[kUsualRows];  ///< exponential of the label

  Block(const std::int32_t* target, std::size_t count, std::int32_t ignoreIndex)
      : labels(target, count, ignoreIndex) {
    for (std::size_t row = count; row % kLanes != 0; ++row) {
      others[row] = 1;
      chosen[row] = 1;
    }
  }
};

/// Fills the block, and `e` with the exponentials of all classes but the labels, whose places hold zeros (of
/// kLeastAlong classes or more). e: null where none is kept. False where a score is out of range.
bool sumBlock(Block& block, float* e, Scratch& scratch, Rows rows, std::int32_t ignoreIndex);

/// loss: [count], 0 of rows that are ignored.
void storeLosses(float* loss, const Block& block, std::size_t count, std::int32_t ignoreIndex);

}  // namespace losskit::usual
