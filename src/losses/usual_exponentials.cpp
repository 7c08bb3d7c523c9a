#include "losses/usual_exponentials.h"

#include "numeric/math.h"

namespace losskit::usual {

bool exponentials(float* out, const float* x, std::size_t count) {
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

bool isUsual(const float* row, std::size_t classes) {
  UsualExp exponential;
  for (std::size_t c = 0; c < classes; c += kLanes) {
    const std::size_t width = std::min(kLanes, classes - c);
    exponential.meet(width == kLanes ? load(row + c) : loadPart(row + c, width, 0));
  }
  return exponential.wasInRange();
}

std::size_t rowsPerBlock(std::size_t classes) {
  const std::size_t rows = std::clamp<std::size_t>(kBlockScores / classes, 1, kUsualRows);
  // Narrow rows are worked four at once, and their targets looked at by sixteen: none are left over.
  if (classes < kWideRow) return rows / 16 * 16;
  return rows < kLanes ? rows : rows / kLanes * kLanes;
}

namespace {

/// How many of the rows from the first on are usual, or how many are not.
std::size_t runLength(const Rows& rows, bool usual) {
  std::size_t row = 0;
  while (row < rows.count && isUsual(rows.scores + row * rows.classes, rows.classes) == usual) ++row;
  return row;
}

}  // namespace

void forEachBlock(const float* scores, ClassLayout layout, const BlockWork& work) {
  const auto fast = [&](std::size_t first, const Rows& rows) {
    return work.callFast(work.fast, first, rows);
  };
  const auto careful = [&](std::size_t first, std::size_t count) {
    work.callCareful(work.careful, first, count);
  };
  if (!takes(layout)) return careful(0, layout.rows());
  const std::size_t classes = layout.classes;
  const auto rowsAt = [&](std::size_t first, std::size_t count) {
    return Rows{scores + first * classes, count, classes};
  };
  const std::size_t step = rowsPerBlock(classes);
  for (std::size_t first = 0; first < layout.rows(); first += step) {
    const std::size_t end = std::min(first + step, layout.rows());
    if (fast(first, rowsAt(first, end - first))) continue;
    for (std::size_t row = first; row < end;) {
      const std::size_t usual = row + runLength(rowsAt(row, end - row), true);
      const bool isDone = usual == row || fast(row, rowsAt(row, usual - row));
      for (; row < usual; ++row) {
        if (!isDone && !fast(row, rowsAt(row, 1))) careful(row, 1);
      }
      const std::size_t unusual = runLength(rowsAt(row, end - row), false);
      if (unusual > 0) careful(row, unusual);
      row += unusual;
    }
  }
}

}  // namespace losskit::usual
