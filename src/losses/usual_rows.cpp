#include "losses/usual_rows.h"

#include <algorithm>
#include <iterator>

#include "losses/columns.h"
#include "losses/row_sums.h"
#include "numeric/math.h"

namespace losskit::usual {

namespace {

/// Most rows of a block. Their logarithms are taken side by side: each is a chain of some thirty instructions
/// that wait for one another.
constexpr std::size_t kUsualRows = 256;
/// Exponentials of a block, and its scores with them, stay in the first cache.
constexpr std::size_t kBlockScores = 4096;

/// A quotient of exponentials beyond this is no number for log1pOfRatio.
constexpr float kMostOdds = 0x1p100F;

/// Rows of fewer are worked as columns, shorter than a vector.
constexpr std::size_t kLeastAlong = kLanes;

/// Room for the exponentials of a block whose caller wants none, and those of rows that are read as columns:
/// always four, also behind the last one.
struct Scratch {
  static constexpr std::size_t kBehind = kLanes * kLeastAlong;

  float values[kBlockScores + kBehind];
};

/// e^x * 2^24 of scores that lie one after the other, whatever row they are of: no vector is left in part, no
/// score is moved to another lane, and nothing but constants is kept in registers. False where one is out of
/// range. Nine instructions each wait for the one before, so four vectors are worked at once.
[[gnu::noinline]] bool exponentials(float* out, const float* x, std::size_t count) {
  UsualExp exponential;
  std::size_t i = 0;
  for (; i + 4 * kLanes <= count; i += 4 * kLanes) {
    for (std::size_t u = 0; u < 4; ++u) store(out + i + u * kLanes, exponential(load(x + i + u * kLanes)));
  }
  for (; i < count; i += kLanes) {
    const std::size_t width = std::min(kLanes, count - i);
    storePart(out + i, width, exponential(loadPart(x + i, width, 0)));
  }
  return exponential.wasInRange();
}

/// All ones in the last lanes, as many as the vectors of a row leave over.
I32x4 lanesLeftOver(std::size_t classes) {
  const auto rest = static_cast<std::int32_t>(classes % kLanes);
  return I32x4{0, 1, 2, 3} >= splat(4 - rest);
}

/// Sums of four rows in four parts, so that an error of an addition meets few others.
struct FourSums {
  F32x4 parts[kLanes];

  [[nodiscard]] F32x4 value() const { return (parts[0] + parts[1]) + (parts[2] + parts[3]); }
  [[nodiscard]] F64x4 precise() const {
    return (F64x4(parts[0]) + F64x4(parts[1])) + (F64x4(parts[2]) + F64x4(parts[3]));
  }
};

/// Four of a block's rows; lanes behind the last one repeat it.
template <class Value>
struct FourRows {
  Value* at[kLanes];

  FourRows(Value* values, std::size_t classes, std::size_t first, std::size_t count) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      at[lane] = values + std::min(first + lane, count - 1) * classes;
    }
  }
};

/// Rows of at least kLeastAlong classes: each along its vectors, the last one of which overlaps the one
/// before.
FourSums sumsAlong(const FourRows<const float>& rows, std::size_t classes) {
  FourSums sums{};
  for (std::size_t c = 0; c + kLanes <= classes; c += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) sums.parts[lane] += load(rows.at[lane] + c);
  }
  const I32x4 rest = lanesLeftOver(classes);
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    sums.parts[lane] += keepWhere(rest, load(rows.at[lane] + classes - kLanes));
  }
  F32x4* v = sums.parts;
  transpose(v[0], v[1], v[2], v[3]);
  return sums;
}

FourSums sumsOfFour(const float* e, std::size_t classes, std::size_t first, std::size_t count) {
  if (classes >= kLeastAlong) return sumsAlong({e, classes, first, count}, classes);
  FourSums sums{};
  const auto set = [&](const auto& columns) {
    std::copy(std::begin(columns.v), std::end(columns.v), sums.parts);
  };
  classes == 2 ? set(Columns<2>::read(e + first * 2)) : set(Columns<3>::read(e + first * 3));
  return sums;
}

