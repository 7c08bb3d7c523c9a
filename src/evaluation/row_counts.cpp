#include "evaluation/row_counts.h"

#include <algorithm>

#include "evaluation/evaluation.h"
#include "losses/pointwise.h"

namespace losskit {

namespace {

/// Of more groups there are more pairs than are worth a table.
constexpr std::size_t kMostPaired = 32;
/// So many rows or more for each pair of groups pay for going through the table.
constexpr std::size_t kRowsOfPair = 8;

}  // namespace

RowCounts::RowCounts(std::size_t groups, std::size_t confidenceBins)
    : groups_(groups),
      confidenceBins_(confidenceBins),
      pairs_(groups <= kMostPaired ? (groups + 1) * groups : 0),
      rights_(2 * confidenceBins),
      losses_(lossBins_.size()) {}

void RowCounts::add(EvaluationTotals& totals, Terms& terms, Values confidence, std::size_t perRow,
                    const float* weight) {
  const std::size_t size = terms.size();
  const std::uint64_t ignored = terms.ignored();
  findBins(confidence, size);
  countGroups(totals, terms, perRow == 1);
  countConfidences(totals, terms, ignored);
  countLosses(totals, terms, ignored);
  if (weight != nullptr) weigh(totals, terms, perRow, weight);
  totals.soft += terms.soft;
  totals.ignored += ignored / perRow;
  totals.rows += size / perRow - ignored / perRow;
}

void RowCounts::findBins(Values confidence, std::size_t size) {
  bins_.resize(std::max(bins_.size(), (size + kLanes - 1) / kLanes * kLanes));
  std::int32_t* const bins = bins_.data();
  if (confidence.doubles != nullptr) {
    for (std::size_t i = 0; i < size; ++i)
      bins[i] = static_cast<std::int32_t>(confidenceBins_.of(confidence.doubles[i]));
    return;
  }
  forEachFour(size, [&](std::size_t i, std::size_t width) {
    store(bins + i, confidenceBins_.of(loadWidth(confidence.floats + i, width)));
  });
}

void RowCounts::countGroups(EvaluationTotals& totals, Terms& terms, bool hasConfusions) {
  const bool arePaired = pairs_.numbers() > 0 && terms.size() >= kRowsOfPair * groups_ * groups_;
  arePaired ? countPairs(totals, terms, hasConfusions) : countOneByOne(totals, terms, hasConfusions);
}

void RowCounts::countPairs(EvaluationTotals& totals, Terms& terms, bool hasConfusions) {
  const I32x4 groups = kept(splat(static_cast<std::int32_t>(groups_)));
  forEachFour(terms.size(), [&](std::size_t i, std::size_t width) {
    pairs_.add((loadWidth(terms.group() + i, width) + 1) * groups + loadWidth(terms.predicted() + i, width),
               width);
  });
  for (std::size_t guess = 0; guess < groups_; ++guess) pairs_.take(guess);
  for (std::size_t pair = groups_; pair < pairs_.numbers(); ++pair) {
    const std::uint64_t count = pairs_.take(pair);
    if (count == 0) continue;
    const std::size_t truth = pair / groups_ - 1;
    const std::size_t guess = pair % groups_;
    totals.truth.add(truth, count);
    totals.predicted.add(guess, count);
    if (truth == guess) {
      totals.correct.add(truth, count);
    } else if (hasConfusions) {
      totals.confusions.add(static_cast<std::uint32_t>(truth), static_cast<std::uint32_t>(guess), count);
    }
  }
}

/// What is added to is reached by pointers of their own: the compiler cannot know that a counter is none of
/// the addresses it works with.
void RowCounts::countOneByOne(EvaluationTotals& totals, Terms& terms, bool hasConfusions) {
  const std::int32_t* group = terms.group();
  const std::int32_t* predicted = terms.predicted();
  const Tally::Counter truths(totals.truth);
  const Tally::Counter guesses(totals.predicted);
  const Tally::Counter corrects(totals.correct);
  for (std::size_t i = 0; i < terms.size(); ++i) {
    if (group[i] < 0) continue;
    const auto truth = static_cast<std::size_t>(group[i]);
    const auto guess = static_cast<std::size_t>(predicted[i]);
    truths.add(truth);
    guesses.add(guess);
    corrects.add(truth, truth == guess);
    if (truth != guess && hasConfusions) {
      totals.confusions.add(static_cast<std::uint32_t>(truth), static_cast<std::uint32_t>(guess));
    }
  }
}

void RowCounts::countConfidences(EvaluationTotals& totals, Terms& terms, std::uint64_t ignored) {
  forEachFour(terms.size(), [&](std::size_t i, std::size_t width) {
    const I32x4 isRight = loadWidth(terms.group() + i, width) == loadWidth(terms.predicted() + i, width);
    rights_.add(load(bins_.data() + i) * 2 - isRight, width);
  });
  for (std::size_t bin = 0; bin < confidenceBins_.size(); ++bin) {
    const std::uint64_t wrong = rights_.take(2 * bin) - (bin == 0 ? ignored : 0);
    const std::uint64_t right = rights_.take(2 * bin + 1);
    totals.confidence.rows.add(bin, wrong + right);
    totals.right.add(bin, right);
  }
}

void RowCounts::countLosses(EvaluationTotals& totals, Terms& terms, std::uint64_t ignored) {
  const float* loss = terms.loss();
  forEachFour(terms.size(), [&](std::size_t i, std::size_t width) {
    losses_.add(lossBins_.of(loadWidth(loss + i, width)), width);
  });
  for (std::size_t bin = 0; bin < losses_.numbers(); ++bin) {
    totals.losses.add(bin, losses_.take(bin) - (bin == lossBins_.of(0.0F) ? ignored : 0));
  }
}

void RowCounts::weigh(EvaluationTotals& totals, Terms& terms, std::size_t perRow, const float* weight) const {
  for (std::size_t i = 0; i < terms.size(); ++i) {
    if (terms.group()[i] < 0) continue;
    const auto truth = static_cast<std::size_t>(terms.group()[i]);
    const auto guess = static_cast<std::size_t>(terms.predicted()[i]);
    const auto bin = static_cast<std::size_t>(bins_[i]);
    const float w = weight[i / perRow];
    const float ofRight = truth == guess ? w : 0;
    totals.truth.weigh(truth, w);
    totals.predicted.weigh(guess, w);
    totals.correct.weigh(truth, ofRight);
    totals.confidence.rows.weigh(bin, w);
    totals.right.weigh(bin, ofRight);
  }
}

}  // namespace losskit
