// The sigmoid focal loss of gamma 2, the default, and of targets that are 0 or 1.
#pragma once

#include <cstddef>

#include "losses/focus.h"

namespace losskit {

/// loss_i = alpha_t miss^2 BCE in nats; of elements with other targets nothing of use. loss, logits, target:
/// [count], count a multiple of kLanes, at most kPassElements. Arrays must not overlap.
void squareFocal(float* loss, const float* logits, const float* target, std::size_t count, Alpha alpha);

}  // namespace losskit
