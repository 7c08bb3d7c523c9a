// Focal loss of logits, elementwise: torchvision.ops.sigmoid_focal_loss.
// Lin et al. 2017, "Focal Loss for Dense Object Detection", eq. 5.
#pragma once

#include <cstddef>

namespace losskit {

template <class T>
struct SigmoidFocalOptions {
  T alpha = T(0.25);  ///< weight of the positive class, 0 to 1; negative: no weighting
  T gamma = 2;        ///< >= 0
  T gradientScale = 1;
};

/// loss_i = alpha_t (1 - p_t)^gamma BCE(x, t) in nats, alpha_t = alpha t + (1 - alpha)(1 - t), p_t = p t + (1
/// - p)(1 - t); t in [0, 1], soft targets too. gradient_i = d loss_i / dx_i * gradientScale, finite for every
/// finite x. loss, logits, target: [count]; gradient: [count] or null. Arrays must not overlap.
void sigmoidFocal(float* loss, float* gradient, const float* logits, const float* target, std::size_t count,
                  const SigmoidFocalOptions<float>& options);
void sigmoidFocal(double* loss, double* gradient, const double* logits, const double* target,
                  std::size_t count, const SigmoidFocalOptions<double>& options);

}  // namespace losskit
