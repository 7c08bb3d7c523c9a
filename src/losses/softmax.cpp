#include "losses/softmax.h"

#include <algorithm>

#include "losses/definition.h"
#include "losses/double_rows.h"
#include "losses/pointwise.h"
#include "losses/row_group.h"

namespace losskit {

namespace {

constexpr float kReach = 2000;  // of ScaledExp

/// Position of each row's largest score: the class whose probability is 1 - the others'.
template <class Rows>
[[gnu::noinline]] void largestClasses(const Rows& rows, F32x4 largest, std::size_t count,
                                      RowClasses& classes) {
  for (std::size_t lane = 0; lane < count; ++lane) {
    const auto row = rows.row(lane);
    Eigen::Index c = 0;
    while (c + 1 < row.size() && row(c) != largest[lane]) ++c;
    classes[lane] = static_cast<std::int32_t>(c);
  }
}

/// Calls four(rows, lanes, largest) for every four rows, and careful(rows, lane, row number) for each row out
/// of float's reach.
template <class Four, class Careful>
void forEachFourRows(float* out, const float* scores, ClassLayout layout, const Four& four,
                     const Careful& careful) {
  withRows(scores, layout, [&](auto& rows) {
    for (std::size_t first = 0; first < layout.rows(); first += kLanes) {
      const std::size_t count = std::min(kLanes, layout.rows() - first);
      rows.open(first, count, out);
      const F32x4 largest = rows.largest();
      four(rows, first, count, largest);
      for (std::size_t lane = 0; lane < count; ++lane) {
        if (!(__builtin_fabsf(largest[lane]) <= kReach)) careful(rows, lane, first + lane);
      }
    }
  });
}

struct Sums {
  RowClasses classes = {};
  RowSums sums;
};

template <bool Keep, class Rows>
[[gnu::noinline]] Sums sumFromLargest(Rows& rows, std::size_t count, F32x4 largest) {
  Sums result;
  largestClasses(rows, largest, count, result.classes);
  const F32x4 inReach = minimum(maximum(largest, splat(-kReach)), splat(kReach));
  result.sums = rows.template sum<Keep>(result.classes, exponentOf(inReach));
  return result;
}

template <class Rows>
[[gnu::noinline]] void writeRow(Rows& rows, std::size_t lane, const Eigen::ArrayXd& values) {
  for (Eigen::Index c = 0; c < values.size(); ++c) {
    rows.write(lane, static_cast<std::size_t>(c), static_cast<float>(values(c)));
  }
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
  forEachFourRows(
      out, scores, layout,
      [](auto& rows, std::size_t, std::size_t count, F32x4 largest) {
        const Sums found = sumFromLargest<true>(rows, count, largest);
        const F32x4 inverse = splat(1.0F) / (found.sums.others + found.sums.chosen);
        rows.scaleKept(inverse, nullptr, splat(0.0F));
        rows.setKept(found.classes, found.sums.chosen * inverse);
        rows.writeKept();
      },
      [](auto& rows, std::size_t lane, std::size_t) {
        const Eigen::ArrayXd x = rows.row(lane).template cast<double>();
        writeRow(rows, lane, definition::softmax(x));
      });
}

void logSoftmax(float* out, const float* scores, ClassLayout layout) {
  forEachFourRows(
      out, scores, layout,
      [](auto& rows, std::size_t, std::size_t count, F32x4 largest) {
        const RowSums sums = sumFromLargest<false>(rows, count, largest).sums;
        rows.writeLogProbabilities(largest, log1p(sums.others / sums.chosen));
      },
      [](auto& rows, std::size_t lane, std::size_t) {
        const Eigen::ArrayXd x = rows.row(lane).template cast<double>();
        writeRow(rows, lane, definition::logSoftmax(x));
      });
}

void logSumExp(float* out, const float* scores, ClassLayout layout) {
  forEachFourRows(
      nullptr, scores, layout,
      [&](auto& rows, std::size_t first, std::size_t count, F32x4 largest) {
        const RowSums sums = sumFromLargest<false>(rows, count, largest).sums;
        storePart(out + first, count, largest + log1p(sums.others / sums.chosen));
      },
      [&](auto& rows, std::size_t lane, std::size_t row) {
        out[row] = static_cast<float>(definition::logSumExp(rows.row(lane).template cast<double>()));
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
