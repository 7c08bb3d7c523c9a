// What is counted of rows or elements, apart from sums: truths, predictions, confusions, confidences and
// losses by bins.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "evaluation/bins.h"
#include "evaluation/lane_counts.h"
#include "evaluation/terms.h"

namespace losskit {

struct EvaluationTotals;

/// Counts a batch of terms. Ignored ones, whose terms are all 0, are counted with the others and taken away
/// again: no branch depends on what is counted.
class RowCounts {
 public:
  RowCounts(std::size_t groups, std::size_t confidenceBins);

  /// confidence: of the terms. perRow: elements of a row. weight: [rows] or null.
  void add(EvaluationTotals& totals, Terms& terms, Values confidence, std::size_t perRow,
           const float* weight);
  /// Of the last batch: the bin of each confidence; of ignored ones that of 0.
  [[nodiscard]] const std::int32_t* confidenceBins() const { return bins_.data(); }
  [[nodiscard]] const LossBins& lossBins() const { return lossBins_; }

 private:
  void findBins(Values confidence, std::size_t size);
  void countGroups(EvaluationTotals& totals, Terms& terms, bool hasConfusions);
  void countPairs(EvaluationTotals& totals, Terms& terms, bool hasConfusions);
  void countOneByOne(EvaluationTotals& totals, Terms& terms, bool hasConfusions);
  void countConfidences(EvaluationTotals& totals, Terms& terms, std::uint64_t ignored);
  void countLosses(EvaluationTotals& totals, Terms& terms, std::uint64_t ignored);
  void weigh(EvaluationTotals& totals, Terms& terms, std::size_t perRow, const float* weight) const;

  std::size_t groups_;
  UnitBins confidenceBins_;
  LossBins lossBins_;
  /// By group of the truth, after those of none, and predicted one, where these are few.
  LaneCounts pairs_;
  /// By bin, those predicted wrong and those predicted right.
  LaneCounts rights_;
  LaneCounts losses_;
  std::vector<std::int32_t> bins_;
};

}  // namespace losskit
