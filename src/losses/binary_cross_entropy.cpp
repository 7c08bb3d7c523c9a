#include "losses/binary_cross_entropy.h"

#include <algorithm>

#include "losses/binary_terms.h"
#include "losses/definition.h"
#include "losses/hard_targets.h"
#include "losses/pointwise.h"

namespace losskit {

namespace {

double factor(const double* weight, std::size_t i) {
  return weight == nullptr ? 1 : weight[i];
}

F32x4 factor(const float* weight, std::size_t i, std::size_t width) {
  return weight == nullptr ? constant(1.0F) : loadWidth(weight + i, width);
}

void unweighted(const Elements& a, std::size_t count, F32x4 gradientScale) {
  for (std::size_t first = 0; first < count; first += kPassElements) {
    const std::size_t end = std::min(first + kPassElements, count);
    for (std::size_t i = first; i < end; i += kLanes) store(a.loss + i, unlikeliness(load(a.logits + i)));
    if (a.gradient != nullptr) {
      for (std::size_t i = first; i < end; i += kLanes) {
        const BinaryTerms terms(load(a.logits + i), load(a.loss + i));
        store(a.gradient + i, gradientScale * terms.crossEntropyGradient(load(a.target + i), constant(1.0F)));
      }
    }
    for (std::size_t i = first; i < end; i += kLanes) {
      store(a.loss + i, binaryCrossEntropyOf(load(a.logits + i), load(a.target + i), load(a.loss + i)));
    }
  }
}

/// -log hit, at most 100, of probabilities that add up to 1: each has digits where the other has none left.
[[gnu::noinline]] F32x4 limitedLogLoss(F32x4 hit, F32x4 miss) {
  const F32x4 p = maximum(hit, constant(0x1p-149F));
  // A power of two is taken out of those too small for the logarithm.
  const I32x4 isTiny = p < constant(0x1p-100F);
  const F32x4 scaled = select(isTiny, p * constant(0x1p64F), p);
  const F32x4 taken = keepWhere(isTiny, constant(44.3614196F));  // 64 ln 2
  return minimum(log1pOfRatio(miss, scaled) + taken, constant(100.0F));
}

}  // namespace

void binaryCrossEntropyWithLogits(float* loss, float* gradient, const float* logits, const float* target,
                                  std::size_t count, const BinaryCrossEntropyOptions<float>& options) {
  if (options.weight == nullptr && options.positiveWeight == nullptr) {
    inWholeVectors({loss, gradient, logits, target}, count, [&](const Elements& elements, std::size_t n) {
      unweighted(elements, n, splat(options.gradientScale));
    });
    return;
  }
  forEachFour(count, [&](std::size_t i, std::size_t width) {
    const F32x4 x = loadWidth(logits + i, width);
    const BinaryTerms terms(x);
    const F32x4 t = loadWidth(target + i, width);
    const F32x4 weight = factor(options.weight, i, width);
    const F32x4 positiveWeight = factor(options.positiveWeight, i, width);
    storeWidth(loss + i, width, terms.crossEntropy(F64x4(t), F64x4(positiveWeight), F64x4(weight)).rounded());
    if (gradient == nullptr) return;
    const F32x4 slope = splat(options.gradientScale) * weight * terms.crossEntropyGradient(t, positiveWeight);
    storeWidth(gradient + i, width, slope);
  });
}

void binaryCrossEntropyWithLogits(double* loss, double* gradient, const double* logits, const double* target,
                                  std::size_t count, const BinaryCrossEntropyOptions<double>& options) {
  for (std::size_t i = 0; i < count; ++i) {
    const double weight = factor(options.weight, i);
    const double positiveWeight = factor(options.positiveWeight, i);
    const double x = logits[i];
    const double t = target[i];
    loss[i] = definition::weighted(weight, definition::binaryCrossEntropyWithLogits(x, t, positiveWeight));
    if (gradient == nullptr) continue;
    gradient[i] = options.gradientScale * weight *
                  definition::binaryCrossEntropyWithLogitsGradient(x, t, positiveWeight);
  }
}

void binaryCrossEntropy(float* loss, float* gradient, const float* p, const float* target, std::size_t count,
                        const BinaryCrossEntropyOptions<float>& options) {
  forEachFour(count, [&](std::size_t i, std::size_t width) {
    const F32x4 hit = loadWidth(p + i, width);
    const F32x4 miss = constant(1.0F) - hit;
    const F32x4 t = loadWidth(target + i, width);
    const F32x4 weight = factor(options.weight, i, width);
    const F64x4 positive = F64x4(t) * F64x4(limitedLogLoss(hit, miss));
    const F64x4 negative = (F64x4(1.0) - F64x4(t)) * F64x4(limitedLogLoss(miss, hit));
    storeWidth(loss + i, width, (F64x4(weight) * (positive + negative)).rounded());
    if (gradient == nullptr) return;
    const F32x4 slope = (hit - t) / maximum(hit * miss, constant(1e-12F));
    storeWidth(gradient + i, width, splat(options.gradientScale) * weight * slope);
  });
}

void binaryCrossEntropy(double* loss, double* gradient, const double* p, const double* target,
                        std::size_t count, const BinaryCrossEntropyOptions<double>& options) {
  for (std::size_t i = 0; i < count; ++i) {
    const double weight = factor(options.weight, i);
    loss[i] = weight * definition::binaryCrossEntropy(p[i], target[i]);
    if (gradient == nullptr) continue;
    gradient[i] = options.gradientScale * weight * definition::binaryCrossEntropyGradient(p[i], target[i]);
  }
}

}  // namespace losskit
