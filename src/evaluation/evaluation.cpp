#include "evaluation/evaluation.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

#include "evaluation/state_header.h"
#include "losses/bin_sums.h"
#include "losses/definition.h"
#include "losses/pointwise.h"

namespace losskit {

namespace {

/// Rows kept in all for label errors, whatever the number of classes.
constexpr std::size_t kMostMistaken = 20000;

std::size_t groupsOf(const EvaluationOptions& options) {
  return options.task == EvaluationTask::MultiClass ? options.width : 2 * options.width;
}

/// Classes that the truth of a row may be divided between; of several labels nothing is weighed by them.
std::size_t sharesOf(const EvaluationOptions& options) {
  const bool isMultiLabel = options.task == EvaluationTask::Elements && options.width > 1;
  return isMultiLabel ? 0 : groupsOf(options);
}

std::vector<ExtremeRows> mistakenOf(const EvaluationOptions& options) {
  const std::size_t groups = groupsOf(options);
  if (options.task == EvaluationTask::Elements && options.width > 1) return {};
  const std::size_t most =
      std::clamp<std::size_t>(kMostMistaken / groups, 1, std::max<std::size_t>(options.hardest, 1));
  std::vector<ExtremeRows> rows(groups, ExtremeRows(options.hardest == 0 ? 0 : most));
  return rows;
}

void merge(BinTotals& totals, const BinTotals& other) {
  totals.rows.merge(other.rows);
  mergeSums(totals.sums, other.sums);
}

void write(ByteWriter& to, const BinTotals& totals) {
  totals.rows.write(to);
  writeSums(to, totals.sums);
}

bool read(ByteReader& from, BinTotals& totals) {
  return totals.rows.read(from) && readSums(from, totals.sums);
}

void write(ByteWriter& to, const EvaluationOptions& options) {
  to.write(static_cast<std::uint64_t>(options.task));
  to.write(options.width);
  to.write(options.gammas.size());
  for (const double gamma : options.gammas) to.write(std::bit_cast<std::uint64_t>(gamma));
  to.write(std::bit_cast<std::uint64_t>(options.alpha));
  to.write(options.bins);
  to.write(options.hardest);
  to.write(static_cast<std::uint64_t>(options.ofDoubles));
}

/// Rows that are looked at with what was wanted before them.
constexpr std::size_t kRankedRows = 256;

/// A weight of 0 leaves nothing of a value, even of an infinite one.
template <class T>
T weightOf(T weight, T value) {
  return weight == 0 ? 0 : weight * value;
}

/// Elements that are binned together.
constexpr std::size_t kGhmChunk = BinSums::kMostLosses;

/// Elements by their group, which says whether they count, their gradient norm and loss.
struct BinnedLosses {
  const std::int32_t* group;
  const float* norm;
  const float* loss;
};

/// Adds a chunk of elements to the first cell of each one's bin; false, and nothing done, where a loss is
/// beyond the usual. `count`: a multiple of kBinStep.
bool addUsual(BinTotals& cells, const std::vector<std::int32_t>& cellOf, const UnitBins& bins,
              const BinnedLosses& chunk, std::size_t count) {
  LossRange range;
  for (std::size_t i = 0; i < count; i += kLanes) range.add(load(chunk.loss + i));
  if (!range.isUsual()) return false;
  std::int32_t bin[kGhmChunk] = {};
  findBins(bin, chunk.norm, count, {bins.edges().data() + 1, bins.size() - 1});
  BinSums sums;
  for (std::size_t i = 0; i < count; i += kLanes) {
    const I32x4 isIgnored = load(chunk.group + i) < splat(std::int32_t{0});
    const I32x4 nowhere = splat(BinSums::kNowhere);
    const I32x4 at = load(bin + i);
    store(bin + i, (nowhere & isIgnored) | (at & ~isIgnored));
    sums.add(bin + i, load(chunk.loss + i));
  }
  for (std::size_t b = 0; b < bins.size(); ++b) {
    const BinSums::Total total = sums.total(b);
    const auto cell = static_cast<std::size_t>(cellOf[b]);
    cells.rows.add(cell, total.count);
    cells.sums[cell].addFinite(total.upper);
    cells.sums[cell].addFinite(total.lower);
  }
  return true;
}

std::vector<Focus> focusOf(const std::vector<double>& gammas) {
  std::vector<Focus> focus;
  focus.reserve(gammas.size());
  for (const double gamma : gammas) focus.emplace_back(static_cast<float>(gamma));
  return focus;
}

std::uint64_t settingsOf(const EvaluationOptions& options) {
  ByteWriter to;
  write(to, options);
  return checksum(to.data(), to.size());
}

}  // namespace

EvaluationTotals::EvaluationTotals(const EvaluationOptions& options, std::size_t cellCount)
    : truth(groupsOf(options)),
      predicted(groupsOf(options)),
      correct(groupsOf(options)),
      measures(Evaluation::kFirstFocal + options.gammas.size(), ExactSums(groupsOf(options))),
      shares(sharesOf(options)),
      shareLosses(sharesOf(options)),
      confidence(Evaluation::kConfidenceBins),
      right(Evaluation::kConfidenceBins),
      cells(cellCount),
      masked(cellCount),
      losses(LossBins().size()),
      hardest(options.hardest),
      mistaken(mistakenOf(options)) {}

void EvaluationTotals::merge(const EvaluationTotals& other) {
  rows += other.rows;
  ignored += other.ignored;
  soft += other.soft;
  truth.merge(other.truth);
  predicted.merge(other.predicted);
  correct.merge(other.correct);
  for (std::size_t i = 0; i < measures.size(); ++i) mergeSums(measures[i], other.measures[i]);
  mergeSums(overall, other.overall);
  mergeSums(shares, other.shares);
  mergeSums(shareLosses, other.shareLosses);
  losskit::merge(confidence, other.confidence);
  right.merge(other.right);
  losskit::merge(cells, other.cells);
  losskit::merge(masked, other.masked);
  losses.merge(other.losses);
  confusions.merge(other.confusions);
  hardest.merge(other.hardest);
  for (std::size_t i = 0; i < mistaken.size(); ++i) mistaken[i].merge(other.mistaken[i]);
}

void EvaluationTotals::write(ByteWriter& to) const {
  for (const std::uint64_t count : {rows, ignored, soft}) to.write(count);
  for (const Tally* tally : {&truth, &predicted, &correct, &right, &losses}) tally->write(to);
  for (const ExactSums& sums : measures) writeSums(to, sums);
  writeSums(to, overall);
  if (soft > 0) {
    writeSums(to, shares);
    writeSums(to, shareLosses);
  }
  for (const BinTotals* totals : {&confidence, &cells, &masked}) losskit::write(to, *totals);
  confusions.write(to);
  hardest.write(to);
  for (const ExtremeRows& extreme : mistaken) extreme.write(to);
}

bool EvaluationTotals::read(ByteReader& from) {
  for (std::uint64_t* count : {&rows, &ignored, &soft}) *count = from.read();
  for (Tally* tally : {&truth, &predicted, &correct, &right, &losses}) {
    if (!tally->read(from)) return false;
  }
  for (ExactSums& sums : measures) {
    if (!readSums(from, sums)) return false;
  }
  if (!readSums(from, overall)) return false;
  if (soft > 0 && !(readSums(from, shares) && readSums(from, shareLosses))) return false;
  for (BinTotals* totals : {&confidence, &cells, &masked}) {
    if (!losskit::read(from, *totals)) return false;
  }
  return confusions.read(from, groups()) && hardest.read(from, groups()) &&
         std::all_of(mistaken.begin(), mistaken.end(),
                     [&](ExtremeRows& extreme) { return extreme.read(from, groups()); });
}

double EvaluationTotals::sumOf(std::size_t measure) const {
  ExactSum<float> sum;
  for (const ExactSum<float>& group : measures[measure]) sum.merge(group);
  return sum.value();
}

Evaluation::Evaluation(const EvaluationOptions& options)
    : options_(options),
      focus_(focusOf(options.gammas)),
      cells_(kNormBins, options.bins, kProbabilityBins, options.ofDoubles),
      cellCounts_(cells_.size()),
      counts_(groupsOf(options), kConfidenceBins),
      totals_(options, cells_.size()),
      wanted_{true, true, true, std::vector<bool>(options.gammas.size(), true)} {}

bool Evaluation::change(const EvaluationOptions& options) {
  const EvaluationOptions before = std::exchange(options_, options);
  EvaluationTotals fresh(options, 0);
  wanted_ = {false, options.bins != before.bins, options.hardest != before.hardest, {}};
  const bool hasOtherAlpha = options.task == EvaluationTask::Elements && options.alpha != before.alpha;
  for (std::size_t i = 0; i < options.gammas.size(); ++i) {
    const auto known = std::find(before.gammas.begin(), before.gammas.end(), options.gammas[i]);
    const bool isKnown = known != before.gammas.end() && !hasOtherAlpha;
    wanted_.focal.push_back(!isKnown);
    if (!isKnown) continue;
    const auto at = static_cast<std::size_t>(known - before.gammas.begin());
    fresh.measures[kFirstFocal + i] = totals_.measures[kFirstFocal + at];
  }
  std::move(totals_.measures.begin(), totals_.measures.begin() + kFirstFocal, fresh.measures.begin());
  totals_.measures = std::move(fresh.measures);
  focus_ = focusOf(options.gammas);
  if (wanted_.norms) {
    cells_ = NormCells(kNormBins, options.bins, kProbabilityBins, options.ofDoubles);
    cellCounts_ = LaneCounts(cells_.size());
    totals_.cells = BinTotals(cells_.size());
    totals_.masked = BinTotals(cells_.size());
  }
  if (wanted_.ranks) {
    totals_.hardest = std::move(fresh.hardest);
    totals_.mistaken = std::move(fresh.mistaken);
  }
  nextKey_ = 0;
  return wanted_.norms || wanted_.ranks ||
         std::find(wanted_.focal.begin(), wanted_.focal.end(), true) != wanted_.focal.end();
}

std::size_t Evaluation::perRow() const {
  return options_.task == EvaluationTask::MultiClass ? 1 : options_.width;
}

void Evaluation::add(Terms& terms, const float* weight) {
  if (wanted_.counts) count(terms, weight);
  if (wanted_.norms) countNorms(terms, weight);
  sum(terms, weight);
  entered_.clear();
  if (wanted_.ranks) rank(terms);
  nextKey_ += terms.size() / perRow();
}

Values Evaluation::confidencesOf(Terms& terms) const {
  return options_.ofDoubles ? terms.confidences() : Values{terms.confidence()};
}

void Evaluation::count(Terms& terms, const float* weight) {
  const std::size_t size = terms.size();
  const Values confidences = confidencesOf(terms);
  counts_.add(totals_, terms, confidences, perRow(), weight);
  sumByNumber(totals_.confidence.sums, counts_.confidenceBins(), weighted(confidences, weight, size), size);
}

void Evaluation::countTruths(Terms& terms, const float* weight) {
  const std::int32_t* group = terms.group();
  const std::size_t width = perRow();
  totals_.soft += terms.soft;
  if (width > 1 && weight == nullptr) {
    const auto counts = [](std::int32_t truth) { return truth >= 0; };
    totals_.truth.add(0, static_cast<std::uint64_t>(std::count_if(group, group + terms.size(), counts)));
    return;
  }
  for (std::size_t i = 0; i < terms.size(); ++i) {
    if (group[i] < 0) continue;
    const auto truth = static_cast<std::size_t>(group[i]);
    totals_.truth.add(truth);
    if (weight != nullptr) totals_.truth.weigh(truth, weight[i / width]);
  }
}

void Evaluation::countNorms(Terms& terms, const float* weight) {
  findCells(terms);
  weight == nullptr ? countCells(terms) : countUnmasked(terms, weight);
  sumByNumber(totals_.cells.sums, bins_.data(), terms.losses(), terms.size());
}

/// Fills bins_ with the cells of the gradient norms; of ignored elements that is the first one.
void Evaluation::findCells(Terms& terms) {
  const std::size_t size = terms.size();
  bins_.resize(std::max(bins_.size(), (size + kLanes - 1) / kLanes * kLanes));
  std::int32_t* const bins = bins_.data();
  if (options_.ofDoubles) {
    const double* norm = terms.misses().doubles;
    for (std::size_t i = 0; i < size; ++i) bins[i] = static_cast<std::int32_t>(cells_.of(norm[i]));
    return;
  }
  const float* norm = terms.miss();
  forEachFour(size, [&](std::size_t i, std::size_t width) {
    store(bins + i, cells_.of(loadWidth(norm + i, width)));
  });
}

/// Ignored elements are counted with the others and taken away again.
void Evaluation::countCells(Terms& terms) {
  forEachFour(terms.size(),
              [&](std::size_t i, std::size_t width) { cellCounts_.add(load(bins_.data() + i), width); });
  const std::uint64_t ignored = terms.ignored();
  for (std::size_t cell = 0; cell < cells_.size(); ++cell) {
    totals_.cells.rows.add(cell, cellCounts_.take(cell) - (cell == 0 ? ignored : 0));
  }
}

/// Elements with a weight of 0 go elsewhere.
void Evaluation::countUnmasked(Terms& terms, const float* weight) {
  const std::size_t width = perRow();
  const auto [loss, doubles] = terms.losses();
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const auto cell = static_cast<std::size_t>(bins_[i]);
    const bool isIgnored = terms.group()[i] < 0;
    const bool isMasked = !isIgnored && weight[i / width] == 0;
    if (isIgnored || isMasked) bins_[i] = -1;
    if (isMasked) {
      totals_.masked.rows.add(cell);
      sumAll(totals_.masked.sums[cell], {loss + i, doubles == nullptr ? nullptr : doubles + i}, 1);
    } else if (!isIgnored) {
      totals_.cells.rows.add(cell);
    }
  }
}