/// The sum of a long row, whose parts may come one after the other, all but the last a multiple of kRun
/// values. Runs are summed in float; longer ones of equal terms would round the same way each time.
class LongSum {
 public:
  [[gnu::noinline]] void add(const float* e, std::size_t count) {
    for (std::size_t c = 0; c < count;) {
      const std::size_t end = std::min(c + kRun, count);
      F32x4 sums[kUnroll] = {};
      for (; c + kUnroll * kLanes <= end; c += kUnroll * kLanes) {
        for (std::size_t u = 0; u < kUnroll; ++u) sums[u] += load(e + c + u * kLanes);
      }
      for (; c < end; c += kLanes) {
        const std::size_t width = std::min(kLanes, end - c);
        sums[0] += width == kLanes ? load(e + c) : loadPart(e + c, width, 0);
      }
      total_ += F64x4((sums[0] + sums[1]) + (sums[2] + sums[3]));
      c = end;
    }
  }

  [[nodiscard]] double value() const {
    const F64x2 halves = total_.low + total_.high;
    return halves[0] + halves[1];
  }

 private:
  static constexpr std::size_t kUnroll = 4;
  static constexpr std::size_t kRun = 8 * kUnroll * kLanes;

  F64x4 total_;
};

double sumOfRow(const float* e, std::size_t classes) {
  LongSum sum;
  sum.add(e, classes);
  return sum.value();
}

/// values[c] *= factor. The last vector overlaps the one before, which it therefore is read before.
void scaleRow(float* values, std::size_t classes, F32x4 factor) {
  const F32x4 last = load(values + classes - kLanes) * factor;
  for (std::size_t c = 0; c + kLanes <= classes; c += kLanes) {
    store(values + c, load(values + c) * factor);
  }
  store(values + classes - kLanes, last);
}

template <std::size_t classes>
void scaleColumns(float* e, F32x4 factor) {
  auto columns = Columns<classes>::read(e);
  for (F32x4& column : columns.v) column *= factor;
  columns.write(e);
}

/// Multiplies each of four rows by its lane of `factor`.
void scaleFour(float* e, std::size_t classes, std::size_t first, std::size_t count, F32x4 factor) {
  float* rows = e + first * classes;
  if (classes == 2) return scaleColumns<2>(rows, factor);
  if (classes == 3) return scaleColumns<3>(rows, factor);
  for (std::size_t lane = 0; lane < std::min(kLanes, count - first); ++lane) {
    scaleRow(rows + lane * classes, classes, splat(factor[lane]));
  }
}

/// Where a block's exponentials go: to where the result will be, except that of rows of columns four are
/// always written.
float* placeFor(float* out, Scratch& scratch, Rows rows) {
  if (out != nullptr && rows.classes >= kLeastAlong) return out;
  const std::size_t size = rows.count * rows.classes;
  if (size < kBlockScores) std::fill_n(scratch.values + size, Scratch::kBehind, 1.0F);
  return scratch.values;
}

void bringHome(float* out, const float* e, Rows rows) {
  if (e != out) std::copy(e, e + rows.count * rows.classes, out);
}

/// What the losses of a block are made of. Rows behind the last are ignored.
struct Block {
  std::int32_t labels[kUsualRows];
  float others[kUsualRows];  ///< sum of the exponentials of all classes but the label
  float chosen[kUsualRows];  ///< exponential of the label

  Block(const std::int32_t* target, std::size_t count, std::int32_t ignoreIndex) {
    std::copy(target, target + count, labels);
    for (std::size_t row = count; row % kLanes != 0; ++row) {
      labels[row] = ignoreIndex;
      others[row] = 1;
      chosen[row] = 1;
    }
  }
};

/// Takes the labels' exponentials out of the rows, so that a sum is that of the others to its last digit.
void takeLabels(Block& block, float* e, std::size_t classes, std::size_t count, std::int32_t ignoreIndex) {
  for (std::size_t row = 0; row < count; ++row) {
    const std::int32_t y = block.labels[row];
    if (y == ignoreIndex) {
      block.chosen[row] = 1;
      continue;
    }
    float& value = e[row * classes + static_cast<std::size_t>(y)];
    block.chosen[row] = value;
    value = 0;
  }
}

/// The same of rows of two or three, where picking from columns is less than going to each label.
template <std::size_t classes>
void sumColumns(Block& block, const float* e, std::size_t count) {
  for (std::size_t row = 0; row < count; row += kLanes) {
    const auto columns = Columns<classes>::read(e + row * classes);
    const I32x4 label = load(block.labels + row);
    F32x4 others{};
    F32x4 chosen{};
    for (std::size_t c = 0; c < classes; ++c) {
      const I32x4 isLabel = label == splat(static_cast<std::int32_t>(c));
      others += clearWhere(isLabel, columns.v[c]);
      chosen = select(isLabel, columns.v[c], chosen);
    }
    store(block.others + row, others);
    store(block.chosen + row, chosen);
  }
}

