#include "evaluation/temperature.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <utility>

#include "evaluation/bins.h"
#include "evaluation/evaluation.h"
#include "evaluation/state_header.h"
#include "losses/definition.h"
#include "losses/usual_exponentials.h"
#include "numeric/precise.h"

namespace losskit {

namespace {

constexpr std::size_t kMostUnits = 8192;
constexpr std::size_t kFewestUnits = 256;
/// About as many buckets as there are entries.
constexpr int kBucketBits = 14;
/// Of one unit, in a saved sample, so that a count holds what thousands of them come to.
constexpr std::uint64_t kMostRows = std::uint64_t{1} << 50;
constexpr std::size_t kPoolWords = std::size_t{1} << 21;
/// No fit is looked for beyond.
constexpr double kLargestInverse = 65536;
/// A step of Newton's that is so small, of the place itself, leaves an error of about its square.
constexpr double kLastStep = 1e-6;
/// Newton's alone come near in so many.
constexpr int kFirstSteps = 20;

/// After the last step of A. Appleby's MurmurHash3: each bit of the result depends on all.
U32x4 finished(U32x4 hash) {
  hash ^= hash >> 16;
  hash *= 0x85ebca6bU;
  hash ^= hash >> 13;
  hash *= 0xc2b2ae35U;
  return hash ^ hash >> 16;
}

using FourUnits = usual::FourRows<const float>;

/// Of a wide row some scores are enough to tell it from most others. By floats, so that of doubles the same
/// rows are sampled.
U32x4 hashesOf(const FourUnits& units, std::size_t unit, U32x4 targets) {
  const auto bits = [&](std::size_t i) {
    return reinterpret_cast<U32x4>(F32x4{units.at[0][i], units.at[1][i], units.at[2][i], units.at[3][i]});
  };
  // Products of words with odd numbers, added up, spread what differs to the upper bits.
  return finished(bits(0) * 0x9e3779b1U + bits(unit / 4) * 0x85ebca77U + bits(unit / 2) * 0xc2b2ae3dU +
                  bits(unit - 1) * 0x27d4eb2fU + targets * 0x165667b1U);
}

/// In a loop that stays one: to copy memory V8 calls a function, which takes longer than a few words.
void copyWords(std::uint32_t* to, const void* from, std::size_t count) {
  const auto* words = static_cast<const float*>(from);
  std::size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) store(reinterpret_cast<float*>(to + i), kept(load(words + i)));
  for (; i < count; ++i) to[i] = std::bit_cast<std::uint32_t>(words[i]);
}

/// Mean log loss by b = 1 / T, with its first and second derivative.
struct LossAt {
  double loss = 0;
  double slope = 0;
  double curvature = 0;
};

struct Minimum {
  double inverse;
  double loss;
};

/// Exponentials within 5e-9, many at a time, or to the last digit.
enum class Digits { Few, All };

/// Of e_c = e^(b d_c), where d_c is what a score is below the largest one: sums of e_c, e_c d_c and e_c
/// d_c^2.
struct Moments {
  double sum = 0;
  double first = 0;
  double second = 0;
};

/// Two numbers that stand one behind the other; the second is left out where there is none.
F64x2 loadPair(const double* x, bool isPair, double other) {
  return isPair ? F64x2{x[0], x[1]} : F64x2{x[0], other};
}

template <Digits D>
Moments momentsOf(const double* x, std::size_t size, double largest, double b) {
  Moments moments;
  if constexpr (D == Digits::All) {
    for (std::size_t c = 0; c < size; ++c) {
      if (std::isinf(x[c])) continue;  // no part in the sums at any temperature
      const double d = x[c] - largest;
      const double e = std::exp(b * d);
      moments.sum += e;
      moments.first += e * d;
      moments.second += e * d * d;
    }
    return moments;
  }
  // Farther below, a score has no part in the sums, and its products shall be finite.
  const F64x2 least = splat(-1e30);
  F64x2 sum{};
  F64x2 first{};
  F64x2 second{};
  for (std::size_t c = 0; c < size; c += 2) {
    const F64x2 score = loadPair(x + c, c + 1 < size, -std::numeric_limits<double>::infinity());
    const F64x2 d = maximum(score - splat(largest), least);
    const F64x2 e = d == least ? splat(0.0) : detail::preciseExpOfMinus(d * splat(-b));
    sum += e;
    first += e * d;
    second += e * d * d;
  }
  return {sum[0] + sum[1], first[0] + first[1], second[0] + second[1]};
}

/// Logits of the sample, and what to make of them at b.
class Fit {
 public:
  Fit(std::size_t unit, bool isMultiClass, bool ofDoubles)
      : unit_(unit), isMultiClass_(isMultiClass), ofDoubles_(ofDoubles) {}

