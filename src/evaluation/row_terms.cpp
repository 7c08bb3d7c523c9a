#include "evaluation/row_terms.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "evaluation/class_terms.h"
#include "evaluation/element_terms.h"
#include "losses/class_index_loss.h"
#include "losses/first_invalid.h"
#include "losses/pointwise.h"
#include "losses/softmax.h"
#include "numeric/math.h"

namespace losskit {

namespace {

/// out = scores * scale, rounded once.
void scaleAll(float* out, const float* scores, std::size_t size, double scale) {
  const F64x2 factor = splat(scale);
  forEachFour(size, [&](std::size_t i, std::size_t width) {
    const F32x4 x = loadWidth(scores + i, width);
    storeWidth(out + i, width, roundedToFloat(lowAsDouble(x) * factor, highAsDouble(x) * factor));
  });
}

void scaleAll(double* out, const double* scores, std::size_t size, double scale) {
  std::transform(scores, scores + size, out, [scale](double score) { return score * scale; });
}

/// out = logits of probabilities * scale, with the error of two logarithms: log p (multi-class), log p -
/// log(1 - p) (elements).
void scaledLogits(float* out, const float* probabilities, std::size_t size, double scale, bool isMultiClass) {
  forEachFour(size, [&](std::size_t i, std::size_t width) {
    const F32x4 p = loadWidth(probabilities + i, width);
    storeWidth(out + i, width, isMultiClass ? log(p) : log(p) - log1p(-p));
  });
  scaleAll(out, out, size, scale);
}

}  // namespace

double logitOf(double score, const ScoreOptions& options) {
  const bool isMultiClass = options.task == EvaluationTask::MultiClass;
  switch (options.kind) {
    case ScoreKind::Probabilities:
      return isMultiClass ? std::log(score) : std::log(score) - std::log1p(-score);
    case ScoreKind::LogProbabilities:
      return isMultiClass ? score : score - std::log(-std::expm1(score));
    case ScoreKind::Logits:
      break;
  }
  return score;
}

bool areLogits(const ScoreOptions& options) {
  const bool isMultiClass = options.task == EvaluationTask::MultiClass;
  return options.kind == ScoreKind::Logits || (isMultiClass && options.kind == ScoreKind::LogProbabilities);
}

std::size_t RowTerms::classes() const {
  return options_.task == EvaluationTask::MultiClass ? options_.width : 2;
}

std::int32_t RowTerms::ignored() const {
  const std::int32_t label = options_.ignoreIndex;
  return label >= 0 && static_cast<std::size_t>(label) < classes() ? -1 : label;
}

template <class T>
std::size_t RowTerms::firstBadRow(const T* scores, const ScoredRows& batch) const {
  const std::size_t width = options_.width;
  const std::size_t size = batch.rows * width;
  const std::size_t bad = batch.labels != nullptr
                              ? firstInvalidTarget(batch.labels, batch.rows, classes(), options_.ignoreIndex)
                              : firstOutsideUnit(batch.targets, size) / width;
  if (options_.kind != ScoreKind::Probabilities) return bad;
  return firstOutsideUnit(scores, bad * width) / width;
}

/// Elements with a single score may have labels; an ignored one becomes a negative target.
const float* RowTerms::targetsOf(const ScoredRows& batch) {
  if (batch.targets != nullptr) return batch.targets;
  targets_.resize(std::max(targets_.size(), batch.rows));
  const std::int32_t ignored = this->ignored();
  std::transform(batch.labels, batch.labels + batch.rows, targets_.begin(),
                 [ignored](std::int32_t y) { return y == ignored ? -1.0F : static_cast<float>(y); });
  return targets_.data();
}

template <class T>
void RowTerms::toScaledLogits(T* out, const T* scores, std::size_t size, double scale) const {
  if (areLogits(options_)) {
    scaleAll(out, scores, size, scale);
    return;
  }
  if constexpr (std::is_same_v<T, float>) {
    if (options_.kind == ScoreKind::Probabilities) {
      scaledLogits(out, scores, size, scale, options_.task == EvaluationTask::MultiClass);
      return;
    }
  }
  std::transform(scores, scores + size, out, [&](T score) {
    return static_cast<T>(logitOf(static_cast<double>(score), options_) * scale);
  });
}

template <class T>
const T* RowTerms::rescale(const T* scores, std::vector<T>& rescaled, std::size_t rows,
                           ScoreKind& kind) const {
  const std::size_t size = rows * options_.width;
  const bool isMultiClass = options_.task == EvaluationTask::MultiClass;
  const double scale = 1 / options_.temperature;
  const bool toLogits = scale != 1 || (options_.renormalise && isMultiClass && kind != ScoreKind::Logits);
  if (toLogits) {
    rescaled.resize(std::max(rescaled.size(), size));
    toScaledLogits(rescaled.data(), scores, size, scale);
    kind = ScoreKind::Logits;
    scores = rescaled.data();
  }
  if (options_.eps == 0 || kind != ScoreKind::Logits) return scores;
  std::vector<T> probabilities(size);
  if (isMultiClass) {
    logSoftmax(probabilities.data(), scores, {rows, options_.width, 1});
  } else {
    logSigmoid(probabilities.data(), scores, size);
  }
  kind = ScoreKind::LogProbabilities;
  rescaled = std::move(probabilities);
  return rescaled.data();
}

template <class T>
void RowTerms::updateClasses(const ScoredRows& batch, const T* scores, ScoreKind kind, Extent extent) {
  const ClassTermsOptions classes{options_.width, kind, ignored(), options_.eps};
  if (batch.targets != nullptr) {
    classTermsOfTargets(terms_, scores, batch.targets, batch.rows, classes);
    return;
  }
  if constexpr (std::is_same_v<T, float>) {
    const bool isFew = extent == Extent::Losses && kind == ScoreKind::Logits;
    if (isFew && classLossTerms(terms_, scores, batch.labels, batch.rows, classes)) return;
  }
  classTerms(terms_, scores, batch.labels, batch.rows, classes);
}

template <class T>
std::size_t RowTerms::updateFrom(const T* scores, std::vector<T>& rescaled, const ScoredRows& batch,
                                 Extent extent) {
  const std::size_t bad = firstBadRow(scores, batch);
  if (bad < batch.rows) return bad;
  ScoreKind kind = options_.kind;
  scores = rescale(scores, rescaled, batch.rows, kind);
  if (options_.task == EvaluationTask::MultiClass) {
    updateClasses(batch, scores, kind, extent);
  } else {
    const bool areLossesAll = extent == Extent::Losses;
    elementTerms(terms_, scores, targetsOf(batch), batch.rows,
                 {options_.width, kind, options_.eps, areLossesAll});
  }
  float* const loss = terms_.loss();
  const std::size_t size = terms_.size();
  // -log 1 is a negative zero, which no loss is.
  for (std::size_t i = 0; i < size; ++i) loss[i] += 0;
  return firstNan(loss, size) / (options_.task == EvaluationTask::MultiClass ? 1 : options_.width);
}

std::size_t RowTerms::update(const ScoredRows& batch, Extent extent) {
  if (batch.doubles == nullptr) return updateFrom(batch.scores, scores_, batch, extent);
  return updateFrom(batch.doubles, doubles_, batch, extent);
}

std::size_t RowTerms::update(const ScoredRows& batch) {
  return update(batch, Extent::All);
}

std::size_t RowTerms::updateLosses(const ScoredRows& batch) {
  return update(batch, Extent::Losses);
}

}  // namespace losskit
