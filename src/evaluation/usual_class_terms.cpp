#include "evaluation/usual_class_terms.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "losses/beside_largest.h"
#include "losses/usual_block.h"
#include "numeric/math.h"

namespace losskit {

namespace {

using usual::FourRows;
using usual::Rows;
using usual::Splats;

/// Rows of scores, and of the exponentials of all classes but the label's.
struct FourPairs {
  FourRows<const float> x;
  FourRows<const float> e;
  std::size_t classes;
};

/// The largest score of each of four rows, and the largest exponential beside the label's.
struct Largest {
  F32x4 score;
  F32x4 exponential;

  explicit Largest(const FourPairs& four)
      : score(ofRows(four.x, four.classes)), exponential(ofRows(four.e, four.classes)) {}

 private:
  static F32x4 ofRows(const FourRows<const float>& rows, std::size_t classes) {
    F32x4 largest[kLanes];
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      largest[lane] = load(rows.at[lane] + classes - kLanes);
      for (std::size_t c = 0; c + kLanes <= classes; c += kLanes)
        largest[lane] = maximum(largest[lane], load(rows.at[lane] + c));
    }
    transpose(largest[0], largest[1], largest[2], largest[3]);
    return maximum(maximum(largest[0], largest[1]), maximum(largest[2], largest[3]));
  }
};

/// The first class with this score, which one has. Of few classes without a branch, which no one could
/// foretell.
std::size_t firstOf(const float* x, std::size_t classes, F32x4 score) {
  const auto found = [&](std::size_t c) { return laneBits(load(x + c) == score); };
  const std::size_t last = classes - kLanes;
  if (classes < kWideRow) {
    std::uint32_t bits = found(last) << last;
    for (std::size_t c = 0; c < last; c += kLanes) bits |= found(c) << c;
    return static_cast<std::size_t>(std::countr_zero(bits));
  }
  std::size_t c = 0;
  while (c < last && found(c) == 0) c += kLanes;
  c = std::min(c, last);
  return c + static_cast<std::size_t>(std::countr_zero(found(c)));
}

/// Sums over the classes of a row, in four parts, or of four rows.
struct Sums {
  F32x4 squares{};  ///< of the probabilities of all but the label
  F32x4 gaps{};     ///< of what scores lack to the largest

  void add(F32x4 share, F32x4 gap) {
    squares += share * share;
    gaps += gap;
  }
  void add(const Sums& more) {
    squares += more.squares;
    gaps += more.gaps;
  }
};

/// Sums along the vectors of a row from one class to before another. In float: they are to be few.
class Along {
 public:
  Along(const FourPairs& four, std::size_t lane, F32x4 largest, F32x4 inverse)
      : x_(four.x.at[lane]), e_(four.e.at[lane]), largest_(largest), inverse_(inverse) {}

  void add(Sums& sums, std::size_t begin, std::size_t end) const {
    for (std::size_t c = begin; c + kLanes <= end; c += kLanes) sums.add(share(c), gap(c));
  }
  /// The last vector of a row, which overlaps the one before but for the lanes of `rest`.
  void addLast(Sums& sums, std::size_t classes, I32x4 rest) const {
    const std::size_t c = classes - kLanes;
    sums.add(keepWhere(rest, share(c)), keepWhere(rest, gap(c)));
  }

 private:
  [[nodiscard]] F32x4 share(std::size_t c) const { return load(e_ + c) * inverse_; }
  [[nodiscard]] F32x4 gap(std::size_t c) const { return largest_ - load(x_ + c); }