/// As countNorms, of the bins of GHM-C alone: each in the first cell of it.
void Evaluation::countGhm(Terms& terms, const float* weight) {
  if (options_.ofDoubles) return countNorms(terms, weight);
  const UnitBins bins(options_.bins);
  std::vector<std::int32_t> cellOf(options_.bins);
  for (std::size_t cell = cells_.size(); cell > 0; --cell) {
    cellOf[cells_.ghmBin[cell - 1]] = static_cast<std::int32_t>(cell - 1);
  }
  const bool areTogether = weight == nullptr && bins.size() <= BinSums::kMostBins;
  for (std::size_t i = 0; i < terms.size(); i += kGhmChunk) {
    const std::size_t end = std::min(i + kGhmChunk, terms.size());
    const BinnedLosses chunk{terms.group() + i, terms.miss() + i, terms.loss() + i};
    const std::size_t whole = areTogether ? (end - i) / kBinStep * kBinStep : 0;
    const bool isDone = whole > 0 && addUsual(totals_.cells, cellOf, bins, chunk, whole);
    addToCells(terms, weight, isDone ? i + whole : i, end, bins, cellOf);
  }
}

/// Elements from `first` to before `end`, one by one.
void Evaluation::addToCells(Terms& terms, const float* weight, std::size_t first, std::size_t end,
                            const UnitBins& ghmBins, const std::vector<std::int32_t>& cellOf) {
  const std::size_t width = perRow();
  const std::int32_t* group = terms.group();
  const float* miss = terms.miss();
  const Tally::Counter norms(totals_.cells.rows);
  bins_.resize(std::max(bins_.size(), end));
  std::int32_t* bins = bins_.data();
  for (std::size_t i = first; i < end; ++i) {
    const bool isCounted = group[i] >= 0 && (weight == nullptr || weight[i / width] != 0);
    const std::int32_t cell = cellOf[ghmBins.of(miss[i])];
    bins[i] = isCounted ? cell : -1;
    norms.add(static_cast<std::size_t>(cell), isCounted);
  }
  sumByNumber(totals_.cells.sums, bins + first, {terms.loss() + first}, end - first);
}

