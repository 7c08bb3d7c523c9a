#include "losses/usual_rows.h"

#include <algorithm>
#include <type_traits>

#include "losses/columns.h"
#include "losses/row_sums.h"
#include "numeric/math.h"

namespace losskit::usual {

namespace {

/// Most rows of a block.
constexpr std::size_t kUsualRows = 64;
constexpr std::size_t kCachedScores = 4096;

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

/// All ones where the label is class first + i; `first` changes from tile to tile, `i` is known when
/// compiling.
I32x4 isClass(I32x4 label, std::size_t first, std::size_t i) {
  return label - splat(static_cast<std::int32_t>(first)) == splat(static_cast<std::int32_t>(i));
}

/// Groups of four rows whose sums are gathered before their logarithms are taken. A logarithm is a chain of
/// some thirty instructions that each wait for the one before; side by side those of a block fill the
/// waiting.
constexpr std::size_t kGroups = kUsualRows / kLanes;

F32x4 weightsOf(const Labels& label, const CrossEntropyOptions& options) {
  return options.weight == nullptr ? splat(1.0F) : gather(options.weight, label.index & label.counts);
}

/// False where float cannot do one of them.
[[gnu::noinline]] bool storeLosses(float* loss, const Sums* sums, const std::int32_t* target,
                                   std::size_t count, const CrossEntropyOptions& options) {
  I32x4 fine = splat(std::int32_t{-1});
  for (std::size_t row = 0; row < count; row += kLanes) {
    const Sums& four = sums[row / kLanes];
    const Labels label = labelsAt(target + row, options.ignoreIndex);
    fine &= four.areFine() | ~label.counts;
    F32x4 result = log1pOfRatio(four.others, four.chosen);
    if (options.weight != nullptr) result = weightedTerm(weightsOf(label, options), result);
    store(loss + row, keepWhere(label.counts, result));
  }
  return all(fine);
}

/// Narrow rows, four at once, a lane a row: no sum is taken across lanes, and one logarithm serves four rows.
/// `classes` is the number of classes where it is known when compiling, else 0: two and three are, whose rows
/// are too short for a tile.
template <std::size_t classes>
class NarrowCrossEntropy {
 public:
  NarrowCrossEntropy(const Rows& rows, const std::int32_t* target, const CrossEntropyOptions& options)
      : rows_(rows), target_(target), options_(options), columns_(rows.classes) {}

  bool run(float* loss) const {
    UsualExp exponential;
    Sums sums[kGroups];
    for (std::size_t row = 0; row < rows_.count; row += kLanes) {
      sums[row / kLanes] = sum(row, exponential, [](std::size_t, F32x4) {});
    }
    return exponential.wasInRange() && storeLosses(loss, sums, target_, rows_.count, options_);
  }

  bool run(float* loss, float* gradient) const {
    UsualExp exponential;
    Sums sums[kGroups];
    F32x4 kept[kWideRow];
    for (std::size_t row = 0; row < rows_.count; row += kLanes) {
      const Sums four = sum(row, exponential, [&](std::size_t c, F32x4 e) { kept[c] = e; });
      sums[row / kLanes] = four;
      const Labels label = labelsAt(target_ + row, options_.ignoreIndex);
      const F32x4 scale = keepWhere(label.counts, splat(options_.gradientScale) * weightsOf(label, options_));
      const F32x4 total = four.total();
      const F32x4 factor = scale / total;
      const F32x4 atLabel = -scale * (four.others / total);
      columns_.write(gradient + row * columns_.classes(), [&](std::size_t first, std::size_t i) {
        return select(isClass(label.index, first, i), atLabel, kept[first + i] * factor);
      });
    }
    return exponential.wasInRange() && storeLosses(loss, sums, target_, rows_.count, options_);
  }

 private:
  template <class Keep>
  Sums sum(std::size_t row, UsualExp& exponential, const Keep& keep) const {
    const I32x4 label = load(target_ + row);
    // Four sums, so that an error of an addition meets few others.
    F32x4 others[kLanes] = {};
    F32x4 chosen{};
    columns_.read(rows_.scores + row * columns_.classes(), [&](std::size_t first, std::size_t i, F32x4 x) {
      const F32x4 e = exponential(x);
      keep(first + i, e);
      const I32x4 isLabel = isClass(label, first, i);
      chosen = select(isLabel, e, chosen);
      others[i] += clearWhere(isLabel, e);
    });
    return {(others[0] + others[1]) + (others[2] + others[3]), chosen};
  }

