#include "losses/usual_rows.h"

#include <algorithm>
#include <type_traits>

#include "losses/columns.h"
#include "losses/row_sums.h"
#include "numeric/math.h"

namespace losskit::usual {

namespace {

/// A quotient of exponentials beyond this is no number for log1pOfRatio.
constexpr float kMostOdds = 0x1p100F;

/// The labels of four rows.
struct Labels {
  I32x4 index;
  I32x4 counts;  ///< all ones where the row is not ignored
};

Labels labelsAt(const std::int32_t* target, std::int32_t ignoreIndex) {
  const I32x4 index = load(target);
  return {index, index != splat(ignoreIndex)};
}

F32x4 gather(const float* from, I32x4 index) {
  const auto at = [&](std::size_t lane) { return from[static_cast<std::size_t>(index[lane])]; };
  return F32x4{at(0), at(1), at(2), at(3)};
}

/// Exponentials of four rows: of the label, and the sum of all others'.
struct Sums {
  F32x4 others;
  F32x4 chosen;

  [[nodiscard]] F32x4 total() const { return others + chosen; }
  [[nodiscard]] I32x4 areFine() const { return others <= chosen * splat(kMostOdds); }
};

/// Narrow rows, four at once, a lane a row. `classes` is the number of classes where it is known when
/// compiling, else 0.
template <std::size_t classes>
class NarrowCrossEntropy {
 public:
  NarrowCrossEntropy(const Rows& rows, const std::int32_t* target, const CrossEntropyOptions& options)
      : rows_(rows), target_(target), options_(options), columns_(rows.classes) {}

  bool run(float* loss) {
    for (std::size_t row = 0; row < rows_.count; row += kLanes) {
      const Labels label = labelsAt(target_ + row, options_.ignoreIndex);
      const Sums sums = sum(row, label, [](std::size_t, F32x4) {});
      storeLoss(loss + row, label, sums);
    }
    return isFine();
  }

  bool run(float* loss, float* gradient) {
    F32x4 kept[kWideRow];
    for (std::size_t row = 0; row < rows_.count; row += kLanes) {
      const Labels label = labelsAt(target_ + row, options_.ignoreIndex);
      const Sums sums = sum(row, label, [&](std::size_t c, F32x4 e) { kept[c] = e; });
      const F32x4 weight = storeLoss(loss + row, label, sums);
      const F32x4 scale = keepWhere(label.counts, splat(options_.gradientScale) * weight);
      const F32x4 total = sums.total();
      const F32x4 factor = scale / total;
      const F32x4 atLabel = -scale * (sums.others / total);
      columns_.write(gradient + row * columns_.classes(), [&](std::size_t c) {
        return select(label.index == splat(static_cast<std::int32_t>(c)), atLabel, kept[c] * factor);
      });
    }
    return isFine();
  }

 private:
  template <class Keep>
  Sums sum(std::size_t row, const Labels& label, const Keep& keep) {
    // Four sums, so that an error of an addition meets few others.
    F32x4 others[kLanes] = {};
    F32x4 chosen{};
    columns_.read(rows_.scores + row * columns_.classes(), [&](std::size_t c, F32x4 x) {
      const F32x4 e = exponential_(x);
      keep(c, e);
      const I32x4 isLabel = label.index == splat(static_cast<std::int32_t>(c));
      chosen = select(isLabel, e, chosen);
      others[c % kLanes] += clearWhere(isLabel, e);
    });
    return {(others[0] + others[1]) + (others[2] + others[3]), chosen};
  }

  /// Returns the rows' weights.
  F32x4 storeLoss(float* loss, const Labels& label, const Sums& sums) {
    fine_ &= sums.areFine() | ~label.counts;
    F32x4 result = log1pOfRatio(sums.others, sums.chosen);
    F32x4 weight = splat(1.0F);
    if (options_.weight != nullptr) {
      weight = gather(options_.weight, label.index & label.counts);
      result = weightedTerm(weight, result);
    }
    store(loss, keepWhere(label.counts, result));
    return weight;
  }