/// Calls use(floats) for floats that sum up to the values, each to its own: themselves, or three of which
/// each holds what those before have left of a double, whose 53 bits are no more than those of three floats.
/// (Left of a float's range is what no sum of losses shows: less than 2^-149 of a value.)
template <class Use>
void Evaluation::forEachFloat(Values values, std::size_t size, const Use& use) {
  if (values.doubles == nullptr) return use(values.floats);
  rest_.assign(values.doubles, values.doubles + size);
  floats_.resize(std::max(floats_.size(), size));
  for (int part = 0; part < 3; ++part) {
    for (std::size_t i = 0; i < size; ++i) {
      floats_[i] = nearestFloat(rest_[i]);
      rest_[i] = std::isfinite(floats_[i]) ? rest_[i] - static_cast<double>(floats_[i]) : 0;
    }
    use(floats_.data());
  }
}

void Evaluation::sumAll(ExactSum<float>& sum, Values values, std::size_t size) {
  forEachFloat(values, size, [&](const float* floats) { sum.add(floats, size); });
}

void Evaluation::sumByNumber(ExactSums& sums, const std::int32_t* numbers, Values values, std::size_t size) {
  forEachFloat(values, size, [&](const float* floats) {
    for (std::size_t i = 0; i < size; i += SumsByNumber::kMost) {
      sumsByNumber_.add(sums, numbers + i, floats + i, std::min(SumsByNumber::kMost, size - i));
    }
  });
}

