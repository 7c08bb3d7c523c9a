// What the losses of four rows of scores are made of, a lane a row.
#pragma once

#include <cstddef>

#include "numeric/math.h"

namespace losskit {

/// Rows this wide or wider are summed along the row, narrower ones four at once: of 31 classes a score takes
/// 0.96 ns that way, of 32 along the row 1.12, of 1,000 0.9 (cross entropy, relaxed SIMD in Node). Four at
/// once end here because their sums are taken in float, or keep a vector for each class.
inline constexpr std::size_t kWideRow = 32;

/// Rows worked in step: the label's score of one group of four is stored while another one is loaded, so that
/// no load waits for a store it overlaps.
inline constexpr std::size_t kBlockRows = 16;
inline constexpr std::size_t kBlockGroups = kBlockRows / kLanes;

/// Scores whose largest is at most this far from 0 are in ScaledExp's range.
inline constexpr float kScoreReach = 2000;

struct SumMode {
  bool keep = false;     ///< keep the exponentials for writeScaled
  bool precise = false;  ///< exponentials in double, within 5e-9; fill `miss` and `odds`
};

/// Sums of exponentials scaled by ScaledExp(reference).
struct RowSums {
  F32x4 largest;    ///< of the scores
  F32x4 reference;  ///< as near to largest / ln 2 as the range of float needs
  F32x4 score;      ///< of the chosen class
  F32x4 chosen;     ///< exponential of it
  F32x4 others;     ///< sum over all classes but the chosen one; over all where none was chosen
  F64x4 miss;       ///< others / (others + chosen), 1 - p, within 1e-8; only when precise
  F64x4 odds;       ///< others / chosen, within 1e-8; only when precise

  [[nodiscard]] F32x4 total() const { return others + chosen; }

  void setPrecisely(F64x4 sumOfOthers, F64x4 exponentialOfChosen) {
    chosen = exponentialOfChosen.rounded();
    miss = sumOfOthers / (sumOfOthers + exponentialOfChosen);
    odds = sumOfOthers / exponentialOfChosen;
  }
};

inline F32x4 referenceOf(F32x4 largest) {
  return exponentOf(minimum(maximum(largest, constant(-kScoreReach)), constant(kScoreReach)));
}

}  // namespace losskit
