#include <algorithm>
#include <iterator>

#include "losses/beside_largest.h"
#include "losses/usual_exponentials.h"
#include "losses/usual_rows.h"
#include "numeric/math.h"

namespace losskit::usual {

namespace {

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
    const FourRows<const float> x(rows.scores, classes, row, rows.count);
    const FourRows<float> to(out, classes, row, rows.count);
    const BesideLargest four = besideLargest(rows, out, row, rest);
    const Splats largest(four.largest);
    const Splats logSum(four.logSum());
    for (std::size_t lane = 0; lane < kLanes; ++lane)
      writeLogProbabilities(to.at[lane], x.at[lane], classes, largest.of[lane], logSum.of[lane]);
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