Values Evaluation::weighted(Values values, const float* weight, std::size_t size) {
  if (weight == nullptr) return values;
  const std::size_t width = perRow();
  if (values.doubles != nullptr) {
    doubleWeighted_.resize(std::max(doubleWeighted_.size(), size));
    for (std::size_t i = 0; i < size; ++i) {
      doubleWeighted_[i] = weightOf(static_cast<double>(weight[i / width]), values.doubles[i]);
    }
    return {nullptr, doubleWeighted_.data()};
  }
  weighted_.resize(std::max(weighted_.size(), size));
  for (std::size_t i = 0; i < size; ++i) weighted_[i] = weightOf(weight[i / width], values.floats[i]);
  return {weighted_.data()};
}

void Evaluation::sumByGroup(std::size_t measure, Terms& terms, Values values) {
  sumByNumber(totals_.measures[measure], terms.group(), values, terms.size());
}

const double* Evaluation::doubleFocal(Terms& terms, const double* loss, const double* miss, double gamma) {
  const std::size_t size = terms.size();
  const bool hasAlpha = options_.task == EvaluationTask::Elements && options_.alpha >= 0;
  const double alpha[2] = {1 - options_.alpha, options_.alpha};
  doubleFocal_.resize(std::max(doubleFocal_.size(), size));
  for (std::size_t i = 0; i < size; ++i) {
    const double value = weightOf(std::pow(miss[i], gamma), loss[i]);
    doubleFocal_[i] = hasAlpha ? value * alpha[terms.group()[i] & 1] : value;
  }
  for (const SoftElement& element : terms.softElements) doubleFocal_[element.at] = softFocal(element, gamma);
  return doubleFocal_.data();
}

