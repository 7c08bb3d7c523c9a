// What JavaScript sees of the kernels: a list. Arrays are addresses in wasm memory, their shapes are said in
// src/.
#include <emscripten/bind.h>

#include "evaluation/ghm_state.h"
#include "evaluation/loss_state.h"
#include "heap.h"
#include "losses/binary_cross_entropy.h"
#include "losses/class_index_loss.h"
#include "losses/first_nan.h"
#include "losses/sigmoid_focal.h"
#include "losses/softmax.h"

namespace losskit {
namespace {

using emscripten::val;

using ClassFunction = void (*)(float*, const float*, ClassLayout);
using PointwiseFunction = void (*)(float*, const float*, std::size_t);

template <ClassFunction function>
void alongClasses(Address out, Address scores, ClassLayout layout) {
  function(at<float>(out), at<float>(scores), layout);
}

template <PointwiseFunction function>
void pointwise(Address out, Address x, std::size_t count) {
  function(at<float>(out), at<float>(x), count);
}

std::size_t invalidTarget(Address target, std::size_t rows, std::size_t classes, std::int32_t ignoreIndex) {
  return firstInvalidTarget(at<std::int32_t>(target), rows, classes, ignoreIndex);
}

std::size_t nan(Address values, std::size_t count) {
  return firstNan(at<float>(values), count);
}

struct ClassIndexArguments {
  Address weight;
  std::int32_t ignoreIndex;
  float labelSmoothing;
  float gamma;
  float gradientScale;
};

void classIndex(Address loss, Address gradient, Address logits, Address target, ClassLayout layout,
                const ClassIndexArguments& a) {
  const ClassIndexOptions options{at<float>(a.weight), a.ignoreIndex, a.labelSmoothing, a.gamma,
                                  a.gradientScale};
  classIndexLoss(at<float>(loss), at<float>(gradient), at<float>(logits), at<std::int32_t>(target), layout,
                 options);
}

void bceWithLogits(Address loss, Address gradient, Address logits, Address target, std::size_t count,
                   Address weight, Address positiveWeight, float gradientScale) {
  binaryCrossEntropyWithLogits(at<float>(loss), at<float>(gradient), at<float>(logits), at<float>(target),
                               count, {at<float>(weight), at<float>(positiveWeight), gradientScale});
}

void sigmoidFocalLoss(Address loss, Address gradient, Address logits, Address target, std::size_t count,
                      float alpha, float gamma, float gradientScale) {
  sigmoidFocal(at<float>(loss), at<float>(gradient), at<float>(logits), at<float>(target), count,
               {alpha, gamma, gradientScale});
}

void addRows(LossState& state, Address loss, Address target, std::size_t rows, Address weight,
             std::int32_t ignoreIndex) {
  state.addRows(at<float>(loss), at<std::int32_t>(target), rows, at<float>(weight), ignoreIndex);
}

void addTargets(LossState& state, Address target, std::size_t rows, Address weight,
                std::int32_t ignoreIndex) {
  state.addTargets(at<std::int32_t>(target), rows, at<float>(weight), ignoreIndex);
}

void addAll(LossState& state, Address loss, std::size_t count) {
  state.addAll(at<float>(loss), count);
}

double rowsOf(const LossState& state) {
  return static_cast<double>(state.rows());
}
double ignoredOf(const LossState& state) {
  return static_cast<double>(state.ignored());
}
val lossBytes(const LossState& state) {
  return bytesToJs(state.toBytes());
}
bool lossFromBytes(LossState& state, Address bytes, std::size_t size) {
  return state.fromBytes(at<std::uint8_t>(bytes), size);
}

void ghmUpdate(GhmClassification& state, Address logits, Address target, Address mask, std::size_t count) {
  state.update(at<float>(logits), at<float>(target), at<float>(mask), count);
}

val ghmCounts(const GhmClassification& state) {
  return arrayToJs(state.densities());
}
val ghmWeights(const GhmClassification& state, const val& densities) {
  return arrayToJs(state.weights(emscripten::vecFromJSArray<double>(densities)));
}
double ghmLoss(const GhmClassification& state, const val& weights) {
  return state.loss(emscripten::vecFromJSArray<double>(weights));
}
void ghmGradient(const GhmClassification& state, Address loss, Address gradient, Address logits,
                 Address target, Address mask, std::size_t count, const val& weights, double scale) {
  ghmClassificationGradient(at<float>(loss), at<float>(gradient), at<float>(logits), at<float>(target),
                            at<float>(mask), count, state.bins(),
                            emscripten::vecFromJSArray<double>(weights).data(), scale);
}
double ghmTotal(const GhmClassification& state) {
  return static_cast<double>(state.total());
}
val ghmBytes(const GhmClassification& state) {
  return bytesToJs(toBytes(state));
}
bool ghmFromBytes(GhmClassification& state, Address bytes, std::size_t size) {
  return fromBytes(state, at<std::uint8_t>(bytes), size);
}

}  // namespace

EMSCRIPTEN_BINDINGS(losses) {
  emscripten::value_object<ClassLayout>("ClassLayout")
      .field("outer", &ClassLayout::outer)
      .field("classes", &ClassLayout::classes)
      .field("inner", &ClassLayout::inner);
  emscripten::value_object<ClassIndexArguments>("ClassIndexArguments")
      .field("weight", &ClassIndexArguments::weight)
      .field("ignoreIndex", &ClassIndexArguments::ignoreIndex)
      .field("labelSmoothing", &ClassIndexArguments::labelSmoothing)
      .field("gamma", &ClassIndexArguments::gamma)
      .field("gradientScale", &ClassIndexArguments::gradientScale);

  emscripten::function("softmax", &alongClasses<softmax>);
  emscripten::function("logSoftmax", &alongClasses<logSoftmax>);
  emscripten::function("logSumExp", &alongClasses<logSumExp>);
  emscripten::function("sigmoid", &pointwise<sigmoid>);
  emscripten::function("logSigmoid", &pointwise<logSigmoid>);
  emscripten::function("softplus", &pointwise<softplus>);
  emscripten::function("firstInvalidTarget", &invalidTarget);
  emscripten::function("firstNan", &nan);
  emscripten::function("classIndexLoss", &classIndex);
  emscripten::function("bceWithLogits", &bceWithLogits);
  emscripten::function("sigmoidFocal", &sigmoidFocalLoss);

  emscripten::class_<LossState>("LossState")
      .constructor<>()
      .function("addRows", &addRows)
      .function("addTargets", &addTargets)
      .function("addAll", &addAll)
      .function("merge", &LossState::merge)
      .function("sum", &LossState::sum)
      .function("weight", &LossState::weight)
      .function("rows", &rowsOf)
      .function("ignored", &ignoredOf)
      .function("toBytes", &lossBytes)
      .function("fromBytes", &lossFromBytes);

  emscripten::class_<GhmClassification>("GhmClassification")
      .constructor<std::size_t>()
      .function("update", &ghmUpdate)
      .function("merge", &GhmClassification::merge)
      .function("hasNan", &GhmClassification::hasNan)
      .function("counts", &ghmCounts)
      .function("weights", &ghmWeights)
      .function("loss", &ghmLoss)
      .function("gradient", &ghmGradient)
      .function("total", &ghmTotal)
      .function("toBytes", &ghmBytes)
      .function("fromBytes", &ghmFromBytes);
}

}  // namespace losskit
