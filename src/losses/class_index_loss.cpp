#include "losses/class_index_loss.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "losses/class_rows.h"
#include "losses/definition.h"
#include "losses/double_rows.h"
#include "losses/first_invalid.h"
#include "losses/focus.h"
#include "losses/usual_rows.h"
#include "numeric/precise.h"

namespace losskit {

namespace {

/// A label this far below the largest score has an exponential that float cannot hold.
constexpr float kLabelReach = 40;

/// What a row's loss and gradient are made of, a lane a row.
struct RowTerms {
  RowSums sums;
  F64x4 logLoss;    ///< -log p_y
  I32x4 isInReach;  ///< all ones where float was enough
};

/// -log p_y where the label is far below the largest score: the sum in place of the label's exponential, and
/// the label's distance apart.
[[gnu::noinline]] F32x4 logLossOfFarLabels(const RowSums& sums) {
  const F32x4 one = constant(1 / ScaledExp::kScale);
  const F32x4 distance =
      mulAdd(sums.reference, constant(kLn2High), -sums.score) + sums.reference * constant(kLn2Low);
  return distance + log1pOfRatio(sums.total() - one, one);
}

/// In float's precision, or, for what a power is multiplied with, in that of the odds.
F64x4 logLossOf(const RowSums& sums, bool isPrecise) {
  const F64x4 near = isPrecise ? preciseLog1p(sums.odds) : F64x4(log1pOfRatio(sums.others, sums.chosen));
  const I32x4 isNear = sums.score >= sums.largest - constant(kLabelReach);
  return all(isNear) ? near : select(isNear, near, F64x4(logLossOfFarLabels(sums)));
}

RowTerms termsOf(const RowSums& sums, bool isPrecise) {
  return {sums, logLossOf(sums, isPrecise), absolute(sums.largest) <= constant(kScoreReach)};
}

/// One row by the definition.
class ClassIndexRow {
 public:
  template <class T>
  ClassIndexRow(std::size_t classes, const ClassIndexOptions<T>& options)
      : smoothing_(static_cast<double>(options.labelSmoothing)),
        gamma_(static_cast<double>(options.gamma)),
        scale_(static_cast<double>(options.gradientScale)),
        weight_(Eigen::ArrayXd::Ones(static_cast<Eigen::Index>(classes))) {
    if (options.weight == nullptr) return;
    for (std::size_t c = 0; c < classes; ++c) {
      weight_(static_cast<Eigen::Index>(c)) = static_cast<double>(options.weight[c]);
    }
  }

  [[nodiscard]] double loss(const Eigen::ArrayXd& x, Eigen::Index y) const {
    return definition::softTargetLoss(x, target(y), gamma_);
  }

  [[nodiscard]] Eigen::ArrayXd gradient(const Eigen::ArrayXd& x, Eigen::Index y) const {
    return scale_ * definition::softTargetGradient(x, target(y), gamma_);
  }

 private:
  [[nodiscard]] Eigen::ArrayXd target(Eigen::Index y) const {
    Eigen::ArrayXd q = weight_ * (smoothing_ / static_cast<double>(weight_.size()));
    q(y) += (1 - smoothing_) * weight_(y);
    return q;
  }

  double smoothing_;
  double gamma_;
  double scale_;
  Eigen::ArrayXd weight_;
};

/// The targets of a call, looked at block by block, just before each is worked: a pass over all of them would
/// fetch them from memory twice.
class Targets {
 public:
  Targets(const std::int32_t* target, ClassLayout layout, std::int32_t ignoreIndex)
      : target_(target), classes_(layout.classes), ignoreIndex_(ignoreIndex), valid_(layout.rows()) {}

  /// Whether these rows can be worked.
  bool areValid(std::size_t first, std::size_t count) {
    const std::size_t valid = firstInvalidTarget(target_ + first, count, classes_, ignoreIndex_);
    if (valid < count) valid_ = std::min(valid_, first + valid);
    return valid == count;
  }
  [[nodiscard]] std::size_t firstInvalid() const { return valid_; }

 private:
  const std::int32_t* target_;
  std::size_t classes_;
  std::int32_t ignoreIndex_;
  std::size_t valid_;
};

template <class T>
void lossByDefinition(T* loss, T* gradient, const T* logits, const std::int32_t* target, ClassLayout layout,
                      const ClassIndexOptions<T>& options) {
  const ClassIndexRow row(layout.classes, options);
  const DoubleRows rows(layout);
  for (std::size_t r = 0; r < layout.rows(); ++r) {
    if (target[r] == options.ignoreIndex) {
      loss[r] = 0;
      if (gradient != nullptr) rows.write(gradient, r, Eigen::ArrayXd::Zero(rows.size()));
      continue;
    }
    const Eigen::ArrayXd x = rows.read(logits, r);
    loss[r] = static_cast<T>(row.loss(x, target[r]));
    if (gradient != nullptr) rows.write(gradient, r, row.gradient(x, target[r]));
  }
}

class ClassIndexKernel {
 public:
  ClassIndexKernel(float* loss, float* gradient, const float* logits, const std::int32_t* target,
                   ClassLayout layout, const ClassIndexOptions<float>& options)
      : loss_(loss),
        hasGradient_(gradient != nullptr),
        target_(target),
        options_(options),
        focus_(options.gamma),
        rows_(logits, gradient, layout),
        definition_(layout.classes, options) {
    share_ = options.labelSmoothing / static_cast<float>(layout.classes);
    double sum = 0;
    for (std::size_t c = 0; c < layout.classes; ++c) sum += static_cast<double>(weightOf(c));
    sumOfWeights_ = static_cast<float>(sum);
    if (smooths() && hasGradient_) {
      shares_.resize(layout.classes);
      for (std::size_t c = 0; c < layout.classes; ++c) shares_[c] = share_ * weightOf(c);
    }
  }

