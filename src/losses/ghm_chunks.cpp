#include "losses/ghm_chunks.h"

#include <algorithm>
#include <span>

#include "losses/binary_terms.h"
#include "losses/definition.h"
#include "losses/hard_targets.h"

namespace losskit {

namespace {

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

/// Elements that do not count are in a bin of their own.
constexpr std::int32_t kNowhere = BinSums::kNowhere;
constexpr std::size_t kMostBins = BinSums::kMostBins;

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

void addTo(GhmState& state, const BinSums& sums) {
  for (std::size_t bin = 0; bin < state.counts().size(); ++bin) {
    const BinSums::Total total = sums.total(bin);
    if (total.count > 0) state.addToBin(bin, total.count, total.upper, total.lower);
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
  const bool isMasked = elements.labelWeight != nullptr;
  const float* logits = isMasked ? chunk.logits : elements.logits;
  const float* target = isMasked ? chunk.target : elements.target;
  for (std::size_t i = 0; i < count; i += kLanes) {
    const std::int32_t* bin = chunk.bin + i;
    const F64x4 factor{F64x2{factorOf[bin[0]], factorOf[bin[1]]}, F64x2{factorOf[bin[2]], factorOf[bin[3]]}};
    if (loss != nullptr) store(loss + i, weightedTerm(factor, load(chunk.loss + i)).rounded());
    if (gradient == nullptr) continue;
    const F32x4 slope =
        binaryCrossEntropySlope(load(logits + i), load(target + i), load(chunk.exponential + i));
    store(gradient + i, (factor * F64x4(slope)).rounded());
  }
  return true;
}

}  // namespace losskit
