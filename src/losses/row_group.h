// Four rows of scores at once, in the two ways the kernels work them: NarrowRows side by side (one vector =
// one class of four rows), WideRows one after the other (one vector = four classes of one row). Both give the
// same quantities, one lane a row, so that a loss is written once.
#pragma once

#include <vector>

#include "losses/definition.h"
#include "losses/layout.h"
#include "losses/pointwise.h"
#include "numeric/math.h"

namespace losskit {

/// Sums of scaled exponentials of four rows (ScaledExp says which scale; the same for both sums of a row).
struct RowSums {
  F32x4 others;  ///< over all classes but the chosen one
  F32x4 chosen;  ///< of the chosen class alone
};

/// A class of each of four rows.
using RowClasses = std::int32_t[kLanes];

class NarrowRows {
 public:
  NarrowRows(const float* scores, ClassLayout layout)
      : scores_(scores),
        layout_(layout),
        scoreTile_(layout.classes * kLanes),
        keptTile_(layout.classes * kLanes) {}

  /// Goes to the rows first .. first + count - 1 (count 1 to 4). `out`, where kept exponentials end up, may
  /// be null.
  void open(std::size_t first, std::size_t count, float* out) {
    tile_ = RowTile(layout_, first, count);
    out_ = out;
    tile_.read(scoreTile_.data(), scores_);
  }

  [[nodiscard]] F32x4 score(const RowClasses& classes) const { return gather(scoreTile_, classes); }

  [[nodiscard]] F32x4 largest() const {
    F32x4 result = column(0);
    for (std::size_t c = 1; c < layout_.classes; ++c) result = maximum(result, column(c));
    return result;
  }

  /// Sums e^(x - reference ln 2). `Keep` holds the exponentials for scaleKept.
  template <bool Keep>
  RowSums sum(const RowClasses& chosen, F32x4 reference) {
    const ScaledExp exponential(reference);
    LaneSums others;
    for (std::size_t c = 0; c < layout_.classes; c += kRunOfClasses) {
      const std::size_t end = c + kRunOfClasses < layout_.classes ? c + kRunOfClasses : layout_.classes;
      others.add(sumRun<Keep>(c, end, load(chosen), exponential));
    }
    return {others.rounded(), exponential(score(chosen))};
  }

  /// kept_c = kept_c * factor - share * subtract[c]; `subtract` ([classes]) may be null.
  void scaleKept(F32x4 factor, const float* subtract, F32x4 share) {
    for (std::size_t c = 0; c < layout_.classes; ++c) {
      F32x4 value = load(&keptTile_[c * kLanes]) * factor;
      if (subtract != nullptr) value = value - share * splat(subtract[c]);
      store(&keptTile_[c * kLanes], value);
    }
  }

  void setKept(const RowClasses& classes, F32x4 value) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) keptTile_[at(classes, lane)] = value[lane];
  }

  void writeKept() const { tile_.write(out_, keptTile_.data()); }

  /// out_c = (x_c - largest) - logSum.
  void writeLogProbabilities(F32x4 largest, F32x4 logSum) {
    for (std::size_t c = 0; c < layout_.classes; ++c)
      store(&keptTile_[c * kLanes], (column(c) - largest) - logSum);
    writeKept();
  }

  /// sum_c w_c (largest - x_c); `weight` ([classes]) may be null for all 1.
  [[nodiscard]] F32x4 gaps(F32x4 largest, const float* weight) const {
    LaneSums total;
    for (std::size_t c = 0; c < layout_.classes; ++c) {
      const F32x4 w = splat(weight == nullptr ? 1.0F : weight[c]);
      total.add(clearWhere(w == splat(0.0F), w * (largest - column(c))));
    }
    return total.rounded();
  }

  [[nodiscard]] definition::RowOf<float> row(std::size_t lane) const {
    return {scores_ + tile_.offset(lane), stride(), Eigen::InnerStride<>(innerStride())};
  }

  /// Writes a value of one row to `out`, after writeKept.
  void write(std::size_t lane, std::size_t c, float value) const {
    out_[tile_.offset(lane) + c * layout_.inner] = value;
  }

 private:
  using Tile = std::vector<float>;
  /// Terms added in float before the sum goes on in double: a longer run of equal terms would round the same
  /// way each time.
  static constexpr std::size_t kRunOfClasses = 16;

  template <bool Keep>
  F32x4 sumRun(std::size_t from, std::size_t to, I32x4 chosen, const ScaledExp& exponential) {
    F32x4 sum = splat(0.0F);
    I32x4 c = splat(static_cast<std::int32_t>(from));
    for (std::size_t i = from; i < to; ++i, c += 1) {
      const F32x4 e = exponential(column(i));
      if constexpr (Keep) store(&keptTile_[i * kLanes], e);
      sum += clearWhere(c == chosen, e);
    }
    return sum;
  }

  [[nodiscard]] static std::size_t at(const RowClasses& classes, std::size_t lane) {
    return static_cast<std::size_t>(classes[lane]) * kLanes + lane;
  }
  [[nodiscard]] static F32x4 gather(const Tile& tile, const RowClasses& classes) {
    return F32x4{tile[at(classes, 0)], tile[at(classes, 1)], tile[at(classes, 2)], tile[at(classes, 3)]};
  }
  [[nodiscard]] F32x4 column(std::size_t c) const { return load(&scoreTile_[c * kLanes]); }
  [[nodiscard]] Eigen::Index stride() const { return static_cast<Eigen::Index>(layout_.classes); }
  [[nodiscard]] Eigen::Index innerStride() const { return static_cast<Eigen::Index>(layout_.inner); }

  const float* scores_;
  ClassLayout layout_;
  RowTile tile_;
  float* out_ = nullptr;
  Tile scoreTile_;
  Tile keptTile_;
};

