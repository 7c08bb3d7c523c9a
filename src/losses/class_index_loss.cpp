#include "losses/class_index_loss.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "losses/definition.h"
#include "losses/double_rows.h"
#include "losses/focus.h"
#include "losses/row_group.h"

namespace losskit {

namespace {

/// Scores up to here need no reference: e^x and sums of it stay in range, and one pass over the row is
/// enough.
constexpr float kPlainReach = 35;
/// Below these odds of the others, a score held at ScaledExp's reach could show; the reference must then be
/// the maximum.
constexpr float kPlainOdds = 1e-18F;
/// ScaledExp's range of validity.
constexpr float kReach = 2000;
/// A label this far below the maximum makes odds that float cannot hold.
constexpr float kLabelReach = 60;

/// What a row's loss and gradient are made of, a lane a row.
struct RowTerms {
  F32x4 largest;
  F32x4 logLoss;  ///< -log p_y
  F32x4 odds;     ///< (1 - p_y) / p_y
  F32x4 total;    ///< sum of the scaled exponentials, for probabilities
  F32x4 chosen;
  F32x4 reference;
  I32x4 trusted;  ///< all ones where float was enough
};

template <bool Keep, class Rows>
RowTerms termsAt(Rows& rows, const RowClasses& target, F32x4 largest, F32x4 reference) {
  const RowSums sums = rows.template sum<Keep>(target, reference);
  const F32x4 odds = sums.others / sums.chosen;
  const F32x4 label = rows.score(target);
  const I32x4 trusted = (absolute(largest) <= splat(kReach)) & (label >= largest - splat(kLabelReach));
  return {largest, log1p(odds), odds, sums.others + sums.chosen, sums.chosen, reference, trusted};
}

template <class Rows>
[[gnu::noinline]] RowTerms termsFromLargest(Rows& rows, const RowClasses& target, F32x4 largest, bool keep) {
  const F32x4 reference = exponentOf(minimum(maximum(largest, splat(-kReach)), splat(kReach)));
  return keep ? termsAt<true>(rows, target, largest, reference)
              : termsAt<false>(rows, target, largest, reference);
}

/// Probabilities need the maximum as reference, else a score of -inf would not get exactly 0.
template <class Rows>
RowTerms rowTerms(Rows& rows, const RowClasses& target, bool keep) {
  const F32x4 largest = rows.largest();
  if (!keep && all(absolute(largest) <= splat(kPlainReach))) {
    const RowTerms terms = termsAt<false>(rows, target, largest, splat(0.0F));
    if (all(terms.odds >= splat(kPlainOdds))) return terms;
  }
  return termsFromLargest(rows, target, largest, keep);
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
  ClassIndexKernel(float* loss, float* gradient, const std::int32_t* target, ClassLayout layout,
                   const ClassIndexOptions<float>& options)
      : loss_(loss),
        gradient_(gradient),
        target_(target),
        layout_(layout),
        options_(options),
        focus_(options.gamma),
        row_(layout.classes, options) {
    const auto classes = static_cast<float>(layout.classes);
    share_ = options.labelSmoothing / classes;
    double sum = 0;
    for (std::size_t c = 0; c < layout.classes; ++c) sum += static_cast<double>(weightOf(c));
    shareOfAll_ = static_cast<float>(static_cast<double>(share_) * sum);
    if (smooths() && gradient != nullptr) {
      shares_.resize(layout.classes);
      for (std::size_t c = 0; c < layout.classes; ++c) shares_[c] = share_ * weightOf(c);
    }
  }

  template <class Rows>
  void run(Rows& rows) {
    for (std::size_t first = 0; first < layout_.rows(); first += kLanes) {
      const std::size_t count = std::min(kLanes, layout_.rows() - first);
      runFour(rows, first, count);
    }
  }

 private:
  [[nodiscard]] bool smooths() const { return options_.labelSmoothing > 0; }
  [[nodiscard]] float weightOf(std::size_t c) const {
    return options_.weight == nullptr ? 1.0F : options_.weight[c];
  }

  struct Labels {
    RowClasses index = {};
    I32x4 counts{};
    F32x4 weight{};
  };

  [[nodiscard]] Labels labels(std::size_t first, std::size_t count) const {
    Labels result;
    for (std::size_t lane = 0; lane < count; ++lane) {
      const std::int32_t y = target_[first + lane];
      if (y == options_.ignoreIndex) continue;
      result.index[lane] = y;
      result.counts[lane] = -1;
      result.weight[lane] = weightOf(static_cast<std::size_t>(y));
    }
    return result;
  }

  template <class Rows>
  void runFour(Rows& rows, std::size_t first, std::size_t count) {
    rows.open(first, count, gradient_);
    const Labels label = labels(first, count);
    const RowTerms terms = rowTerms(rows, label.index, gradient_ != nullptr);
    F32x4 loss = label.weight * focusedLoss(terms);
    if (smooths()) loss = hardPart(loss) + splat(share_) * smoothed(rows, terms);
    if (gradient_ != nullptr) writeGradient(rows, label, terms);
    loss = keepWhere(label.counts, loss);
    for (std::size_t lane = 0; lane < count; ++lane) {
      if (label.counts[lane] == 0) {
        if (gradient_ != nullptr) clearGradient(rows, lane);
      } else if (terms.trusted[lane] == 0) {
        loss[lane] = carefulRow(rows, lane, label.index[lane]);
      }
    }
    storePart(loss_ + first, count, loss);
  }

  [[nodiscard]] F32x4 hardPart(F32x4 loss) const {
    const float hard = 1 - options_.labelSmoothing;
    return hard == 0 ? splat(0.0F) : splat(hard) * loss;  // not 0 * inf
  }

  [[nodiscard]] F32x4 focusedLoss(const RowTerms& terms) const {
    if (options_.gamma == 0) return terms.logLoss;
    return focus_(missOf(terms)) * terms.logLoss;
  }

  static F32x4 missOf(const RowTerms& terms) { return terms.odds / (splat(1.0F) + terms.odds); }

  /// sum_c w_c (-log p_c) = sum_c w_c (max - x_c) + sum_c w_c * log(sum / e^max): terms of one sign.
  template <class Rows>
  [[gnu::noinline]] F32x4 smoothed(const Rows& rows, const RowTerms& terms) const {
    const F32x4 ratio = terms.total / ScaledExp(terms.reference)(terms.largest);
    const F32x4 logSum = log1p(maximum(ratio - splat(1.0F), splat(0.0F)));
    return rows.gaps(terms.largest, options_.weight) + splat(shareOfAll_ / share_) * logSum;
  }

  /// d loss / d(-log p_y), which for gamma > 0 also counts what the focusing factor changes.
  [[nodiscard]] F32x4 slope(const RowTerms& terms) const {
    if (options_.gamma == 0) return splat(1.0F - options_.labelSmoothing);
    const F32x4 miss = missOf(terms);
    // p_y (-log p_y) / (1 - p_y) = log1p(odds) / odds
    const F32x4 inner = select(terms.odds > splat(0.0F), terms.logLoss / terms.odds, splat(1.0F));
    return focus_(miss) * (splat(1.0F) + splat(options_.gamma) * inner);
  }

  template <class Rows>
  [[gnu::noinline]] void writeGradient(Rows& rows, const Labels& label, const RowTerms& terms) const {
    const F32x4 scale = splat(options_.gradientScale);
    const F32x4 hard = scale * label.weight * slope(terms);
    const F32x4 soft = scale * splat(shareOfAll_);
    const F32x4 perExponential = (hard + soft) / terms.total;
    const F32x4 atLabel = (terms.chosen / terms.total) * soft - hard * missOf(terms);
    rows.scaleKept(perExponential, smooths() ? shares_.data() : nullptr, scale);
    rows.setKept(label.index, atLabel - scale * labelShares(label));
    rows.writeKept();
  }

  [[nodiscard]] F32x4 labelShares(const Labels& label) const {
    if (!smooths()) return splat(0.0F);
    F32x4 result{};
    for (std::size_t lane = 0; lane < kLanes; ++lane)
      result[lane] = shares_[static_cast<std::size_t>(label.index[lane])];
    return result;
  }

  template <class Rows>
  void clearGradient(Rows& rows, std::size_t lane) const {
    for (std::size_t c = 0; c < layout_.classes; ++c) rows.write(lane, c, 0);
  }

  /// A row that float cannot do, by the definition in double.
  template <class Rows>
  [[gnu::noinline]] float carefulRow(Rows& rows, std::size_t lane, Eigen::Index y) const {
    const Eigen::ArrayXd x = rows.row(lane).template cast<double>();
    if (gradient_ != nullptr) {
      const Eigen::ArrayXd gradient = row_.gradient(x, y);
      for (Eigen::Index c = 0; c < x.size(); ++c) {
        rows.write(lane, static_cast<std::size_t>(c), static_cast<float>(gradient(c)));
      }
    }
    return static_cast<float>(row_.loss(x, y));
  }

  float* loss_;
  float* gradient_;
  const std::int32_t* target_;
  ClassLayout layout_;
  const ClassIndexOptions<float>& options_;
  Focus focus_;
  ClassIndexRow row_;
  float share_ = 0;       ///< e / C
  float shareOfAll_ = 0;  ///< e / C * sum of the weights
  std::vector<float> shares_;
};

}  // namespace

std::size_t firstInvalidTarget(const std::int32_t* target, std::size_t rows, std::size_t classes,
                               std::int32_t ignoreIndex) {
  const auto limit = static_cast<std::uint32_t>(classes);
  for (std::size_t row = 0; row < rows; ++row) {
    if (static_cast<std::uint32_t>(target[row]) >= limit && target[row] != ignoreIndex) return row;
  }
  return rows;
}

void classIndexLoss(float* loss, float* gradient, const float* logits, const std::int32_t* target,
                    ClassLayout layout, const ClassIndexOptions<float>& options) {
  if (options.gamma > 0 && options.labelSmoothing > 0) {
    lossByDefinition(loss, gradient, logits, target, layout, options);
    return;
  }
  ClassIndexKernel kernel(loss, gradient, target, layout, options);
  withRows(logits, layout, [&](auto& rows) { kernel.run(rows); });
}

void classIndexLoss(double* loss, double* gradient, const double* logits, const std::int32_t* target,
                    ClassLayout layout, const ClassIndexOptions<double>& options) {
  lossByDefinition(loss, gradient, logits, target, layout, options);
}

}  // namespace losskit
