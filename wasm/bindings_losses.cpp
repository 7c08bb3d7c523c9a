// What JavaScript sees of the kernels: a list. Arrays are addresses in wasm memory, their shapes are said in
// src/. Every kernel is there for floats (F32) and doubles (F64).
//
// Arguments are plain numbers: Embind reads each field of a value object by functions of its own, with which
// a call of classIndex took 0.52 us in place of 0.15, and load() a tenth longer to list them.
#include <emscripten/bind.h>

#include <algorithm>
#include <cstring>
#include <span>
#include <vector>

#include "evaluation/ghm_state.h"
#include "evaluation/loss_state.h"
#include "heap.h"
#include "losses/binary_cross_entropy.h"
#include "losses/class_index_loss.h"
#include "losses/class_probability_loss.h"
#include "losses/first_invalid.h"
#include "losses/focal_forms.h"
#include "losses/multi_label_soft_margin.h"
#include "losses/nll.h"
#include "losses/sigmoid_focal.h"
#include "losses/softmax.h"

namespace losskit {
namespace {

template <class T, void (*function)(T*, const T*, ClassLayout)>
void alongClasses(Address out, Address scores, std::size_t outer, std::size_t classes, std::size_t inner) {
  function(at<T>(out), at<T>(scores), {outer, classes, inner});
}

template <class T, void (*function)(T*, const T*, std::size_t)>
void pointwise(Address out, Address x, std::size_t count) {
  function(at<T>(out), at<T>(x), count);
}

template <class T>
std::size_t nan(Address values, std::size_t count) {
  return firstNan(at<T>(values), count);
}

template <class T>
std::size_t outsideUnit(Address values, std::size_t count) {
  return firstOutsideUnit(at<T>(values), count);
}

std::size_t invalidTarget(Address target, std::size_t rows, std::size_t classes, std::int32_t ignoreIndex) {
  return firstInvalidTarget(at<std::int32_t>(target), rows, classes, ignoreIndex);
}

/// Arrays of a loss; 0 where one is not wanted or not given.
struct LossArrays {
  Address loss;
  Address gradient;
  Address input;
  Address target;
  Address weight;
};

template <class T>
void nll(LossArrays a, ClassLayout layout, std::int32_t ignoreIndex, double gradientScale) {
  negativeLogLikelihood(at<T>(a.loss), at<T>(a.gradient), at<T>(a.input), at<std::int32_t>(a.target), layout,
                        at<T>(a.weight), ignoreIndex, static_cast<T>(gradientScale));
}

template <class T>
std::size_t classIndex(LossArrays a, ClassLayout layout, std::int32_t ignoreIndex, double labelSmoothing,
                       double gamma, double gradientScale) {
  const ClassIndexOptions<T> options{at<T>(a.weight), ignoreIndex, static_cast<T>(labelSmoothing),
                                     static_cast<T>(gamma), static_cast<T>(gradientScale)};
  return classIndexLoss(at<T>(a.loss), at<T>(a.gradient), at<T>(a.input), at<std::int32_t>(a.target), layout,
                        options);
}

template <class T>
void classProbability(LossArrays a, ClassLayout layout, double labelSmoothing, double gamma,
                      double gradientScale) {
  const ClassProbabilityOptions<T> options{at<T>(a.weight), static_cast<T>(labelSmoothing),
                                           static_cast<T>(gamma), static_cast<T>(gradientScale)};
  classProbabilityLoss(at<T>(a.loss), at<T>(a.gradient), at<T>(a.input), at<T>(a.target), layout, options);
}

template <class T>
void bce(LossArrays a, std::size_t count, double gradientScale) {
  const BinaryCrossEntropyOptions<T> options{at<T>(a.weight), nullptr, static_cast<T>(gradientScale)};
  binaryCrossEntropy(at<T>(a.loss), at<T>(a.gradient), at<T>(a.input), at<T>(a.target), count, options);
}

template <class T>
void bceWithLogits(LossArrays a, std::size_t count, double gradientScale, Address positiveWeight) {
  const BinaryCrossEntropyOptions<T> options{at<T>(a.weight), at<T>(positiveWeight),
                                             static_cast<T>(gradientScale)};
  binaryCrossEntropyWithLogits(at<T>(a.loss), at<T>(a.gradient), at<T>(a.input), at<T>(a.target), count,
                               options);
}

template <class T>
void softMargin(LossArrays a, std::size_t rows, std::size_t classes, double gradientScale) {
  multiLabelSoftMargin(at<T>(a.loss), at<T>(a.gradient), at<T>(a.input), at<T>(a.target), rows, classes,
                       at<T>(a.weight), static_cast<T>(gradientScale));
}

template <class T>
void focal(LossArrays a, std::size_t count, double gradientScale, double alpha, double gamma) {
  const SigmoidFocalOptions<T> options{static_cast<T>(alpha), static_cast<T>(gamma),
                                       static_cast<T>(gradientScale)};
  sigmoidFocal(at<T>(a.loss), at<T>(a.gradient), at<T>(a.input), at<T>(a.target), count, options);
}

template <class T>
void binaryFocalOf(LossArrays a, std::size_t count, double gradientScale, Address positiveWeight,
                   double positiveAlpha, double negativeAlpha, double gamma, double epsilon,
                   double labelSmoothing, std::int32_t form, bool isProbability, double ignoredTarget) {
  const BinaryFocalOptions<T> options{
      at<T>(a.weight), at<T>(positiveWeight), positiveAlpha, negativeAlpha, gamma,        epsilon,
      labelSmoothing,  FocalForm{form},       isProbability, ignoredTarget, gradientScale};
  binaryFocal(at<T>(a.loss), at<T>(a.gradient), at<T>(a.input), at<T>(a.target), count, options);
}

template <class T>
void categoricalFocalOf(LossArrays a, ClassLayout layout, double gamma, double epsilon, double labelSmoothing,
                        bool isProbability, bool renormalises, double gradientScale) {
  const CategoricalFocalOptions<T> options{at<T>(a.weight), gamma,        epsilon,      labelSmoothing,
                                           isProbability,   renormalises, gradientScale};
  categoricalFocal(at<T>(a.loss), at<T>(a.gradient), at<T>(a.input), at<T>(a.target), layout, options);
}

template <class T>
void addRows(LossState& state, Address loss, Address target, std::size_t rows, Address weight,
             std::int32_t ignoreIndex) {
  state.addRows(at<T>(loss), at<std::int32_t>(target), rows, at<const T>(weight), ignoreIndex);
}

template <class T>
void addTargets(LossState& state, Address target, std::size_t rows, Address weight,
                std::int32_t ignoreIndex) {
  state.addTargets(at<std::int32_t>(target), rows, at<const T>(weight), ignoreIndex);
}

template <class T>
void addCounted(LossState& state, Address loss, std::size_t count, std::size_t ignored, std::size_t weight) {
  state.addCounted(at<T>(loss), count, ignored, weight);
}

double rowsOf(const LossState& state) {
  return static_cast<double>(state.rows());
}
double ignoredOf(const LossState& state) {
  return static_cast<double>(state.ignored());
}
void copyBytes(Address to, const std::vector<std::uint8_t>& bytes) {
  std::memcpy(at<std::uint8_t>(to), bytes.data(), bytes.size());
}
std::size_t lossByteCount(const LossState& state) {
  return state.toBytes().size();
}
void lossToBytes(const LossState& state, Address bytes, std::uint32_t settings) {
  copyBytes(bytes, state.toBytes(settings));
}
bool lossFromBytes(LossState& state, Address bytes, std::size_t size, std::uint32_t settings) {
  return state.fromBytes(at<std::uint8_t>(bytes), size, settings);
}

GhmState* makeGhm(std::size_t bins, bool isRegression) {
  return new GhmState(bins, isRegression ? GhmKind::Regression : GhmKind::Classification);
}

template <class T>
void updateGhm(GhmState& state, LossArrays a, std::size_t count, double mu) {
  ghmUpdate(state, at<T>(a.input), at<T>(a.target), at<T>(a.weight), count, mu);
}

template <class T>
void gradientOfGhm(const GhmState& state, LossArrays a, std::size_t count, double mu, Address weights,
                   double scale) {
  ghmGradient(at<T>(a.loss), at<T>(a.gradient), state, at<T>(a.input), at<T>(a.target), at<T>(a.weight),
              count, mu, at<double>(weights), scale);
}

/// A number for each bin, from JavaScript or to it.
std::span<double> perBin(const GhmState& state, Address numbers) {
  return {at<double>(numbers), state.bins().size()};
}
void ghmCounts(const GhmState& state, Address counts) {
  std::ranges::copy(state.counts(), perBin(state, counts).begin());
}
void ghmWeights(const GhmState& state, Address weights, Address densities) {
  std::ranges::copy(state.weights(perBin(state, densities)), perBin(state, weights).begin());
}
double ghmLoss(const GhmState& state, Address weights) {
  return state.loss(perBin(state, weights));
}
double ghmCount(const GhmState& state) {
  return static_cast<double>(state.count());
}
std::size_t ghmByteCount(const GhmState& state) {
  return toBytes(state).size();
}
void ghmToBytes(const GhmState& state, Address bytes, std::uint32_t settings) {
  copyBytes(bytes, toBytes(state, settings));
}
bool ghmFromBytes(GhmState& state, Address bytes, std::size_t size, std::uint32_t settings) {
  return fromBytes(state, at<std::uint8_t>(bytes), size, settings);
}

/// A function whose arrays, and layout if it has one, are numbers one by one, in this order; what else it
/// takes stands behind them.
template <auto function>
struct Plain;

template <class Result, class... Others, Result (*function)(LossArrays, ClassLayout, Others...)>
struct Plain<function> {
  static Result call(Address loss, Address gradient, Address input, Address target, Address weight,
                     std::size_t outer, std::size_t classes, std::size_t inner, Others... others) {
    return function({loss, gradient, input, target, weight}, {outer, classes, inner}, others...);
  }
};

template <class... Others, void (*function)(LossArrays, std::size_t, Others...)>
struct Plain<function> {
  static void call(Address loss, Address gradient, Address input, Address target, Address weight,
                   std::size_t count, Others... others) {
    function({loss, gradient, input, target, weight}, count, others...);
  }
};

template <class State, class... Others, void (*function)(State&, LossArrays, Others...)>
struct Plain<function> {
  static void call(State& state, Address loss, Address gradient, Address input, Address target,
                   Address weight, Others... others) {
    function(state, {loss, gradient, input, target, weight}, others...);
  }
};

/// A kernel's name with its type's behind it; Embind reads it at once.
class TypedName {
 public:
  TypedName(const char* name, const char* type) {
    std::strcpy(text_, name);
    std::strcat(text_, type);
  }
  operator const char*() const { return text_; }