void sumOthers(Block& block, const float* e, Rows rows) {
  if (rows.classes >= kWideRow) {
    for (std::size_t row = 0; row < rows.count; ++row) {
      block.others[row] = static_cast<float>(sumOfRow(e + row * rows.classes, rows.classes));
    }
    return;
  }
  for (std::size_t row = 0; row < rows.count; row += kLanes) {
    store(block.others + row, sumsOfFour(e, rows.classes, row, rows.count).value());
  }
}

/// A row of more exponentials than a block may have, none of which is kept: no scratch grows with the
/// classes.
bool sumLongRow(Block& block, Scratch& scratch, Rows rows) {
  const auto y = static_cast<std::size_t>(block.labels[0]);
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

/// Fills the block, and `e` with the exponentials of all classes but the labels.
bool sumBlock(Block& block, float* e, Scratch& scratch, Rows rows, std::int32_t ignoreIndex) {
  if (e == scratch.values && rows.classes > kBlockScores) return sumLongRow(block, scratch, rows);
  if (!exponentials(e, rows.scores, rows.count * rows.classes)) return false;
  if (rows.classes < kLeastAlong) {
    rows.classes == 2 ? sumColumns<2>(block, e, rows.count) : sumColumns<3>(block, e, rows.count);
  } else {
    takeLabels(block, e, rows.classes, rows.count, ignoreIndex);
    sumOthers(block, e, rows);
  }
  return true;
}

/// The labels of four rows and the sums of their exponentials.
struct FourLosses {
  I32x4 label;
  I32x4 counts;  ///< all ones where the row is not ignored
  F32x4 others;
  F32x4 chosen;
  F32x4 weight;

  FourLosses(const Block& block, std::size_t row, const CrossEntropyOptions& options)
      : label(load(block.labels + row)),
        counts(label != splat(options.ignoreIndex)),
        others(load(block.others + row)),
        chosen(load(block.chosen + row)),
        weight(constant(1.0F)) {
    if (options.weight == nullptr) return;
    const I32x4 index = label & counts;
    const auto at = [&](std::size_t lane) { return options.weight[static_cast<std::size_t>(index[lane])]; };
    weight = F32x4{at(0), at(1), at(2), at(3)};
  }

  [[nodiscard]] I32x4 areFine() const { return (others <= chosen * constant(kMostOdds)) | ~counts; }
};

/// False where float cannot do one of them.
[[gnu::noinline]] bool storeLosses(float* loss, const Block& block, std::size_t count,
                                   const CrossEntropyOptions& options) {
  I32x4 fine = splat(std::int32_t{-1});
  for (std::size_t row = 0; row < count; row += kLanes) {
    const FourLosses four(block, row, options);
    fine &= four.areFine();
    const F32x4 result = weightedTerm(four.weight, log1pOfRatio(four.others, four.chosen));
    storePart(loss + row, std::min(kLanes, count - row), keepWhere(four.counts, result));
  }
  return all(fine);
}

/// Of the exponentials makes the gradient.
[[gnu::noinline]] void scaleToGradient(float* e, const Block& block, Rows rows,
                                       const CrossEntropyOptions& options) {
  for (std::size_t row = 0; row < rows.count; row += kLanes) {
    const FourLosses four(block, row, options);
    const F32x4 scale = keepWhere(four.counts, splat(options.gradientScale) * four.weight);
    const F32x4 total = four.others + four.chosen;
    const F32x4 atLabel = -scale * (four.others / total);
    scaleFour(e, rows.classes, row, rows.count, keepWhere(four.counts, scale / total));
    for (std::size_t lane = 0; lane < std::min(kLanes, rows.count - row); ++lane) {
      if (four.counts[lane] == 0) continue;
      e[(row + lane) * rows.classes + static_cast<std::size_t>(four.label[lane])] = atLabel[lane];
    }
  }
}

/// Of four rows the largest score, its exponential, and the sum of the others': the logarithm of a
/// probability near 1 needs their digits.
struct BesideLargest {
  F32x4 largest;
  F32x4 chosen;
  F32x4 others;

  [[nodiscard]] F32x4 logSum() const { return log1pOfRatio(others, chosen); }
};

/// The largest of each row, lane by lane.
F32x4 largestAlong(const FourRows<const float>& x, std::size_t classes) {
  F32x4 v[kLanes];
  for (std::size_t lane = 0; lane < kLanes; ++lane) v[lane] = load(x.at[lane] + classes - kLanes);
  for (std::size_t c = 0; c + kLanes <= classes; c += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) v[lane] = maximum(v[lane], load(x.at[lane] + c));
  }
  transpose(v[0], v[1], v[2], v[3]);
  return maximum(maximum(v[0], v[1]), maximum(v[2], v[3]));
}

