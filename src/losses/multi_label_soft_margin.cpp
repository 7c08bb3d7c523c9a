#include "losses/multi_label_soft_margin.h"

#include <vector>

#include "losses/binary_cross_entropy.h"

namespace losskit {

template <class T>
void multiLabelSoftMargin(T* loss, T* gradient, const T* logits, const T* target, std::size_t rows,
                          std::size_t classes, const T* weight, T gradientScale) {
  std::vector<T> elements(classes);
  const BinaryCrossEntropyOptions<T> options{weight, nullptr, gradientScale / static_cast<T>(classes)};
  for (std::size_t row = 0; row < rows; ++row) {
    const std::size_t at = row * classes;
    T* slope = gradient == nullptr ? nullptr : gradient + at;
    binaryCrossEntropyWithLogits(elements.data(), slope, logits + at, target + at, classes, options);
    double sum = 0;
    for (const T element : elements) sum += static_cast<double>(element);
    loss[row] = static_cast<T>(sum / static_cast<double>(classes));
  }
}

template void multiLabelSoftMargin(float*, float*, const float*, const float*, std::size_t, std::size_t,
                                   const float*, float);
template void multiLabelSoftMargin(double*, double*, const double*, const double*, std::size_t, std::size_t,
                                   const double*, double);

}  // namespace losskit
