// Rows of class scores, four at a time (a lane a row), and the sums of exponentials all their losses are made
// of. Narrow rows and those with an inner axis are laid side by side, so that one vector holds one class of
// four rows; wide ones are worked along the row, so that one vector holds four classes. Who uses this sees no
// difference.
#pragma once

#include "losses/definition.h"
#include "losses/layout.h"
#include "losses/narrow_rows.h"
#include "losses/row_sums.h"
#include "losses/wide_rows.h"

namespace losskit {

class ClassRows {
 public:
  /// `out` ([like scores], or null) is where kept exponentials end up.
  ClassRows(const float* scores, float* out, ClassLayout layout)
      : isWide_(layout.inner == 1 && layout.classes >= kWideRow),
        layout_(layout),
        scores_(scores),
        out_(out),
        narrow_(scores, out, layout, isWide_ ? 0 : layout.classes),
        wide_(scores, out, layout.classes) {}

  [[nodiscard]] std::size_t rows() const { return layout_.rows(); }
  [[nodiscard]] std::size_t classes() const { return layout_.classes; }

  /// Goes to the rows first .. first + count - 1, count up to kBlockRows. Group g below is the rows first + 4
  /// g and the three behind; lanes past the end repeat the last row.
  void open(std::size_t first, std::size_t count) {
    first_ = first;
    count_ = count;
    isWide_ ? wide_.open(first, count) : narrow_.open(first, count);
  }

  /// Whether a lane of a group holds a row.
  [[nodiscard]] bool has(std::size_t g, std::size_t lane) const { return g * kLanes + lane < count_; }

  /// Sets the row's own class apart from the others. To be called for all groups before the first `sum`.
  void choose(std::size_t g, I32x4 classes) {
    isWide_ ? wide_.choose(g, classes) : narrow_.choose(g, classes);
  }
  /// The same with each row's largest score (the first of equal ones).
  void chooseLargest(std::size_t g) { isWide_ ? wide_.chooseLargest(g) : narrow_.chooseLargest(g); }

  RowSums sum(std::size_t g, SumMode mode) { return isWide_ ? wide_.sum(g, mode) : narrow_.sum(g, mode); }

  /// sum_c w_c (largest - x_c), after `sum`; `weight` ([classes]) may be null for all 1.
  F32x4 gaps(std::size_t g, F32x4 largest, const float* weight) {
    return isWide_ ? wide_.gaps(g, largest, weight) : narrow_.gaps(g, largest, weight);
  }

  /// out_c = kept_c * factor - share * subtract[c], and `chosen` for the chosen class; `subtract` ([classes])
  /// may be null.
  void writeScaled(std::size_t g, F32x4 factor, const float* subtract, F32x4 share, F32x4 chosen) {
    isWide_ ? wide_.writeScaled(g, factor, subtract, share, chosen)
            : narrow_.writeScaled(g, factor, subtract, share, chosen);
  }

  /// out_c = (x_c - largest) - logSum; the chosen class is the largest.
  void writeLogProbabilities(std::size_t g, F32x4 largest, F32x4 logSum) {
    isWide_ ? wide_.writeLogProbabilities(g, largest, logSum)
            : narrow_.writeLogProbabilities(g, largest, logSum);
  }

  [[nodiscard]] Eigen::ArrayXd row(std::size_t g, std::size_t lane) const {
    const definition::RowOf<float> map(scores_ + offset(g, lane), static_cast<Eigen::Index>(layout_.classes),
                                       Eigen::InnerStride<>(static_cast<Eigen::Index>(layout_.inner)));
    return map.cast<double>();
  }

  /// Writes a row of the output, over what the methods above wrote.
  template <class Value>
  void writeRow(std::size_t g, std::size_t lane, const Value& valueOf) const {
    float* to = out_ + offset(g, lane);
    for (std::size_t c = 0; c < layout_.classes; ++c) to[c * layout_.inner] = valueOf(c);
  }

 private:
  [[nodiscard]] std::size_t offset(std::size_t g, std::size_t lane) const {
    return layout_.offset(first_ + g * kLanes + lane);
  }

  bool isWide_;
  ClassLayout layout_;
  const float* scores_;
  float* out_;
  std::size_t first_ = 0;
  std::size_t count_ = 0;
  NarrowRows narrow_;
  WideRows wide_;
};

}  // namespace losskit
