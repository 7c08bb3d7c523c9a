#include "evaluation/column_block.h"

#include <algorithm>
#include <utility>

namespace losskit {

using usual::Rows;

namespace {

constexpr float kBelowAll = -128;  ///< of UsualExp's range

/// A class of four rows that stand class by class.
F32x4 column(const float* four, std::size_t c) {
  return load(four + c * kLanes);
}

}  // namespace

ColumnBlock::ColumnBlock(Rows rows) : classes_(rows.classes), count_(rows.count) {
  for (std::size_t row = 0; row < count_; row += kLanes) best_[row / kLanes] = open(rows, row);
}

/// The last vectors of rows overlap those before: their classes are no larger than themselves.
ColumnBlock::Best ColumnBlock::open(const Rows& rows, std::size_t row) {
  float* to = scores_ + row * classes_;
  Best best{splat(kBelowAll), {}};
  I32x4 number{};
  const auto add = [&](std::size_t c, F32x4 score) {
    store(to + c * kLanes, score);
    const I32x4 isLarger = score > best.score;
    best.score = maximum(best.score, score);
    best.at = maximum(best.at, isLarger & number);
    number += 1;
  };
  if (classes_ < kLanes) {
    const float* from = rows.scores + row * classes_;
    const auto addAll = [&](const auto& columns) {
      for (std::size_t c = 0; c < classes_; ++c) add(c, columns.v[c]);
    };
    classes_ == 2 ? addAll(readColumns<2>(from, count_ - row)) : addAll(readColumns<3>(from, count_ - row));
    return best;
  }
  const usual::FourRows<const float> four(rows.scores, classes_, row, count_);
  const auto addVectors = [&](std::size_t c) {
    F32x4 v[kLanes];
    for (std::size_t lane = 0; lane < kLanes; ++lane) v[lane] = load(four.at[lane] + c);
    transpose(v[0], v[1], v[2], v[3]);
    for (std::size_t lane = 0; lane < kLanes; ++lane) add(c + lane, v[lane]);
  };
  for (std::size_t c = 0; c + kLanes <= classes_; c += kLanes) addVectors(c);
  if (classes_ % kLanes == 0) return best;
  number = splat(static_cast<std::int32_t>(classes_ - kLanes));
  addVectors(classes_ - kLanes);
  return best;
}

bool ColumnBlock::fill(usual::Block& block, std::int32_t ignoreIndex) {
  const std::size_t rows = (count_ + kLanes - 1) / kLanes * kLanes;
  if (!usual::exponentials(exponentials_, scores_, rows * classes_)) return false;
  // All of them first: a load that overlaps what has just been stored waits for it.
  for (std::size_t row = 0; row < count_; row += kLanes) takeLabels(block, row, ignoreIndex);
  for (std::size_t row = 0; row < count_; row += kLanes) sum(block, row);
  return true;
}

/// Takes the labels' exponentials out of the rows, so that a sum is that of the others to its last digit.
void ColumnBlock::takeLabels(usual::Block& block, std::size_t row, std::int32_t ignoreIndex) {
  const float* x = scores_ + row * classes_;
  float* e = exponentials_ + row * classes_;
  const usual::FourLabels labels(block.labels, row, ignoreIndex);
  const I32x4 at = (labels.label & labels.counts) * 4 + I32x4{0, 1, 2, 3};
  const auto take = [&](std::size_t lane) { return std::exchange(e[at[lane]], 0.0F); };
  scoreOf_[row / kLanes] = F32x4{x[at[0]], x[at[1]], x[at[2]], x[at[3]]};
  store(block.chosen + row, F32x4{take(0), take(1), take(2), take(3)});
}

namespace {

/// Exponentials of four rows, class by class, and the largest so far.
struct Exponentials {
  const float* next;
  F32x4 top;

  void addNext(F32x4& part) {
    const F32x4 exponential = load(next);
    top = maximum(top, exponential);
    part += exponential;
    next += kLanes;
  }
};

/// In the parts and the order of usual::sumsAlong, so that losses have the bits of the loss alone.
F32x4 narrowSum(Exponentials& e, std::size_t classes) {
  usual::FourSums sums{};
  for (std::size_t c = kLanes; c <= classes; c += kLanes) {
    for (F32x4& part : sums.parts) e.addNext(part);
  }
  const std::size_t rest = classes % kLanes;
  if (rest > 2) e.addNext(sums.parts[1]);
  if (rest > 1) e.addNext(sums.parts[2]);
  if (rest > 0) e.addNext(sums.parts[3]);
  return sums.value();
}

/// In those of usual::LongSum, of one run.
F32x4 wideSum(Exponentials& e, std::size_t classes) {
  constexpr std::size_t kUnroll = 4;
  F32x4 parts[kUnroll][kLanes] = {};
  std::size_t c = kUnroll * kLanes;
  for (; c <= classes; c += kUnroll * kLanes) {
    for (auto& four : parts) {
      for (F32x4& part : four) e.addNext(part);
    }
  }
  for (c -= kUnroll * kLanes; c < classes; c += kLanes) {
    for (std::size_t lane = 0; lane < std::min(kLanes, classes - c); ++lane) e.addNext(parts[0][lane]);
  }
  const auto sum = [&](std::size_t lane) {
    return F64x4((parts[0][lane] + parts[1][lane]) + (parts[2][lane] + parts[3][lane]));
  };
  return ((sum(0) + sum(2)) + (sum(1) + sum(3))).rounded();
}

}  // namespace

void ColumnBlock::sum(usual::Block& block, std::size_t row) {
  Exponentials e{exponentials_ + row * classes_, load(block.chosen + row)};
  store(block.others + row, classes_ < kWideRow ? narrowSum(e, classes_) : wideSum(e, classes_));
  top_[row / kLanes] = e.top;
}

FourParts ColumnBlock::parts(const usual::Block& block, std::size_t row) const {
  const Best& best = best_[row / kLanes];
  const F32x4 inverse = constant(1.0F) / (load(block.others + row) + load(block.chosen + row));
  const float* x = scores_ + row * classes_;
  const float* e = exponentials_ + row * classes_;
  // Many in parts, so that an error of an addition meets few others.
  usual::FourSums squares{};
  usual::FourSums gaps{};
  const auto add = [&](std::size_t c, std::size_t part) {
    const F32x4 share = column(e, c) * inverse;
    squares.parts[part] += share * share;
    gaps.parts[part] += best.score - column(x, c);
  };
  std::size_t c = 0;
  for (; classes_ >= kWideRow && c + kLanes <= classes_; c += kLanes) {
    for (std::size_t part = 0; part < kLanes; ++part) add(c + part, part);
  }
  for (; c < classes_; ++c) add(c, 0);
  return {top_[row / kLanes], squares.value(), gaps.value(), best.score - scoreOf_[row / kLanes], best.at};
}

}  // namespace losskit
