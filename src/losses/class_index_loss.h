// Losses of rows of logits against class indices: cross entropy and softmax focal loss, value and gradient.
//
//   loss = w_y (1 - p_y)^gamma (-log p_y)                               gamma = 0: cross entropy
//   with label smoothing e (gamma = 0 only):
//   loss = (1 - e) w_y (-log p_y) + e / C * sum_c w_c (-log p_c)        as torch.nn.CrossEntropyLoss
//
// p = softmax(logits), unweighted. Losses in nats, >= 0, within 4 ULP of the definition in double for every
// finite input without smoothing. Infinite logits are limits; a NaN logit, a row of -inf only or two +inf in
// a row give NaN.
#pragma once

#include <cstddef>
#include <cstdint>

#include "losses/layout.h"

namespace losskit {

struct ClassIndexOptions {
  const float* weight = nullptr;    ///< w, [classes], each >= 0; null for all 1
  std::int32_t ignoreIndex = -100;  ///< rows with this target have loss and gradient 0
  float labelSmoothing = 0;         ///< e, 0 to 1
  float gamma = 0;                  ///< >= 0
  float gradientScale = 1;          ///< factor on the gradient only: 1 / divisor for the mean
};

/// Number of the first row whose target is neither in [0, classes) nor ignoreIndex; `rows` when there is
/// none.
std::size_t firstInvalidTarget(const std::int32_t* target, std::size_t rows, std::size_t classes,
                               std::int32_t ignoreIndex);

/// loss: [rows], in the order of the targets. gradient: like logits, or null. logits: layout. target: [rows],
/// valid (see firstInvalidTarget). The arrays must not overlap.
void classIndexLoss(float* loss, float* gradient, const float* logits, const std::int32_t* target,
                    ClassLayout layout, const ClassIndexOptions& options);

}  // namespace losskit
