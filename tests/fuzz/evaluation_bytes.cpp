// Bytes as evaluations and temperature samples: whatever they are, they are refused or make a state whose own
// bytes make the same one, and whose results can be worked and merged. These states are long, so that the
// input changes the bytes of a good one: kind (task, state and precision, a bit each), width, rows, then
// changes of a word each, its place (two bytes) and its value (eight).
#include <cstring>
#include <vector>

#include "check.h"
#include "evaluation/evaluation.h"
#include "evaluation/state_header.h"
#include "evaluation/temperature.h"

namespace {

using losskit::Evaluation;
using losskit::EvaluationOptions;
using losskit::EvaluationTask;
using losskit::RowTerms;
using losskit::ScoreOptions;
using losskit::TemperatureSample;
using losskit::fuzz::Input;
using losskit::fuzz::require;

using Bytes = std::vector<std::uint8_t>;
constexpr std::size_t kWord = sizeof(std::uint64_t);

struct Data {
  std::vector<float> scores;
  std::vector<double> doubles;
  std::vector<float> targets;
  std::vector<std::int32_t> labels;

  Data(std::size_t rows, std::size_t width) : scores(rows * width), targets(rows * width), labels(rows) {
    for (std::size_t i = 0; i < scores.size(); ++i) {
      scores[i] = static_cast<float>(i * 37 % 19) - 9;
      targets[i] = static_cast<float>(i % 3) / 2;
    }
    doubles.assign(scores.begin(), scores.end());
    for (std::size_t row = 0; row < rows; ++row) labels[row] = static_cast<std::int32_t>(row % width);
  }

  [[nodiscard]] losskit::ScoredRows batch(EvaluationTask task, bool ofDoubles) const {
    const bool hasLabels = task == EvaluationTask::MultiClass;
    return {scores.data(), hasLabels ? labels.data() : nullptr, hasLabels ? nullptr : targets.data(),
            labels.size(), ofDoubles ? doubles.data() : nullptr};
  }
};

/// The bytes of a state with the changes that the input asks for, and the checksum of what they are then.
Bytes changed(Bytes bytes, Input& input) {
  const std::size_t words = bytes.size() / kWord - 1;
  while (!input.rest().empty()) {
    const std::size_t at = (input.next() + 256 * input.next()) % words;
    for (std::size_t i = 0; i < kWord; ++i) bytes[at * kWord + i] = static_cast<std::uint8_t>(input.next());
  }
  losskit::ByteWriter end;
  end.write(losskit::checksum(bytes.data(), words * kWord));
  std::memcpy(bytes.data() + words * kWord, end.data(), kWord);
  return bytes;
}

/// Calls use(state) where the bytes make one, of the kind of an empty one.
template <class State, class Use>
void tryBytes(const State& none, const Bytes& bytes, const Use& use) {
  State state = none;
  const Bytes empty = state.toBytes();
  if (!state.mergeBytes(bytes.data(), bytes.size())) {
    require(state.toBytes() == empty);
    return;
  }
  const Bytes own = state.toBytes();
  State again = none;
  require(again.mergeBytes(own.data(), own.size()));
  require(again.toBytes() == own);
  require(again.mergeBytes(own.data(), own.size()));
  use(again);
}

void useEvaluation(const Evaluation& evaluation) {
  static_cast<void>(evaluation.keys());
  static_cast<void>(evaluation.norms());
  static_cast<void>(evaluation.ghm());
  static_cast<void>(evaluation.probabilities());
  static_cast<void>(evaluation.totals().sumOf(Evaluation::kLoss));
  require(evaluation.labelErrors().size() <= evaluation.options().hardest);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  const unsigned kind = input.next();
  const auto task = (kind & 1) == 0 ? EvaluationTask::MultiClass : EvaluationTask::Elements;
  const bool ofDoubles = (kind & 4) != 0;
  const std::size_t width = input.next() % 4 + 1;
  const Data rows(input.next() % 8 + 1, width);
  ScoreOptions scores;
  scores.task = task;
  scores.width = width;
  if ((kind & 2) == 0) {
    EvaluationOptions options;
    options.task = task;
    options.width = width;
    options.gammas = {2};
    options.hardest = 3;
    options.ofDoubles = ofDoubles;
    RowTerms terms(scores);
    require(terms.update(rows.batch(task, ofDoubles)) == rows.labels.size());
    Evaluation evaluation(options);
    evaluation.add(terms.terms(), nullptr);
    tryBytes(Evaluation(options), changed(evaluation.toBytes(), input), useEvaluation);
  } else {
    TemperatureSample sample(scores, ofDoubles);
    sample.add(rows.batch(task, ofDoubles), nullptr);
    tryBytes(TemperatureSample(scores, ofDoubles), changed(sample.toBytes(), input),
             [](const TemperatureSample& read) { static_cast<void>(read.fit()); });
  }
  return 0;
}