  void add(const double* logits, double target, double weight) {
    logits_.insert(logits_.end(), logits, logits + unit_);
    targets_.push_back(target);
    weights_.push_back(weight);
    total_ += weight;
  }

  [[nodiscard]] double total() const { return total_; }

  template <Digits D>
  [[nodiscard]] LossAt at(double b) const {
    LossAt sum;
    for (std::size_t i = 0; i < targets_.size(); ++i) {
      const LossAt row = isMultiClass_ ? classRow<D>(i, b) : elementRow(i, b);
      sum.loss += weights_[i] * row.loss;
      sum.slope += weights_[i] * row.slope;
      sum.curvature += weights_[i] * row.curvature;
    }
    return {sum.loss / total_, sum.slope / total_, sum.curvature / total_};
  }

  /// Where the loss is least. Most of the way with few digits.
  [[nodiscard]] std::optional<Minimum> minimum() const {
    if (!(at<Digits::Few>(0).slope < 0)) return {};
    const std::optional<Minimum> near = minimumFrom<Digits::Few>(1);
    return near ? minimumFrom<Digits::All>(near->inverse) : near;
  }

  [[nodiscard]] double calibrationError(double b) const {
    constexpr std::size_t kBins = Evaluation::kConfidenceBins;
    const UnitBins bins(kBins);
    std::vector<double> gaps(kBins);
    for (std::size_t i = 0; i < targets_.size(); ++i) {
      const auto [confidence, isRight] = isMultiClass_ ? classTop(i, b) : elementTop(i, b);
      const std::size_t bin = ofDoubles_ ? bins.of(confidence) : bins.of(static_cast<float>(confidence));
      gaps[bin] += weights_[i] * (confidence - (isRight ? 1 : 0));
    }
    double sum = 0;
    for (const double gap : gaps) sum += std::abs(gap);
    return sum / total_;
  }

 private:
  struct Top {
    double confidence;
    bool isRight;
  };

  /// Where the slope is 0: Newton's steps, inside an interval that is known to hold the place. The slope
  /// rises with b, because the loss is convex in it.
  template <Digits D>
  [[nodiscard]] std::optional<Minimum> minimumFrom(double b) const {
    double low = 0;
    double high = std::numeric_limits<double>::infinity();
    for (int step = 0; step < 200; ++step) {
      const LossAt here = at<D>(b);
      if (!std::isfinite(here.loss) || here.loss == 0) return {};
      (here.slope < 0 ? low : high) = b;
      double next = b - here.slope / here.curvature;
      if (std::abs(next - b) <= kLastStep * b) {
        return Minimum{next, here.loss - here.slope * here.slope / (2 * here.curvature)};
      }
      if (!(next > low && next < high)) next = std::isinf(high) ? 2 * low : (low + high) / 2;
      // Towards a minimum that there is none of, Newton's steps may be of equal length for ever.
      if (std::isinf(high)) next = std::min(step < kFirstSteps ? next : std::max(next, 2 * b), 4 * b);
      if (next > kLargestInverse) return {};
      b = next;
    }
    return Minimum{b, at<D>(b).loss};
  }

  template <Digits D>
  [[nodiscard]] LossAt classRow(std::size_t i, double b) const {
    const double* x = logits_.data() + i * unit_;
    const double largest = *std::max_element(x, x + unit_);
    const double score = x[static_cast<std::size_t>(targets_[i])];
    const auto [sum, first, second] = momentsOf<D>(x, unit_, largest, b);
    const double mean = first / sum;
    return {std::log(sum) - b * (score - largest), mean - (score - largest), second / sum - mean * mean};
  }

  [[nodiscard]] LossAt elementRow(std::size_t i, double b) const {
    const double x = logits_[i];
    const double t = targets_[i];
    const double loss = definition::binaryCrossEntropyWithLogits(b * x, t);
    if (std::isinf(x)) return {loss, 0, 0};
    const double p = definition::sigmoid(b * x);
    return {loss, x * (p - t), x * x * p * (1 - p)};
  }

