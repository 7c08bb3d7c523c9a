#include "losses/ghm.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <type_traits>

#include "losses/binary_terms.h"
#include "losses/definition.h"
#include "losses/ghm_chunks.h"
#include "losses/pointwise.h"

namespace losskit {

namespace {

/// Loss, its slope and the gradient norm of an element.
struct Element {
  double loss;
  double slope;
  double norm;
};

Element regressionElement(double d, double mu) {
  const double slope = definition::authenticSmoothL1Gradient(d, mu);
  return {definition::authenticSmoothL1(d, mu), slope, std::fabs(slope)};
}

Element classificationElement(double x, double t) {
  const double slope = definition::binaryCrossEntropyWithLogitsGradient(x, t);
  return {definition::binaryCrossEntropyWithLogits(x, t), slope, std::fabs(slope)};
}

/// Up to four floats of GHM-C.
void logitElements(Element* elements, const float* logits, const float* target, std::size_t width) {
  const F32x4 x = loadWidth(logits, width);
  const F32x4 t = loadWidth(target, width);
  const F32x4 exponential = unlikeliness(x);
  const F32x4 loss = binaryCrossEntropyOf(x, t, exponential);
  const F32x4 slope = binaryCrossEntropySlope(x, t, exponential);
  for (std::size_t lane = 0; lane < width; ++lane) {
    // In double, so that the bin is the one that addMany finds.
    const double norm = definition::gradientNorm(static_cast<double>(x[lane]), static_cast<double>(t[lane]));
    elements[lane] = {static_cast<double>(loss[lane]), static_cast<double>(slope[lane]), norm};
  }
}

/// Up to four elements. Not inlined: it stands in two loops, neither of which is the fast one.
template <class T>
[[gnu::noinline]] void elementsOf(Element* elements, GhmKind kind, const T* input, const T* target,
                                  std::size_t width, double mu) {
  if constexpr (std::is_same_v<T, float>) {
    if (kind == GhmKind::Classification) return logitElements(elements, input, target, width);
  }
  for (std::size_t i = 0; i < width; ++i) {
    const auto x = static_cast<double>(input[i]);
    const auto t = static_cast<double>(target[i]);
    elements[i] = kind == GhmKind::Regression ? regressionElement(x - t, mu) : classificationElement(x, t);
  }
}

/// Calls use(i, element) for every element, counted or not.
template <class T, class Use>
void forEachElement(GhmKind kind, const T* input, const T* target, std::size_t count, double mu,
                    const Use& use) {
  forEachFour(count, [&](std::size_t i, std::size_t width) {
    Element elements[kLanes];
    elementsOf(elements, kind, input + i, target + i, width, mu);
    for (std::size_t lane = 0; lane < width; ++lane) use(i + lane, elements[lane]);
  });
}

/// The float whose place among all floats, negative ones below, is `order`.
float floatAt(std::int64_t order) {
  const auto bits = static_cast<std::uint32_t>(order < 0 ? ~order : order);
  return std::bit_cast<float>(order < 0 ? bits | 0x80000000U : bits);
}

/// The least float whose sigmoid, in double, is not below p, 0 < p < 1.
float leastLogitOf(double p) {
  std::int64_t least = std::bit_cast<std::int32_t>(200.0F);
  std::int64_t below = ~least;
  while (least - below > 1) {
    const std::int64_t middle = below + (least - below) / 2;
    const bool reaches = definition::sigmoid(static_cast<double>(floatAt(middle))) >= p;
    (reaches ? least : below) = middle;
  }
  return floatAt(least);
}

template <class T>
bool isCounted(const T* labelWeight, std::size_t i) {
  return labelWeight == nullptr || labelWeight[i] > 0;
}

/// Beside the kind of a saved state.
constexpr std::uint64_t kNanMark = 1ULL << 32;

}  // namespace

GradientNormBins::GradientNormBins(std::size_t bins, GhmKind kind) : edges_(bins + 1) {
  for (std::size_t i = 0; i <= bins; ++i) {
    edges_[i] = static_cast<float>(static_cast<double>(i) / static_cast<double>(bins));
  }
  edges_[bins] = kind == GhmKind::Regression ? 1e3F : edges_[bins] + 1e-6F;
  if (kind == GhmKind::Regression || bins > kFewBins) return;
  for (std::size_t i = 1; i < bins; ++i) logitEdges_.push_back(leastLogitOf(static_cast<double>(edges_[i])));
}

std::size_t GradientNormBins::of(double norm) const {
  const auto guess = static_cast<std::size_t>(std::min(norm, 1.0) * static_cast<double>(size()));
  std::size_t bin = std::min(guess, size() - 1);
  while (bin > 0 && norm < static_cast<double>(edges_[bin])) --bin;
  while (bin + 1 < size() && norm >= static_cast<double>(edges_[bin + 1])) ++bin;
  return bin;
}

GhmState::GhmState(std::size_t bins, GhmKind kind)
    : kind_(kind), bins_(bins, kind), counts_(bins), sums_(bins) {}

void GhmState::add(double norm, double loss) {
  if (std::isnan(norm)) {
    hasNan_ = true;
    return;
  }
  const std::size_t bin = bins_.of(norm);
  ++counts_[bin];
  sums_[bin].add(loss);
}

void GhmState::merge(const GhmState& other) {
  for (std::size_t bin = 0; bin < counts_.size(); ++bin) {
    counts_[bin] += other.counts_[bin];
    sums_[bin].merge(other.sums_[bin]);
  }
  labelWeight_.merge(other.labelWeight_);
  hasNan_ = hasNan_ || other.hasNan_;
}

std::uint64_t GhmState::count() const {
  return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

double GhmState::total() const {
  const double sum = kind_ == GhmKind::Regression ? labelWeight_.value() : static_cast<double>(count());
  return std::max(sum, 1.0);
}

std::size_t GhmState::nonemptyBins() const {
  const auto isFilled = [](std::uint64_t n) { return n > 0; };
  return static_cast<std::size_t>(std::count_if(counts_.begin(), counts_.end(), isFilled));
}

std::vector<double> GhmState::densities() const {
  return {counts_.begin(), counts_.end()};
}

std::vector<double> GhmState::weights(std::span<const double> densities) const {
  std::vector<double> result(counts_.size());
  const double share = total() / static_cast<double>(std::max<std::size_t>(nonemptyBins(), 1));
  for (std::size_t bin = 0; bin < counts_.size(); ++bin) {
    if (counts_[bin] > 0) result[bin] = share / densities[bin];
  }
  return result;
}

double GhmState::loss(std::span<const double> weights) const {
  double sum = 0;
  for (std::size_t bin = 0; bin < counts_.size(); ++bin) {
    if (counts_[bin] > 0) sum += weights[bin] * lossSum(bin);
  }
  return sum / total();
}

void GhmState::write(ByteWriter& to) const {
  to.write(static_cast<std::uint64_t>(kind_) | (hasNan_ ? kNanMark : 0));
  to.write(counts_.size());
  for (std::size_t bin = 0; bin < counts_.size(); ++bin) {
    to.write(counts_[bin]);
    sums_[bin].write(to);
  }
  labelWeight_.write(to);
}

bool GhmState::read(ByteReader& from) {
  const std::uint64_t kind = from.read();
  if ((kind & ~kNanMark) != static_cast<std::uint64_t>(kind_) || from.read() != counts_.size()) return false;
  hasNan_ = (kind & kNanMark) != 0;
  for (std::size_t bin = 0; bin < counts_.size(); ++bin) {
    counts_[bin] = from.read();
    if (!sums_[bin].read(from)) return false;
  }
  return labelWeight_.read(from);
}

namespace {

/// Adds elements one by one.
template <class T>
void addEach(GhmState& state, const T* input, const T* target, const T* labelWeight, std::size_t count,
             double mu) {
  forEachElement(state.kind(), input, target, count, mu, [&](std::size_t i, const Element& element) {
    if (isCounted(labelWeight, i)) state.add(element.norm, element.loss);
  });
}

/// Adds up to a chunk of elements of GHM-C, as many at once as can be.
void addLogits(GhmState& state, const GhmElements& all, std::size_t count) {
  const std::size_t whole = count - count % kBinStep;
  const std::size_t done = addMany(state, all, whole) ? whole : 0;
  const GhmElements rest = all.from(done);
  addEach(state, rest.logits, rest.target, rest.labelWeight, count - done, 0);
}

/// Calls use(start, length) for all chunks of an array.
template <class Use>
void forEachChunk(std::size_t count, const Use& use) {
  for (std::size_t i = 0; i < count; i += kGhmChunk) use(i, std::min(count - i, kGhmChunk));
}

}  // namespace

template <class T>
void ghmUpdate(GhmState& state, const T* input, const T* target, const T* labelWeight, std::size_t count,
               double mu) {
  if constexpr (std::is_same_v<T, float>) {
    if (state.kind() == GhmKind::Classification) {
      forEachChunk(count, [&](std::size_t i, std::size_t length) {
        addLogits(state, GhmElements{input, target, labelWeight}.from(i), length);
      });
      return;
    }
  }
  addEach(state, input, target, labelWeight, count, mu);
  if (state.kind() != GhmKind::Regression) return;
  for (std::size_t i = 0; i < count; ++i) {
    state.addLabelWeight(labelWeight == nullptr ? 1 : static_cast<double>(labelWeight[i]));
  }
}

namespace {

/// One by one. factors: of each bin.
template <class T>
void gradientOfEach(T* loss, T* gradient, const GhmState& state, const T* input, const T* target,
                    const T* labelWeight, std::size_t count, double mu, const double* factors) {
  forEachElement(state.kind(), input, target, count, mu, [&](std::size_t i, const Element& element) {
    const double factor = isCounted(labelWeight, i) ? factors[state.bins().of(element.norm)] : 0;
    if (loss != nullptr) loss[i] = static_cast<T>(definition::weighted(factor, element.loss));
    if (gradient != nullptr) gradient[i] = static_cast<T>(definition::weighted(factor, element.slope));
  });
}

/// Of up to a chunk of elements of GHM-C, as many at once as can be.
void gradientOfLogits(float* loss, float* gradient, const GhmState& state, const GhmElements& all,
                      std::size_t count, const double* factors) {
  const std::size_t whole = count - count % kBinStep;
  const bool isDone = gradientOfMany(loss, gradient, state.bins(), all, whole, factors);
  const std::size_t done = isDone ? whole : 0;
  const GhmElements rest = all.from(done);
  gradientOfEach(moved(loss, done), moved(gradient, done), state, rest.logits, rest.target, rest.labelWeight,
                 count - done, 0, factors);
}

}  // namespace

template <class T>
void ghmGradient(T* loss, T* gradient, const GhmState& state, const T* input, const T* target,
                 const T* labelWeight, std::size_t count, double mu, const double* weights, double scale) {
  std::vector<double> factors(state.bins().size());
  std::transform(weights, weights + factors.size(), factors.begin(), [=](double w) { return w * scale; });
  if constexpr (std::is_same_v<T, float>) {
    if (state.kind() == GhmKind::Classification) {
      forEachChunk(count, [&](std::size_t i, std::size_t length) {
        gradientOfLogits(moved(loss, i), moved(gradient, i), state,
                         GhmElements{input, target, labelWeight}.from(i), length, factors.data());
      });
      return;
    }
  }
  gradientOfEach(loss, gradient, state, input, target, labelWeight, count, mu, factors.data());
}

template void ghmUpdate(GhmState&, const float*, const float*, const float*, std::size_t, double);
template void ghmUpdate(GhmState&, const double*, const double*, const double*, std::size_t, double);
template void ghmGradient(float*, float*, const GhmState&, const float*, const float*, const float*,
                          std::size_t, double, const double*, double);
template void ghmGradient(double*, double*, const GhmState&, const double*, const double*, const double*,
                          std::size_t, double, const double*, double);

}  // namespace losskit
