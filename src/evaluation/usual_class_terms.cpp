#include "evaluation/usual_class_terms.h"

#include <algorithm>

#include "evaluation/column_block.h"
#include "evaluation/wide_parts.h"
#include "losses/pointwise.h"
#include "losses/two_classes.h"
#include "losses/usual_block.h"
#include "numeric/math.h"

namespace losskit {

namespace {

using usual::Rows;

/// Of rows `first` and those behind it. labels: of the block.
struct Place {
  Terms& terms;
  std::size_t first;
  const std::int32_t* labels;
  std::int32_t ignoreIndex;
};

void storeInts(std::int32_t* to, std::size_t count, I32x4 value) {
  if (count == kLanes) return store(to, value);
  for (std::size_t lane = 0; lane < count; ++lane) to[lane] = value[lane];
}

/// Sums leave the label out, so that nothing cancels where it has nearly all.
void setFour(const Place& place, const Rows& rows, const usual::Block& block, std::size_t row,
             const FourParts& four) {
  const usual::FourLabels labels(block.labels, row, place.ignoreIndex);
  const std::size_t first = place.first + row;
  const std::size_t count = std::min(kLanes, rows.count - row);
  const F32x4 others = load(block.others + row);
  const F32x4 total = others + load(block.chosen + row);
  const F32x4 miss = others / total;
  const auto set = [&](float* to, F32x4 value) {
    storePart(to + first, count, keepWhere(labels.counts, value));
  };
  Terms& terms = place.terms;
  const F32x4 logSum = maximum(loadWidth(terms.loss() + first, count) - four.own, splat(0.0F));
  storeInts(terms.group() + first, count, (labels.label & labels.counts) | ~labels.counts);
  storeInts(terms.predicted() + first, count, four.predicted & labels.counts);
  set(terms.miss(), miss);
  set(terms.confidence(), four.top / total);
  set(terms.brier(), mulAdd(miss, miss, four.squares));
  set(terms.smooth(), four.gaps / splat(static_cast<float>(rows.classes)) + logSum);
}

/// parts(row): of four rows from this one on.
template <class Parts>
void setAll(const Place& place, const Rows& rows, const usual::Block& block, const Parts& parts) {
  for (std::size_t row = 0; row < rows.count; row += kLanes) setFour(place, rows, block, row, parts(row));
}

void storeLosses(const Place& place, const Rows& rows, const usual::Block& block) {
  float* const loss = place.terms.loss() + place.first;
  if (rows.classes > 2) return usual::storeLosses(loss, block, rows.count, place.ignoreIndex);
  usual::crossEntropyOfTwo(loss, nullptr, rows, place.labels, {nullptr, place.ignoreIndex, 1});
}

bool columnTerms(const Place& place, const Rows& rows) {
  usual::Block block(place.labels, rows.count, place.ignoreIndex);
  ColumnBlock columns(rows);
  if (!columns.fill(block, place.ignoreIndex)) return false;
  storeLosses(place, rows, block);
  setAll(place, rows, block, [&](std::size_t row) { return columns.parts(block, row); });
  return true;
}

bool wideTerms(const Place& place, const Rows& rows) {
  usual::Block block(place.labels, rows.count, place.ignoreIndex);
  usual::Scratch scratch;
  float* const e = scratch.values;
  if (!usual::sumBlock(block, e, scratch, rows, place.ignoreIndex)) return false;
  storeLosses(place, rows, block);
  setAll(place, rows, block,
         [&](std::size_t row) { return wideParts(rows, e, block, row, place.ignoreIndex); });
  return true;
}

}  // namespace

bool hasUsualTerms(std::size_t classes) {
  return classes > 1 && classes <= usual::kBlockScores;
}

bool usualClassTerms(Terms& terms, std::size_t first, Rows rows, const std::int32_t* labels,
                     std::int32_t ignoreIndex) {
  const Place place{terms, first, labels, ignoreIndex};
  return rows.classes < ColumnBlock::kLimit ? columnTerms(place, rows) : wideTerms(place, rows);
}

}  // namespace losskit