  [[nodiscard]] Top classTop(std::size_t i, double b) const {
    const double* x = logits_.data() + i * unit_;
    const double* largest = std::max_element(x, x + unit_);
    const auto momentsAt = ofDoubles_ ? momentsOf<Digits::All> : momentsOf<Digits::Few>;
    return {1 / momentsAt(x, unit_, *largest, b).sum,
            largest - x == static_cast<std::ptrdiff_t>(targets_[i])};
  }

  [[nodiscard]] Top elementTop(std::size_t i, double b) const {
    const double x = logits_[i];
    return {definition::sigmoid(std::abs(b * x)), (x > 0) == (targets_[i] >= 0.5)};
  }

  std::size_t unit_;
  bool isMultiClass_;
  bool ofDoubles_;
  double total_ = 0;
  std::vector<double> logits_;
  std::vector<double> targets_;
  std::vector<double> weights_;
};

}  // namespace

TemperatureSample::TemperatureSample(const ScoreOptions& options, bool ofDoubles)
    : options_(options),
      ofDoubles_(ofDoubles),
      unit_(options.task == EvaluationTask::MultiClass ? options.width : 1),
      capacity_(std::clamp(kPoolWords / (unit_ + 2), kFewestUnits, kMostUnits)) {}

void TemperatureSample::add(const ScoredRows& batch, const float* weight) {
  // It is fitted to one truth a row; classes that share a row have none.
  if (options_.task == EvaluationTask::MultiClass && batch.labels == nullptr) return;
  const std::size_t units = batch.rows * options_.width / unit_;
  for (std::size_t first = 0; first < units; first += kLanes) {
    const std::size_t count = std::min(kLanes, units - first);
    const U32x4 targets = targetsOf(batch, first, count);
    const U32x4 hashes = hashesOf({batch.scores, unit_, first, units}, unit_, targets);
    const auto greatest = static_cast<std::uint32_t>(greatestKey_ >> 32);
    if (laneBits(hashes <= (U32x4{} + greatest)) == 0) continue;
    for (std::size_t lane = 0; lane < count; ++lane) {
      const std::size_t unit = first + lane;
      const std::size_t row = unit * unit_ / options_.width;
      const float w = weight == nullptr ? 1 : weight[row];
      const bool isIgnored = batch.labels != nullptr && batch.labels[row] == options_.ignoreIndex;
      if (hashes[lane] > greatest || w == 0 || isIgnored) continue;
      addUnit(batch.scores + unit * unit_, ofDoubles_ ? batch.doubles + unit * unit_ : nullptr, targets[lane],
              w);
    }
  }
}

/// Labels of rows, or the bits of the targets of elements.
inline U32x4 TemperatureSample::targetsOf(const ScoredRows& batch, std::size_t first,
                                          std::size_t count) const {
  std::uint32_t last[kLanes] = {};
  const auto* const bits =
      options_.task == EvaluationTask::MultiClass ? static_cast<const void*>(batch.labels) : batch.targets;
  if (bits != nullptr && count == kLanes) {
    return reinterpret_cast<U32x4>(load(static_cast<const std::int32_t*>(bits) + first));
  }
  for (std::size_t lane = 0; lane < count; ++lane) {
    const std::size_t unit = first + lane;
    const std::size_t row = unit / options_.width;
    last[lane] = bits != nullptr ? static_cast<const std::uint32_t*>(bits)[unit]
                                 : std::bit_cast<std::uint32_t>(static_cast<float>(batch.labels[row]));
  }
  return U32x4{last[0], last[1], last[2], last[3]};
}

/// In its upper half the hash of the unit, in its lower one another.
std::uint64_t TemperatureSample::keyOf(const float* scores, std::uint32_t target) const {
  const U32x4 hash = hashesOf({scores, unit_, 0, 1}, unit_, U32x4{} + target);
  const U32x4 other = finished(hash + std::bit_cast<std::uint32_t>(scores[unit_ / 3]));
  return std::uint64_t{hash[0]} << 32 | other[0];
}

