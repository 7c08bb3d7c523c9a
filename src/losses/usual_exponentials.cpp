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
  return std::clamp<std::size_t>(kBlockScores / classes, 1, kUsualRows);
}

}  // namespace losskit::usual
