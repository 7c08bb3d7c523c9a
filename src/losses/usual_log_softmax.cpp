#include <algorithm>
#include <iterator>
#include <utility>

#include "losses/usual_exponentials.h"
#include "losses/usual_rows.h"
#include "numeric/math.h"

namespace losskit::usual {

namespace {

/// Of four rows, or of four parts of one, lane by lane: the largest score, its exponential, and the sum of
/// the others', because the logarithm of a probability near 1 needs their digits. Of two exponentials the
/// smaller one goes to the others, so that nobody asks which class is the largest, or how many are.
struct BesideLargest {
  F32x4 largest = splat(-128.0F);  ///< below all that is in UsualExp's range
  F32x4 chosen{};
  F32x4 others{};

  void add(F32x4 score, F32x4 exponential) {
    largest = maximum(largest, score);
    others += minimum(chosen, exponential);
    chosen = maximum(chosen, exponential);
  }

  void add(const BesideLargest& more) {
    others += more.others;
    add(more.largest, more.chosen);
  }

  [[nodiscard]] F32x4 logSum() const { return log1pOfRatio(others, chosen); }
};

/// Four rows, each in the lanes of one of `rows`, as one, a row a lane.
BesideLargest joined(BesideLargest (&rows)[kLanes]) {
  transpose(rows[0].largest, rows[1].largest, rows[2].largest, rows[3].largest);
  transpose(rows[0].chosen, rows[1].chosen, rows[2].chosen, rows[3].chosen);
  transpose(rows[0].others, rows[1].others, rows[2].others, rows[3].others);
  rows[0].add(rows[1]);
  rows[2].add(rows[3]);
  rows[0].add(rows[2]);
  return rows[0];
}

/// Four narrow rows, side by side. `rest`: the lanes left over.
BesideLargest ofNarrowRows(const FourRows<const float>& x, const FourRows<float>& e, std::size_t classes,
                           I32x4 rest) {
  BesideLargest rows[kLanes];
  for (std::size_t c = 0; c + kLanes <= classes; c += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane)
      rows[lane].add(load(x.at[lane] + c), load(e.at[lane] + c));
  }
  const std::size_t last = classes - kLanes;
  for (std::size_t lane = 0; lane < kLanes; ++lane)
    rows[lane].add(load(x.at[lane] + last), keepWhere(rest, load(e.at[lane] + last)));
  return joined(rows);
}

/// A wide row, whose sums are taken as LongSum's.
class WideRow {
 public:
  WideRow(const float* x, const float* e, std::size_t classes) {
    std::size_t c = 0;
    while (c + kRun <= classes) {
      const std::size_t end = c + kRun;
      for (; c < end; c += kUnroll * kLanes) addVectors<kUnroll>(x + c, e + c);
      endRun();
    }
    for (; c + kUnroll * kLanes <= classes; c += kUnroll * kLanes) addVectors<kUnroll>(x + c, e + c);
    for (; c + kLanes <= classes; c += kLanes) addVectors<1>(x + c, e + c);
    const std::size_t last = classes - kLanes;
    parts_[1].add(load(x + last), keepWhere(lanesLeftOver(classes), load(e + last)));
    endRun();
  }

  /// In four parts.
  [[nodiscard]] BesideLargest result() {
    parts_[0].add(parts_[1]);
    parts_[2].add(parts_[3]);
    parts_[0].add(parts_[2]);
    parts_[0].others += total_.rounded();
    return parts_[0];
  }

 private:
  static constexpr std::size_t kUnroll = 4;
  static constexpr std::size_t kRun = 8 * kUnroll * kLanes;

  template <std::size_t count>
  void addVectors(const float* x, const float* e) {
    for (std::size_t u = 0; u < count; ++u) parts_[u].add(load(x + u * kLanes), load(e + u * kLanes));
  }

  void endRun() {
    F32x4 sums[kUnroll];
    for (std::size_t u = 0; u < kUnroll; ++u) sums[u] = std::exchange(parts_[u].others, F32x4{});
    total_ += F64x4((sums[0] + sums[1]) + (sums[2] + sums[3]));
  }

  BesideLargest parts_[kUnroll];
  F64x4 total_;
};

/// Of four rows the first ones, as many as there are; the others repeat the last one.
BesideLargest ofWideRows(const FourRows<const float>& x, const FourRows<float>& e, std::size_t classes,
                         std::size_t count) {
  BesideLargest rows[kLanes];
  for (std::size_t lane = 0; lane < kLanes; ++lane)
    rows[lane] = lane < count ? WideRow(x.at[lane], e.at[lane], classes).result() : rows[lane - 1];
  return joined(rows);
}

/// out_c = (x_c - largest) - logSum; out is no longer read.
void writeLogProbabilities(float* out, const float* x, std::size_t classes, F32x4 largest, F32x4 logSum) {
  const auto write = [&](std::size_t c) { store(out + c, (load(x + c) - largest) - logSum); };
  for (std::size_t c = 0; c + kLanes <= classes; c += kLanes) write(c);
  write(classes - kLanes);
}

/// Rows of at least kLeastAlong classes, whose exponentials are in `out`.
void logSoftmaxAlong(float* out, Rows rows) {
  const std::size_t classes = rows.classes;
  const I32x4 rest = lanesLeftOver(classes);
  for (std::size_t row = 0; row < rows.count; row += kLanes) {
    const std::size_t count = std::min(kLanes, rows.count - row);
    const FourRows<const float> x(rows.scores, classes, row, rows.count);
    const FourRows<float> e(out, classes, row, rows.count);
    const BesideLargest four =
        classes >= kWideRow ? ofWideRows(x, e, classes, count) : ofNarrowRows(x, e, classes, rest);
    const Splats largest(four.largest);
    const Splats logSum(four.logSum());
    for (std::size_t lane = 0; lane < kLanes; ++lane)
      writeLogProbabilities(e.at[lane], x.at[lane], classes, largest.of[lane], logSum.of[lane]);
  }
}

/// Of rows of two or three scores, whose exponentials are in `e`, where the result goes too.
template <std::size_t classes>
void logSoftmaxOfColumns(float* e, const float* scores, std::size_t count) {
  for (std::size_t at = 0; at < count * classes; at += kLanes * classes) {
    auto x = Columns<classes>::read(scores + at);
    const auto exponential = Columns<classes>::read(e + at);
    BesideLargest four;
    for (std::size_t c = 0; c < classes; ++c) four.add(x.v[c], exponential.v[c]);
    const F32x4 logSum = four.logSum();
    for (F32x4& column : x.v) column = (column - four.largest) - logSum;
    x.write(e + at);
  }
}

}  // namespace

bool logSoftmax(float* out, Rows rows) {
  const std::size_t classes = rows.classes;
  const std::size_t size = rows.count * classes;
  Scratch scratch;
  float* e = placeFor(out, scratch, rows);
  if (!exponentials(e, rows.scores, size)) return false;
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