double TemperatureSample::scoreIn(const std::uint32_t* words, std::size_t i) const {
  if (!ofDoubles_) return static_cast<double>(std::bit_cast<float>(words[i]));
  return std::bit_cast<double>(words[2 * i] | std::uint64_t{words[2 * i + 1]} << 32);
}

void TemperatureSample::addUnit(const float* scores, const double* exact, std::uint32_t target,
                                float weight) {
  const std::uint64_t key = keyOf(scores, target);
  if (key > greatestKey_) return;
  const Entry entry{key, 1, room()};
  std::uint32_t* const words = pool_.data() + entry.at;
  copyWords(words, exact != nullptr ? static_cast<const void*>(exact) : scores, scoreWords());
  words[scoreWords()] = target;
  words[scoreWords() + 1] = std::bit_cast<std::uint32_t>(weight);
  addEntry(entry);
}

void TemperatureSample::addWords(const std::uint32_t* words, std::uint64_t key, std::uint64_t count) {
  const Entry entry{key, count, room()};
  copyWords(pool_.data() + entry.at, words, this->words());
  addEntry(entry);
}

/// For one more unit; where it is in the pool.
std::size_t TemperatureSample::room() {
  const std::size_t at = std::exchange(poolEnd_, poolEnd_ + words());
  if (poolEnd_ > pool_.size()) pool_.resize(std::min(2 * poolEnd_, 2 * capacity_ * words()));
  return at;
}

void TemperatureSample::addEntry(const Entry& entry) {
  entries_.push_back(entry);
  if (entries_.size() == 2 * capacity_) shrink();
}

bool TemperatureSample::isEqual(const Entry& a, const Entry& b) const {
  return a.key == b.key && std::equal(wordsOf(a), wordsOf(a) + words(), wordsOf(b));
}

bool TemperatureSample::isBefore(const Entry& a, const Entry& b) const {
  if (a.key != b.key) return a.key < b.key;
  return std::lexicographical_compare(wordsOf(a), wordsOf(a) + words(), wordsOf(b), wordsOf(b) + words());
}

