#include "losses/bin_sums.h"

namespace losskit {

/// Named, for of arrays compilers keep these values in memory: 13 instructions an edge instead of 51.
void findBins(std::int32_t* bin, const float* place, std::size_t count, std::span<const float> edges) {
  for (std::size_t i = 0; i < count; i += kBinStep) {
    const F32x4 a = load(place + i);
    const F32x4 b = load(place + i + kLanes);
    const F32x4 c = load(place + i + 2 * kLanes);
    const F32x4 d = load(place + i + 3 * kLanes);
    I32x4 binsOfA{};
    I32x4 binsOfB{};
    I32x4 binsOfC{};
    I32x4 binsOfD{};
    for (const float edge : edges) {
      binsOfA -= a >= splat(edge);
      binsOfB -= b >= splat(edge);
      binsOfC -= c >= splat(edge);
      binsOfD -= d >= splat(edge);
    }
    store(bin + i, binsOfA);
    store(bin + i + kLanes, binsOfB);
    store(bin + i + 2 * kLanes, binsOfC);
    store(bin + i + 3 * kLanes, binsOfD);
  }
}

}  // namespace losskit