/// As sigmoidFocal.
double Evaluation::softFocal(const SoftElement& element, double gamma) const {
  const double alpha = definition::focalAlpha(options_.alpha, static_cast<double>(element.target));
  return alpha * definition::weighted(std::pow(element.otherSide, gamma), element.unset + element.set);
}

/// As classProbabilityLoss with this gamma.
const double* Evaluation::dividedFocal(const DividedTerms& divided, std::size_t rows, double gamma) {
  const std::size_t classes = divided.classes;
  doubleFocal_.assign(rows, 0);
  for (std::size_t i = 0; i < rows * classes; ++i) {
    const auto share = static_cast<double>(divided.shares[i]);
    doubleFocal_[i / classes] += definition::softTargetTerm(share, divided.losses[i], gamma);
  }
  return doubleFocal_.data();
}

void Evaluation::sumDivided(const DividedTerms& divided, std::size_t rows, const float* weight) {
  const std::size_t classes = divided.classes;
  const std::size_t size = rows * classes;
  std::vector<std::int32_t> numbers(size);
  std::vector<double> losses(size);
  for (std::size_t i = 0; i < size; ++i) {
    const double w = weight == nullptr ? 1 : static_cast<double>(weight[i / classes]);
    numbers[i] = static_cast<std::int32_t>(i % classes);
    losses[i] = w * definition::softTargetTerm(static_cast<double>(divided.shares[i]), divided.losses[i], 0);
  }
  sumByNumber(totals_.shares, numbers.data(), {divided.shares.data()}, size);
  sumByNumber(totals_.shareLosses, numbers.data(), {nullptr, losses.data()}, size);
}