  [[nodiscard]] bool isFine() const { return all(fine_) && exponential_.wasInRange(); }

  const Rows& rows_;
  const std::int32_t* target_;
  const CrossEntropyOptions& options_;
  Columns<classes> columns_;
  UsualExp exponential_;
  I32x4 fine_ = splat(std::int32_t{-1});
};

template <std::size_t classes>
bool narrowCrossEntropy(float* loss, float* gradient, const Rows& rows, const std::int32_t* target,
                        const CrossEntropyOptions& options) {
  NarrowCrossEntropy<classes> kernel(rows, target, options);
  return gradient == nullptr ? kernel.run(loss) : kernel.run(loss, gradient);
}

template <std::size_t classes>
bool narrowSoftmax(float* out, const Rows& rows) {
  const Columns<classes> columns(rows.classes);
  UsualExp exponential;
  F32x4 kept[kWideRow];
  for (std::size_t row = 0; row < rows.count; row += kLanes) {
    F32x4 sums[kLanes] = {};
    columns.read(rows.scores + row * columns.classes(), [&](std::size_t c, F32x4 x) {
      kept[c] = exponential(x);
      sums[c % kLanes] += kept[c];
    });
    const F64x4 total = (F64x4(sums[0]) + F64x4(sums[1])) + (F64x4(sums[2]) + F64x4(sums[3]));
    const F32x4 factor = (F64x4(1.0) / total).rounded();
    columns.write(out + row * columns.classes(), [&](std::size_t c) { return kept[c] * factor; });
  }
  return exponential.wasInRange();
}

/// The sum goes beside the largest score, because the logarithm of a probability near 1 needs the others'
/// digits.
template <std::size_t classes>
bool narrowLogSoftmax(float* out, const Rows& rows) {
  const Columns<classes> columns(rows.classes);
  UsualExp exponential;
  F32x4 scores[kWideRow];
  for (std::size_t row = 0; row < rows.count; row += kLanes) {
    F32x4 largest = splat(-kInfinity);
    columns.read(rows.scores + row * columns.classes(), [&](std::size_t c, F32x4 x) {
      scores[c] = x;
      largest = maximum(largest, x);
    });
    F32x4 others[kLanes] = {};
    I32x4 equals = splat(std::int32_t{-1});
    for (std::size_t c = 0; c < columns.classes(); ++c) {
      const I32x4 isLargest = scores[c] == largest;
      equals -= isLargest;
      others[c % kLanes] += clearWhere(isLargest, exponential(scores[c]));
    }
    const F32x4 chosen = exponential(largest);
    const F32x4 beside = __builtin_convertvector(equals, F32x4) * chosen;
    const F32x4 logSum = log1pOfRatio(((others[0] + others[1]) + (others[2] + others[3])) + beside, chosen);
    columns.write(out + row * columns.classes(),
                  [&](std::size_t c) { return (scores[c] - largest) - logSum; });
  }
  return exponential.wasInRange();
}

/// Vectors added to each accumulator in float before the sum goes on in double: a longer run of equal terms
/// would round the same way each time.
constexpr std::size_t kRun = 8;
constexpr std::size_t kUnroll = 4;

/// Below this the others' sum could show that the label's score counted as the lowest one.
constexpr float kLeastOthers = 0x1p-90F;

/// Sums one row along its vectors. Class `skip` counts as the lowest score; kept exponentials go to `keep`.
template <bool isKept>
double sumWide(const float* x, std::size_t classes, std::size_t skip, float* keep, UsualExp& exponential) {
  const std::size_t vectors = classes / kLanes;
  const std::size_t tail = classes % kLanes;
  const I32x4 position{0, 1, 2, 3};
  // The label's vector is read from here in place of the row: a choice of addresses costs nothing beside the
  // exponentials, masking each vector three instructions of sixteen.
  float patch[kLanes];
  const std::size_t at = skip / kLanes;
  if (at < vectors) {
    const I32x4 isLabel = position == splat(static_cast<std::int32_t>(skip % kLanes));
    store(patch, select(isLabel, splat(UsualExp::kLowest), load(x + at * kLanes)));
  }
  F64x4 total;
  for (std::size_t v = 0; v < vectors;) {
    const std::size_t end = std::min(v + kRun * kUnroll, vectors);
    F32x4 sums[kUnroll] = {};
    const auto add = [&](std::size_t u) {
      const F32x4 e = exponential(load(v + u == at ? patch : x + (v + u) * kLanes));
      if constexpr (isKept) store(keep + (v + u) * kLanes, e);
      sums[u] += e;
    };
    for (; v + kUnroll <= end; v += kUnroll) {
      for (std::size_t u = 0; u < kUnroll; ++u) add(u);
    }
    for (; v < end; ++v) add(0);
    total += F64x4((sums[0] + sums[1]) + (sums[2] + sums[3]));
  }
  if (tail != 0) {
    const std::size_t from = classes - kLanes;
    const F32x4 e = exponential(load(x + from));
    const I32x4 wasCounted = position < splat(static_cast<std::int32_t>(kLanes - tail));
    const I32x4 isLabel = position == splat(static_cast<std::int32_t>(skip - from));
    if constexpr (isKept) store(keep + from, select(wasCounted, load(keep + from), e));
    total += F64x4(clearWhere(wasCounted | isLabel, e));
  }
  const F64x2 halves = total.low + total.high;
  return halves[0] + halves[1];
}

constexpr std::size_t kNoClass = ~std::size_t{0} / 2;

void scaleRow(float* row, std::size_t classes, float factor) {
  std::size_t c = 0;
  for (; c + kLanes <= classes; c += kLanes) store(row + c, load(row + c) * splat(factor));
  for (; c < classes; ++c) row[c] *= factor;
}

template <bool isKept>
bool wideCrossEntropy(float* loss, float* gradient, const Rows& rows, const std::int32_t* target,
                      const CrossEntropyOptions& options) {
  UsualExp exponential;
  I32x4 fine = splat(std::int32_t{-1});
  for (std::size_t first = 0; first < rows.count; first += kLanes) {
    const std::size_t count = std::min(kLanes, rows.count - first);
    const auto row = [&](std::size_t lane) { return (first + lane) * rows.classes; };
    F32x4 others = splat(1.0F);
    F32x4 score{};
    F32x4 weight{};
    I32x4 index{};
    for (std::size_t lane = 0; lane < count; ++lane) {
      const std::int32_t y = target[first + lane];
      if (y == options.ignoreIndex) continue;
      index[lane] = y;
      weight[lane] = options.weight == nullptr ? 1.0F : options.weight[y];
      score[lane] = rows.scores[row(lane) + static_cast<std::size_t>(y)];
      others[lane] = static_cast<float>(
          sumWide<isKept>(rows.scores + row(lane), rows.classes, static_cast<std::size_t>(y),
                          isKept ? gradient + row(lane) : nullptr, exponential));
    }
    const Sums sums{others, exponential(score)};
    fine &= sums.areFine() & (others >= splat(kLeastOthers));
    storePart(loss + first, count, weightedTerm(weight, log1pOfRatio(sums.others, sums.chosen)));
    if constexpr (isKept) {
      const F32x4 scale = weight * splat(options.gradientScale);
      const F32x4 total = sums.total();
      const F32x4 factor = scale / total;
      const F32x4 atLabel = -scale * (others / total);
      for (std::size_t lane = 0; lane < count; ++lane) {
        float* to = gradient + row(lane);
        if (target[first + lane] == options.ignoreIndex) {
          std::fill(to, to + rows.classes, 0.0F);
          continue;
        }
        scaleRow(to, rows.classes, factor[lane]);
        to[index[lane]] = atLabel[lane];
      }
    }
  }
  return all(fine) && exponential.wasInRange();
}

bool wideSoftmax(float* out, const Rows& rows) {
  UsualExp exponential;
  for (std::size_t row = 0; row < rows.count; ++row) {
    float* to = out + row * rows.classes;
    const double total =
        sumWide<true>(rows.scores + row * rows.classes, rows.classes, kNoClass, to, exponential);
    scaleRow(to, rows.classes, static_cast<float>(1 / total));
  }
  return exponential.wasInRange();
}

float largestOf(const float* x, std::size_t classes) {
  F32x4 lanes[kUnroll] = {load(x), load(x), load(x), load(x)};
  std::size_t c = 0;
  for (; c + kUnroll * kLanes <= classes; c += kUnroll * kLanes) {
    for (std::size_t u = 0; u < kUnroll; ++u) lanes[u] = maximum(lanes[u], load(x + c + u * kLanes));
  }
  for (; c + kLanes <= classes; c += kLanes) lanes[0] = maximum(lanes[0], load(x + c));
  lanes[1] = maximum(lanes[1], load(x + classes - kLanes));
  return largestLane(maximum(maximum(lanes[0], lanes[1]), maximum(lanes[2], lanes[3])));
}

bool wideLogSoftmax(float* out, const Rows& rows) {
  UsualExp exponential;
  I32x4 fine = splat(std::int32_t{-1});
  for (std::size_t row = 0; row < rows.count; ++row) {
    const float* x = rows.scores + row * rows.classes;
    float* to = out + row * rows.classes;
    const float largest = largestOf(x, rows.classes);
    const float* found = std::find(x, x + rows.classes, largest);
    if (found == x + rows.classes) return false;  // a NaN
    const double others =
        sumWide<false>(x, rows.classes, static_cast<std::size_t>(found - x), nullptr, exponential);
    const F32x4 chosen = exponential(splat(largest));
    const F32x4 beside = splat(static_cast<float>(others));
    fine &= beside >= splat(kLeastOthers);
    const F32x4 logSum = log1pOfRatio(beside, chosen);
    std::size_t c = 0;
    for (; c + kLanes <= rows.classes; c += kLanes) store(to + c, (load(x + c) - splat(largest)) - logSum);
    for (; c < rows.classes; ++c) to[c] = (x[c] - largest) - logSum[0];
  }
  return all(fine) && exponential.wasInRange();
}

/// Calls body<classes>() with the instance for this number of classes.
template <class Body>
bool withColumns(std::size_t classes, const Body& body) {
  switch (classes) {
    case 2:
      return body(std::integral_constant<std::size_t, 2>());
    case 3:
      return body(std::integral_constant<std::size_t, 3>());
    default:
      return body(std::integral_constant<std::size_t, 0>());
  }
}

}  // namespace

std::size_t rowsPerBlock(ClassLayout layout) {
  return layout.classes < kWideRow ? 64 : kLanes;
}

std::size_t workable(ClassLayout layout, std::size_t count) {
  if (layout.inner != 1 || layout.classes < 2) return 0;
  return layout.classes < kWideRow ? count / kLanes * kLanes : count;
}

bool crossEntropy(float* loss, float* gradient, Rows rows, const std::int32_t* target,
                  const CrossEntropyOptions& options) {
  if (rows.classes < kWideRow) {
    return withColumns(rows.classes, [&](auto classes) {
      return narrowCrossEntropy<classes>(loss, gradient, rows, target, options);
    });
  }
  return gradient == nullptr ? wideCrossEntropy<false>(loss, nullptr, rows, target, options)
                             : wideCrossEntropy<true>(loss, gradient, rows, target, options);
}

bool softmax(float* out, Rows rows) {
  if (rows.classes >= kWideRow) return wideSoftmax(out, rows);
  return withColumns(rows.classes, [&](auto classes) { return narrowSoftmax<classes>(out, rows); });
}

bool logSoftmax(float* out, Rows rows) {
  if (rows.classes >= kWideRow) return wideLogSoftmax(out, rows);
  return withColumns(rows.classes, [&](auto classes) { return narrowLogSoftmax<classes>(out, rows); });
}

}  // namespace losskit::usual
