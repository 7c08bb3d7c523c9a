// Binary cross entropy of logits, elementwise: torch.nn.BCEWithLogitsLoss.
#pragma once

#include <cstddef>

namespace losskit {

struct BinaryCrossEntropyOptions {
  const float* weight = nullptr;          ///< factor on each element's loss, [count]; null for all 1
  const float* positiveWeight = nullptr;  ///< factor on the positive term, [count]; null for all 1
  float gradientScale = 1;                ///< factor on the gradient only: 1 / divisor for the mean
};

/// loss_i = w (t p softplus(-x) + (1 - t) softplus(x)) in nats, p the positive weight; a term with factor 0
/// counts as 0 even where the other factor is infinite. gradient_i = d loss_i / dx_i * gradientScale. Within
/// 4 ULP of the definition in double for hard targets. loss, logits, target: [count]; gradient: [count] or
/// null. Arrays must not overlap.
void binaryCrossEntropyWithLogits(float* loss, float* gradient, const float* logits, const float* target,
                                  std::size_t count, const BinaryCrossEntropyOptions& options);

}  // namespace losskit