/// Each element has been counted as a whole with one group: its part that is the other's goes there.
void Evaluation::sumSoft(Terms& terms, const float* weight) {
  for (const SoftElement& element : terms.softElements) {
    const auto group = static_cast<std::size_t>(terms.group()[element.at]);
    const bool isSet = group == 1;
    const auto t = static_cast<double>(element.target);
    const double w = weight == nullptr ? 1 : static_cast<double>(weight[element.at]);
    const double share = isSet ? 1 - t : t;
    const double loss = weightOf(w, isSet ? element.unset : element.set);
    // Nothing can be taken from what is infinite.
    const double taken[2] = {-share, std::isfinite(loss) ? -loss : 0};
    sumAll(totals_.shares[1 - group], {nullptr, &share}, 1);
    sumAll(totals_.shareLosses[1 - group], {nullptr, &loss}, 1);
    sumAll(totals_.shares[group], {nullptr, &taken[0]}, 1);
    sumAll(totals_.shareLosses[group], {nullptr, &taken[1]}, 1);
  }
}

Values Evaluation::focal(Terms& terms, std::size_t gamma) {
  if (terms.divided.classes > 0) {
    const double* values = dividedFocal(terms.divided, terms.size(), options_.gammas[gamma]);
    if (terms.doubleBlock() != nullptr) return {nullptr, values};
    focal_.resize(std::max(focal_.size(), terms.size()));
    std::transform(values, values + terms.size(), focal_.begin(), nearestFloat);
    return {focal_.data()};
  }
  const double* loss = terms.losses().doubles;
  const double* miss = terms.misses().doubles;
  if (loss != nullptr) return {nullptr, doubleFocal(terms, loss, miss, options_.gammas[gamma])};
  const Focus& focus = focus_[gamma];
  const std::size_t size = terms.size();
  const bool hasAlpha = options_.task == EvaluationTask::Elements && options_.alpha >= 0;
  const auto positive = static_cast<float>(options_.alpha);
  const F32x4 alpha[2] = {splat(1 - positive), splat(positive)};
  focal_.resize(std::max(focal_.size(), size));
  forEachFour(size, [&](std::size_t i, std::size_t width) {
    const F64x4 factor = focus(F64x4(loadWidth(terms.miss() + i, width)));
    // Where the loss is infinite the norm is 1.
    F32x4 value = (factor * F64x4(loadWidth(terms.loss() + i, width))).rounded();
    if (hasAlpha) {
      const I32x4 isUnset = (loadWidth(terms.group() + i, width) & 1) == 0;
      value *= select(isUnset, alpha[0], alpha[1]);
    }
    storeWidth(focal_.data() + i, width, value);
  });
  for (const SoftElement& element : terms.softElements) {
    focal_[element.at] = nearestFloat(softFocal(element, options_.gammas[gamma]));
  }
  return {focal_.data()};
}

void Evaluation::sumFocal(std::size_t gamma, Terms& terms, const float* weight) {
  sumByGroup(kFirstFocal + gamma, terms, weighted(focal(terms, gamma), weight, terms.size()));
}

/// In the first group: of what is told over all of them.
void Evaluation::sumAsOne(std::size_t measure, Terms& terms, Values values) {
  sumAll(totals_.measures[measure].front(), values, terms.size());
}

void Evaluation::sumPlain(Terms& terms, const float* weight) {
  const std::size_t size = terms.size();
  const Values losses = weighted(terms.losses(), weight, size);
  if (perRow() > 1) {
    sumAsOne(kLoss, terms, losses);
    sumRows(terms, weight);
  } else {
    sumByGroup(kLoss, terms, losses);
  }
  if (options_.task == EvaluationTask::Elements) return;
  sumAll(totals_.overall[kSmooth], weighted(terms.smooths(), weight, size), size);
}

void Evaluation::addLosses(Terms& terms, const float* weight, unsigned wanted) {
  countTruths(terms, weight);
  if ((wanted & kPlainLosses) != 0) sumPlain(terms, weight);
  if ((wanted & kFocalLoss) != 0 && !focus_.empty()) {
    sumAsOne(kFirstFocal, terms, weighted(focal(terms, 0), weight, terms.size()));
  }
  if ((wanted & kGhmLoss) != 0 && options_.task == EvaluationTask::Elements) countGhm(terms, weight);
}

