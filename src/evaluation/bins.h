// Fixed edges that values are counted between. Comparisons with the edges decide, as a table of them would be
// read; the guess only makes that quick.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "numeric/simd.h"

namespace losskit {

/// The whole number nearest to a value below 2^22.
inline std::int32_t nearestWhole(float value) {
  constexpr float magic = 12582912.0F;
  return std::bit_cast<std::int32_t>(value + magic) - std::bit_cast<std::int32_t>(magic);
}
inline I32x4 nearestWhole(F32x4 value) {
  const F32x4 magic = constant(12582912.0F);
  return wrappingSubtract(bitsOf(value + magic), bitsOf(magic));
}

/// Bin i holds edges[i] <= value < edges[i + 1]; the first one all that is less, the last one all that is
/// more.
class Bins {
 public:
  explicit Bins(std::vector<float> edges) : edges_(std::move(edges)), starts_(startsOf(edges_)) {}

  [[nodiscard]] std::size_t size() const { return edges_.size() - 1; }
  [[nodiscard]] const std::vector<float>& edges() const { return edges_; }

 protected:
  /// The bin of a value that no other edge is nearer to than this one, or not by half a bin. Without a
  /// branch, which no one could foretell.
  [[nodiscard]] std::size_t at(std::int32_t nearest, float value) const {
    const auto edge = static_cast<std::size_t>(std::clamp(nearest, 0, static_cast<std::int32_t>(size())));
    return edge - static_cast<std::size_t>(!(value >= starts_[edge]));
  }
  [[nodiscard]] I32x4 at(I32x4 nearest, F32x4 value) const {
    const I32x4 edge = minimum(maximum(nearest, I32x4{}), splat(static_cast<std::int32_t>(size())));
    const auto start = [&](std::size_t lane) { return starts_[static_cast<std::size_t>(edge[lane])]; };
    const I32x4 isReached = value >= F32x4{start(0), start(1), start(2), start(3)};
    return edge + ~isReached;
  }

 private:
  /// The edges, but nothing is less than the first one, and nothing reaches the last one.
  static std::vector<float> startsOf(std::vector<float> edges) {
    edges.front() = -std::numeric_limits<float>::infinity();
    edges.back() = std::numeric_limits<float>::quiet_NaN();
    return edges;
  }

  std::vector<float> edges_;
  std::vector<float> starts_;
};

/// Equal bins of [0, 1], edges float(i / count); for doubles i / count.
class UnitBins : public Bins {
 public:
  explicit UnitBins(std::size_t count) : Bins(edgesOf(count)), count_(static_cast<float>(count)) {}

  [[nodiscard]] std::size_t of(float value) const {
    return at(nearestWhole(std::min(value, 1.0F) * count_), value);
  }
  [[nodiscard]] I32x4 of(F32x4 value) const {
    return at(nearestWhole(minimum(value, constant(1.0F)) * splat(count_)), value);
  }
  [[nodiscard]] std::size_t of(double value) const {
    const auto count = static_cast<double>(count_);
    const auto edge = [count](std::size_t i) { return static_cast<double>(i) / count; };
    // The product rounds across edges.
    auto bin = static_cast<std::size_t>(std::clamp(value * count, 0.0, count - 1));
    while (bin > 0 && value < edge(bin)) --bin;
    while (bin + 1 < size() && value >= edge(bin + 1)) ++bin;
    return bin;
  }

 private:
  static std::vector<float> edgesOf(std::size_t count) {
    std::vector<float> edges(count + 1);
    for (std::size_t i = 0; i <= count; ++i) {
      edges[i] = static_cast<float>(static_cast<double>(i) / static_cast<double>(count));
    }
    return edges;
  }

  float count_;
};

/// Bins of losses, even in the logarithm: edges 0, 10^-6, 10^-5.8, ... 10^2, and the largest float.
class LossBins : public Bins {
 public:
  LossBins() : Bins(edgesOf()) {}

  [[nodiscard]] std::size_t of(float value) const {
    // The bits of a float are its logarithm, piece by piece linear, and nowhere off by more than a seventh of
    // a bin.
    const auto bits =
        static_cast<float>(std::bit_cast<std::int32_t>(value) - std::bit_cast<std::int32_t>(kLeast));
    return at(nearestWhole(bits * kBinsPerBit + 1), value);
  }
  [[nodiscard]] I32x4 of(F32x4 value) const {
    const I32x4 bits = wrappingSubtract(bitsOf(value), bitsOf(constant(kLeast)));
    return at(nearestWhole(__builtin_convertvector(bits, F32x4) * constant(kBinsPerBit) + constant(1.0F)),
              value);
  }

 private:
  static constexpr float kLeast = 1e-6F;
  static constexpr int kDecades = 8;
  static constexpr int kPerDecade = 5;
  /// Bins in an octave, log10(2) * 5, over the 2^23 floats of one.
  static constexpr float kBinsPerBit = 1.50515F / 8388608.0F;

  static std::vector<float> edgesOf() {
    std::vector<float> edges = {0};
    for (int i = 0; i <= kDecades * kPerDecade; ++i) {
      edges.push_back(static_cast<float>(std::pow(10.0, static_cast<double>(i) / kPerDecade - 6)));
    }
    edges.push_back(3.4028234664e38F);
    return edges;
  }
};

}  // namespace losskit
