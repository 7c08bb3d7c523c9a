#include "evaluation/wide_parts.h"

#include <algorithm>
#include <bit>

#include "losses/beside_largest.h"

namespace losskit {

namespace {

/// In four parts.
F32x4 largestOf(const float* values, std::size_t classes) {
  F32x4 largest = load(values + classes - kLanes);
  for (std::size_t c = 0; c + kLanes <= classes; c += kLanes) largest = maximum(largest, load(values + c));
  return largest;
}

/// The first class with this score, which one has.
std::size_t firstOf(const float* x, std::size_t classes, F32x4 score) {
  const auto found = [&](std::size_t c) { return laneBits(load(x + c) == score); };
  const std::size_t last = classes - kLanes;
  std::size_t c = 0;
  while (c < last && found(c) == 0) c += kLanes;
  c = std::min(c, last);
  return c + static_cast<std::size_t>(std::countr_zero(found(c)));
}

/// Sums over the classes of a row, in four parts, or of four rows.
struct Sums {
  F32x4 squares{};
  F32x4 gaps{};

  void add(F32x4 share, F32x4 gap) {
    squares += share * share;
    gaps += gap;
  }
  void add(const Sums& more) {
    squares += more.squares;
    gaps += more.gaps;
  }
};

/// Runs in float, together in double: longer ones of equal terms would round the same way each time.
Sums sumsOf(const float* x, const float* e, std::size_t classes, F32x4 largest, F32x4 inverse) {
  constexpr std::size_t kRun = 16 * kLanes;
  F64x4 squares;
  F64x4 gaps;
  Sums run;
  const auto endRun = [&] {
    squares += F64x4(run.squares);
    gaps += F64x4(run.gaps);
    run = {};
  };
  for (std::size_t begin = 0; begin < classes; begin += kRun) {
    for (std::size_t c = begin; c + kLanes <= std::min(begin + kRun, classes); c += kLanes)
      run.add(load(e + c) * inverse, largest - load(x + c));
    endRun();
  }
  // The last vector overlaps the one before, but for the lanes left over.
  const I32x4 rest = usual::lanesLeftOver(classes);
  const std::size_t c = classes - kLanes;
  run.add(keepWhere(rest, load(e + c) * inverse), keepWhere(rest, largest - load(x + c)));
  endRun();
  return {squares.rounded(), gaps.rounded()};
}

}  // namespace

FourParts wideParts(const usual::Rows& rows, const float* e, const usual::Block& block, std::size_t row,
                    std::int32_t ignoreIndex) {
  const F32x4 chosen = load(block.chosen + row);
  const F32x4 inverse = constant(1.0F) / (load(block.others + row) + chosen);
  FourParts parts{};
  Sums sums[kLanes];
  const usual::FourLabels labels(block.labels, row, ignoreIndex);
  const I32x4 label = labels.label & labels.counts;
  for (std::size_t lane = 0; lane < std::min(kLanes, rows.count - row); ++lane) {
    const float* x = rows.scores + (row + lane) * rows.classes;
    const float* others = e + (row + lane) * rows.classes;
    const float score = largestLane(largestOf(x, rows.classes));
    const F32x4 largest = splat(score);
    parts.own[lane] = score - x[label[lane]];
    parts.top[lane] = largestLane(largestOf(others, rows.classes));
    parts.predicted[lane] = static_cast<std::int32_t>(firstOf(x, rows.classes, largest));
    sums[lane] = sumsOf(x, others, rows.classes, largest, splat(inverse[lane]));
  }
  const Sums joined = usual::joined(sums, &Sums::squares, &Sums::gaps);
  parts.top = maximum(parts.top, chosen);
  parts.squares = joined.squares;
  parts.gaps = joined.gaps;
  return parts;
}

}  // namespace losskit
