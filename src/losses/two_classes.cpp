#include "losses/two_classes.h"

#include <algorithm>

#include "losses/columns.h"
#include "losses/usual_labels.h"

namespace losskit::usual {

namespace {

F32x4 flipped(F32x4 value, I32x4 sign) {
  return floatOf(bitsOf(value) ^ sign);
}

/// What the losses of a block are made of: 83 instructions for four rows with the losses, where two
/// exponentials of each and the logarithm of a ratio took 150, and three quarters of the time (V8 14.6).
struct Differences {
  float z[kUsualRows];     ///< the other score less the label's, rounded
  float u[kUsualRows];     ///< e^-|z|, of z as it was before
  float lost[kUsualRows];  ///< what the rounding lost; at last the loss

  /// Takes four rows from the given one on, and notes whether they are usual. An error of z is one of e^z
  /// many times over, so that 4 ULP need all digits of the difference (Knuth, TAOCP 2, 4.2.2, theorem B).
  void take(std::size_t row, const Columns<2>& scores, I32x4 label, UsualExp& range) {
    const F32x4 a = scores.v[0];
    const F32x4 b = scores.v[1];
    range.meet(a);
    range.meet(b);
    const F32x4 difference = b - a;
    const F32x4 fromB = difference - b;
    const F32x4 rest = (b - (difference - fromB)) - (a + fromB);
    const F32x4 size = absolute(difference);
    const F32x4 restOfSize = flipped(rest, bitsOf(difference) ^ bitsOf(size));
    const F32x4 rounded = expOfNonPositive(-size);
    store(u + row, negMulAdd(rounded, restOfSize, rounded));
    const I32x4 sign = label << 31;
    store(z + row, flipped(difference, sign));
    store(lost + row, flipped(rest, sign));
  }

  void makeLoss(std::size_t row, I32x4 counts) {
    const F32x4 difference = load(z + row);
    const F32x4 rest = keepWhere(difference > splat(0.0F), load(lost + row));
    const F32x4 shared = log1pOfUnit(load(u + row)) + rest;
    store(lost + row, keepWhere(counts, maximum(difference, splat(0.0F)) + shared));
  }
};

void writeGradient(float* gradient, const Differences& block, const BlockLabels& labels, std::size_t count,
                   const CrossEntropyOptions& options) {
  for (std::size_t row = 0; row < count; row += kLanes) {
    const FourLabels four(labels, row, options.ignoreIndex);
    const F32x4 u = load(block.u + row);
    const F32x4 numerator = select(load(block.z + row) > splat(0.0F), constant(1.0F), u);
    const F32x4 scale = splat(options.gradientScale) * four.weights(options.weight);
    const F32x4 second = flipped(scale * (numerator / (constant(1.0F) + u)), four.label << 31);
    writeColumns<2>(gradient + 2 * row, count - row,
                    {{keepWhere(four.counts, -second), keepWhere(four.counts, second)}});
  }
}

}  // namespace

bool crossEntropyOfTwo(float* loss, float* gradient, Rows rows, const std::int32_t* target,
                       const CrossEntropyOptions& options) {
  const BlockLabels labels(target, rows.count, options.ignoreIndex);
  Differences block;
  UsualExp range;
  for (std::size_t row = 0; row < rows.count; row += kLanes) {
    const auto scores = readColumns<2>(rows.scores + 2 * row, rows.count - row);
    block.take(row, scores, load(labels.at + row), range);
  }
  if (!range.wasInRange()) return false;
  for (std::size_t row = 0; row < rows.count; row += kLanes) {
    block.makeLoss(row, FourLabels(labels, row, options.ignoreIndex).counts);
  }
  std::copy_n(block.lost, rows.count, loss);
  weighLosses(loss, labels, rows.count, options);
  if (gradient != nullptr) writeGradient(gradient, block, labels, rows.count, options);
  return true;
}

}  // namespace losskit::usual
