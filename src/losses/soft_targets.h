// Cross entropy of usual logits against class probabilities. Behind class_probability_loss.h.
#pragma once

#include "losses/usual_rows.h"

namespace losskit::usual {

/// The distribution that rows are compared with: q_c = w_c (kept t_c + share).
struct SoftTargets {
  const float* target;  ///< t, like the scores
  const float* weight;  ///< w, or null for all 1
  float kept;           ///< 1 - label smoothing
  float share;          ///< label smoothing / classes
  float gradientScale;
};

/// Whether rows can be worked here at all: not those of two or three classes, less than a vector.
bool takesSoftTargets(ClassLayout layout);

/// loss: [count]; gradient: like the scores, or null. room: for exponentials, like the scores; the gradient
/// where there is one.
bool softTargetLoss(float* loss, float* gradient, float* room, Rows rows, const SoftTargets& targets);

}  // namespace losskit::usual
