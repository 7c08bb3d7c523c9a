#include "losses/wide_rows.h"

#include <algorithm>
#include <cmath>

#include "losses/pointwise.h"

namespace losskit {

namespace {

/// Vectors added to each accumulator in float before the sum goes on in double: a longer run of equal terms
/// would round the same way each time.
constexpr std::size_t kRun = 8;
constexpr std::size_t kUnroll = 4;
constexpr std::size_t kSegment = kRun * kUnroll;  ///< vectors

/// Scores this far above the reference make it move.
constexpr float kHeadroom = 20;

F32x4 largestLanes(const float* x, std::size_t vectors) {
  F32x4 lanes[kUnroll] = {load(x), load(x), load(x), load(x)};
  std::size_t v = 0;
  for (; v + kUnroll <= vectors; v += kUnroll) {
    for (std::size_t u = 0; u < kUnroll; ++u) lanes[u] = maximum(lanes[u], load(x + (v + u) * kLanes));
  }
  for (; v < vectors; ++v) lanes[0] = maximum(lanes[0], load(x + v * kLanes));
  return maximum(maximum(lanes[0], lanes[1]), maximum(lanes[2], lanes[3]));
}

/// The largest of `count` >= 4 scores.
[[gnu::noinline]] float largestOf(const float* x, std::size_t count) {
  return largestLane(maximum(largestLanes(x, count / kLanes), load(x + count - kLanes)));
}

/// Sums one row, class `skip` left out. The reference follows the largest score met so far, so that a row is
/// read from memory once.
class RowSum {
 public:
  RowSum(const float* x, std::size_t count, std::int32_t skip, SumMode mode, float* keep)
      : x_(x), count_(count), skip_(skip), precise_(mode.precise), keep_(keep) {
    // Kept exponentials need one reference for all.
    if (mode.keep) {
      largest_ = largestOf(x, count);
    } else {
      largest_ = skip >= 0 ? x[skip] : largestLane(load(x));
    }
    reference_ = referenceOf(splat(largest_))[0];
  }

  void run() {
    const std::size_t vectors = count_ / kLanes;
    const std::size_t apart = skip_ >= 0 ? static_cast<std::size_t>(skip_) / kLanes : vectors;
    for (std::size_t v = 0; v < vectors;) {
      if (v == apart) {
        addPartly(v * kLanes, v * kLanes);
        ++v;
        continue;
      }
      const std::size_t end = std::min(v + kSegment, v < apart ? apart : vectors);
      addSegment(v, end);
      v = end;
    }
    if (count_ % kLanes != 0) addPartly(count_ - kLanes, vectors * kLanes);
  }

  [[nodiscard]] float largest() const { return largest_; }
  [[nodiscard]] float reference() const { return reference_; }
  [[nodiscard]] double others() const { return others_; }

 private:
  /// Moves the reference when these scores need it.
  void meet(F32x4 scores) {
    const float largest = largestLane(scores);
    if (!(largest > largest_)) return;
    largest_ = largest;
    if (largest <= reference_ * 0.6931472F + kHeadroom) return;
    const float next = referenceOf(splat(largest))[0];
    others_ = std::ldexp(others_, static_cast<int>(reference_ - next));
    reference_ = next;
  }

  /// The vector of scores from `at` on, of which those before `from` are counted elsewhere.
  [[gnu::noinline]] void addPartly(std::size_t at, std::size_t from) {
    const F32x4 x = load(x_ + at);
    meet(x);
    const ScaledExp exponential(splat(reference_));
    const I32x4 position = splat(static_cast<std::int32_t>(at)) + I32x4{0, 1, 2, 3};
    const I32x4 counts = (position >= splat(static_cast<std::int32_t>(from))) & (position != splat(skip_));
    const F64x4 e = precise_ ? exponential.precise(x) : F64x4(exponential(x));
    const F32x4 rounded = e.rounded();
    if (keep_ != nullptr) store(keep_ + at, rounded);
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      if (counts[lane] != 0) others_ += e.lane(lane);
    }
  }

  void addSegment(std::size_t from, std::size_t to) {
    if (keep_ == nullptr) meet(largestLanes(x_ + from * kLanes, to - from));
    others_ += precise_ ? preciseSum(from, to) : plainSum(from, to);
  }

  [[nodiscard]] double plainSum(std::size_t v, std::size_t to) const {
    const ScaledExp exponential(splat(reference_));
    F32x4 sums[kUnroll] = {};
    for (; v + kUnroll <= to; v += kUnroll) {
      for (std::size_t u = 0; u < kUnroll; ++u) {
        const F32x4 e = exponential(load(x_ + (v + u) * kLanes));
        if (keep_ != nullptr) store(keep_ + (v + u) * kLanes, e);
        sums[u] += e;
      }
    }
    for (; v < to; ++v) {
      const F32x4 e = exponential(load(x_ + v * kLanes));
      if (keep_ != nullptr) store(keep_ + v * kLanes, e);
      sums[0] += e;
    }
    return sumAsDouble((sums[0] + sums[1]) + (sums[2] + sums[3]));
  }