  void run(std::size_t first, std::size_t count) {
    for (const std::size_t end = first + count; first < end; first += kBlockRows) {
      runBlock(first, std::min(kBlockRows, end - first));
    }
  }

 private:
  /// The labels of four rows; class 0 where the row is ignored or there is none.
  struct Labels {
    I32x4 index;
    I32x4 counts;
    F32x4 weight;
  };

  [[nodiscard]] bool smooths() const { return options_.labelSmoothing > 0; }
  [[nodiscard]] float weightOf(std::size_t c) const {
    return options_.weight == nullptr ? 1.0F : options_.weight[c];
  }

  [[nodiscard]] Labels labels(std::size_t first, std::size_t count) const {
    Labels result{};
    I32x4 y = splat(options_.ignoreIndex);
    if (count == kLanes) {
      y = load(target_ + first);
    } else {
      for (std::size_t lane = 0; lane < count; ++lane) y[lane] = target_[first + lane];
    }
    result.counts = y != splat(options_.ignoreIndex);
    result.index = y & result.counts;
    result.weight = constant(1.0F);
    if (options_.weight != nullptr) {
      const auto at = [&](std::size_t lane) {
        return weightOf(static_cast<std::size_t>(result.index[lane]));
      };
      result.weight = F32x4{at(0), at(1), at(2), at(3)};
    }
    return result;
  }

  void runBlock(std::size_t first, std::size_t count) {
    Labels groupLabels[kBlockGroups];
    rows_.open(first, count);
    for (std::size_t g = 0; g * kLanes < count; ++g) {
      groupLabels[g] = labels(first + g * kLanes, std::min(kLanes, count - g * kLanes));
      rows_.choose(g, groupLabels[g].index);
    }
    for (std::size_t g = 0; g * kLanes < count; ++g) {
      const F32x4 loss = runFour(g, groupLabels[g]);
      storePart(loss_ + first + g * kLanes, std::min(kLanes, count - g * kLanes), loss);
    }
  }

  F32x4 runFour(std::size_t g, const Labels& label) {
    const bool isPrecise = options_.gamma != 0;
    const RowTerms terms = termsOf(rows_.sum(g, {hasGradient_, isPrecise}), isPrecise);
    F32x4 loss = lossOf(g, label, terms);
    if (hasGradient_) writeGradient(g, label, terms);
    if (!all(terms.isInReach & label.counts)) loss = mend(g, label, terms, loss);
    return loss;
  }

  [[nodiscard]] F32x4 lossOf(std::size_t g, const Labels& label, const RowTerms& terms) {
    if (smooths()) return smoothedLoss(g, label, terms);
    if (options_.gamma == 0) return weightedTerm(label.weight, terms.logLoss.rounded());
    return weightedTerm(focus_(terms.sums.miss) * F64x4(label.weight), terms.logLoss).rounded();
  }

  /// (1 - e) w_y (-log p_y) + e / C sum_c w_c (-log p_c), and sum_c w_c (-log p_c) = sum_c w_c (max - x_c) +
  /// sum_c w_c * log(sum / e^max): terms of one sign.
  [[gnu::noinline]] F32x4 smoothedLoss(std::size_t g, const Labels& label, const RowTerms& terms) {
    const F32x4 largest = ScaledExp(terms.sums.reference)(terms.sums.largest);
    const F64x4 logSum(log1pOfRatio(maximum(terms.sums.total() - largest, splat(0.0F)), largest));
    const F64x4 gaps(rows_.gaps(g, terms.sums.largest, options_.weight));
    const F64x4 soft = gaps + F64x4(static_cast<double>(sumOfWeights_)) * logSum;
    const double hardShare = 1 - static_cast<double>(options_.labelSmoothing);
    const double softShare =
        static_cast<double>(options_.labelSmoothing) / static_cast<double>(rows_.classes());
    if (hardShare == 0) return (F64x4(softShare) * soft).rounded();  // not 0 * inf
    const F64x4 hard = F64x4(hardShare) * F64x4(weightedTerm(label.weight, terms.logLoss.rounded()));
    return (hard + F64x4(softShare) * soft).rounded();
  }

