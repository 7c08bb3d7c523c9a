#include "evaluation/multi_class.h"

#include <algorithm>
#include <cmath>

#include "losses/class_index_loss.h"
#include "losses/definition.h"

namespace losskit {

MultiClassEvaluation::MultiClassEvaluation(std::size_t classes, float gamma, std::int32_t ignoreIndex,
                                           ScoreKind kind)
    : classes_(classes), gamma_(gamma), ignoreIndex_(ignoreIndex), kind_(kind), sums_(classes) {}

std::size_t MultiClassEvaluation::update(const float* scores, const std::int32_t* labels, std::size_t rows) {
  const std::size_t bad = firstBadRow(scores, labels, rows);
  if (bad < rows) return bad;
  for (auto* losses : {&nll_, &smooth_, &focal_}) losses->resize(std::max(losses->size(), rows));
  if (kind_ == ScoreKind::Logits) {
    rowLosses(scores, labels, rows);
  } else {
    rowLossesOfProbabilities(scores, labels, rows);
  }
  for (std::size_t row = 0; row < rows; ++row) {
    if (labels[row] == ignoreIndex_) {
      ++ignored_;
    } else {
      addRow(scores + row * classes_, row, static_cast<std::size_t>(labels[row]));
    }
  }
  return rows;
}

std::size_t MultiClassEvaluation::firstBadRow(const float* scores, const std::int32_t* labels,
                                              std::size_t rows) const {
  const std::size_t badLabel = firstInvalidTarget(labels, rows, classes_, ignoreIndex_);
  if (kind_ != ScoreKind::Probabilities) return badLabel;
  const float* end = scores + badLabel * classes_;
  const float* badScore = std::find_if(scores, end, [](float p) { return !(p >= 0 && p <= 1); });
  return badScore == end ? badLabel : static_cast<std::size_t>(badScore - scores) / classes_;
}

void MultiClassEvaluation::rowLosses(const float* scores, const std::int32_t* labels, std::size_t rows) {
  const ClassLayout layout{rows, classes_, 1};
  ClassIndexOptions<float> options;
  options.ignoreIndex = ignoreIndex_;
  classIndexLoss(nll_.data(), nullptr, scores, labels, layout, options);
  options.gamma = gamma_;
  classIndexLoss(focal_.data(), nullptr, scores, labels, layout, options);
  options.gamma = 0;
  options.labelSmoothing = 1;
  classIndexLoss(smooth_.data(), nullptr, scores, labels, layout, options);
}

/// Probabilities are taken as they are: nothing is rescaled to sum 1.
void MultiClassEvaluation::rowLossesOfProbabilities(const float* scores, const std::int32_t* labels,
                                                    std::size_t rows) {
  const bool isLog = kind_ == ScoreKind::LogProbabilities;
  for (std::size_t row = 0; row < rows; ++row) {
    if (labels[row] == ignoreIndex_) continue;
    const auto x =
        Eigen::Map<const Eigen::ArrayXf>(scores + row * classes_, static_cast<Eigen::Index>(classes_))
            .cast<double>();
    const double score = x(labels[row]);
    const double logLoss = isLog ? -score : -std::log(score);
    const double miss = isLog ? definition::missProbability(logLoss) : 1 - score;
    nll_[row] = static_cast<float>(logLoss);
    focal_[row] =
        static_cast<float>(definition::weighted(std::pow(miss, static_cast<double>(gamma_)), logLoss));
    smooth_[row] = static_cast<float>(isLog ? -x.mean() : -x.log().mean());
  }
}

void MultiClassEvaluation::addRow(const float* scores, std::size_t row, std::size_t label) {
  Sums& sums = sums_[label];
  ++sums.count;
  if (static_cast<std::size_t>(std::max_element(scores, scores + classes_) - scores) == label) ++sums.correct;
  sums.nll.add(nll_[row]);
  sums.smooth.add(smooth_[row]);
  sums.focal.add(focal_[row]);
}

MultiClassResult MultiClassEvaluation::result() const {
  MultiClassResult result;
  result.ignored = static_cast<double>(ignored_);
  for (const Sums& sums : sums_) {
    result.rows += static_cast<double>(sums.count);
    result.classes.push_back({static_cast<double>(sums.count), static_cast<double>(sums.correct),
                              sums.nll.value(), sums.smooth.value(), sums.focal.value()});
  }
  return result;
}

}  // namespace losskit
