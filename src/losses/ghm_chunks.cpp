#include "losses/ghm_chunks.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "losses/binary_terms.h"
#include "losses/definition.h"
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
  /// What the bin is found by: the logit towards the wrong side where all targets are 0 or 1, else the norm.
  float place[kGhmChunk];
  float exponential[kGhmChunk];
  float loss[kGhmChunk];
  std::int32_t bin[kGhmChunk] = {};
};

/// Losses are zero or between these: then a chunk's sums are exact in two doubles, and a bin's sum of the
/// upper parts stays below kCountUnit.
constexpr float kLeastLoss = 0x1p-30F;
constexpr float kLossLimit = 0x1p8F;
/// What an element adds to its bin's upper sum, so that the sum counts too.
constexpr double kCountUnit = 0x1p19;

/// Elements that do not count are in a bin of their own.
constexpr std::int32_t kNowhere = kMostBins;

/// More than a norm worked in float is off by: sigmoids hold 3 ULP, of numbers up to 1.
constexpr float kNormError = 2e-6F;

/// Copies the elements to the chunk.
GhmElements onlyCounted(Chunk& chunk, const GhmElements& all, std::size_t count) {
  for (std::size_t i = 0; i < count; i += kLanes) {
    const I32x4 counts = load(all.labelWeight + i) > splat(0.0F);
    store(chunk.logits + i, keepWhere(counts, load(all.logits + i)));
    store(chunk.target + i, keepWhere(counts, load(all.target + i)));
  }
  return {chunk.logits, chunk.target, all.labelWeight};
}

class LossRange {
 public:
  void add(F32x4 loss) {
    const auto bits = reinterpret_cast<U32x4>(loss);
    largest_ = maximum(largest_, bits);
    smallest_ = minimum(smallest_, bits - 1);  // zero is never the smallest
  }
  [[nodiscard]] bool isUsual() const {
    const auto least = reinterpret_cast<U32x4>(constant(kLeastLoss)) - 1;
    const auto limit = reinterpret_cast<U32x4>(constant(kLossLimit));
    return all((largest_ < limit) & (smallest_ >= least));
  }

 private:
  U32x4 largest_{};
  U32x4 smallest_ = ~U32x4{};
};

/// Fills in losses and places of elements with hard targets; whether the losses are usual.
bool findHardLosses(Chunk& chunk, const GhmElements& elements, std::size_t count) {
  LossRange range;
  for (std::size_t i = 0; i < count; i += kLanes) {
    const F32x4 z = towardsMiss(load(elements.logits + i), load(elements.target + i));
    store(chunk.place + i, z);
    store(chunk.exponential + i, unlikeliness(z));
  }
  for (std::size_t i = 0; i < count; i += kLanes) {
    const F32x4 rest = log1pOfUnit(load(chunk.exponential + i));
    const F32x4 loss = maximum(load(chunk.place + i), splat(0.0F)) + rest;
    range.add(loss);
    store(chunk.loss + i, loss);
  }
  return range.isUsual();
}

/// The same with any targets, by norms.
bool findSoftLosses(Chunk& chunk, const GhmElements& elements, std::size_t count) {
  LossRange range;
  for (std::size_t i = 0; i < count; i += kLanes) {
    const F32x4 x = load(elements.logits + i);
    const F32x4 t = load(elements.target + i);
    const F32x4 exponential = unlikeliness(x);
    const F32x4 loss = binaryCrossEntropyOf(x, t, exponential);
    range.add(loss);
    store(chunk.loss + i, loss);
    store(chunk.exponential + i, exponential);
    store(chunk.place + i, absolute(binaryCrossEntropySlope(x, t, exponential)));
  }
  return range.isUsual();
}

/// Bins by their places: how many edges each has reached. Named, for of arrays compilers keep these values in
/// memory: 13 instructions an edge instead of 51. Not inlined: it stands once for three callers.
[[gnu::noinline]] void findBins(std::int32_t* bin, const float* place, std::size_t count,
                                std::span<const float> edges) {
  for (std::size_t i = 0; i < count; i += kGhmStep) {
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

/// Bins by norms; by the definition where one is so near to an edge that its error may decide.
void findBinsOfNorms(Chunk& chunk, const GradientNormBins& bins, const GhmElements& elements,
                     std::size_t count) {
  const std::span<const float> edges(bins.edges().data() + 1, bins.size() - 1);
  float most[kGhmChunk] = {};
  std::int32_t last[kGhmChunk] = {};
  for (std::size_t i = 0; i < count; i += kLanes) {
    const F32x4 norm = load(chunk.place + i);
    store(chunk.place + i, norm - splat(kNormError));
    store(most + i, norm + splat(kNormError));
  }
  findBins(chunk.bin, chunk.place, count, edges);
  findBins(last, most, count, edges);
  for (std::size_t i = 0; i < count; ++i) {
    if (chunk.bin[i] == last[i]) continue;
    const auto x = static_cast<double>(elements.logits[i]);
    const auto t = static_cast<double>(elements.target[i]);
    chunk.bin[i] = static_cast<std::int32_t>(bins.of(definition::gradientNorm(x, t)));
  }
}

/// Fills in a chunk; whether the losses are usual. Not inlined: it stands once for two callers.
[[gnu::noinline]] bool work(Chunk& chunk, const GradientNormBins& bins, const GhmElements& all,
                            std::size_t count) {
  const GhmElements elements = all.labelWeight == nullptr ? all : onlyCounted(chunk, all, count);
  const bool isHard = areHard(elements.target, count);
  const bool areUsual =
      isHard ? findHardLosses(chunk, elements, count) : findSoftLosses(chunk, elements, count);
  if (isHard) {
    findBins(chunk.bin, chunk.place, count, bins.logitEdges());
  } else {
    findBinsOfNorms(chunk, bins, elements, count);
  }
  for (std::size_t i = 0; all.labelWeight != nullptr && i < count; ++i) {
    chunk.bin[i] = all.labelWeight[i] > 0 ? chunk.bin[i] : kNowhere;
  }
  return areUsual;
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

bool addMany(GhmState& state, const GhmElements& elements, std::size_t count) {
  Chunk chunk;
  if (state.bins().size() > kMostBins || !work(chunk, state.bins(), elements, count)) return false;
  BinSums sums;
  for (std::size_t i = 0; i < count; i += kLanes) sums.add(chunk.bin + i, load(chunk.loss + i));
  addTo(state, sums);
  return true;
}

bool gradientOfMany(float* loss, float* gradient, const GradientNormBins& bins, const GhmElements& elements,
                    std::size_t count, const double* factors) {
  if (bins.size() > kMostBins) return false;
  Chunk chunk;
  work(chunk, bins, elements, count);
  double factorOf[kMostBins + 1] = {};
  std::copy(factors, factors + bins.size(), factorOf);
  for (std::size_t i = 0; i < count; i += kLanes) {
    const std::int32_t* bin = chunk.bin + i;
    const F64x4 factor{F64x2{factorOf[bin[0]], factorOf[bin[1]]}, F64x2{factorOf[bin[2]], factorOf[bin[3]]}};
    if (loss != nullptr) store(loss + i, weightedTerm(factor, load(chunk.loss + i)).rounded());
    if (gradient == nullptr) continue;
    const bool isMasked = elements.labelWeight != nullptr;
    const F32x4 x = load((isMasked ? chunk.logits : elements.logits) + i);
    const F32x4 t = load((isMasked ? chunk.target : elements.target) + i);
    store(gradient + i,
          (factor * F64x4(binaryCrossEntropySlope(x, t, load(chunk.exponential + i)))).rounded());
  }
  return true;
}

}  // namespace losskit
