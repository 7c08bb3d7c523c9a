// Losses of rows of logits against class indices: cross entropy and softmax focal loss, value and gradient.
//
//   loss = sum_c w_c t_c (1 - p_c)^gamma (-log p_c),  t_c = (1 - e) [c = y] + e / C,  p = softmax(logits)
//
// gamma = 0: torch.nn.CrossEntropyLoss with weight w and label smoothing e; gamma > 0: focal loss of the
// unweighted probabilities. Losses in nats, >= 0. Float losses are within 4 ULP of the definition in double
// for every finite input, weights, smoothing and gamma up to 12 included.
// Infinite logits are limits; a NaN logit, a row of -inf only or two +inf in a row give NaN.
#pragma once

#include <cstddef>
#include <cstdint>

#include "losses/layout.h"

namespace losskit {

template <class T>
struct ClassIndexOptions {
  const T* weight = nullptr;        ///< w, [classes], each >= 0; null for all 1
  std::int32_t ignoreIndex = -100;  ///< rows with this target have loss and gradient 0
  T labelSmoothing = 0;             ///< e, 0 to 1
  T gamma = 0;                      ///< >= 0
  T gradientScale = 1;              ///< factor on the gradient only: 1 / divisor for the mean
};

/// loss: [rows], in the order of the targets. gradient: like logits, or null. logits: layout. target: [rows].
/// The arrays must not overlap. Returns the number of the first row whose target is neither in [0, classes)
/// nor ignoreIndex, with nothing of use in the results, or that of all rows where there is none.
std::size_t classIndexLoss(float* loss, float* gradient, const float* logits, const std::int32_t* target,
                           ClassLayout layout, const ClassIndexOptions<float>& options);
std::size_t classIndexLoss(double* loss, double* gradient, const double* logits, const std::int32_t* target,
                           ClassLayout layout, const ClassIndexOptions<double>& options);

}  // namespace losskit
