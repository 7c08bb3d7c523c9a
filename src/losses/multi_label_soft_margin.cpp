#include "losses/multi_label_soft_margin.h"

#include <algorithm>
#include <vector>

#include "losses/binary_cross_entropy.h"

namespace losskit {

namespace {

/// Elements worked at once: of one short row at a time, most would be spent on the last vector of each (ten
/// classes with relaxed SIMD, V8 14.6: 8 ns an element by rows, 2.3 in blocks).
constexpr std::size_t kBlockElements = 1024;

/// Rows of weights one after the other, as the elements' are; none where none are given.
template <class T>
std::vector<T> repeated(const T* weight, std::size_t size, std::size_t classes) {
  std::vector<T> result(weight == nullptr ? 0 : size);
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = weight[i % classes];
  return result;
}

template <class T>
void meansOfRows(T* loss, const T* elements, std::size_t rows, std::size_t classes) {
  for (std::size_t row = 0; row < rows; ++row) {
    double sum = 0;
    for (std::size_t c = 0; c < classes; ++c) sum += static_cast<double>(elements[row * classes + c]);
    loss[row] = static_cast<T>(sum / static_cast<double>(classes));
  }
}

}  // namespace

template <class T>
void multiLabelSoftMargin(T* loss, T* gradient, const T* logits, const T* target, std::size_t rows,
                          std::size_t classes, const T* weight, T gradientScale) {
  const std::size_t most =
      std::clamp<std::size_t>(kBlockElements / classes, 1, std::max<std::size_t>(rows, 1));
  const std::vector<T> weights = repeated(weight, most * classes, classes);
  std::vector<T> elements(most * classes);
  const BinaryCrossEntropyOptions<T> options{weight == nullptr ? nullptr : weights.data(), nullptr,
                                             gradientScale / static_cast<T>(classes)};
  for (std::size_t row = 0; row < rows; row += most) {
    const std::size_t count = std::min(most, rows - row);
    const std::size_t at = row * classes;
    T* slope = gradient == nullptr ? nullptr : gradient + at;
    binaryCrossEntropyWithLogits(elements.data(), slope, logits + at, target + at, count * classes, options);
    meansOfRows(loss + row, elements.data(), count, classes);
  }
}

template void multiLabelSoftMargin(float*, float*, const float*, const float*, std::size_t, std::size_t,
                                   const float*, float);
template void multiLabelSoftMargin(double*, double*, const double*, const double*, std::size_t, std::size_t,
                                   const double*, double);

}  // namespace losskit
