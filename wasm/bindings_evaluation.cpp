// What JavaScript sees of the evaluations of prediction files: a list.
#include <emscripten/bind.h>

#include "evaluation/evaluation.h"
#include "evaluation/row_terms.h"
#include "evaluation/temperature.h"
#include "heap.h"

namespace losskit {
namespace {

using emscripten::val;

ScoreOptions scoreOptions(int task, std::size_t width, int kind, std::int32_t ignoreIndex) {
  ScoreOptions options;
  options.task = static_cast<EvaluationTask>(task);
  options.width = width;
  options.kind = static_cast<ScoreKind>(kind);
  options.ignoreIndex = ignoreIndex;
  return options;
}

RowTerms* makeTerms(int task, std::size_t width, int kind, std::int32_t ignoreIndex, double temperature,
                    bool renormalise, double eps) {
  ScoreOptions options = scoreOptions(task, width, kind, ignoreIndex);
  options.temperature = temperature;
  options.renormalise = renormalise;
  options.eps = eps;
  return new RowTerms(options);
}

ScoredRows batchOf(Address scores, Address labels, Address targets, std::size_t rows) {
  return {at<float>(scores), at<std::int32_t>(labels), at<float>(targets), rows};
}

ScoredRows doublesOf(Address scores, Address doubles, Address labels, Address targets, std::size_t rows) {
  ScoredRows batch = batchOf(scores, labels, targets, rows);
  batch.doubles = at<double>(doubles);
  return batch;
}

std::size_t updateTerms(RowTerms& terms, Address scores, Address doubles, Address labels, Address targets,
                        std::size_t rows) {
  return terms.update(doublesOf(scores, doubles, labels, targets, rows));
}
std::size_t updateLosses(RowTerms& terms, Address scores, Address doubles, Address labels, Address targets,
                         std::size_t rows) {
  return terms.updateLosses(doublesOf(scores, doubles, labels, targets, rows));
}
/// All arrays of the terms one behind the other, [7, size].
Address termsBlock(RowTerms& terms) {
  return reinterpret_cast<Address>(terms.terms().block());
}
/// Those that are in double too, [5, size]; 0 where none are.
Address doubleTermsBlock(RowTerms& terms) {
  return reinterpret_cast<Address>(terms.terms().doubleBlock());
}
std::size_t termsSize(RowTerms& terms) {
  return terms.terms().size();
}
double softTerms(RowTerms& terms) {
  return static_cast<double>(terms.terms().soft);
}
/// Room for a block that was copied out before.
void restoreTerms(RowTerms& terms, std::size_t size, double soft, bool hasDoubles) {
  terms.terms().resize(size, hasDoubles);
  terms.terms().soft = static_cast<std::uint64_t>(soft);
}
void ignore(RowTerms& terms, std::int32_t group) {
  terms.terms().ignore(group);
}

Evaluation* makeEvaluation(int task, std::size_t width, const val& gammas, double alpha, std::size_t bins,
                           std::size_t hardest, bool ofDoubles) {
  return new Evaluation({static_cast<EvaluationTask>(task), width,
                         emscripten::convertJSArrayToNumberVector<double>(gammas), alpha, bins, hardest,
                         ofDoubles});
}
bool change(Evaluation& evaluation, const val& gammas, double alpha, std::size_t bins, std::size_t hardest) {
  EvaluationOptions options = evaluation.options();
  options.gammas = emscripten::convertJSArrayToNumberVector<double>(gammas);
  options.alpha = alpha;
  options.bins = bins;
  options.hardest = hardest;
  return evaluation.change(options);
}

void add(Evaluation& evaluation, RowTerms& terms, Address weights) {
  evaluation.add(terms.terms(), at<float>(weights));
}
void addLosses(Evaluation& evaluation, RowTerms& terms, Address weights, unsigned wanted) {
  evaluation.addLosses(terms.terms(), at<float>(weights), wanted);
}
val entered(const Evaluation& evaluation) {
  return arrayToJs(evaluation.entered());
}

val keys(const Evaluation& evaluation) {
  const std::vector<std::uint64_t> keys = evaluation.keys();
  return arrayToJs(std::vector<double>(keys.begin(), keys.end()));
}

template <class State>
val toBytes(const State& state) {
  return bytesToJs(state.toBytes());
}
template <class State>
bool mergeBytes(State& state, const std::string& bytes) {
  return state.mergeBytes(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

val tallyToJs(const Tally& tally) {
  val object = val::object();
  object.set("counts", arrayToJs(tally.counts()));
  object.set("weights", arrayToJs(tally.weights()));
  return object;
}
val binsToJs(const BinTotals& totals) {
  val object = tallyToJs(totals.rows);
  object.set("sums", arrayToJs(valuesOf(totals.sums)));
  return object;
}

val rankedToJs(const std::vector<RankedRow>& rows) {
  val array = val::array();
  for (const RankedRow& row : rows) {
    val object = val::object();
    object.set("key", static_cast<double>(row.key));
    object.set("group", row.group);
    object.set("predicted", row.predicted);
    object.set("loss", row.loss);
    object.set("miss", row.miss);
    object.set("confidence", row.confidence);
    array.call<void>("push", object);
  }
  return array;
}

val confusionsToJs(const PairCounts& pairs) {
  val array = val::array();
  for (const PairCount& pair : pairs.sorted()) {
    val object = val::object();
    object.set("truth", pair.first);
    object.set("predicted", pair.second);
    object.set("rows", static_cast<double>(pair.count));
    array.call<void>("push", object);
  }
  return array;
}

val totals(const Evaluation& evaluation) {
  const EvaluationTotals& totals = evaluation.totals();
  val object = val::object();
  object.set("rows", static_cast<double>(totals.rows));
  object.set("ignored", static_cast<double>(totals.ignored));
  object.set("soft", static_cast<double>(totals.soft));
  object.set("truth", tallyToJs(totals.truth));
  object.set("predicted", tallyToJs(totals.predicted));
  object.set("correct", tallyToJs(totals.correct));
  val measures = val::array();
  for (const ExactSums& sums : totals.measures) measures.call<void>("push", arrayToJs(valuesOf(sums)));
  object.set("measures", measures);
  val sums = val::array();
  for (std::size_t i = 0; i < totals.measures.size(); ++i) sums.call<void>("push", totals.sumOf(i));
  object.set("sums", sums);
  object.set("rowLoss", totals.overall[Evaluation::kRowLoss].value());
  object.set("brier", totals.overall[Evaluation::kBrier].value());
  object.set("smooth", totals.overall[Evaluation::kSmooth].value());
  object.set("shares", arrayToJs(valuesOf(totals.shares)));
  object.set("shareLosses", arrayToJs(valuesOf(totals.shareLosses)));
  object.set("confidence", binsToJs(totals.confidence));
  object.set("right", tallyToJs(totals.right));
  object.set("norms", binsToJs(evaluation.norms()));
  object.set("ghm", binsToJs(evaluation.ghm()));
  object.set("losses", arrayToJs(totals.losses.counts()));
  object.set("lossEdges", arrayToJs(evaluation.lossBins().edges()));
  object.set("probabilities", arrayToJs(evaluation.probabilities().counts()));
  object.set("confusions", confusionsToJs(totals.confusions));
  object.set("hardest", rankedToJs(totals.hardest.sorted()));
  object.set("labelErrors", rankedToJs(evaluation.labelErrors()));
  return object;
}

TemperatureSample* makeSample(int task, std::size_t width, int kind, std::int32_t ignoreIndex,
                              bool ofDoubles) {
  return new TemperatureSample(scoreOptions(task, width, kind, ignoreIndex), ofDoubles);
}
void addToSample(TemperatureSample& sample, Address scores, Address doubles, Address labels, Address targets,
                 Address weights, std::size_t rows) {
  sample.add(doublesOf(scores, doubles, labels, targets, rows), at<float>(weights));
}
val fit(const TemperatureSample& sample) {
  const std::optional<TemperatureFit> fit = sample.fit();
  if (!fit) return val::null();
  val object = val::object();
  object.set("value", fit->temperature);
  object.set("loss", fit->loss);
  object.set("ece", fit->calibrationError);
  object.set("rows", fit->rows);
  return object;
}

}  // namespace

EMSCRIPTEN_BINDINGS(evaluation) {
  emscripten::class_<RowTerms>("RowTerms")
      .constructor(&makeTerms, emscripten::allow_raw_pointers())
      .function("update", &updateTerms)
      .function("updateLosses", &updateLosses)
      .function("block", &termsBlock)
      .function("doubleBlock", &doubleTermsBlock)
      .function("size", &termsSize)
      .function("soft", &softTerms)
      .function("restore", &restoreTerms)
      .function("ignore", &ignore);
  emscripten::class_<Evaluation>("Evaluation")
      .constructor(&makeEvaluation, emscripten::allow_raw_pointers())
      .function("change", &change)
      .function("startPart", &Evaluation::startPart)
      .function("add", &add)
      .function("addLosses", &addLosses)
      .function("entered", &entered)
      .function("keys", &keys)
      .function("toBytes", &toBytes<Evaluation>)
      .function("mergeBytes", &mergeBytes<Evaluation>)
      .function("totals", &totals);
  emscripten::class_<TemperatureSample>("TemperatureSample")
      .constructor(&makeSample, emscripten::allow_raw_pointers())
      .function("add", &addToSample)
      .function("toBytes", &toBytes<TemperatureSample>)
      .function("mergeBytes", &mergeBytes<TemperatureSample>)
      .function("fit", &fit);
}

}  // namespace losskit
