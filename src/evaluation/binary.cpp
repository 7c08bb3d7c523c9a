#include "evaluation/binary.h"

#include <algorithm>
#include <cmath>

#include "losses/binary_cross_entropy.h"
#include "losses/class_index_loss.h"
#include "losses/definition.h"
#include "losses/sigmoid_focal.h"

namespace losskit {

void BinaryEvaluation::Batch::resize(std::size_t rows) {
  for (auto* values : {&target, &bce, &focal, &norm}) values->resize(std::max(values->size(), rows));
}

BinaryEvaluation::BinaryEvaluation(float gamma, float alpha, std::size_t bins, std::int32_t ignoreIndex,
                                   ScoreKind kind)
    : gamma_(gamma),
      alpha_(alpha),
      ignoreIndex_(ignoreIndex),
      kind_(kind),
      norms_(bins, GhmKind::Classification) {}

std::size_t BinaryEvaluation::update(const float* scores, const std::int32_t* labels, std::size_t rows) {
  const std::size_t bad = firstBadRow(scores, labels, rows);
  if (bad < rows) return bad;
  batch_.resize(rows);
  std::transform(labels, labels + rows, batch_.target.begin(),
                 [](std::int32_t y) { return y == 1 ? 1.0F : 0.0F; });
  if (kind_ == ScoreKind::Logits) {
    rowLosses(scores, rows);
  } else {
    rowLossesOfProbabilities(scores, rows);
  }
  for (std::size_t row = 0; row < rows; ++row) {
    if (labels[row] == ignoreIndex_) {
      ++ignored_;
      continue;
    }
    Sums& sums = sums_[static_cast<std::size_t>(labels[row])];
    ++sums.count;
    if (predictsPositive(scores[row]) == (labels[row] == 1)) ++sums.correct;
    sums.bce.add(batch_.bce[row]);
    sums.focal.add(batch_.focal[row]);
    norms_.add(static_cast<double>(batch_.norm[row]), static_cast<double>(batch_.bce[row]));
  }
  return rows;
}

std::size_t BinaryEvaluation::firstBadRow(const float* scores, const std::int32_t* labels,
                                          std::size_t rows) const {
  const std::size_t badLabel = firstInvalidTarget(labels, rows, 2, ignoreIndex_);
  if (kind_ != ScoreKind::Probabilities) return badLabel;
  const float* end = scores + badLabel;
  return static_cast<std::size_t>(std::find_if(scores, end, [](float p) { return !(p >= 0 && p <= 1); }) -
                                  scores);
}

void BinaryEvaluation::rowLosses(const float* logits, std::size_t rows) {
  const float* target = batch_.target.data();
  sigmoidFocal(batch_.focal.data(), nullptr, logits, target, rows, {alpha_, gamma_, 1});
  binaryCrossEntropyWithLogits(batch_.bce.data(), batch_.norm.data(), logits, target, rows, {});
  for (std::size_t row = 0; row < rows; ++row) batch_.norm[row] = std::fabs(batch_.norm[row]);
}

/// As torch.nn.BCELoss: logs no smaller than -100.
void BinaryEvaluation::rowLossesOfProbabilities(const float* scores, std::size_t rows) {
  const double leastLog = -100;
  for (std::size_t row = 0; row < rows; ++row) {
    const auto score = static_cast<double>(scores[row]);
    const double p = kind_ == ScoreKind::LogProbabilities ? std::exp(score) : score;
    const auto t = static_cast<double>(batch_.target[row]);
    const double hit = t == 1 ? p : 1 - p;
    const double miss = 1 - hit;
    const double bce = -std::max(t == 1 ? std::log(p) : std::log1p(-p), leastLog);
    const double factor =
        definition::focalAlpha(static_cast<double>(alpha_), t) * std::pow(miss, static_cast<double>(gamma_));
    batch_.bce[row] = static_cast<float>(bce);
    batch_.focal[row] = static_cast<float>(factor * bce);
    batch_.norm[row] = static_cast<float>(miss);
  }
}

bool BinaryEvaluation::predictsPositive(float score) const {
  switch (kind_) {
    case ScoreKind::Probabilities:
      return score > 0.5F;
    case ScoreKind::LogProbabilities:
      return static_cast<double>(score) > std::log(0.5);
    case ScoreKind::Logits:
      break;
  }
  return score > 0;
}

BinaryResult BinaryEvaluation::result() const {
  BinaryResult result;
  result.ignored = static_cast<double>(ignored_);
  for (const Sums& sums : sums_) {
    result.rows += static_cast<double>(sums.count);
    result.classes.push_back({static_cast<double>(sums.count), static_cast<double>(sums.correct),
                              sums.bce.value(), sums.focal.value()});
  }
  for (std::size_t bin = 0; bin < norms_.counts().size(); ++bin) {
    result.bins.push_back({static_cast<double>(norms_.counts()[bin]), norms_.lossSum(bin)});
  }
  return result;
}

}  // namespace losskit