  [[gnu::noinline]] [[nodiscard]] double preciseSum(std::size_t v, std::size_t to) const {
    const ScaledExp exponential(splat(reference_));
    F64x4 sum;
    for (; v < to; ++v) {
      const F64x4 e = exponential.precise(load(x_ + v * kLanes));
      if (keep_ != nullptr) store(keep_ + v * kLanes, e.rounded());
      sum += e;
    }
    return (sum.lane(0) + sum.lane(1)) + (sum.lane(2) + sum.lane(3));
  }

  const float* x_;
  std::size_t count_;
  std::int32_t skip_;
  bool precise_;
  float* keep_;
  float largest_;
  float reference_;
  double others_ = 0;
};

double gapsOf(const float* x, std::size_t count, float largest, const float* weight) {
  double total = 0;
  forEachFour(count, [&](std::size_t c, std::size_t width) {
    const F32x4 gap = splat(largest) - loadWidth(x + c, width, largest);
    const F32x4 w = weight == nullptr ? splat(1.0F) : loadWidth(weight + c, width);
    total += sumAsDouble(weightedTerm(w, gap));
  });
  return total;
}

}  // namespace

void WideRows::open(std::size_t first, std::size_t count) {
  first_ = first;
  count_ = count;
  for (I32x4& classes : chosen_) classes = splat(kNone);
}

std::size_t WideRows::lanesOf(std::size_t g) const {
  return std::min(kLanes, count_ - g * kLanes);
}

void WideRows::choose(std::size_t g, I32x4 classes) {
  chosen_[g] = classes;
}

void WideRows::chooseLargest(std::size_t g) {
  for (std::size_t lane = 0; lane < lanesOf(g); ++lane) {
    const float* x = scores_ + at(g, lane);
    const float largest = largestOf(x, classes_);
    const float* end = x + classes_;
    const float* found = std::find(x, end, largest);
    chosen_[g][lane] = found == end ? 0 : static_cast<std::int32_t>(found - x);
  }
}

RowSums WideRows::sum(std::size_t g, SumMode mode) {
  RowSums sums{};
  F64x4 others;
  for (std::size_t lane = 0; lane < lanesOf(g); ++lane) {
    const std::int32_t skip = chosen_[g][lane];
    RowSum row(scores_ + at(g, lane), classes_, skip, mode, mode.keep ? out_ + at(g, lane) : nullptr);
    row.run();
    sums.largest[lane] = row.largest();
    sums.reference[lane] = row.reference();
    if (skip >= 0) sums.score[lane] = scores_[at(g, lane) + static_cast<std::size_t>(skip)];
    others.setLane(lane, row.others());
  }
  sums.others = others.rounded();
  if (chosen_[g][0] == kNone) return sums;
  const ScaledExp exponential(sums.reference);
  if (mode.precise) {
    sums.setPrecisely(others, exponential.precise(sums.score));
  } else {
    sums.chosen = exponential(sums.score);
  }
  return sums;
}

F32x4 WideRows::gaps(std::size_t g, F32x4 largest, const float* weight) {
  F32x4 result{};
  for (std::size_t lane = 0; lane < lanesOf(g); ++lane) {
    result[lane] = static_cast<float>(gapsOf(scores_ + at(g, lane), classes_, largest[lane], weight));
  }
  return result;
}

void WideRows::writeScaled(std::size_t g, F32x4 factor, const float* subtract, F32x4 share, F32x4 chosen) {
  for (std::size_t lane = 0; lane < lanesOf(g); ++lane) {
    float* row = out_ + at(g, lane);
    forEachFour(classes_, [&](std::size_t c, std::size_t width) {
      F32x4 value = loadWidth(row + c, width) * splat(factor[lane]);
      if (subtract != nullptr) value = value - splat(share[lane]) * loadWidth(subtract + c, width);
      storeWidth(row + c, width, value);
    });
    if (chosen_[g][lane] != kNone) row[chosen_[g][lane]] = chosen[lane];
  }
}

void WideRows::writeLogProbabilities(std::size_t g, F32x4 largest, F32x4 logSum) {
  for (std::size_t lane = 0; lane < lanesOf(g); ++lane) {
    const float* x = scores_ + at(g, lane);
    float* to = out_ + at(g, lane);
    forEachFour(classes_, [&](std::size_t c, std::size_t width) {
      storeWidth(to + c, width, (loadWidth(x + c, width) - splat(largest[lane])) - splat(logSum[lane]));
    });
  }
}

}  // namespace losskit
