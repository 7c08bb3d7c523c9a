// The sigmoid focal loss of gamma 2, the default, and of targets that are 0 or 1.
#pragma once

#include <cstddef>

#include "losses/focus.h"
#include "losses/hard_targets.h"

namespace losskit {

/// loss_i = alpha_t miss^2 BCE in nats, gradient_i = d loss_i / dx_i * gradientScale; of elements with other
/// targets nothing of use. count: a multiple of kLanes, at most kPassElements.
void squareFocal(const Elements& elements, std::size_t count, Alpha alpha, float gradientScale);

}  // namespace losskit
