// Binary cross entropy, elementwise: of logits (torch.nn.BCEWithLogitsLoss) and of probabilities
// (torch.nn.BCELoss). In nats.
#pragma once

#include <cstddef>

namespace losskit {

template <class T>
struct BinaryCrossEntropyOptions {
  const T* weight = nullptr;  ///< factor on each element's loss, [count]; null for all 1
  const T* positiveWeight =
      nullptr;          ///< factor on the positive term of the loss of logits, [count]; null for all 1
  T gradientScale = 1;  ///< factor on the gradient only: 1 / divisor for the mean
};

/// loss_i = w (t p softplus(-x) + (1 - t) softplus(x)), p the positive weight; a term with factor 0 counts as
/// 0 even where the other factor is infinite. gradient_i = d loss_i / dx_i * gradientScale. In float within 4
/// ULP of the definition in double for weights of 1. loss, logits, target: [count]; gradient: [count] or
/// null. Arrays must not overlap.
void binaryCrossEntropyWithLogits(float* loss, float* gradient, const float* logits, const float* target,
                                  std::size_t count, const BinaryCrossEntropyOptions<float>& options);
void binaryCrossEntropyWithLogits(double* loss, double* gradient, const double* logits, const double* target,
                                  std::size_t count, const BinaryCrossEntropyOptions<double>& options);

/// loss_i = -w (t log p + (1 - t) log(1 - p)), logs no smaller than -100; gradient (p - t) / max(p (1 - p),
/// 1e-12), both as PyTorch. p, t in [0, 1] (see first_invalid.h). In float within 4 ULP for weights of 1.
void binaryCrossEntropy(float* loss, float* gradient, const float* p, const float* target, std::size_t count,
                        const BinaryCrossEntropyOptions<float>& options);
void binaryCrossEntropy(double* loss, double* gradient, const double* p, const double* target,
                        std::size_t count, const BinaryCrossEntropyOptions<double>& options);

}  // namespace losskit