class WideRows {
 public:
  WideRows(const float* scores, ClassLayout layout) : scores_(scores), classes_(layout.classes) {}

  void open(std::size_t first, std::size_t count, float* out) {
    first_ = first;
    count_ = count;
    out_ = out;
  }

  [[nodiscard]] F32x4 score(const RowClasses& classes) const {
    return perRow([&](std::size_t lane) { return data(lane)[classes[lane]]; });
  }

  [[nodiscard]] F32x4 largest() const {
    return perRow([&](std::size_t lane) { return largestOf(data(lane)); });
  }

  template <bool Keep>
  RowSums sum(const RowClasses& chosen, F32x4 reference) {
    RowSums sums{};
    for (std::size_t lane = 0; lane < count_; ++lane) {
      const ScaledExp exponential(splat(reference[lane]));
      sums.others[lane] = sumOthers<Keep>(lane, static_cast<std::size_t>(chosen[lane]), exponential);
    }
    sums.chosen = ScaledExp(reference)(score(chosen));
    return sums;
  }

  void scaleKept(F32x4 factor, const float* subtract, F32x4 share) {
    for (std::size_t lane = 0; lane < count_; ++lane) {
      float* row = kept(lane);
      forEachVector([&](std::size_t c, std::size_t width) {
        F32x4 value = loadWidth(row + c, width) * splat(factor[lane]);
        if (subtract != nullptr) value = value - splat(share[lane]) * loadWidth(subtract + c, width);
        storeWidth(row + c, width, value);
      });
    }
  }

  void setKept(const RowClasses& classes, F32x4 value) {
    for (std::size_t lane = 0; lane < count_; ++lane) kept(lane)[classes[lane]] = value[lane];
  }

  /// The exponentials are kept where they are wanted.
  void writeKept() const {}

  void writeLogProbabilities(F32x4 largest, F32x4 logSum) {
    for (std::size_t lane = 0; lane < count_; ++lane) {
      forEachVector([&](std::size_t c, std::size_t width) {
        const F32x4 x = loadWidth(data(lane) + c, width);
        storeWidth(kept(lane) + c, width, (x - splat(largest[lane])) - splat(logSum[lane]));
      });
    }
  }

  [[nodiscard]] F32x4 gaps(F32x4 largest, const float* weight) const {
    return perRow([&](std::size_t lane) { return gapsOf(data(lane), largest[lane], weight); });
  }

  [[nodiscard]] definition::RowOf<float> row(std::size_t lane) const {
    return {data(lane), static_cast<Eigen::Index>(classes_), Eigen::InnerStride<>(1)};
  }

  void write(std::size_t lane, std::size_t c, float value) const { kept(lane)[c] = value; }

 private:
  /// Vectors added to each accumulator in float before the sum goes on in double, for the reason given at
  /// kRunOfClasses.
  static constexpr std::size_t kRun = 8;
  static constexpr std::size_t kUnroll = 4;
  static constexpr std::size_t kBlock = kRun * kUnroll * kLanes;

