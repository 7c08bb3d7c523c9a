#include "losses/ghm_hard_logits.h"

#include <algorithm>
#include <cmath>

#include "losses/binary_terms.h"
#include "losses/hard_targets.h"

namespace losskit {

namespace {

constexpr std::size_t kMostBins = GradientNormBins::kFewBins;
/// What losses, gradients and bins of a chunk are made of. Worked once for the bins and, when these have
/// their weights, once more for the gradient.
struct Chunk {
  /// Of the elements, those that do not count being some that can be worked.
  float logits[kGhmChunk];
  float target[kGhmChunk];
  float towardsMiss[kGhmChunk];
  float exponential[kGhmChunk];
  float loss[kGhmChunk];
  std::int32_t bin[kGhmChunk];
};

/// Losses are zero or between these: then a chunk's sums are exact in two doubles, and a bin's sum of the
/// upper parts stays below kCountUnit.
constexpr float kLeastLoss = 0x1p-30F;
constexpr float kLossLimit = 0x1p8F;
/// What an element adds to its bin's upper sum, so that the sum counts too.
constexpr double kCountUnit = 0x1p19;

/// Elements that do not count are in a bin of their own.
constexpr std::int32_t kNowhere = kMostBins;

I32x4 areCounted(const float* labelWeight) {
  return load(labelWeight) > splat(0.0F);
}

/// Copies the elements to the chunk.
GhmElements onlyCounted(Chunk& chunk, const GhmElements& all, std::size_t count) {
  for (std::size_t i = 0; i < count; i += kLanes) {
    const I32x4 counts = areCounted(all.labelWeight + i);
    store(chunk.logits + i, keepWhere(counts, load(all.logits + i)));
    store(chunk.target + i, keepWhere(counts, load(all.target + i)));
  }
  return {chunk.logits, chunk.target, all.labelWeight};
}

/// Fills in the losses; whether they are in range.
bool findLosses(Chunk& chunk, const float* logits, const float* target, std::size_t count) {
  U32x4 largest{};
  U32x4 smallest = ~U32x4{};
  for (std::size_t i = 0; i < count; i += kLanes) {
    const F32x4 z = towardsMiss(load(logits + i), load(target + i));
    store(chunk.towardsMiss + i, z);
    store(chunk.exponential + i, unlikeliness(z));
  }
  for (std::size_t i = 0; i < count; i += kLanes) {
    const F32x4 rest = log1pOfUnit(load(chunk.exponential + i));
    const F32x4 loss = maximum(load(chunk.towardsMiss + i), splat(0.0F)) + rest;
    const auto bits = reinterpret_cast<U32x4>(loss);
    largest = maximum(largest, bits);
    smallest = minimum(smallest, bits - 1);  // zero is never the smallest
    store(chunk.loss + i, loss);
  }
  const auto least = reinterpret_cast<U32x4>(constant(kLeastLoss)) - 1;
  const auto limit = reinterpret_cast<U32x4>(constant(kLossLimit));
  return all((largest < limit) & (smallest >= least));
}

/// Bins of kGhmStep elements: how many edges each has reached. Named, for of arrays compilers keep these
/// values in memory: 13 instructions an edge instead of 51.
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

/// What is known of a chunk's elements.
enum class Known : std::uint8_t { Nothing, Bins, BinsAndUsualLosses };

/// Fills in a chunk. Not inlined: it stands once for two callers.
[[gnu::noinline]] Known work(Chunk& chunk, const GradientNormBins& bins, const GhmElements& all,
                             std::size_t count) {
  const GhmElements elements = all.labelWeight == nullptr ? all : onlyCounted(chunk, all, count);
  if (bins.size() > kMostBins || !areHard(elements.target, count)) return Known::Nothing;
  const bool areUsual = findLosses(chunk, elements.logits, elements.target, count);
  for (std::size_t i = 0; i < count; i += kGhmStep) findBins(chunk, i, bins.logitEdges());
  for (std::size_t i = 0; all.labelWeight != nullptr && i < count; ++i) {
    chunk.bin[i] = all.labelWeight[i] > 0 ? chunk.bin[i] : kNowhere;
  }
  return areUsual ? Known::BinsAndUsualLosses : Known::Bins;
}

/// Of each bin, and apart for each lane so that additions need not wait for each other: the sum of the
/// losses' parts above 2^-20 with the count, and the sum of what is below.
struct BinSums {
  F64x2 of[kLanes][kMostBins + 1] = {};

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

bool addHardLogits(GhmState& state, const GhmElements& elements, std::size_t count) {
  Chunk chunk;
  if (work(chunk, state.bins(), elements, count) != Known::BinsAndUsualLosses) return false;
  BinSums sums;
  for (std::size_t i = 0; i < count; i += kLanes) sums.add(chunk.bin + i, load(chunk.loss + i));
  addTo(state, sums);
  return true;
}

bool gradientOfHardLogits(float* loss, float* gradient, const GradientNormBins& bins,
                          const GhmElements& elements, std::size_t count, const double* factors) {
  Chunk chunk;
  if (work(chunk, bins, elements, count) == Known::Nothing) return false;
  double factorOf[kMostBins + 1] = {};
  std::copy(factors, factors + bins.size(), factorOf);
  for (std::size_t i = 0; i < count; i += kLanes) {
    const std::int32_t* bin = chunk.bin + i;
    const F64x4 factor{F64x2{factorOf[bin[0]], factorOf[bin[1]]}, F64x2{factorOf[bin[2]], factorOf[bin[3]]}};
    if (loss != nullptr) store(loss + i, weightedTerm(factor, load(chunk.loss + i)).rounded());
    if (gradient == nullptr) continue;
    const F32x4 z = load(chunk.towardsMiss + i);
    const F32x4 size = (factor * F64x4(sigmoidPair(z, load(chunk.exponential + i)).positive)).rounded();
    store(gradient + i, select(load(elements.target + i) == constant(1.0F), -size, size));
  }
  return true;
}

}  // namespace losskit
