#include "losses/narrow_rows.h"

#include <algorithm>

namespace losskit {

namespace {

/// Terms added in float before the sum goes on in double: a longer run of equal terms would round the same
/// way each time.
constexpr std::size_t kRun = 16;

/// Writes where class `chosen` of each lane is.
void putLanes(float* tile, I32x4 chosen, F32x4 values) {
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    tile[static_cast<std::size_t>(chosen[lane]) * kLanes + lane] = values[lane];
  }
}

}  // namespace

void NarrowRows::open(std::size_t first, std::size_t count) {
  for (std::size_t g = 0; g * kLanes < count; ++g) {
    groups_[g].first = first + g * kLanes;
    groups_[g].count = std::min(kLanes, count - g * kLanes);
    groups_[g].hasChosen = false;
    read(groups_[g], tile(g));
  }
}

/// Four rows with their last vectors, which may reach into the next row, but not past the array.
void NarrowRows::readRows(const float* rows, float* tile) const {
  const std::size_t classes = layout_.classes;
  for (std::size_t c = 0; c < classes; c += kLanes) {
    F32x4 v[kLanes];
    for (std::size_t lane = 0; lane < kLanes; ++lane) v[lane] = load(rows + lane * classes + c);
    transpose(v[0], v[1], v[2], v[3]);
    const std::size_t end = std::min(kLanes, classes - c);
    store(tile + c * kLanes, v[0]);
    if (end > 1) store(tile + (c + 1) * kLanes, v[1]);
    if (end > 2) store(tile + (c + 2) * kLanes, v[2]);
    if (end > 3) store(tile + (c + 3) * kLanes, v[3]);
  }
}

void NarrowRows::gather(const Group& group, float* tile) const {
  std::size_t at[kLanes];
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    at[lane] = layout_.offset(group.first + std::min(lane, group.count - 1));
  }
  const bool isContiguous = at[1] == at[0] + 1 && at[2] == at[0] + 2 && at[3] == at[0] + 3;
  for (std::size_t c = 0; c < layout_.classes; ++c) {
    const float* from = scores_ + c * layout_.inner;
    store(tile + c * kLanes,
          isContiguous ? load(from + at[0]) : F32x4{from[at[0]], from[at[1]], from[at[2]], from[at[3]]});
  }
}

void NarrowRows::read(Group& group, float* tile) const {
  const std::size_t classes = layout_.classes;
  const std::size_t offset = group.first * classes;
  if (layout_.inner == 1 && offset + 4 * classes + 3 <= layout_.size()) {
    readRows(scores_ + offset, tile);
  } else {
    gather(group, tile);
  }
  F32x4 largest = load(tile);
  for (std::size_t c = 1; c < classes; ++c) largest = maximum(largest, load(tile + c * kLanes));
  group.largest = largest;
}

void NarrowRows::choose(std::size_t g, I32x4 classes) {
  Group& group = groups_[g];
  float* scores = tile(g);
  const auto at = [&](std::size_t lane) {
    return scores[static_cast<std::size_t>(classes[lane]) * kLanes + lane];
  };
  group.score = F32x4{at(0), at(1), at(2), at(3)};
  group.chosen = classes;
  group.hasChosen = true;
  // Counted as 115 below the reference, the chosen score adds nothing to the others' sum that float would
  // show in a loss: it is 1e-50 of the largest.
  putLanes(scores, classes, splat(-kInfinity));
}

void NarrowRows::chooseLargest(std::size_t g) {
  const F32x4 largest = groups_[g].largest;
  I32x4 position{};
  for (std::size_t c = layout_.classes; c-- > 0;) {
    const I32x4 here = load(tile(g) + c * kLanes) == largest;
    position = (splat(static_cast<std::int32_t>(c)) & here) | (position & ~here);
  }
  choose(g, position);
}

inline F32x4 NarrowRows::exponentialOf(const float* tile, std::size_t c, const ScaledExp& exponential,
                                       bool keep) {
  const F32x4 e = exponential(load(tile + c * kLanes));
  if (keep) store(keptTile_.data() + c * kLanes, e);
  return e;
}

