#include "losses/class_probability_loss.h"

#include "losses/definition.h"
#include "losses/double_rows.h"

namespace losskit {

namespace {

void probabilityLoss(NumbersOut loss, NumbersOut gradient, Numbers logits, Numbers target, ClassLayout layout,
                     Numbers weights, const ClassProbabilityOptions<double>& options) {
  const DoubleRows rows(layout);
  const Eigen::ArrayXd weight = rows.readWeight(weights);
  const double share = options.labelSmoothing / static_cast<double>(layout.classes);
  for (std::size_t row = 0; row < layout.rows(); ++row) {
    const Eigen::ArrayXd x = rows.read(logits, row);
    const Eigen::ArrayXd t = rows.read(target, row);
    const Eigen::ArrayXd q = weight * ((1 - options.labelSmoothing) * t + share);
    loss.set(row, definition::softTargetLoss(x, q, options.gamma));
    if (gradient.isNull()) continue;
    rows.write(gradient, row, options.gradientScale * definition::softTargetGradient(x, q, options.gamma));
  }
}

}  // namespace

template <class T>
void classProbabilityLoss(T* loss, T* gradient, const T* logits, const T* target, ClassLayout layout,
                          const ClassProbabilityOptions<T>& options) {
  const ClassProbabilityOptions<double> inDouble{nullptr, static_cast<double>(options.labelSmoothing),
                                                 static_cast<double>(options.gamma),
                                                 static_cast<double>(options.gradientScale)};
  probabilityLoss(NumbersOut(loss), NumbersOut(gradient), Numbers(logits), Numbers(target), layout,
                  Numbers(options.weight), inDouble);
}

template void classProbabilityLoss(float*, float*, const float*, const float*, ClassLayout,
                                   const ClassProbabilityOptions<float>&);
template void classProbabilityLoss(double*, double*, const double*, const double*, ClassLayout,
                                   const ClassProbabilityOptions<double>&);

}  // namespace losskit