 private:
  char text_[32];
};

template <class T>
void bindKernels(const char* type) {
  const auto bind = [&](const char* name, auto function) {
    emscripten::function(TypedName(name, type), function);
  };
  bind("softmax", &alongClasses<T, softmax>);
  bind("logSoftmax", &alongClasses<T, logSoftmax>);
  bind("logSumExp", &alongClasses<T, logSumExp>);
  bind("sigmoid", &pointwise<T, sigmoid>);
  bind("logSigmoid", &pointwise<T, logSigmoid>);
  bind("softplus", &pointwise<T, softplus>);
  bind("firstNan", &nan<T>);
  bind("firstOutsideUnit", &outsideUnit<T>);
  bind("nll", &Plain<&nll<T>>::call);
  bind("classIndex", &Plain<&classIndex<T>>::call);
  bind("classProbability", &Plain<&classProbability<T>>::call);
  bind("bce", &Plain<&bce<T>>::call);
  bind("bceWithLogits", &Plain<&bceWithLogits<T>>::call);
  bind("multiLabelSoftMargin", &Plain<&softMargin<T>>::call);
  bind("sigmoidFocal", &Plain<&focal<T>>::call);
  bind("binaryFocal", &Plain<&binaryFocalOf<T>>::call);
  bind("categoricalFocal", &Plain<&categoricalFocalOf<T>>::call);
}

template <class T, class Class>
void bindLossState(Class& state, const char* type) {
  state.function(TypedName("addRows", type), &addRows<T>)
      .function(TypedName("addTargets", type), &addTargets<T>)
      .function(TypedName("addCounted", type), &addCounted<T>);
}

}  // namespace

EMSCRIPTEN_BINDINGS(losses) {
  bindKernels<float>("F32");
  bindKernels<double>("F64");
  emscripten::function("firstInvalidTarget", &invalidTarget);

  emscripten::class_<LossState> lossState("LossState");
  lossState.constructor<>()
      .function("merge", &LossState::merge)
      .function("hasNan", &LossState::hasNan)
      .function("sum", &LossState::sum)
      .function("weight", &LossState::weight)
      .function("rows", &rowsOf)
      .function("ignored", &ignoredOf)
      .function("byteCount", &lossByteCount)
      .function("toBytes", &lossToBytes)
      .function("fromBytes", &lossFromBytes);
  bindLossState<float>(lossState, "F32");
  bindLossState<double>(lossState, "F64");

  emscripten::class_<GhmState>("GhmState")
      .constructor(&makeGhm, emscripten::allow_raw_pointers())
      .function("updateF32", &Plain<&updateGhm<float>>::call)
      .function("updateF64", &Plain<&updateGhm<double>>::call)
      .function("gradientF32", &Plain<&gradientOfGhm<float>>::call)
      .function("gradientF64", &Plain<&gradientOfGhm<double>>::call)
      .function("merge", &GhmState::merge)
      .function("hasNan", &GhmState::hasNan)
      .function("counts", &ghmCounts)
      .function("count", &ghmCount)
      .function("total", &GhmState::total)
      .function("weights", &ghmWeights)
      .function("loss", &ghmLoss)
      .function("byteCount", &ghmByteCount)
      .function("toBytes", &ghmToBytes)
      .function("fromBytes", &ghmFromBytes);
}

}  // namespace losskit