  /// d loss / d(-log p_y), which for gamma > 0 also counts what the focusing factor changes.
  [[nodiscard]] F32x4 slope(const RowTerms& terms) const {
    if (options_.gamma == 0) return splat(1.0F - options_.labelSmoothing);
    const RowSums& sums = terms.sums;
    // p_y (-log p_y) / (1 - p_y): 1 where nothing is missed, 0 where all is
    const F32x4 odds = sums.others / sums.chosen;
    const F32x4 logLoss = terms.logLoss.rounded();
    const F32x4 finite = clearWhere(logLoss == constant(kInfinity), logLoss);
    const F32x4 inner = select(odds > splat(0.0F), finite / odds, constant(1.0F));
    return focus_(sums.miss).rounded() * (constant(1.0F) + splat(options_.gamma) * inner);
  }

  [[gnu::noinline]] void writeGradient(std::size_t g, const Labels& label, const RowTerms& terms) {
    const F32x4 scale = splat(options_.gradientScale);
    const F32x4 total = terms.sums.total();
    const F32x4 hard = scale * label.weight * slope(terms);
    const F32x4 soft = scale * splat(share_ * sumOfWeights_);
    const F32x4 perExponential = (hard + soft) / total;
    const F32x4 atLabel = (terms.sums.chosen / total) * soft - hard * (terms.sums.others / total);
    rows_.writeScaled(g, perExponential, smooths() ? shares_.data() : nullptr, scale,
                      atLabel - scale * labelShares(label));
  }

  [[nodiscard]] F32x4 labelShares(const Labels& label) const {
    if (!smooths()) return splat(0.0F);
    const auto at = [&](std::size_t lane) { return shares_[static_cast<std::size_t>(label.index[lane])]; };
    return F32x4{at(0), at(1), at(2), at(3)};
  }

  /// Ignored rows, and rows that float cannot do: those by the definition in double.
  [[gnu::noinline]] F32x4 mend(std::size_t g, const Labels& label, const RowTerms& terms, F32x4 loss) const {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      if (label.counts[lane] == 0) {
        loss[lane] = 0;
        if (hasGradient_ && rows_.has(g, lane)) rows_.writeRow(g, lane, [](std::size_t) { return 0.0F; });
      } else if (terms.isInReach[lane] == 0) {
        loss[lane] = byDefinition(g, lane, label.index[lane]);
      }
    }
    return loss;
  }

  [[nodiscard]] float byDefinition(std::size_t g, std::size_t lane, Eigen::Index y) const {
    const Eigen::ArrayXd x = rows_.row(g, lane);
    if (hasGradient_) {
      const Eigen::ArrayXd gradient = definition_.gradient(x, y);
      rows_.writeRow(
          g, lane, [&](std::size_t c) { return static_cast<float>(gradient(static_cast<Eigen::Index>(c))); });
    }
    return static_cast<float>(definition_.loss(x, y));
  }

  float* loss_;
  bool hasGradient_;
  const std::int32_t* target_;
  const ClassIndexOptions<float>& options_;
  Focus focus_;
  ClassRows rows_;
  ClassIndexRow definition_;
  float share_ = 0;  ///< e / C
  float sumOfWeights_ = 0;
  std::vector<float> shares_;
};

}  // namespace

std::size_t classIndexLoss(float* loss, float* gradient, const float* logits, const std::int32_t* target,
                           ClassLayout layout, const ClassIndexOptions<float>& options) {
  Targets targets(target, layout, options.ignoreIndex);
  if (options.gamma > 0 && options.labelSmoothing > 0) {
    if (targets.areValid(0, layout.rows())) lossByDefinition(loss, gradient, logits, target, layout, options);
    return targets.firstInvalid();
  }
  std::optional<ClassIndexKernel> kernel;
  const auto careful = [&](std::size_t first, std::size_t count) {
    if (!targets.areValid(first, count)) return;
    if (!kernel) kernel.emplace(loss, gradient, logits, target, layout, options);
    kernel->run(first, count);
  };
  if (options.gamma > 0 || options.labelSmoothing > 0) {
    careful(0, layout.rows());
    return targets.firstInvalid();
  }
  const usual::CrossEntropyOptions usual{options.weight, options.ignoreIndex, options.gradientScale};
  const auto fast = [&](std::size_t first, const usual::Rows& rows) {
    if (!targets.areValid(first, rows.count)) return true;
    float* to = gradient == nullptr ? nullptr : gradient + first * layout.classes;
    return usual::crossEntropy(loss + first, to, rows, target + first, usual);
  };
  usual::forEachBlock(logits, layout, fast, careful);
  return targets.firstInvalid();
}

std::size_t classIndexLoss(double* loss, double* gradient, const double* logits, const std::int32_t* target,
                           ClassLayout layout, const ClassIndexOptions<double>& options) {
  Targets targets(target, layout, options.ignoreIndex);
  if (targets.areValid(0, layout.rows())) lossByDefinition(loss, gradient, logits, target, layout, options);
  return targets.firstInvalid();
}

}  // namespace losskit
