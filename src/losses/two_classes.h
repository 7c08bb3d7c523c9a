// Cross entropy of usual rows of two scores, which is all in their difference: one exponential for both.
#pragma once

#include "losses/usual_rows.h"

namespace losskit::usual {

/// loss_i = log(1 + e^z), z being the other score less the label's, times the label's weight; 0 where the
/// label is ignored. loss: [count]; gradient: like the scores, or null. At most kUsualRows rows. False where
/// one is not usual.
bool crossEntropyOfTwo(float* loss, float* gradient, Rows rows, const std::int32_t* target,
                       const CrossEntropyOptions& options);

}  // namespace losskit::usual