F64x4 NarrowRows::sumRuns(const float* tile, const ScaledExp& exponential, bool keep) {
  const std::size_t classes = layout_.classes;
  F64x4 total;
  for (std::size_t c = 0; c < classes;) {
    const std::size_t end = std::min(c + kRun, classes);
    // Four sums, so that an error of an addition meets few others.
    F32x4 sums[kLanes] = {};
    for (; c + kLanes <= end; c += kLanes) {
      for (std::size_t i = 0; i < kLanes; ++i) sums[i] += exponentialOf(tile, c + i, exponential, keep);
    }
    for (std::size_t i = 0; c < end; ++c, ++i) sums[i] += exponentialOf(tile, c, exponential, keep);
    total += F64x4((sums[0] + sums[1]) + (sums[2] + sums[3]));
  }
  return total;
}

F64x4 NarrowRows::sumPrecisely(const float* tile, const ScaledExp& exponential, bool keep) {
  F64x4 total;
  for (std::size_t c = 0; c < layout_.classes; ++c) {
    const F64x4 e = exponential.precise(load(tile + c * kLanes));
    if (keep) store(keptTile_.data() + c * kLanes, e.rounded());
    total += e;
  }
  return total;
}

RowSums NarrowRows::sum(std::size_t g, SumMode mode) {
  const Group& group = groups_[g];
  const F32x4 reference = referenceOf(group.largest);
  const ScaledExp exponential(reference);
  RowSums sums{group.largest, reference, group.score, splat(0.0F), splat(0.0F), F64x4(), F64x4()};
  if (mode.precise) {
    const F64x4 others = sumPrecisely(tile(g), exponential, mode.keep);
    sums.others = others.rounded();
    if (group.hasChosen) sums.setPrecisely(others, exponential.precise(group.score));
    return sums;
  }
  sums.others = sumRuns(tile(g), exponential, mode.keep).rounded();
  if (group.hasChosen) sums.chosen = exponential(group.score);
  return sums;
}

F32x4 NarrowRows::gaps(std::size_t g, F32x4 largest, const float* weight) {
  float* scores = tile(g);
  putChosen(groups_[g], scores, groups_[g].score);
  F64x4 total;
  for (std::size_t c = 0; c < layout_.classes; ++c) {
    const F32x4 w = splat(weight == nullptr ? 1.0F : weight[c]);
    total += F64x4(clearWhere(w == splat(0.0F), w * (largest - load(scores + c * kLanes))));
  }
  return total.rounded();
}

void NarrowRows::writeScaled(std::size_t g, F32x4 factor, const float* subtract, F32x4 share, F32x4 chosen) {
  float* kept = keptTile_.data();
  for (std::size_t c = 0; c < layout_.classes; ++c) {
    F32x4 value = load(kept + c * kLanes) * factor;
    if (subtract != nullptr) value = value - share * splat(subtract[c]);
    store(kept + c * kLanes, value);
  }
  putChosen(groups_[g], kept, chosen);
  write(groups_[g], kept);
}

void NarrowRows::writeLogProbabilities(std::size_t g, F32x4 largest, F32x4 logSum) {
  float* scores = tile(g);
  for (std::size_t c = 0; c < layout_.classes; ++c) {
    store(scores + c * kLanes, (load(scores + c * kLanes) - largest) - logSum);
  }
  putChosen(groups_[g], scores, -logSum);
  write(groups_[g], scores);
}

void NarrowRows::putChosen(const Group& group, float* tile, F32x4 values) const {
  if (group.hasChosen) putLanes(tile, group.chosen, values);
}

void NarrowRows::write(const Group& group, const float* tile) const {
  const std::size_t classes = layout_.classes;
  if (layout_.inner != 1) {
    for (std::size_t lane = 0; lane < group.count; ++lane) {
      float* to = out_ + layout_.offset(group.first + lane);
      for (std::size_t c = 0; c < classes; ++c) to[c * layout_.inner] = tile[c * kLanes + lane];
    }
    return;
  }
  float* rows = out_ + group.first * classes;
  for (std::size_t c = 0; c < classes; c += kLanes) {
    const std::size_t width = std::min(kLanes, classes - c);
    F32x4 v[kLanes] = {};
    for (std::size_t i = 0; i < width; ++i) v[i] = load(tile + (c + i) * kLanes);
    transpose(v[0], v[1], v[2], v[3]);
    for (std::size_t lane = 0; lane < group.count; ++lane)
      storePart(rows + lane * classes + c, width, v[lane]);
  }
}

}  // namespace losskit
