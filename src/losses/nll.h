// Negative log likelihood of log probabilities: torch.nn.NLLLoss.
#pragma once

#include <cstddef>
#include <cstdint>

#include "losses/layout.h"

namespace losskit {

/// loss = -w_y x_y, [rows]; 0 for rows whose target is ignoreIndex; a weight of 0 gives 0 whatever x_y.
/// gradient: -w_y * scale at the target, 0 elsewhere, like x; or null. x: layout, log probabilities. target:
/// [rows], valid (firstInvalidTarget). weight: [classes], or null for all 1. T: float or double.
template <class T>
void negativeLogLikelihood(T* loss, T* gradient, const T* x, const std::int32_t* target, ClassLayout layout,
                           const T* weight, std::int32_t ignoreIndex, T gradientScale);

}  // namespace losskit
