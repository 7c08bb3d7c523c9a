// What JavaScript sees of the kernels: a list. Arrays are addresses in wasm memory, their shapes are said in
// src/. Every kernel is there for floats (F32) and doubles (F64).
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
void alongClasses(Address out, Address scores, ClassLayout layout) {
  function(at<T>(out), at<T>(scores), layout);
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

struct ClassSettings {
  std::int32_t ignoreIndex;
  double labelSmoothing;
  double gamma;
  double gradientScale;
};

template <class T>
void nll(LossArrays a, ClassLayout layout, ClassSettings s) {
  negativeLogLikelihood(at<T>(a.loss), at<T>(a.gradient), at<T>(a.input), at<std::int32_t>(a.target), layout,
                        at<T>(a.weight), s.ignoreIndex, static_cast<T>(s.gradientScale));
}

template <class T>
void classIndex(LossArrays a, ClassLayout layout, ClassSettings s) {
  const ClassIndexOptions<T> options{at<T>(a.weight), s.ignoreIndex, static_cast<T>(s.labelSmoothing),
                                     static_cast<T>(s.gamma), static_cast<T>(s.gradientScale)};
  classIndexLoss(at<T>(a.loss), at<T>(a.gradient), at<T>(a.input), at<std::int32_t>(a.target), layout,
                 options);
}

template <class T>
void classProbability(LossArrays a, ClassLayout layout, ClassSettings s) {
  const ClassProbabilityOptions<T> options{at<T>(a.weight), static_cast<T>(s.labelSmoothing),
                                           static_cast<T>(s.gamma), static_cast<T>(s.gradientScale)};
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

/// Options of both functions of focal_forms.h; each reads its own.
struct FocalSettings {
  Address positiveWeight;
  double positiveAlpha;
  double negativeAlpha;
  double gamma;
  double epsilon;
  double labelSmoothing;
  std::int32_t form;
  bool isProbability;
  bool renormalises;
  double ignoredTarget;
  double gradientScale;
};

template <class T>
void binaryFocalOf(LossArrays a, std::size_t count, FocalSettings s) {
  const BinaryFocalOptions<T> options{
      at<T>(a.weight),  at<T>(s.positiveWeight), s.positiveAlpha, s.negativeAlpha, s.gamma,        s.epsilon,
      s.labelSmoothing, FocalForm{s.form},       s.isProbability, s.ignoredTarget, s.gradientScale};
  binaryFocal(at<T>(a.loss), at<T>(a.gradient), at<T>(a.input), at<T>(a.target), count, options);
}

template <class T>
void categoricalFocalOf(LossArrays a, ClassLayout layout, FocalSettings s) {
  const CategoricalFocalOptions<T> options{at<T>(a.weight), s.gamma,        s.epsilon,      s.labelSmoothing,
                                           s.isProbability, s.renormalises, s.gradientScale};
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
  bind("nll", &nll<T>);
  bind("classIndex", &classIndex<T>);
  bind("classProbability", &classProbability<T>);
  bind("bce", &bce<T>);
  bind("bceWithLogits", &bceWithLogits<T>);
  bind("multiLabelSoftMargin", &softMargin<T>);
  bind("sigmoidFocal", &focal<T>);
  bind("binaryFocal", &binaryFocalOf<T>);
  bind("categoricalFocal", &categoricalFocalOf<T>);
}

template <class T, class Class>
void bindLossState(Class& state, const char* type) {
  state.function(TypedName("addRows", type), &addRows<T>)
      .function(TypedName("addTargets", type), &addTargets<T>)
      .function(TypedName("addCounted", type), &addCounted<T>);
}

}  // namespace

EMSCRIPTEN_BINDINGS(losses) {
  emscripten::value_object<ClassLayout>("ClassLayout")
      .field("outer", &ClassLayout::outer)
      .field("classes", &ClassLayout::classes)
      .field("inner", &ClassLayout::inner);
  emscripten::value_object<LossArrays>("LossArrays")
      .field("loss", &LossArrays::loss)
      .field("gradient", &LossArrays::gradient)
      .field("input", &LossArrays::input)
      .field("target", &LossArrays::target)
      .field("weight", &LossArrays::weight);
  emscripten::value_object<ClassSettings>("ClassSettings")
      .field("ignoreIndex", &ClassSettings::ignoreIndex)
      .field("labelSmoothing", &ClassSettings::labelSmoothing)
      .field("gamma", &ClassSettings::gamma)
      .field("gradientScale", &ClassSettings::gradientScale);
  emscripten::value_object<FocalSettings>("FocalSettings")
      .field("positiveWeight", &FocalSettings::positiveWeight)
      .field("positiveAlpha", &FocalSettings::positiveAlpha)
      .field("negativeAlpha", &FocalSettings::negativeAlpha)
      .field("gamma", &FocalSettings::gamma)
      .field("epsilon", &FocalSettings::epsilon)
      .field("labelSmoothing", &FocalSettings::labelSmoothing)
      .field("form", &FocalSettings::form)
      .field("isProbability", &FocalSettings::isProbability)
      .field("renormalises", &FocalSettings::renormalises)
      .field("ignoredTarget", &FocalSettings::ignoredTarget)
      .field("gradientScale", &FocalSettings::gradientScale);

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
      .function("updateF32", &updateGhm<float>)
      .function("updateF64", &updateGhm<double>)
      .function("gradientF32", &gradientOfGhm<float>)
      .function("gradientF64", &gradientOfGhm<double>)
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
