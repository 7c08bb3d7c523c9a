// A block of usual rows as columns, four rows at a time: what is summed over the classes is then summed lane
// by lane. summed lane by lane.
#pragma once

#include <cstddef>
#include <cstdint>

#include "evaluation/four_parts.h"
#include "losses/usual_block.h"

namespace losskit {

class ColumnBlock {
 public:
  /// Rows of up to 127 classes: of more a sum of exponentials has several runs, and a block few rows.
  static constexpr std::size_t kLimit = 128;

  explicit ColumnBlock(usual::Rows rows);

  /// Fills what losses are made of, but for the labels of `block`. False where a score is out of range.
  bool fill(usual::Block& block, std::int32_t ignoreIndex);
  /// Of a filled block, four rows from `row` on; rows behind the last are repeated.
  [[nodiscard]] FourParts parts(const usual::Block& block, std::size_t row) const;

 private:
  /// The largest score of a row and the first class that has it.
  struct Best {
    F32x4 score;
    I32x4 at;
  };

  Best open(const usual::Rows& rows, std::size_t row);
  void takeLabels(usual::Block& block, std::size_t row, std::int32_t ignoreIndex);
  void sum(usual::Block& block, std::size_t row);

  std::size_t classes_;
  std::size_t count_;
  Best best_[usual::kUsualRows / kLanes];
  F32x4 scoreOf_[usual::kUsualRows / kLanes];  ///< of the label
  F32x4 top_[usual::kUsualRows / kLanes];
  /// [rows / 4, classes, 4]
  float scores_[usual::kBlockScores];
  float exponentials_[usual::kBlockScores];
};

}  // namespace losskit