/// Scores that equal the largest are counted, and all but one of them added to the others.
BesideLargest besideLargestAlong(const FourRows<const float>& x, const FourRows<const float>& e,
                                 std::size_t classes) {
  const F32x4 largest = largestAlong(x, classes);
  const F32x4 chosen = UsualExp()(largest);
  const I32x4 isCounted = ~lanesLeftOver(classes);
  FourSums sums{};
  FourSums equals{};
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    const F32x4 top = splat(largest[lane]);
    F32x4 sum{};
    I32x4 equal{};
    std::size_t c = 0;
    const auto add = [&](std::size_t at, I32x4 isOut) {
      const I32x4 isLargest = load(x.at[lane] + at) == top;
      equal -= isLargest & ~isOut;
      sum += clearWhere(isLargest | isOut, load(e.at[lane] + at));
    };
    for (; c + kLanes <= classes; c += kLanes) add(c, I32x4{});
    if (c < classes) add(classes - kLanes, isCounted);
    sums.parts[lane] = sum;
    equals.parts[lane] = __builtin_convertvector(equal, F32x4);
  }
  F32x4* v = sums.parts;
  transpose(v[0], v[1], v[2], v[3]);
  F32x4* n = equals.parts;
  transpose(n[0], n[1], n[2], n[3]);
  return {largest, chosen, sums.value() + (equals.value() - constant(1.0F)) * chosen};
}

/// out_c = (x_c - largest) - logSum; out is no longer read.
void writeLogProbabilities(float* out, const float* x, std::size_t classes, F32x4 largest, F32x4 logSum) {
  const auto write = [&](std::size_t c) { store(out + c, (load(x + c) - largest) - logSum); };
  for (std::size_t c = 0; c + kLanes <= classes; c += kLanes) write(c);
  write(classes - kLanes);
}

void logSoftmaxAlong(float* out, Rows rows) {
  const std::size_t classes = rows.classes;
  for (std::size_t row = 0; row < rows.count; row += kLanes) {
    const BesideLargest four =
        besideLargestAlong({rows.scores, classes, row, rows.count}, {out, classes, row, rows.count}, classes);
    const F32x4 logSum = four.logSum();
    for (std::size_t lane = 0; lane < std::min(kLanes, rows.count - row); ++lane) {
      const std::size_t at = (row + lane) * classes;
      writeLogProbabilities(out + at, rows.scores + at, classes, splat(four.largest[lane]),
                            splat(logSum[lane]));
    }
  }
}

/// Of rows of two or three scores, whose exponentials are in `e`, where the result goes too.
template <std::size_t classes>
void logSoftmaxOfColumns(float* e, const float* scores, std::size_t count) {
  for (std::size_t at = 0; at < count * classes; at += kLanes * classes) {
    auto x = Columns<classes>::read(scores + at);
    const auto exponential = Columns<classes>::read(e + at);
    BesideLargest four{x.v[0], {}, {}};
    for (const F32x4 column : x.v) four.largest = maximum(four.largest, column);
    I32x4 equals = splat(std::int32_t{-1});
    for (std::size_t c = 0; c < classes; ++c) {
      const I32x4 isLargest = x.v[c] == four.largest;
      equals -= isLargest;
      four.others += clearWhere(isLargest, exponential.v[c]);
      four.chosen = select(isLargest, exponential.v[c], four.chosen);
    }
    four.others += __builtin_convertvector(equals, F32x4) * four.chosen;
    const F32x4 logSum = four.logSum();
    for (F32x4& column : x.v) column = (column - four.largest) - logSum;
    x.write(e + at);
  }
}

