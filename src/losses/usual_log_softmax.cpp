#include <algorithm>

#include "losses/beside_largest.h"
#include "losses/usual_exponentials.h"
#include "losses/usual_rows.h"
#include "numeric/math.h"

namespace losskit::usual {

namespace {

/// out_c = (x_c - largest) - logSum
void writeLogProbabilities(float* out, const float* x, std::size_t classes, F32x4 largest, F32x4 logSum) {
  const auto write = [&](std::size_t c) { store(out + c, (load(x + c) - largest) - logSum); };
  for (std::size_t c = 0; c + kLanes <= classes; c += kLanes) write(c);
  write(classes - kLanes);
}

/// Rows of at least kLeastAlong classes. out: may be `e`.
void logSoftmaxAlong(float* out, const float* e, Rows rows) {
  const std::size_t classes = rows.classes;
  const I32x4 rest = lanesLeftOver(classes);
  for (std::size_t row = 0; row < rows.count; row += kLanes) {
    const BesideLargest four = besideLargest(rows, e, row, rest);
    const Splats largest(four.largest);
    const Splats logSum(four.logSum());
    for (std::size_t lane = 0; lane < std::min(kLanes, rows.count - row); ++lane) {
      const std::size_t at = (row + lane) * classes;
      writeLogProbabilities(out + at, rows.scores + at, classes, largest.of[lane], logSum.of[lane]);
    }
  }
}

/// Rows of two or three scores.
template <std::size_t classes>
void logSoftmaxOfColumns(float* out, const float* e, Rows rows) {
  for (std::size_t row = 0; row < rows.count; row += kLanes) {
    const std::size_t at = row * classes;
    const std::size_t count = rows.count - row;
    auto x = readColumns<classes>(rows.scores + at, count);
    const auto exponential = readColumns<classes>(e + at, count);
    BesideLargest four;
    for (std::size_t c = 0; c < classes; ++c) four.add(x.v[c], exponential.v[c]);
    const F32x4 logSum = four.logSum();
    for (F32x4& column : x.v) column = (column - four.largest) - logSum;
    writeColumns(out + at, count, x);
  }
}

}  // namespace

bool logSoftmax(float* out, Rows rows) {
  Scratch scratch;
  float* e = scratch.placeFor(out, rows);
  if (!exponentials(e, rows.scores, rows.count * rows.classes)) return false;
  if (rows.classes >= kLeastAlong) {
    logSoftmaxAlong(out, e, rows);
  } else {
    rows.classes == 2 ? logSoftmaxOfColumns<2>(out, e, rows) : logSoftmaxOfColumns<3>(out, e, rows);
  }
  return true;
}

}  // namespace losskit::usual