  template <class F>
  [[nodiscard]] F32x4 perRow(const F& value) const {
    F32x4 result = splat(0.0F);
    for (std::size_t lane = 0; lane < count_; ++lane) result[lane] = value(lane);
    return result;
  }

  template <class Body>
  void forEachVector(const Body& body) const {
    forEachFour(classes_, body);
  }

  [[nodiscard]] const float* data(std::size_t lane) const { return scores_ + (first_ + lane) * classes_; }
  [[nodiscard]] float* kept(std::size_t lane) const { return out_ + (first_ + lane) * classes_; }

  [[nodiscard]] float largestOf(const float* row) const {
    F32x4 lanes[kUnroll] = {splat(row[0]), splat(row[0]), splat(row[0]), splat(row[0])};
    std::size_t c = 0;
    for (; c + kUnroll * kLanes <= classes_; c += kUnroll * kLanes) {
      for (std::size_t u = 0; u < kUnroll; ++u) lanes[u] = maximum(lanes[u], load(row + c + u * kLanes));
    }
    for (; c < classes_; c += kLanes) {
      const std::size_t width = classes_ - c < kLanes ? classes_ - c : kLanes;
      lanes[0] = maximum(lanes[0], loadPart(row + c, width, row[0]));
    }
    return largestLane(maximum(maximum(lanes[0], lanes[1]), maximum(lanes[2], lanes[3])));
  }

  /// Sum over [from, to) in double, in runs of float additions.
  template <bool Keep>
  [[gnu::noinline]] double sumRange(std::size_t lane, std::size_t from, std::size_t to,
                                    const ScaledExp& exponential) const {
    double total = 0;
    while (from < to) {
      const std::size_t end = to - from > kBlock ? from + kBlock : to;
      total += sumAsDouble(sumBlock<Keep>(lane, from, end, exponential));
      from = end;
    }
    return total;
  }

  template <bool Keep>
  [[gnu::noinline]] F32x4 sumBlock(std::size_t lane, std::size_t from, std::size_t to,
                                   const ScaledExp& exponential) const {
    const float* row = data(lane);
    F32x4 sums[kUnroll] = {};
    for (; from + kUnroll * kLanes <= to; from += kUnroll * kLanes) {
      for (std::size_t u = 0; u < kUnroll; ++u) {
        const F32x4 e = exponential(load(row + from + u * kLanes));
        if constexpr (Keep) store(kept(lane) + from + u * kLanes, e);
        sums[u] += e;
      }
    }
    for (; from + kLanes <= to; from += kLanes) {
      const F32x4 e = exponential(load(row + from));
      if constexpr (Keep) store(kept(lane) + from, e);
      sums[0] += e;
    }
    if (from < to) {
      const F32x4 e = exponential(loadPart(row + from, to - from, 0));
      if constexpr (Keep) storePart(kept(lane) + from, to - from, e);
      const I32x4 position{0, 1, 2, 3};
      sums[1] += keepWhere(position < splat(static_cast<std::int32_t>(to - from)), e);
    }
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
  }

  /// Leaves the chosen class out by working around it: subtracting it from the whole would lose the others'
  /// digits.
  template <bool Keep>
  float sumOthers(std::size_t lane, std::size_t chosen, const ScaledExp& exponential) const {
    const double before = sumRange<Keep>(lane, 0, chosen, exponential);
    return static_cast<float>(before + sumRange<Keep>(lane, chosen + 1, classes_, exponential));
  }

  [[nodiscard]] float gapsOf(const float* row, float largest, const float* weight) const {
    double total = 0;
    forEachVector([&](std::size_t c, std::size_t width) {
      const F32x4 gap = splat(largest) - loadWidth(row + c, width, largest);
      if (weight == nullptr) {
        total += sumAsDouble(gap);
        return;
      }
      const F32x4 w = loadWidth(weight + c, width);
      total += sumAsDouble(clearWhere(w == splat(0.0F), w * gap));
    });
    return static_cast<float>(total);
  }

  const float* scores_;
  std::size_t classes_;
  std::size_t first_ = 0;
  std::size_t count_ = 0;
  float* out_ = nullptr;
};

/// Calls body(rows) with the way of working that fits the layout.
template <class Body>
void withRows(const float* scores, ClassLayout layout, const Body& body) {
  if (layout.inner == 1 && layout.classes >= kWideRow) {
    WideRows rows(scores, layout);
    body(rows);
  } else {
    NarrowRows rows(scores, layout);
    body(rows);
  }
}

}  // namespace losskit