void Evaluation::sum(Terms& terms, const float* weight) {
  const std::size_t size = terms.size();
  for (std::size_t i = 0; i < focus_.size(); ++i) {
    if (wanted_.focal[i]) sumFocal(i, terms, weight);
  }
  if (!wanted_.counts) return;
  sumByGroup(kLoss, terms, weighted(terms.losses(), weight, size));
  sumByGroup(kMiss, terms, weighted(terms.misses(), weight, size));
  sumAll(totals_.overall[kBrier], weighted(terms.briers(), weight, size), size);
  if (perRow() > 1) sumRows(terms, weight);
  if (terms.divided.classes > 0) sumDivided(terms.divided, size, weight);
  if (perRow() == 1) sumSoft(terms, weight);
  if (options_.task == EvaluationTask::Elements) return;
  sumAll(totals_.overall[kSmooth], weighted(terms.smooths(), weight, size), size);
}

template <class T>
T Evaluation::meanOfRow(const T* values, std::size_t row) const {
  const std::size_t width = perRow();
  double sum = 0;
  for (std::size_t i = 0; i < width; ++i) sum += static_cast<double>(values[row * width + i]);
  return static_cast<T>(sum / static_cast<double>(width));
}

void Evaluation::sumRows(Terms& terms, const float* weight) {
  const std::size_t rows = terms.size() / perRow();
  const auto [losses, doubles] = terms.losses();
  for (std::size_t row = 0; row < rows; ++row) {
    const float w = weight == nullptr ? 1 : weight[row];
    if (doubles != nullptr) {
      const double mean = weightOf(static_cast<double>(w), meanOfRow(doubles, row));
      sumAll(totals_.overall[kRowLoss], {nullptr, &mean}, 1);
    } else {
      totals_.overall[kRowLoss].add(weightOf(w, meanOfRow(losses, row)));
    }
  }
}

void Evaluation::rank(Terms& terms) {
  const std::size_t width = perRow();
  const std::size_t rows = terms.size() / width;
  bool hasRanked = false;
  if (width > 1) {
    for (std::size_t row = 0; row < rows; ++row) hasRanked = rankLabels(terms, row) || hasRanked;
  } else {
    for (std::size_t row = 0; row < rows; row += kRankedRows)
      hasRanked = rankRows(terms, row, std::min(row + kRankedRows, rows)) || hasRanked;
  }
  if (hasRanked) noteEntered(rows);
}

/// Below this confidence no mistaken row is wanted, whatever is predicted.
float Evaluation::leastMistaken() const {
  float least = std::numeric_limits<float>::infinity();
  if (totals_.mistaken.size() > kRankedRows) return -least;  // takes longer to find than it saves
  for (const ExtremeRows& rows : totals_.mistaken) least = std::min(least, rows.least());
  return least;
}

/// Most rows are told by four that none of them is wanted. Whether one was.
bool Evaluation::rankRows(Terms& terms, std::size_t first, std::size_t end) {
  const std::int32_t* group = terms.group();
  const std::int32_t* predicted = terms.predicted();
  const float* loss = terms.loss();
  const float* confidence = terms.confidence();
  const F32x4 leastLoss = kept(splat(totals_.hardest.least()));
  const F32x4 leastConfidence = kept(splat(leastMistaken()));
  const auto isWanted = [&](std::size_t row) {
    const I32x4 isWrong = load(group + row) != load(predicted + row);
    return laneBits((load(loss + row) >= leastLoss) |
                    (isWrong & (load(confidence + row) >= leastConfidence))) != 0;
  };
  bool hasRanked = false;
  for (std::size_t four = first; four < end; four += kLanes) {
    if (four + kLanes <= end && !isWanted(four)) continue;
    for (std::size_t row = four; row < std::min(four + kLanes, end); ++row) {
      if (group[row] < 0) continue;
      const bool isMistaken = group[row] != predicted[row];
      const bool isCandidate =
          isMistaken && totals_.mistaken[static_cast<std::size_t>(predicted[row])].wants(confidence[row]);
      if (!isCandidate && !totals_.hardest.wants(loss[row])) continue;
      rankRow(terms, row, isCandidate);
      hasRanked = true;
    }
  }
  return hasRanked;
}

