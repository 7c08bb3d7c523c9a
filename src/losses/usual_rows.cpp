#include "losses/usual_rows.h"

#include <algorithm>

#include "losses/two_classes.h"
#include "losses/usual_block.h"
#include "numeric/math.h"

namespace losskit::usual {

namespace {

/// gradient: may be `e`.
[[gnu::noinline]] void scaleToGradient(float* gradient, const float* e, const Block& block, Rows rows,
                                       const CrossEntropyOptions& options) {
  for (std::size_t row = 0; row < rows.count; row += kLanes) {
    const FourLabels four(block.labels, row, options.ignoreIndex);
    const F32x4 scale = keepWhere(four.counts, splat(options.gradientScale) * four.weights(options.weight));
    const F32x4 others = load(block.others + row);
    const F32x4 total = others + load(block.chosen + row);
    const F32x4 atLabel = -scale * (others / total);
    const std::size_t at = row * rows.classes;
    scaleFour(gradient + at, e + at, rows.classes, rows.count - row, keepWhere(four.counts, scale / total));
    for (std::size_t lane = 0; lane < std::min(kLanes, rows.count - row); ++lane) {
      if (four.counts[lane] == 0) continue;
      gradient[at + lane * rows.classes + static_cast<std::size_t>(four.label[lane])] = atLabel[lane];
    }
  }
}

}  // namespace

void weighLosses(float* loss, const BlockLabels& labels, std::size_t count,
                 const CrossEntropyOptions& options) {
  if (options.weight == nullptr) return;
  for (std::size_t row = 0; row < count; row += kLanes) {
    const FourLabels four(labels, row, options.ignoreIndex);
    const std::size_t width = std::min(kLanes, count - row);
    const F32x4 result = weightedTerm(four.weights(options.weight), loadPart(loss + row, width, 0));
    storePart(loss + row, width, keepWhere(four.counts, result));
  }
}

bool crossEntropy(float* loss, float* gradient, Rows rows, const std::int32_t* target,
                  const CrossEntropyOptions& options) {
  if (rows.classes == 2) return crossEntropyOfTwo(loss, gradient, rows, target, options);
  Scratch scratch;
  Block block(target, rows.count, options.ignoreIndex);
  float* const room = rows.classes > kBlockScores ? nullptr : scratch.values;
  float* const e = gradient == nullptr ? room : scratch.placeFor(gradient, rows);
  if (!sumBlock(block, e, scratch, rows, options.ignoreIndex)) return false;
  storeLosses(loss, block, rows.count, options.ignoreIndex);
  weighLosses(loss, block.labels, rows.count, options);
  if (gradient != nullptr) scaleToGradient(gradient, e, block, rows, options);
  return true;
}

bool softmax(float* out, Rows rows) {
  Scratch scratch;
  const std::size_t classes = rows.classes;
  const std::size_t size = rows.count * classes;
  float* e = scratch.placeFor(out, rows);
  if (!exponentials(e, rows.scores, size)) return false;
  if (classes >= kWideRow) {
    for (std::size_t at = 0; at < size; at += classes) {
      const auto factor = static_cast<float>(1 / sumOfRow(e + at, classes));
      scaleRow(out + at, classes, splat(factor));
    }
    return true;
  }
  const I32x4 rest = lanesLeftOver(classes);
  for (std::size_t row = 0; row < rows.count; row += kLanes) {
    const F64x4 total = sumsOfFour(e, classes, rest, row, rows.count).precise();
    const std::size_t at = row * classes;
    scaleFour(out + at, e + at, classes, rows.count - row, (F64x4(1.0) / total).rounded());
  }
  return true;
}

}  // namespace losskit::usual
