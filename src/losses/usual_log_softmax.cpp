#include <algorithm>
#include <iterator>

#include "losses/usual_exponentials.h"
#include "losses/usual_rows.h"
#include "numeric/math.h"

namespace losskit::usual {

namespace {

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
