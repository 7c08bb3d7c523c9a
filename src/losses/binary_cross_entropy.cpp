#include "losses/binary_cross_entropy.h"

#include <algorithm>

#include "losses/binary_terms.h"
#include "losses/definition.h"
#include "losses/hard_targets.h"
#include "losses/pointwise.h"

namespace losskit {

namespace {

template <class T>
double factor(const T* weight, std::size_t i) {
  return weight == nullptr ? 1 : static_cast<double>(weight[i]);
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

template <class T>
void binaryCrossEntropy(T* loss, T* gradient, const T* p, const T* target, std::size_t count,
                        const BinaryCrossEntropyOptions<T>& options) {
  for (std::size_t i = 0; i < count; ++i) {
    const double weight = factor(options.weight, i);
    const auto probability = static_cast<double>(p[i]);
    const auto t = static_cast<double>(target[i]);
    loss[i] = static_cast<T>(weight * definition::binaryCrossEntropy(probability, t));
    if (gradient == nullptr) continue;
    const double slope = definition::binaryCrossEntropyGradient(probability, t);
    gradient[i] = static_cast<T>(static_cast<double>(options.gradientScale) * weight * slope);
  }
}

template void binaryCrossEntropy(float*, float*, const float*, const float*, std::size_t,
                                 const BinaryCrossEntropyOptions<float>&);
template void binaryCrossEntropy(double*, double*, const double*, const double*, std::size_t,
                                 const BinaryCrossEntropyOptions<double>&);

}  // namespace losskit
