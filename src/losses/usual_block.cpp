#include "losses/usual_block.h"

#include <algorithm>
#include <utility>

#include "numeric/math.h"

namespace losskit::usual {

namespace {

/// Takes the labels' exponentials out of the rows, so that a sum is that of the others to its last digit. Of
/// rows that are ignored some exponential, as nothing is made of them.
void takeLabels(Block& block, float* e, std::size_t classes, std::size_t count, std::int32_t ignoreIndex) {
  const auto width = static_cast<std::int32_t>(classes);
  const I32x4 rows = kept(I32x4{0, 1, 2, 3} * splat(width));
  const auto takeFrom = [&](float& value) { return std::exchange(value, 0.0F); };
  std::size_t row = 0;
  for (; row + kLanes <= count; row += kLanes, e += kLanes * classes) {
    const I32x4 label = load(block.labels.at + row);
    const I32x4 at = rows + (label & (label != splat(ignoreIndex)));
    store(block.chosen + row,
          F32x4{takeFrom(e[at[0]]), takeFrom(e[at[1]]), takeFrom(e[at[2]]), takeFrom(e[at[3]])});
  }
  for (; row < count; ++row, e += classes) {
    const std::int32_t label = block.labels.at[row];
    block.chosen[row] = takeFrom(e[label == ignoreIndex ? 0 : label]);
  }
}

/// Of four rows the label's exponential, and the sum of the others'.
struct SplitColumns {
  F32x4 chosen;
  F32x4 others;

  SplitColumns(const Columns<3>& e, I32x4 label) {
    const I32x4 isFirst = label == splat(std::int32_t{0});
    const I32x4 isLast = label == splat(std::int32_t{2});
    chosen = select(isFirst, e.v[0], select(isLast, e.v[2], e.v[1]));
    others = select(isFirst, e.v[1], e.v[0]) + select(isLast, e.v[1], e.v[2]);
  }
};

/// The same of rows of three, where picking from columns is less than going to each label.
void sumColumns(Block& block, const float* e, std::size_t count) {
  for (std::size_t row = 0; row < count; row += kLanes) {
    const SplitColumns four(readColumns<3>(e + row * 3, count - row), load(block.labels.at + row));
    store(block.others + row, four.others);
    store(block.chosen + row, four.chosen);
  }
}

void sumOthers(Block& block, const float* e, Rows rows) {
  if (rows.classes >= kWideRow) {
    for (std::size_t row = 0; row < rows.count; ++row) {
      block.others[row] = static_cast<float>(sumOfRow(e + row * rows.classes, rows.classes));
    }
    return;
  }
  const I32x4 rest = lanesLeftOver(rows.classes);
  for (std::size_t row = 0; row < rows.count; row += kLanes) {
    store(block.others + row, sumsOfFour(e, rows.classes, rest, row, rows.count).value());
  }
}

/// A row of more exponentials than a block may have, none of which is kept: no scratch grows with the
/// classes.
bool sumLongRow(Block& block, Scratch& scratch, Rows rows) {
  const auto y = static_cast<std::size_t>(block.labels.at[0]);
  block.chosen[0] = 1;  // of a row that is ignored
  LongSum sum;
  for (std::size_t first = 0; first < rows.classes; first += kBlockScores) {
    const std::size_t count = std::min(kBlockScores, rows.classes - first);
    if (!exponentials(scratch.values, rows.scores + first, count)) return false;
    if (y >= first && y < first + count) {
      block.chosen[0] = scratch.values[y - first];
      scratch.values[y - first] = 0;
    }
    sum.add(scratch.values, count);
  }
  block.others[0] = static_cast<float>(sum.value());
  return true;
}

}  // namespace

bool sumBlock(Block& block, float* e, Scratch& scratch, Rows rows, std::int32_t ignoreIndex) {
  if (e == nullptr) return sumLongRow(block, scratch, rows);
  if (!exponentials(e, rows.scores, rows.count * rows.classes)) return false;
  if (rows.classes < kLeastAlong) {
    sumColumns(block, e, rows.count);
  } else {
    takeLabels(block, e, rows.classes, rows.count, ignoreIndex);
    sumOthers(block, e, rows);
  }
  return true;
}

void storeLosses(float* loss, const Block& block, std::size_t count, std::int32_t ignoreIndex) {
  for (std::size_t row = 0; row < count; row += kLanes) {
    const FourLabels four(block.labels, row, ignoreIndex);
    const F32x4 result = log1pOfRatio(load(block.others + row), load(block.chosen + row));
    storePart(loss + row, std::min(kLanes, count - row), keepWhere(four.counts, result));
  }
}

}  // namespace losskit::usual
