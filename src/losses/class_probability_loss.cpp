#include "losses/class_probability_loss.h"

#include <vector>

#include "losses/definition.h"
#include "losses/double_rows.h"
#include "losses/soft_targets.h"

namespace losskit {

namespace {

struct Arrays {
  NumbersOut loss;
  NumbersOut gradient;
  Numbers logits;
  Numbers target;
};

/// Rows by their definition.
class DefinedRows {
 public:
  template <class T>
  DefinedRows(const Arrays& arrays, ClassLayout layout, const ClassProbabilityOptions<T>& options)
      : arrays_(arrays),
        rows_(layout),
        weight_(rows_.readWeight(Numbers(options.weight))),
        smoothing_(static_cast<double>(options.labelSmoothing)),
        gamma_(static_cast<double>(options.gamma)),
        gradientScale_(static_cast<double>(options.gradientScale)) {}

  void work(std::size_t first, std::size_t count) const {
    const double share = smoothing_ / static_cast<double>(rows_.size());
    for (std::size_t row = first; row < first + count; ++row) {
      const Eigen::ArrayXd x = rows_.read(arrays_.logits, row);
      const Eigen::ArrayXd q = weight_ * ((1 - smoothing_) * rows_.read(arrays_.target, row) + share);
      arrays_.loss.set(row, definition::softTargetLoss(x, q, gamma_));
      if (arrays_.gradient.isNull()) continue;
      rows_.write(arrays_.gradient, row, gradientScale_ * definition::softTargetGradient(x, q, gamma_));
    }
  }

 private:
  Arrays arrays_;
  DoubleRows rows_;
  Eigen::ArrayXd weight_;
  double smoothing_;
  double gamma_;
  double gradientScale_;
};

}  // namespace

void classProbabilityLoss(float* loss, float* gradient, const float* logits, const float* target,
                          ClassLayout layout, const ClassProbabilityOptions<float>& options) {
  const DefinedRows defined({NumbersOut(loss), NumbersOut(gradient), Numbers(logits), Numbers(target)},
                            layout, options);
  const std::size_t classes = layout.classes;
  if (options.gamma != 0 || !usual::takesSoftTargets(layout)) return defined.work(0, layout.rows());
  std::vector<float> scratch(gradient == nullptr ? usual::rowsPerBlock(classes) * classes : 0);
  const float share = options.labelSmoothing / static_cast<float>(classes);
  const auto fast = [&](std::size_t first, const usual::Rows& rows) {
    float* slope = gradient == nullptr ? nullptr : gradient + first * classes;
    return usual::softTargetLoss(
        loss + first, slope, slope == nullptr ? scratch.data() : slope, rows,
        {target + first * classes, options.weight, 1 - options.labelSmoothing, share, options.gradientScale});
  };
  usual::forEachBlock(logits, layout, fast,
                      [&](std::size_t first, std::size_t count) { defined.work(first, count); });
}

void classProbabilityLoss(double* loss, double* gradient, const double* logits, const double* target,
                          ClassLayout layout, const ClassProbabilityOptions<double>& options) {
  DefinedRows({NumbersOut(loss), NumbersOut(gradient), Numbers(logits), Numbers(target)}, layout, options)
      .work(0, layout.rows());
}

}  // namespace losskit
