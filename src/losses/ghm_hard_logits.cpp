#include "losses/ghm_hard_logits.h"

#include <algorithm>
#include <cmath>

#include "losses/binary_terms.h"
#include "losses/hard_targets.h"

namespace losskit {

namespace {

constexpr std::size_t kMostBins = GradientNormBins::kFewBins;
/// Vectors that are compared with an edge together.
constexpr std::size_t kTogether = 4;

struct Chunk {
  float towardsMiss[kGhmChunk];
  float loss[kGhmChunk];
  std::int32_t bin[kGhmChunk];
};

/// Losses are zero or between these: then a chunk's sums are exact in two doubles, and a bin's sum of the
/// upper parts stays below kCountUnit.
constexpr float kLeastLoss = 0x1p-30F;
constexpr float kLossLimit = 0x1p8F;
/// What an element adds to its bin's upper sum, so that the sum counts too.
constexpr double kCountUnit = 0x1p19;

/// Fills in all but the bins; whether the losses are in range.
bool work(Chunk& chunk, const float* logits, const float* target, std::size_t count) {
  U32x4 largest{};
  U32x4 smallest = ~U32x4{};
  for (std::size_t i = 0; i < count; i += kLanes) {
    const F32x4 z = towardsMiss(load(logits + i), load(target + i));
    store(chunk.towardsMiss + i, z);
    store(chunk.loss + i, unlikeliness(z));
  }
  for (std::size_t i = 0; i < count; i += kLanes) {
    const F32x4 loss = maximum(load(chunk.towardsMiss + i), splat(0.0F)) + log1pOfUnit(load(chunk.loss + i));
    const auto bits = reinterpret_cast<U32x4>(loss);
    largest = maximum(largest, bits);
    smallest = minimum(smallest, bits - 1);  // zero is never the smallest
    store(chunk.loss + i, loss);
  }
  const auto least = reinterpret_cast<U32x4>(constant(kLeastLoss)) - 1;
  const auto limit = reinterpret_cast<U32x4>(constant(kLossLimit));
  return all((largest < limit) & (smallest >= least));
}

/// Bins of kTogether vectors: how many edges each element has reached. Named, for of arrays compilers keep
/// these values in memory: 13 instructions an edge instead of 51.
void findBins(Chunk& chunk, std::size_t from, const std::vector<float>& edges) {
  const float* at = chunk.towardsMiss + from;
  const F32x4 a = load(at);
  const F32x4 b = load(at + kLanes);
  const F32x4 c = load(at + 2 * kLanes);
  const F32x4 d = load(at + 3 * kLanes);
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
  std::int32_t* to = chunk.bin + from;
  store(to, binsOfA);
  store(to + kLanes, binsOfB);
  store(to + 2 * kLanes, binsOfC);
  store(to + 3 * kLanes, binsOfD);
}

/// Of each bin, and apart for each lane so that additions need not wait for each other: the sum of the
/// losses' parts above 2^-20 with the count, and the sum of what is below.
struct BinSums {
  F64x2 of[kLanes][kMostBins] = {};

  void add(const std::int32_t* bin, F32x4 loss) {
    addHalf(bin, 0, lowAsDouble(loss));
    addHalf(bin, 2, highAsDouble(loss));
  }

 private:
  void addHalf(const std::int32_t* bin, std::size_t lane, F64x2 loss) {
    const F64x2 magic = constant(0x1.8p32);  // 1.5 * 2^(52 - 20)
    const F64x2 upper = (loss + magic) - magic;
    const F64x2 lower = loss - upper;
    const F64x2 counted = upper + constant(kCountUnit);
    of[lane][bin[lane]] += __builtin_shufflevector(counted, lower, 0, 2);
    of[lane + 1][bin[lane + 1]] += __builtin_shufflevector(counted, lower, 1, 3);
  }
};

void addTo(GhmState& state, const BinSums& sums) {
  for (std::size_t bin = 0; bin < state.counts().size(); ++bin) {
    F64x2 sum{};
    for (const auto& lane : sums.of) sum += lane[bin];
    const double count = std::floor(sum[0] / kCountUnit);
    if (count > 0)
      state.addToBin(bin, static_cast<std::uint64_t>(count), sum[0] - count * kCountUnit, sum[1]);
  }
}

}  // namespace

bool addHardLogits(GhmState& state, const float* logits, const float* target, std::size_t count) {
  const GradientNormBins& bins = state.bins();
  const bool isWhole = count % (kTogether * kLanes) == 0;
  if (!isWhole || state.kind() != GhmKind::Classification || bins.size() > kMostBins) return false;
  Chunk chunk;
  if (!areHard(target, count) || !work(chunk, logits, target, count)) return false;
  for (std::size_t i = 0; i < count; i += kTogether * kLanes) findBins(chunk, i, bins.logitEdges());
  BinSums sums;
  for (std::size_t i = 0; i < count; i += kLanes) sums.add(chunk.bin + i, load(chunk.loss + i));
  addTo(state, sums);
  return true;
}

}  // namespace losskit