/// Where `value` first is in a row; `classes` where it is not.
std::size_t positionOf(float value, const float* x, std::size_t classes) {
  std::size_t c = 0;
  while (c + kLanes <= classes && all(load(x + c) != splat(value))) c += kLanes;
  return static_cast<std::size_t>(std::find(x + c, x + classes, value) - x);
}

float largestOf(const float* x, std::size_t classes) {
  F32x4 largest[kLanes] = {load(x), load(x), load(x), load(x + classes - kLanes)};
  std::size_t c = 0;
  for (; c + kLanes * kLanes <= classes; c += kLanes * kLanes) {
    for (std::size_t u = 0; u < kLanes; ++u) largest[u] = maximum(largest[u], load(x + c + u * kLanes));
  }
  for (; c + kLanes <= classes; c += kLanes) largest[0] = maximum(largest[0], load(x + c));
  return largestLane(maximum(maximum(largest[0], largest[1]), maximum(largest[2], largest[3])));
}

void logSoftmaxOfWideRow(float* out, const float* x, std::size_t classes) {
  const float largest = largestOf(x, classes);
  float& atLargest = out[positionOf(largest, x, classes)];
  const float chosen = atLargest;
  atLargest = 0;
  const auto others = static_cast<float>(sumOfRow(out, classes));
  writeLogProbabilities(out, x, classes, splat(largest), log1pOfRatio(splat(others), splat(chosen)));
}

}  // namespace

bool isUsual(const float* row, std::size_t classes) {
  UsualExp exponential;
  for (std::size_t c = 0; c < classes; c += kLanes) {
    const std::size_t width = std::min(kLanes, classes - c);
    exponential.meet(width == kLanes ? load(row + c) : loadPart(row + c, width, 0));
  }
  return exponential.wasInRange();
}

std::size_t rowsPerBlock(std::size_t classes) {
  return std::clamp<std::size_t>(kBlockScores / classes, 1, kUsualRows);
}

bool crossEntropy(float* loss, float* gradient, Rows rows, const std::int32_t* target,
                  const CrossEntropyOptions& options) {
  Scratch scratch;
  Block block(target, rows.count, options.ignoreIndex);
  float* e = placeFor(gradient, scratch, rows);
  if (!sumBlock(block, e, scratch, rows, options.ignoreIndex)) return false;
  if (!storeLosses(loss, block, rows.count, options)) return false;
  if (gradient == nullptr) return true;
  scaleToGradient(e, block, rows, options);
  bringHome(gradient, e, rows);
  return true;
}

bool softmax(float* out, Rows rows) {
  Scratch scratch;
  float* e = placeFor(out, scratch, rows);
  if (!exponentials(e, rows.scores, rows.count * rows.classes)) return false;
  if (rows.classes >= kWideRow) {
    for (float* row = e; row < e + rows.count * rows.classes; row += rows.classes) {
      scaleRow(row, rows.classes, splat(static_cast<float>(1 / sumOfRow(row, rows.classes))));
    }
    return true;
  }
  for (std::size_t row = 0; row < rows.count; row += kLanes) {
    const F64x4 total = sumsOfFour(e, rows.classes, row, rows.count).precise();
    scaleFour(e, rows.classes, row, rows.count, (F64x4(1.0) / total).rounded());
  }
  bringHome(out, e, rows);
  return true;
}

bool logSoftmax(float* out, Rows rows) {
  const std::size_t classes = rows.classes;
  const std::size_t size = rows.count * classes;
  Scratch scratch;
  float* e = placeFor(out, scratch, rows);
  if (!exponentials(e, rows.scores, size)) return false;
  if (classes >= kWideRow) {
    for (std::size_t at = 0; at < size; at += classes)
      logSoftmaxOfWideRow(out + at, rows.scores + at, classes);
    return true;
  }
  if (classes >= kLeastAlong) {
    logSoftmaxAlong(out, rows);
    return true;
  }
  float scores[kUsualRows * kLeastAlong];
  std::fill_n(std::copy(rows.scores, rows.scores + size, scores),
              std::min(Scratch::kBehind, std::size(scores) - size), 0.0F);
  classes == 2 ? logSoftmaxOfColumns<2>(e, scores, rows.count)
               : logSoftmaxOfColumns<3>(e, scores, rows.count);
  bringHome(out, e, rows);
  return true;
}

}  // namespace losskit::usual