  const float* x_;
  const float* e_;
  F32x4 largest_;
  F32x4 inverse_;
};

/// Runs in float, together in double: longer ones of equal terms would round the same way each time.
Sums sumsOfWide(const Along& row, std::size_t classes, I32x4 rest) {
  constexpr std::size_t kRun = 16 * kLanes;
  F64x4 squares;
  F64x4 gaps;
  const auto endRun = [&](const Sums& run) {
    squares += F64x4(run.squares);
    gaps += F64x4(run.gaps);
  };
  for (std::size_t begin = 0; begin < classes; begin += kRun) {
    Sums run;
    row.add(run, begin, std::min(begin + kRun, classes));
    endRun(run);
  }
  Sums last;
  row.addLast(last, classes, rest);
  endRun(last);
  return {squares.rounded(), gaps.rounded()};
}

Sums sumsOf(const FourPairs& four, F32x4 largest, F32x4 inverse, I32x4 rest) {
  const Splats largests(largest);
  const Splats inverses(inverse);
  Sums rows[kLanes];
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    const Along row(four, lane, largests.of[lane], inverses.of[lane]);
    if (four.classes < kWideRow) {
      row.add(rows[lane], 0, four.classes);
      row.addLast(rows[lane], four.classes, rest);
    } else {
      rows[lane] = sumsOfWide(row, four.classes, rest);
    }
  }
  return usual::joined(rows, &Sums::squares, &Sums::gaps);
}

void storeInts(std::int32_t* to, std::size_t count, I32x4 value) {
  if (count == kLanes) return store(to, value);
  for (std::size_t lane = 0; lane < count; ++lane) to[lane] = value[lane];
}

/// Sums leave the label out, so that nothing cancels where it has nearly all.
void setFour(Terms& terms, std::size_t first, std::size_t count, const FourPairs& four,
             const usual::Block& block, std::size_t row, std::int32_t ignoreIndex) {
  const usual::FourLabels labels(block.labels, row, ignoreIndex);
  const F32x4 others = load(block.others + row);
  const F32x4 chosen = load(block.chosen + row);
  const Largest largest(four);
  const Splats largests(largest.score);
  I32x4 predicted{};
  for (std::size_t lane = 0; lane < kLanes; ++lane)
    predicted[lane] = static_cast<std::int32_t>(firstOf(four.x.at[lane], four.classes, largests.of[lane]));
  const F32x4 total = others + chosen;
  const F32x4 top = maximum(largest.exponential, chosen);
  const Sums sums = sumsOf(four, largest.score, constant(1.0F) / total, usual::lanesLeftOver(four.classes));
  const F32x4 miss = others / total;
  const F32x4 logSum = log1pOfRatio(maximum(total - top, splat(0.0F)), top);
  const F32x4 smooth = sums.gaps / splat(static_cast<float>(four.classes)) + logSum;
  const auto set = [&](float* to, F32x4 value) {
    storePart(to + first, count, keepWhere(labels.counts, value));
  };
  storeInts(terms.group() + first, count, (labels.label & labels.counts) | ~labels.counts);
  storeInts(terms.predicted() + first, count, predicted & labels.counts);
  set(terms.miss(), miss);
  set(terms.confidence(), top / total);
  set(terms.brier(), mulAdd(miss, miss, sums.squares));
  set(terms.smooth(), smooth);
}

}  // namespace

bool hasUsualTerms(std::size_t classes) {
  return classes >= usual::kLeastAlong && classes <= usual::kBlockScores;
}

bool usualClassTerms(Terms& terms, std::size_t first, Rows rows, const std::int32_t* labels,
                     std::int32_t ignoreIndex) {
  usual::Scratch scratch;
  usual::Block block(labels, rows.count, ignoreIndex);
  float* const e = scratch.values;
  if (!usual::sumBlock(block, e, scratch, rows, ignoreIndex)) return false;
  usual::storeLosses(terms.loss() + first, block, rows.count, ignoreIndex);
  for (std::size_t row = 0; row < rows.count; row += kLanes) {
    const FourPairs four{
        {rows.scores, rows.classes, row, rows.count}, {e, rows.classes, row, rows.count}, rows.classes};
    setFour(terms, first + row, std::min(kLanes, rows.count - row), four, block, row, ignoreIndex);
  }
  return true;
}

}  // namespace losskit
