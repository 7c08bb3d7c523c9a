// The rows that rank highest, as many as wanted: the same ones whatever the order they come in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "numeric/bytes.h"

namespace losskit {

struct RankedRow {
  std::uint64_t key = 0;  ///< where the row stands: a smaller one comes first in the file
  float rank = 0;
  std::int32_t group = -1;  ///< of the truth and of the prediction; -1 where a row has several
  std::int32_t predicted = -1;
  float loss = 0;
  float miss = 0;
  float confidence = 0;
};

class ExtremeRows {
 public:
  explicit ExtremeRows(std::size_t most = 0) : most_(most) { noteLeast(); }

  /// False for certain where a row of this rank would not be among them.
  [[nodiscard]] bool wants(float rank) const { return rank >= least_; }
  /// The least rank that is wanted; NaN where none is.
  [[nodiscard]] float least() const { return least_; }
  void add(const RankedRow& row);
  void merge(const ExtremeRows& other);

  /// In no order.
  [[nodiscard]] const std::vector<RankedRow>& rows() const { return rows_; }
  /// Highest rank first, of equal ones the first in the file.
  [[nodiscard]] std::vector<RankedRow> sorted() const;

  void write(ByteWriter& to) const;
  /// False when the bytes end early or hold more rows than wanted or groups not below `groups`.
  bool read(ByteReader& from, std::size_t groups);

 private:
  void noteLeast();

  std::size_t most_;
  /// Rank that a row must have at least; NaN where none is wanted.
  float least_ = 0;
  /// A heap, the lowest on top.
  std::vector<RankedRow> rows_;
};

}  // namespace losskit
