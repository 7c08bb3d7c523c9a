// GHM-C of elements with hard targets, many at once.
#pragma once

#include "losses/ghm.h"

namespace losskit {

/// Elements that are binned together.
inline constexpr std::size_t kGhmChunk = 1024;

/// Adds elements to a state of GHM-C as `add` would, bit for bit, if all targets are 0 or 1 and no loss is
/// beyond the usual; otherwise returns false and adds none. `count` is at most kGhmChunk.
bool addHardLogits(GhmState& state, const float* logits, const float* target, std::size_t count);

}  // namespace losskit
