// What a mean loss is made of, gathered over any number of batches: initialize / update / merge / finalize.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "numeric/exact_sum.h"

namespace losskit {

/// Exact sums of losses and weights, and the rows behind them: divided once, at the end, never an average of
/// batch averages. The same rows in any batches, merged in any order, give the same bits.
class LossState {
 public:
  /// Losses of class-index rows: loss and target are [rows]; weight is [classes], or null for all 1. T: float
  /// or double.
  template <class T>
  void addRows(const T* loss, const std::int32_t* target, std::size_t rows, const T* weight,
               std::int32_t ignoreIndex) {
    sum_.add(loss, rows);
    addTargets(target, rows, weight, ignoreIndex);
  }
  /// The weights and counts of addRows without the losses: what a mean divides by, before its gradient is
  /// worked.
  template <class T>
  void addTargets(const std::int32_t* target, std::size_t rows, const T* weight, std::int32_t ignoreIndex);
  /// Losses of elements or rows that all count once.
  template <class T>
  void addAll(const T* loss, std::size_t count) {
    addCounted(loss, count, 0, count);
  }
  /// Losses of `count` elements or rows of which `ignored` do not count (their losses are 0), and what they
  /// add to the weight: whatever number the mean is to divide by, of rows or of positives.
  template <class T>
  void addCounted(const T* loss, std::size_t count, std::size_t ignored, std::size_t weight) {
    sum_.add(loss, count);
    rows_ += count;
    ignored_ += ignored;
    unweighted_ += weight;
  }
  void merge(const LossState& other);

  /// Sum of the losses, rounded once.
  [[nodiscard]] double sum() const { return sum_.value(); }
  /// Whether one of the losses was NaN.
  [[nodiscard]] bool hasNan() const { return sum_.hasNan(); }
  /// Sum of the weights of the rows that count, rounded once.
  [[nodiscard]] double weight() const;
  /// sum / weight; NaN where no row counts.
  [[nodiscard]] double mean() const { return sum() / weight(); }
  /// Rows seen, and those of them whose target was the ignored one.
  [[nodiscard]] std::uint64_t rows() const { return rows_; }
  [[nodiscard]] std::uint64_t ignored() const { return ignored_; }

  /// `settings` as in state_header.h.
  [[nodiscard]] std::vector<std::uint8_t> toBytes(std::uint64_t settings = 0) const;
  /// False, and the state as it was, when the bytes are not what toBytes makes of a state of the same
  /// settings.
  bool fromBytes(const std::uint8_t* bytes, std::size_t size, std::uint64_t settings = 0);

 private:
  ExactSum<double> sum_;
  ExactSum<double> weight_;  ///< of weighted rows
  std::uint64_t unweighted_ = 0;
  std::uint64_t rows_ = 0;
  std::uint64_t ignored_ = 0;
};

}  // namespace losskit
