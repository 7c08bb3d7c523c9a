// Losses of rows of logits against class probabilities (soft labels): torch.nn.CrossEntropyLoss with a target
// of the input's shape, and categorical focal loss for gamma > 0.
//
//   loss = sum_c w_c t'_c (1 - p_c)^gamma (-log p_c),  t'_c = (1 - e) t_c + e / C,  p = softmax(logits)
//
// In nats; a term with w_c t'_c = 0 is 0 even where log p_c is infinite. Within 4 ULP.
#pragma once

#include "losses/layout.h"

namespace losskit {

template <class T>
struct ClassProbabilityOptions {
  const T* weight = nullptr;  ///< w, [classes], each >= 0; null for all 1
  T labelSmoothing = 0;       ///< e, 0 to 1
  T gamma = 0;                ///< >= 0
  T gradientScale = 1;        ///< factor on the gradient only: 1 / divisor for the mean
};

/// loss: [rows]. gradient: like logits, or null. logits, target: layout; targets >= 0.
void classProbabilityLoss(float* loss, float* gradient, const float* logits, const float* target,
                          ClassLayout layout, const ClassProbabilityOptions<float>& options);
void classProbabilityLoss(double* loss, double* gradient, const double* logits, const double* target,
                          ClassLayout layout, const ClassProbabilityOptions<double>& options);

}  // namespace losskit
