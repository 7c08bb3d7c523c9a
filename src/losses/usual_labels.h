// The labels of a block of usual rows.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "losses/usual_exponentials.h"
#include "losses/usual_rows.h"

namespace losskit::usual {

/// A block's labels; rows behind the last are ignored.
struct BlockLabels {
  std::int32_t at[kUsualRows];

  BlockLabels(const std::int32_t* target, std::size_t count, std::int32_t ignoreIndex) {
    std::copy(target, target + count, at);
    for (std::size_t row = count; row % kLanes != 0; ++row) at[row] = ignoreIndex;
  }
};

/// Labels of four rows, and which of them are not ignored.
struct FourLabels {
  I32x4 label;
  I32x4 counts;

  FourLabels(const BlockLabels& labels, std::size_t row, std::int32_t ignoreIndex)
      : label(load(labels.at + row)), counts(label != splat(ignoreIndex)) {}

  [[nodiscard]] F32x4 weights(const float* weight) const {
    if (weight == nullptr) return constant(1.0F);
    const I32x4 index = label & counts;
    const auto at = [&](std::size_t lane) { return weight[static_cast<std::size_t>(index[lane])]; };
    return F32x4{at(0), at(1), at(2), at(3)};
  }
};

/// Multiplies losses with the weights of their labels, if there are any. Apart from their making, for which
/// all registers are needed.
void weighLosses(float* loss, const BlockLabels& labels, std::size_t count,
                 const CrossEntropyOptions& options);

}  // namespace losskit::usual
