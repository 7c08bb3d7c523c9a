// The largest score of a row beside all others: what logarithms of its probabilities are made of.
#pragma once

#include <cstddef>

#include "losses/usual_rows.h"
#include "numeric/math.h"

namespace losskit::usual {

/// Of four rows, or of four parts of one, lane by lane: the largest score, its exponential, and the sum of
/// the others', because the logarithm of a probability near 1 needs their digits. Of two exponentials the
/// smaller one goes to the others, so that nobody asks which class is the largest, or how many are.
struct BesideLargest {
  F32x4 largest = splat(-128.0F);  ///< below all that is in UsualExp's range
  F32x4 chosen{};
  F32x4 others{};

  void add(F32x4 score, F32x4 exponential) {
    largest = maximum(largest, score);
    others += minimum(chosen, exponential);
    chosen = maximum(chosen, exponential);
  }

  void add(const BesideLargest& more) {
    others += more.others;
    add(more.largest, more.chosen);
  }

  [[nodiscard]] F32x4 logSum() const { return log1pOfRatio(others, chosen); }
};

/// Four rows, each in the lanes of one of `rows`, as one, a row a lane. members: all that Parts has.
template <class Parts, class... Members>
Parts joined(Parts (&rows)[kLanes], Members... members) {
  (transpose(rows[0].*members, rows[1].*members, rows[2].*members, rows[3].*members), ...);
  rows[0].add(rows[1]);
  rows[2].add(rows[3]);
  rows[0].add(rows[2]);
  return rows[0];
}

/// Four rows of at least kLeastAlong classes, from `row` on, their exponentials in `e`; the last one stands
/// for those behind it. `rest`: the lanes left over.
BesideLargest besideLargest(Rows rows, const float* e, std::size_t row, I32x4 rest);

}  // namespace losskit::usual