  const Rows& rows_;
  const std::int32_t* target_;
  const CrossEntropyOptions& options_;
  Columns<classes> columns_;
};

template <std::size_t classes>
bool narrowCrossEntropy(float* loss, float* gradient, const Rows& rows, const std::int32_t* target,
                        const CrossEntropyOptions& options) {
  const NarrowCrossEntropy<classes> kernel(rows, target, options);
  return gradient == nullptr ? kernel.run(loss) : kernel.run(loss, gradient);
}

template <std::size_t classes>
bool narrowSoftmax(float* out, const Rows& rows) {
  const Columns<classes> columns(rows.classes);
  UsualExp exponential;
  F32x4 kept[kWideRow];
  for (std::size_t row = 0; row < rows.count; row += kLanes) {
    F32x4 sums[kLanes] = {};
    columns.read(rows.scores + row * columns.classes(), [&](std::size_t first, std::size_t i, F32x4 x) {
      const F32x4 e = exponential(x);
      kept[first + i] = e;
      sums[i] += e;
    });
    const F64x4 total = (F64x4(sums[0]) + F64x4(sums[1])) + (F64x4(sums[2]) + F64x4(sums[3]));
    const F32x4 factor = (F64x4(1.0) / total).rounded();
    columns.write(out + row * columns.classes(),
                  [&](std::size_t first, std::size_t i) { return kept[first + i] * factor; });
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
    columns.read(rows.scores + row * columns.classes(), [&](std::size_t first, std::size_t i, F32x4 x) {
      scores[first + i] = x;
      largest = maximum(largest, x);
    });
    F32x4 others[kLanes] = {};
    I32x4 equals = splat(std::int32_t{-1});
    const auto add = [&](std::size_t c, std::size_t i) {
      const I32x4 isLargest = scores[c] == largest;
      equals -= isLargest;
      others[i] += clearWhere(isLargest, exponential(scores[c]));
    };
    std::size_t c = 0;
    for (; c + kLanes <= columns.classes(); c += kLanes) {
      for (std::size_t i = 0; i < kLanes; ++i) add(c + i, i);
    }
    for (; c < columns.classes(); ++c) add(c, 0);
    const F32x4 chosen = exponential(largest);
    const F32x4 beside = __builtin_convertvector(equals, F32x4) * chosen;
    const F32x4 logSum = log1pOfRatio(((others[0] + others[1]) + (others[2] + others[3])) + beside, chosen);
    columns.write(out + row * columns.classes(),
                  [&](std::size_t first, std::size_t i) { return (scores[first + i] - largest) - logSum; });
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
double sumWide(const float* x, std::size_t classes, std::size_t skip, float* keep, UsualExp& shared) {
  UsualExp exponential = shared;  // in registers
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
  shared = exponential;
  const F64x2 halves = total.low + total.high;
  return halves[0] + halves[1];
}

constexpr std::size_t kNoClass = ~std::size_t{0} / 2;

void scaleRow(float* row, std::size_t classes, float factor) {
  std::size_t c = 0;
  for (; c + kLanes <= classes; c += kLanes) store(row + c, load(row + c) * splat(factor));
  for (; c < classes; ++c) row[c] *= factor;
}

/// Wide rows, one after the other; their logarithms side by side, four rows to a vector. A row is read once,
/// in 0.84 ns a score at 30,522 classes, and nothing is kept of it but its sum: no scratch grows with the
/// classes.
template <bool isKept>
bool wideCrossEntropy(float* loss, float* gradient, const Rows& rows, const std::int32_t* target,
                      const CrossEntropyOptions& options) {
  UsualExp exponential;
  float others[kUsualRows];
  float scores[kUsualRows] = {};
  float weights[kUsualRows] = {};
  std::fill(others, others + kUsualRows, 1.0F);
  for (std::size_t row = 0; row < rows.count; ++row) {
    const std::int32_t y = target[row];
    if (y == options.ignoreIndex) continue;
    const float* x = rows.scores + row * rows.classes;
    weights[row] = options.weight == nullptr ? 1.0F : options.weight[y];
    scores[row] = x[y];
    others[row] =
        static_cast<float>(sumWide<isKept>(x, rows.classes, static_cast<std::size_t>(y),
                                           isKept ? gradient + row * rows.classes : nullptr, exponential));
  }
  I32x4 fine = splat(std::int32_t{-1});
  for (std::size_t first = 0; first < rows.count; first += kLanes) {
    const Sums sums{load(others + first), exponential(load(scores + first))};
    const F32x4 weight = load(weights + first);
    fine &= sums.areFine() & (sums.others >= splat(kLeastOthers));
    const std::size_t count = std::min(kLanes, rows.count - first);
    storePart(loss + first, count, weightedTerm(weight, log1pOfRatio(sums.others, sums.chosen)));
    if constexpr (isKept) {
      const F32x4 scale = weight * splat(options.gradientScale);
      const F32x4 factor = scale / sums.total();
      const F32x4 atLabel = -scale * (sums.others / sums.total());
      for (std::size_t lane = 0; lane < count; ++lane) {
        const std::int32_t y = target[first + lane];
        float* to = gradient + (first + lane) * rows.classes;
        if (y == options.ignoreIndex) {
          std::fill(to, to + rows.classes, 0.0F);
        } else {
          scaleRow(to, rows.classes, factor[lane]);
          to[y] = atLabel[lane];
        }
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

Rows wholeFours(const Rows& rows) {
  return {rows.scores, rows.count / kLanes * kLanes, rows.classes};
}

/// The narrow rows behind the last whole four, with the last one repeated to make four of them.
class LastFour {
 public:
  explicit LastFour(const Rows& all) : all_(all), first_(all.count / kLanes * kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const float* from = all.scores + row(lane) * all.classes;
      std::copy(from, from + all.classes, scores_ + lane * all.classes);
    }
  }

  [[nodiscard]] std::size_t count() const { return all_.count - first_; }
  /// Number of the row that stands there.
  [[nodiscard]] std::size_t row(std::size_t lane) const { return std::min(first_ + lane, all_.count - 1); }
  [[nodiscard]] Rows rows() const { return {scores_, kLanes, all_.classes}; }

  /// Writes values worked from these rows to where they belong.
  void put(float* out, const float* values) const {
    std::copy(values, values + count() * all_.classes, out + first_ * all_.classes);
  }

 private:
  const Rows& all_;
  std::size_t first_;
  float scores_[kLanes * kWideRow] = {};
};

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

std::size_t rowsPerBlock(std::size_t classes) {
  if (classes < kWideRow) return kUsualRows;
  // A block stays in the first cache between its sums and its gradient.
  return std::clamp<std::size_t>(kCachedScores / classes, 1, kUsualRows);
}

bool crossEntropy(float* loss, float* gradient, Rows rows, const std::int32_t* target,
                  const CrossEntropyOptions& options) {
  if (rows.classes >= kWideRow) {
    return gradient == nullptr ? wideCrossEntropy<false>(loss, nullptr, rows, target, options)
                               : wideCrossEntropy<true>(loss, gradient, rows, target, options);
  }
  const auto byFours = [&](float* losses, float* gradients, const Rows& some, const std::int32_t* targets) {
    return withColumns(rows.classes, [&](auto classes) {
      return narrowCrossEntropy<classes>(losses, gradients, some, targets, options);
    });
  };
  const Rows fours = wholeFours(rows);
  if (fours.count > 0 && !byFours(loss, gradient, fours, target)) return false;
  if (fours.count == rows.count) return true;
  const LastFour last(rows);
  std::int32_t targets[kLanes];
  for (std::size_t lane = 0; lane < kLanes; ++lane) targets[lane] = target[last.row(lane)];
  float losses[kLanes];
  float gradients[kLanes * kWideRow];
  if (!byFours(losses, gradient == nullptr ? nullptr : gradients, last.rows(), targets)) return false;
  std::copy(losses, losses + last.count(), loss + fours.count);
  if (gradient != nullptr) last.put(gradient, gradients);
  return true;
}

namespace {

template <class Wide, class Narrow>
bool mapRows(float* out, const Rows& rows, const Wide& wide, const Narrow& narrow) {
  if (rows.classes >= kWideRow) return wide(out, rows);
  const Rows fours = wholeFours(rows);
  if (fours.count > 0 && !narrow(out, fours)) return false;
  if (fours.count == rows.count) return true;
  const LastFour last(rows);
  float values[kLanes * kWideRow];
  if (!narrow(values, last.rows())) return false;
  last.put(out, values);
  return true;
}

}  // namespace

bool softmax(float* out, Rows rows) {
  return mapRows(out, rows, &wideSoftmax, [&](float* to, const Rows& some) {
    return withColumns(rows.classes, [&](auto classes) { return narrowSoftmax<classes>(to, some); });
  });
}

bool logSoftmax(float* out, Rows rows) {
  return mapRows(out, rows, &wideLogSoftmax, [&](float* to, const Rows& some) {
    return withColumns(rows.classes, [&](auto classes) { return narrowLogSoftmax<classes>(to, some); });
  });
}

}  // namespace losskit::usual
