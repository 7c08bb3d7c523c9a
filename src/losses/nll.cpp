#include "losses/nll.h"

#include <algorithm>

namespace losskit {

template <class T>
void negativeLogLikelihood(T* loss, T* gradient, const T* x, const std::int32_t* target, ClassLayout layout,
                           const T* weight, std::int32_t ignoreIndex, T gradientScale) {
  if (gradient != nullptr) std::fill(gradient, gradient + layout.size(), T(0));
  for (std::size_t row = 0; row < layout.rows(); ++row) {
    loss[row] = 0;
    if (target[row] == ignoreIndex) continue;
    const auto y = static_cast<std::size_t>(target[row]);
    const std::size_t at = layout.offset(row) + y * layout.inner;
    const T w = weight == nullptr ? T(1) : weight[y];
    if (w != 0) loss[row] = T(0) - w * x[at];
    if (gradient != nullptr) gradient[at] = -w * gradientScale;
  }
}

template void negativeLogLikelihood(float*, float*, const float*, const std::int32_t*, ClassLayout,
                                    const float*, std::int32_t, float);
template void negativeLogLikelihood(double*, double*, const double*, const std::int32_t*, ClassLayout,
                                    const double*, std::int32_t, double);

}  // namespace losskit
