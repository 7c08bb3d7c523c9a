#include "losses/class_probability_loss.h"

#include "losses/definition.h"
#include "losses/double_rows.h"

namespace losskit {

template <class T>
void classProbabilityLoss(T* loss, T* gradient, const T* logits, const T* target, ClassLayout layout,
                          const ClassProbabilityOptions<T>& options) {
  const DoubleRows rows(layout);
  const auto gamma = static_cast<double>(options.gamma);
  const auto smoothing = static_cast<double>(options.labelSmoothing);
  Eigen::ArrayXd weight = Eigen::ArrayXd::Ones(rows.size());
  if (options.weight != nullptr) weight = DoubleRows({1, layout.classes, 1}).read(options.weight, 0);
  for (std::size_t row = 0; row < layout.rows(); ++row) {
    const Eigen::ArrayXd x = rows.read(logits, row);
    const Eigen::ArrayXd t = rows.read(target, row);
    const Eigen::ArrayXd q = weight * ((1 - smoothing) * t + smoothing / static_cast<double>(layout.classes));
    loss[row] = static_cast<T>(definition::softTargetLoss(x, q, gamma));
    if (gradient == nullptr) continue;
    rows.write(gradient, row,
               static_cast<double>(options.gradientScale) * definition::softTargetGradient(x, q, gamma));
  }
}

template void classProbabilityLoss(float*, float*, const float*, const float*, ClassLayout,
                                   const ClassProbabilityOptions<float>&);
template void classProbabilityLoss(double*, double*, const double*, const double*, ClassLayout,
                                   const ClassProbabilityOptions<double>&);

}  // namespace losskit
