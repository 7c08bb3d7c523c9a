// Loops over arrays four values at a time.
#pragma once

#include <cstddef>
#include <cstdint>

#include "numeric/simd.h"

namespace losskit {

/// Calls body(i, width) for i = 0, 4, 8, ... with width 4, the last time perhaps less. One body for both,
/// because two copies of each loss would be half the module's size; the branches on `width` are foreseen.
template <class Body>
void forEachFour(std::size_t count, const Body& body) {
  for (std::size_t i = 0; i < count; i += kLanes) body(i, count - i < kLanes ? count - i : kLanes);
}

/// Four values, or the last few with `rest` behind them.
inline F32x4 loadWidth(const float* from, std::size_t width, float rest = 0) {
  return width == kLanes ? load(from) : loadPart(from, width, rest);
}

/// Four whole numbers, or the last few with zeros behind them.
inline I32x4 loadWidth(const std::int32_t* from, std::size_t width) {
  if (width == kLanes) return load(from);
  I32x4 last{};
  for (std::size_t lane = 0; lane < width; ++lane) last[lane] = from[lane];
  return last;
}

inline void storeWidth(float* to, std::size_t width, F32x4 value) {
  if (width == kLanes) {
    store(to, value);
  } else {
    storePart(to, width, value);
  }
}

}  // namespace losskit
