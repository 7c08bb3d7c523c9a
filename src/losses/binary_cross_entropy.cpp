#include "losses/binary_cross_entropy.h"

#include "losses/binary_terms.h"
#include "losses/pointwise.h"

namespace losskit {

void binaryCrossEntropyWithLogits(float* loss, float* gradient, const float* logits, const float* target,
                                  std::size_t count, const BinaryCrossEntropyOptions& options) {
  forEachFour(count, [&](std::size_t i, std::size_t width) {
    const BinaryTerms terms(loadWidth(logits + i, width));
    const F32x4 t = loadWidth(target + i, width);
    const auto factor = [&](const float* weight) {
      return weight == nullptr ? splat(1.0F) : loadWidth(weight + i, width);
    };
    const F32x4 weight = factor(options.weight);
    const F32x4 positiveWeight = factor(options.positiveWeight);
    storeWidth(loss + i, width, weightedTerm(weight, terms.crossEntropy(t, positiveWeight)));
    if (gradient == nullptr) return;
    const F32x4 slope = splat(options.gradientScale) * weight * terms.crossEntropyGradient(t, positiveWeight);
    storeWidth(gradient + i, width, slope);
  });
}

}  // namespace losskit
