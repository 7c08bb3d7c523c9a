// Rows laid side by side: tile[c * 4 + lane] is class c of four rows. Behind ClassRows, which says what the
// methods do.
#pragma once

#include <vector>

#include "losses/layout.h"
#include "losses/row_sums.h"

namespace losskit {

class NarrowRows {
 public:
  NarrowRows(const float* scores, float* out, ClassLayout layout, std::size_t tileClasses)
      : scores_(scores),
        out_(out),
        layout_(layout),
        scoreTiles_(tileClasses * kBlockRows),
        keptTile_(tileClasses * kLanes) {}

  void open(std::size_t first, std::size_t count);
  void choose(std::size_t g, I32x4 classes);
  void chooseLargest(std::size_t g);
  RowSums sum(std::size_t g, SumMode mode);
  F32x4 gaps(std::size_t g, F32x4 largest, const float* weight);
  void writeScaled(std::size_t g, F32x4 factor, const float* subtract, F32x4 share, F32x4 chosen);
  void writeLogProbabilities(std::size_t g, F32x4 largest, F32x4 logSum);

 private:
  struct Group {
    std::size_t first = 0;
    std::size_t count = 0;
    F32x4 largest{};
    F32x4 score{};
    I32x4 chosen{};
    bool hasChosen = false;
  };

  [[nodiscard]] float* tile(std::size_t g) { return scoreTiles_.data() + g * layout_.classes * kLanes; }
  void read(Group& group, float* tile) const;
  void readRows(const float* rows, float* tile) const;
  void gather(const Group& group, float* tile) const;
  void write(const Group& group, const float* tile) const;
  void putChosen(const Group& group, float* tile, F32x4 values) const;
  F64x4 sumPrecisely(const float* tile, const ScaledExp& exponential, bool keep);
  F32x4 exponentialOf(const float* tile, std::size_t c, const ScaledExp& exponential, bool keep);
  F64x4 sumRuns(const float* tile, const ScaledExp& exponential, bool keep);

  const float* scores_;
  float* out_;
  ClassLayout layout_;
  Group groups_[kBlockGroups];
  std::vector<float> scoreTiles_;
  std::vector<float> keptTile_;
};

}  // namespace losskit
