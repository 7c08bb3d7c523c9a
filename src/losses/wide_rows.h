// Rows worked one after the other, four classes to a vector. Behind ClassRows, which says what the methods
// do. Takes one pass over a row to sum it and no memory that grows with the classes.
#pragma once

#include "losses/row_sums.h"

namespace losskit {

class WideRows {
 public:
  WideRows(const float* scores, float* out, std::size_t classes)
      : scores_(scores), out_(out), classes_(classes) {}

  void open(std::size_t first, std::size_t count);
  void choose(std::size_t g, I32x4 classes);
  void chooseLargest(std::size_t g);
  RowSums sum(std::size_t g, SumMode mode);
  F32x4 gaps(std::size_t g, F32x4 largest, const float* weight);
  void writeScaled(std::size_t g, F32x4 factor, const float* subtract, F32x4 share, F32x4 chosen);
  void writeLogProbabilities(std::size_t g, F32x4 largest, F32x4 logSum);

 private:
  static constexpr std::int32_t kNone = -1;

  [[nodiscard]] std::size_t lanesOf(std::size_t g) const;
  [[nodiscard]] std::size_t at(std::size_t g, std::size_t lane) const {
    return (first_ + g * kLanes + lane) * classes_;
  }
  [[nodiscard]] I32x4& chosen(std::size_t g) { return chosen_[g]; }

  const float* scores_;
  float* out_;
  std::size_t classes_;
  std::size_t first_ = 0;
  std::size_t count_ = 0;
  I32x4 chosen_[kBlockGroups] = {};
};

}  // namespace losskit