/// Those with the smallest keys, in order, equal ones as one. One that was dropped before is not among them,
/// so that all are fully counted. Keys are spread evenly, so that each bucket of them has few.
std::vector<TemperatureSample::Entry> TemperatureSample::kept() const {
  const int shift = std::max(static_cast<int>(std::bit_width(greatestKey_)) - kBucketBits, 0);
  const auto bucketOf = [shift](const Entry& entry) { return static_cast<std::size_t>(entry.key >> shift); };
  std::vector<std::uint32_t> ends((std::size_t{1} << kBucketBits) + 1);
  for (const Entry& entry : entries_) ++ends[bucketOf(entry) + 1];
  std::partial_sum(ends.begin(), ends.end(), ends.begin());
  std::vector<std::uint32_t> order(entries_.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    order[ends[bucketOf(entries_[i])]++] = static_cast<std::uint32_t>(i);
  std::vector<Entry> kept;
  kept.reserve(std::min(capacity_, order.size()));
  std::size_t begin = 0;  // of those of the bucket at hand
  for (const std::uint32_t i : order) {
    const Entry& entry = entries_[i];
    if (!kept.empty() && bucketOf(kept.back()) != bucketOf(entry)) {
      if (kept.size() >= capacity_) break;
      begin = kept.size();
    }
    insert(kept, begin, entry);
  }
  kept.resize(std::min(capacity_, kept.size()));
  return kept;
}

/// Among the last entries from `begin` on, which are in order, or to the one that it is equal to.
void TemperatureSample::insert(std::vector<Entry>& entries, std::size_t begin, const Entry& entry) const {
  std::size_t at = entries.size();
  while (at > begin && isBefore(entry, entries[at - 1])) --at;
  if (at > begin && isEqual(entries[at - 1], entry)) {
    entries[at - 1].count += entry.count;
  } else {
    entries.insert(entries.begin() + static_cast<std::ptrdiff_t>(at), entry);
  }
}

void TemperatureSample::shrink() {
  entries_ = kept();
  const std::vector<std::uint32_t> before = pool_;
  poolEnd_ = 0;
  for (Entry& entry : entries_) {
    const std::uint32_t* words = before.data() + entry.at;
    entry.at = room();
    copyWords(pool_.data() + entry.at, words, this->words());
  }
  if (entries_.size() == capacity_) greatestKey_ = entries_.back().key;
}

std::uint64_t TemperatureSample::size() const {
  std::uint64_t size = 0;
  for (const Entry& entry : kept()) size += entry.count;
  return size;
}

std::optional<TemperatureFit> TemperatureSample::fit() const {
  const bool isMultiClass = options_.task == EvaluationTask::MultiClass;
  Fit fit(unit_, isMultiClass, ofDoubles_);
  double rows = 0;
  std::vector<double> logits(unit_);
  for (const Entry& entry : kept()) {
    const std::uint32_t* words = wordsOf(entry);
    for (std::size_t i = 0; i < unit_; ++i) logits[i] = logitOf(scoreIn(words, i), options_);
    const std::uint32_t target = words[scoreWords()];
    const auto count = static_cast<double>(entry.count);
    fit.add(logits.data(), isMultiClass ? target : static_cast<double>(std::bit_cast<float>(target)),
            count * static_cast<double>(std::bit_cast<float>(words[scoreWords() + 1])));
    rows += count;
  }
  if (rows == 0) return {};
  const std::optional<Minimum> minimum = fit.minimum();
  if (!minimum) return {};
  const auto [inverse, loss] = *minimum;
  return TemperatureFit{1 / inverse, loss, fit.calibrationError(inverse), rows};
}

std::vector<std::uint8_t> TemperatureSample::toBytes() const {
  ByteWriter to = beginState(StateKind::Temperature, settings());
  const std::vector<Entry> entries = kept();
  to.write(entries.size());
  for (const Entry& entry : entries) {
    to.write(entry.count);
    const std::uint32_t* words = wordsOf(entry);
    for (std::size_t i = 0; i < this->words(); i += 2) {
      const std::uint64_t second = i + 1 < this->words() ? words[i + 1] : 0;
      to.write(words[i] | second << 32);
    }
  }
  return endState(to);
}

/// Whether they are such as `add` makes of rows that have a loss.
bool TemperatureSample::isUnit(const std::uint32_t* words) const {
  for (std::size_t i = 0; i < unit_; ++i) {
    if (std::isnan(scoreIn(words, i))) return false;
  }
  const std::uint32_t target = words[scoreWords()];
  const auto weight = std::bit_cast<float>(words[scoreWords() + 1]);
  if (!(weight > 0) || std::isinf(weight)) return false;
  if (options_.task == EvaluationTask::MultiClass) return target < unit_;
  return std::bit_cast<float>(target) >= 0 && std::bit_cast<float>(target) <= 1;
}

bool TemperatureSample::mergeBytes(const std::uint8_t* bytes, std::size_t size) {
  ByteReader from = openState(bytes, size, StateKind::Temperature, settings());
  const std::uint64_t count = from.read();
  const std::size_t pairs = (words() + 1) / 2;
  if (!from.ok() || count > capacity_) return false;
  std::vector<std::uint32_t> words(2 * pairs);
  struct Unit {
    std::uint64_t key;
    std::vector<std::uint32_t> words;
    std::uint64_t count;
  };
  const auto isBefore = [](const Unit& a, const Unit& b) {
    return a.key != b.key ? a.key < b.key : a.words < b.words;
  };
  std::vector<Unit> units;
  std::vector<float> scores(unit_);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t rows = from.read();
    for (std::size_t pair = 0; pair < pairs; ++pair) {
      const std::uint64_t both = from.read();
      words[2 * pair] = static_cast<std::uint32_t>(both);
      words[2 * pair + 1] = static_cast<std::uint32_t>(both >> 32);
    }
    if (!from.ok() || rows == 0 || rows > kMostRows || !isUnit(words.data())) return false;
    for (std::size_t c = 0; c < unit_; ++c) scores[c] = nearestFloat(scoreIn(words.data(), c));
    const auto end = words.begin() + static_cast<std::ptrdiff_t>(this->words());
    Unit unit{keyOf(scores.data(), words[scoreWords()]), {words.begin(), end}, rows};
    // One that stands there twice would be counted beyond what a count holds.
    if (!units.empty() && !isBefore(units.back(), unit)) return false;
    units.push_back(std::move(unit));
  }
  if (!from.isAtEnd()) return false;
  for (const Unit& unit : units) {
    if (unit.key <= greatestKey_) addWords(unit.words.data(), unit.key, unit.count);
  }
  return true;
}

}  // namespace losskit
