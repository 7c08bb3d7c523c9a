// One pass over rows of class scores: everything the report of a multi-class file needs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "evaluation/score_kind.h"
#include "numeric/exact_sum.h"

namespace losskit {

/// Sums over the rows of one class, in nats. With them every class-weighted or smoothed cross entropy follows
/// without another pass.
struct ClassSums {
  double count = 0;
  double correct = 0;  ///< rows whose largest score (the first of equal ones) is the label's
  double nll = 0;      ///< -log p_y
  double smooth = 0;   ///< mean over the classes of -log p_c
  double focal = 0;    ///< (1 - p_y)^gamma (-log p_y)
};

struct MultiClassResult {
  double rows = 0;     ///< rows that count
  double ignored = 0;  ///< rows with the ignored label
  std::vector<ClassSums> classes;
};

class MultiClassEvaluation {
 public:
  MultiClassEvaluation(std::size_t classes, float gamma, std::int32_t ignoreIndex, ScoreKind kind);

  /// scores: [rows, classes]; labels: [rows]. Returns the number of the first row with a label outside [0,
  /// classes) that is not ignored, or with a probability outside [0, 1], and takes none of the rows; `rows`
  /// when all are taken.
  std::size_t update(const float* scores, const std::int32_t* labels, std::size_t rows);

  [[nodiscard]] MultiClassResult result() const;

 private:
  struct Sums {
    std::uint64_t count = 0;
    std::uint64_t correct = 0;
    ExactSum<float> nll;
    ExactSum<float> smooth;
    ExactSum<float> focal;
  };

  [[nodiscard]] std::size_t firstBadRow(const float* scores, const std::int32_t* labels,
                                        std::size_t rows) const;
  void rowLosses(const float* scores, const std::int32_t* labels, std::size_t rows);
  void rowLossesOfProbabilities(const float* scores, const std::int32_t* labels, std::size_t rows);
  void addRow(const float* scores, std::size_t row, std::size_t label);

  std::size_t classes_;
  float gamma_;
  std::int32_t ignoreIndex_;
  ScoreKind kind_;
  std::vector<Sums> sums_;
  std::uint64_t ignored_ = 0;
  // Of the batch at hand, [rows].
  std::vector<float> nll_;
  std::vector<float> smooth_;
  std::vector<float> focal_;
};

}  // namespace losskit
