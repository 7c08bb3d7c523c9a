#include "losses/softmax.h"

#include <algorithm>

#include "losses/class_rows.h"
#include "losses/definition.h"
#include "losses/double_rows.h"
#include "losses/pointwise.h"
#include "losses/usual_rows.h"

namespace losskit {

namespace {

/// Calls four(rows, g, first row) for every group of four of these rows, and definition(rows, g, lane, row)
/// for each row out of float's reach.
template <class Four, class Definition>
void forEachFourRows(ClassRows& rows, std::size_t first, std::size_t count, const Four& four,
                     const Definition& definition) {
  for (const std::size_t end = first + count; first < end; first += kBlockRows) {
    const std::size_t size = std::min(kBlockRows, end - first);
    rows.open(first, size);
    for (std::size_t g = 0; g * kLanes < size; ++g) {
      const std::size_t row = first + g * kLanes;
      const I32x4 isInReach = four(rows, g, row);
      if (all(isInReach)) continue;
      for (std::size_t lane = 0; lane < kLanes && rows.has(g, lane); ++lane) {
        if (isInReach[lane] == 0) definition(rows, g, lane, row + lane);
      }
    }
  }
}

I32x4 isInReach(F32x4 largest) {
  return absolute(largest) <= constant(kScoreReach);
}

/// log(sum / e^largest), of the others beside the largest score.
RowSums sumsBesideLargest(ClassRows& rows, std::size_t g) {
  rows.chooseLargest(g);
  return rows.sum(g, {});
}

void writeRow(const ClassRows& rows, std::size_t g, std::size_t lane, const Eigen::ArrayXd& values) {
  rows.writeRow(g, lane,
                [&](std::size_t c) { return static_cast<float>(values(static_cast<Eigen::Index>(c))); });
}

template <class Function>
void mapRows(double* out, const double* scores, ClassLayout layout, const Function& function) {
  const DoubleRows rows(layout);
  for (std::size_t row = 0; row < layout.rows(); ++row)
    rows.write(out, row, function(rows.read(scores, row)));
}

template <class Function>
void mapPointwise(float* out, const float* x, std::size_t count, const Function& function) {
  forEachFour(count, [&](std::size_t i, std::size_t width) {
    storeWidth(out + i, width, function(loadWidth(x + i, width)));
  });
}

}  // namespace

void softmax(float* out, const float* scores, ClassLayout layout) {
  ClassRows rows(scores, out, layout);
  usual::forEachBlock(
      scores, layout,
      [&](std::size_t first, const usual::Rows& block) {
        return usual::softmax(out + first * layout.classes, block);
      },
      [&](std::size_t first, std::size_t count) {
        forEachFourRows(
            rows, first, count,
            [](ClassRows& r, std::size_t g, std::size_t) {
              const RowSums sums = r.sum(g, {true, true});
              r.writeScaled(g, constant(1.0F) / sums.total(), nullptr, splat(0.0F), splat(0.0F));
              return isInReach(sums.largest);
            },
            [](const ClassRows& r, std::size_t g, std::size_t lane, std::size_t) {
              writeRow(r, g, lane, definition::softmax(r.row(g, lane)));
            });
      });
}

void logSoftmax(float* out, const float* scores, ClassLayout layout) {
  ClassRows rows(scores, out, layout);
  usual::forEachBlock(
      scores, layout,
      [&](std::size_t first, const usual::Rows& block) {
        return usual::logSoftmax(out + first * layout.classes, block);
      },
      [&](std::size_t first, std::size_t count) {
        forEachFourRows(
            rows, first, count,
            [](ClassRows& r, std::size_t g, std::size_t) {
              const RowSums sums = sumsBesideLargest(r, g);
              r.writeLogProbabilities(g, sums.largest, log1pOfRatio(sums.others, sums.chosen));
              return isInReach(sums.largest);
            },
            [](const ClassRows& r, std::size_t g, std::size_t lane, std::size_t) {
              writeRow(r, g, lane, definition::logSoftmax(r.row(g, lane)));
            });
      });
}

void logSumExp(float* out, const float* scores, ClassLayout layout) {
  ClassRows rows(scores, nullptr, layout);
  forEachFourRows(
      rows, 0, layout.rows(),
      [&](ClassRows& r, std::size_t g, std::size_t first) {
        const RowSums sums = sumsBesideLargest(r, g);
        const F32x4 logSum = log1pOfRatio(sums.others, sums.chosen);
        const F32x4 result = sums.largest + logSum;
        storePart(out + first, std::min(kLanes, layout.rows() - first), result);
        // Where the two cancel, float's digits do not last.
        return isInReach(sums.largest) & (absolute(result) >= constant(0.75F) * logSum);
      },
      [&](const ClassRows& r, std::size_t g, std::size_t lane, std::size_t row) {
        out[row] = static_cast<float>(definition::logSumExp(r.row(g, lane)));
      });
}

void sigmoid(float* out, const float* x, std::size_t count) {
  mapPointwise(out, x, count, [](F32x4 value) { return sigmoid(value); });
}

void logSigmoid(float* out, const float* x, std::size_t count) {
  mapPointwise(out, x, count, [](F32x4 value) { return -softplus(-value); });
}

void softplus(float* out, const float* x, std::size_t count) {
  mapPointwise(out, x, count, [](F32x4 value) { return softplus(value); });
}

void softmax(double* out, const double* scores, ClassLayout layout) {
  mapRows(out, scores, layout, [](const Eigen::ArrayXd& x) { return definition::softmax(x); });
}

void logSoftmax(double* out, const double* scores, ClassLayout layout) {
  mapRows(out, scores, layout, [](const Eigen::ArrayXd& x) { return definition::logSoftmax(x); });
}

void logSumExp(double* out, const double* scores, ClassLayout layout) {
  const DoubleRows rows(layout);
  for (std::size_t row = 0; row < layout.rows(); ++row)
    out[row] = definition::logSumExp(rows.read(scores, row));
}

void sigmoid(double* out, const double* x, std::size_t count) {
  std::transform(x, x + count, out, [](double value) { return definition::sigmoid(value); });
}

void logSigmoid(double* out, const double* x, std::size_t count) {
  std::transform(x, x + count, out, [](double value) { return -definition::softplus(-value); });
}

void softplus(double* out, const double* x, std::size_t count) {
  std::transform(x, x + count, out, [](double value) { return definition::softplus(value); });
}

}  // namespace losskit
