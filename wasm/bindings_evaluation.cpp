// What JavaScript sees of the evaluations of prediction files: a list.
#include <emscripten/bind.h>

#include "evaluation/binary.h"
#include "evaluation/multi_class.h"
#include "heap.h"

namespace losskit {
namespace {

using emscripten::val;

MultiClassEvaluation* makeMultiClass(std::size_t classes, float gamma, std::int32_t ignoreIndex, int kind) {
  return new MultiClassEvaluation(classes, gamma, ignoreIndex, static_cast<ScoreKind>(kind));
}

BinaryEvaluation* makeBinary(float gamma, float alpha, std::size_t bins, std::int32_t ignoreIndex, int kind) {
  return new BinaryEvaluation(gamma, alpha, bins, ignoreIndex, static_cast<ScoreKind>(kind));
}

template <class Evaluation>
std::size_t update(Evaluation& evaluation, Address scores, Address labels, std::size_t rows) {
  return evaluation.update(at<float>(scores), at<std::int32_t>(labels), rows);
}

val multiClassResult(const MultiClassEvaluation& evaluation) {
  const MultiClassResult result = evaluation.result();
  val object = val::object();
  object.set("rows", result.rows);
  object.set("ignored", result.ignored);
  object.set("classes", arrayToJs(result.classes));
  return object;
}

val binaryResult(const BinaryEvaluation& evaluation) {
  const BinaryResult result = evaluation.result();
  val object = val::object();
  object.set("rows", result.rows);
  object.set("ignored", result.ignored);
  object.set("classes", arrayToJs(result.classes));
  object.set("bins", arrayToJs(result.bins));
  return object;
}

}  // namespace

EMSCRIPTEN_BINDINGS(evaluation) {
  emscripten::value_object<ClassSums>("ClassSums")
      .field("count", &ClassSums::count)
      .field("correct", &ClassSums::correct)
      .field("nll", &ClassSums::nll)
      .field("smooth", &ClassSums::smooth)
      .field("focal", &ClassSums::focal);
  emscripten::value_object<BinaryClassSums>("BinaryClassSums")
      .field("count", &BinaryClassSums::count)
      .field("correct", &BinaryClassSums::correct)
      .field("bce", &BinaryClassSums::bce)
      .field("focal", &BinaryClassSums::focal);
  emscripten::value_object<BinSums>("BinSums").field("count", &BinSums::count).field("bce", &BinSums::bce);

  emscripten::class_<MultiClassEvaluation>("MultiClassEvaluation")
      .constructor(&makeMultiClass, emscripten::allow_raw_pointers())
      .function("update", &update<MultiClassEvaluation>)
      .function("result", &multiClassResult);
  emscripten::class_<BinaryEvaluation>("BinaryEvaluation")
      .constructor(&makeBinary, emscripten::allow_raw_pointers())
      .function("update", &update<BinaryEvaluation>)
      .function("result", &binaryResult);
}

}  // namespace losskit