void Evaluation::rankRow(Terms& terms, std::size_t row, bool isCandidate) {
  RankedRow ranked{nextKey_ + row,    terms.loss()[row], terms.group()[row],     terms.predicted()[row],
                   terms.loss()[row], terms.miss()[row], terms.confidence()[row]};
  totals_.hardest.add(ranked);
  ranked.rank = ranked.confidence;
  if (isCandidate) totals_.mistaken[static_cast<std::size_t>(ranked.predicted)].add(ranked);
}

/// A row of several labels by the means over them. Whether it is among the hardest, perhaps.
bool Evaluation::rankLabels(Terms& terms, std::size_t row) {
  const float loss = meanOfRow(terms.loss(), row);
  if (!totals_.hardest.wants(loss)) return false;
  totals_.hardest.add(
      {nextKey_ + row, loss, -1, -1, loss, meanOfRow(terms.miss(), row), meanOfRow(terms.confidence(), row)});
  return true;
}

void Evaluation::noteEntered(std::size_t rows) {
  for (const std::uint64_t key : keys()) {
    const std::uint64_t row = key - nextKey_;
    if (row < rows) entered_.push_back(static_cast<std::uint32_t>(row));
  }
}

BinTotals Evaluation::norms() const {
  BinTotals bins(kNormBins);
  for (std::size_t cell = 0; cell < cells_.size(); ++cell) {
    bins.merge(cells_.normBin[cell], totals_.cells, cell);
    bins.merge(cells_.normBin[cell], totals_.masked, cell);
  }
  return bins;
}

BinTotals Evaluation::ghm() const {
  BinTotals bins(options_.bins);
  for (std::size_t cell = 0; cell < cells_.size(); ++cell) {
    bins.merge(cells_.ghmBin[cell], totals_.cells, cell);
  }
  return bins;
}

Tally Evaluation::probabilities() const {
  Tally bins(kProbabilityBins);
  for (std::size_t cell = 0; cell < cells_.size(); ++cell) {
    bins.add(cells_.probabilityBin[cell], totals_.cells.rows.count(cell) + totals_.masked.rows.count(cell));
  }
  return bins;
}

std::vector<std::uint64_t> Evaluation::keys() const {
  std::vector<std::uint64_t> keys;
  const auto addFrom = [&](const ExtremeRows& extreme) {
    for (const RankedRow& row : extreme.rows()) keys.push_back(row.key);
  };
  addFrom(totals_.hardest);
  std::for_each(totals_.mistaken.begin(), totals_.mistaken.end(), addFrom);
  return keys;
}

std::vector<RankedRow> Evaluation::labelErrors() const {
  const std::vector<double> weights = totals_.truth.weights();
  const std::vector<double> misses = valuesOf(totals_.measures[kMiss]);
  std::vector<RankedRow> found;
  for (std::size_t c = 0; c < totals_.mistaken.size(); ++c) {
    // Without a row of the class nothing says how probable it should be.
    if (!(weights[c] > 0)) continue;
    const double threshold = 1 - misses[c] / weights[c];
    for (RankedRow row : totals_.mistaken[c].sorted()) {
      if (static_cast<double>(row.confidence) < threshold) continue;
      row.rank = row.confidence - (1 - row.miss);
      found.push_back(row);
    }
  }
  std::sort(found.begin(), found.end(), [](const RankedRow& a, const RankedRow& b) {
    return a.rank > b.rank || (a.rank == b.rank && a.key < b.key);
  });
  if (found.size() > options_.hardest) found.resize(options_.hardest);
  return found;
}

std::vector<std::uint8_t> Evaluation::toBytes() const {
  ByteWriter to = beginState(StateKind::Evaluation, settingsOf(options_));
  totals_.write(to);
  return endState(to);
}

bool Evaluation::mergeBytes(const std::uint8_t* bytes, std::size_t size) {
  ByteReader from = openState(bytes, size, StateKind::Evaluation, settingsOf(options_));
  EvaluationTotals read(options_, cells_.size());
  if (!read.read(from) || !from.isAtEnd()) return false;
  totals_.merge(read);
  return true;
}

}  // namespace losskit
