// Scores as a file has them, made into terms: checked, rescaled as the caller asks, and worked by the task's
// kernel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "evaluation/score_kind.h"
#include "evaluation/terms.h"

namespace losskit {

enum class EvaluationTask : std::uint64_t {
  MultiClass = 0,  ///< a row has a score for each class and one true class
  Elements = 1     ///< each score of a row has a target of its own: binary (one score) and multi-label
};

struct ScoreOptions {
  EvaluationTask task = EvaluationTask::MultiClass;
  std::size_t width = 0;  ///< scores in a row
  ScoreKind kind = ScoreKind::Logits;
  /// Rows with this label are ignored. One that is a class is left to Terms::ignore, so that the terms of
  /// these rows are there when they are ignored no more.
  std::int32_t ignoreIndex = -100;
  /// Logits (see logitOf) are divided by it.
  double temperature = 1;
  /// Multi-class: probabilities are rescaled to sum 1.
  bool renormalise = false;
  /// Probabilities count as at least this, and at most 1 minus it; 0 to 0.5.
  double eps = 0;
};

/// The logit that a score stands for: log p (multi-class), log p - log(1 - p) (elements), a logit itself.
double logitOf(double score, const ScoreOptions& options);
/// Whether that is the score itself: of several classes log-probabilities are logits.
bool areLogits(const ScoreOptions& options);

/// Rows in memory: scores [rows, width], and either labels [rows] (0 and 1 for the task Elements with width
/// 1) or targets [rows, width] in [0, 1] (of the task MultiClass: they sum to 1).
struct ScoredRows {
  const float* scores = nullptr;
  const std::int32_t* labels = nullptr;
  const float* targets = nullptr;
  std::size_t rows = 0;
  /// The scores as doubles, which `scores` are nearest to, where the terms are to be worked in double.
  const double* doubles = nullptr;
};

class RowTerms {
 public:
  explicit RowTerms(const ScoreOptions& options) : options_(options) {}

  /// Makes the terms of a batch. Returns the number of the first row with a label or target out of its range,
  /// with a probability outside [0, 1], or with scores that give no probabilities (-inf only, two +inf);
  /// `rows` when all are good. The terms are of no use when it is not.
  std::size_t update(const ScoredRows& batch);
  /// As update, but only what losses are made of where that is less work (classLossTerms, areLossesAll): a
  /// first look at them, before all else.
  std::size_t updateLosses(const ScoredRows& batch);

  Terms& terms() { return terms_; }
  [[nodiscard]] const ScoreOptions& options() const { return options_; }

 private:
  enum class Extent { All, Losses };

  std::size_t update(const ScoredRows& batch, Extent extent);
  template <class T>
  std::size_t updateFrom(const T* scores, std::vector<T>& rescaled, const ScoredRows& batch, Extent extent);
  template <class T>
  void updateClasses(const ScoredRows& batch, const T* scores, ScoreKind kind, Extent extent);
  template <class T>
  [[nodiscard]] std::size_t firstBadRow(const T* scores, const ScoredRows& batch) const;
  [[nodiscard]] std::size_t classes() const;
  /// The ignored label, or where it is a class one that no row has.
  [[nodiscard]] std::int32_t ignored() const;
  template <class T>
  void toScaledLogits(T* out, const T* scores, std::size_t size, double scale) const;
  template <class T>
  const T* rescale(const T* scores, std::vector<T>& rescaled, std::size_t rows, ScoreKind& kind) const;
  const float* targetsOf(const ScoredRows& batch);

  ScoreOptions options_;
  Terms terms_;
  std::vector<float> scores_;
  std::vector<double> doubles_;
  std::vector<float> targets_;
};

}  // namespace losskit
