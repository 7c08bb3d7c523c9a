#include "evaluation/temperature.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <utility>

#include "evaluation/cooled_rows.h"
#include "evaluation/state_header.h"
#include "losses/usual_exponentials.h"
#include "numeric/double_math.h"

namespace losskit {

namespace {

constexpr std::size_t kMostUnits = 8192;
constexpr std::size_t kFewestUnits = 256;
/// About as many buckets as there are entries.
constexpr int kBucketBits = 14;
/// Of one unit, in a saved sample, so that a count holds what thousands of them come to.
constexpr std::uint64_t kMostRows = std::uint64_t{1} << 50;
constexpr std::size_t kPoolWords = std::size_t{1} << 21;

/// After the last step of A. Appleby's MurmurHash3: each bit of the result depends on all.
U32x4 finished(U32x4 hash) {
  hash ^= hash >> 16;
  hash *= 0x85ebca6bU;
  hash ^= hash >> 13;
  hash *= 0xc2b2ae35U;
  return hash ^ hash >> 16;
}

/// Of four units. In its upper half the key of one has its hash, in its lower one another.
struct Hashes {
  U32x4 first;
  U32x4 second;

  [[nodiscard]] std::uint64_t key(std::size_t lane) const {
    return std::uint64_t{first[lane]} << 32 | second[lane];
  }
};

/// Of a wide row some scores are enough to tell it from most others. By floats, so that of doubles the same
/// rows are sampled. bits(i): of the scores i.
template <class Bits>
U32x4 hashesOf(const Bits& bits, std::size_t unit, U32x4 targets) {
  // Products of words with odd numbers, added up, spread what differs to the upper bits.
  return finished(bits(0) * 0x9e3779b1U + bits(unit / 4) * 0x85ebca77U + bits(unit / 2) * 0xc2b2ae3dU +
                  bits(unit - 1) * 0x27d4eb2fU + targets * 0x165667b1U);
}

template <class Bits>
Hashes withSecond(const Bits& bits, std::size_t unit, U32x4 first) {
  return {first, finished(first + bits(unit / 3))};
}

/// In a loop that stays one: to copy memory V8 calls a function, which takes longer than a few words.
void copyWords(std::uint32_t* to, const void* from, std::size_t count) {
  const auto* words = static_cast<const float*>(from);
  std::size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) store(reinterpret_cast<float*>(to + i), kept(load(words + i)));
  for (; i < count; ++i) to[i] = std::bit_cast<std::uint32_t>(words[i]);
}

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
    const usual::FourRows<const float> rows(batch.scores, unit_, first, units);
    const auto bits = [&rows](std::size_t i) {
      return reinterpret_cast<U32x4>(F32x4{rows.at[0][i], rows.at[1][i], rows.at[2][i], rows.at[3][i]});
    };
    const U32x4 firstHashes = hashesOf(bits, unit_, targets);
    const auto greatest = static_cast<std::uint32_t>(greatestKey_ >> 32);
    if (laneBits(firstHashes <= (U32x4{} + greatest)) == 0) continue;
    const Hashes hashes = withSecond(bits, unit_, firstHashes);
    for (std::size_t lane = 0; lane < count; ++lane) {
      const std::size_t unit = first + lane;
      const std::size_t row = unit * unit_ / options_.width;
      const float w = weight == nullptr ? 1 : weight[row];
      const bool isIgnored = batch.labels != nullptr && batch.labels[row] == options_.ignoreIndex;
      const std::uint64_t key = hashes.key(lane);
      if (key > greatestKey_ || w == 0 || isIgnored) continue;
      const std::size_t at = unit * unit_;
      addUnit(ofDoubles_ ? static_cast<const void*>(batch.doubles + at) : batch.scores + at, key,
              targets[lane], w);
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

std::uint64_t TemperatureSample::keyOf(const std::uint32_t* words) const {
  const auto bits = [&](std::size_t i) {
    return U32x4{} + (ofDoubles_ ? std::bit_cast<std::uint32_t>(nearestFloat(scoreIn(words, i))) : words[i]);
  };
  return withSecond(bits, unit_, hashesOf(bits, unit_, U32x4{} + words[scoreWords()])).key(0);
}

double TemperatureSample::scoreIn(const std::uint32_t* words, std::size_t i) const {
  if (!ofDoubles_) return static_cast<double>(std::bit_cast<float>(words[i]));
  return std::bit_cast<double>(words[2 * i] | std::uint64_t{words[2 * i + 1]} << 32);
}

void TemperatureSample::addUnit(const void* scores, std::uint64_t key, std::uint32_t target, float weight) {
  const Entry entry{key, 1, room()};
  std::uint32_t* const words = pool_.data() + entry.at;
  copyWords(words, scores, scoreWords());
  words[scoreWords()] = target;
  words[scoreWords() + 1] = std::bit_cast<std::uint32_t>(weight);
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

/// Of four rows.
void TemperatureSample::toLogits(std::vector<double>& scores) const {
  if (areLogits(options_)) return;
  if (options_.task != EvaluationTask::MultiClass) {
    for (double& score : scores) score = logitOf(score, options_);
    return;
  }
  for (std::size_t i = 0; i < scores.size(); i += 2) {
    const F64x2 logits = log(F64x2{scores[i], scores[i + 1]});
    std::memcpy(&scores[i], &logits, sizeof logits);
  }
}

std::optional<TemperatureFit> TemperatureSample::fit() const {
  const bool isMultiClass = options_.task == EvaluationTask::MultiClass;
  // Of one class alone the loss is 0 at any temperature.
  if (isMultiClass && unit_ == 1) return {};
  const std::vector<Entry> entries = kept();
  CooledRows cooled(entries.size(), unit_, ofDoubles_);
  double rows = 0;
  std::vector<double> logits(unit_ * kLanes);
  for (std::size_t first = 0; first < entries.size(); first += kLanes) {
    const std::size_t count = std::min(kLanes, entries.size() - first);
    // Of no weight where there is no row, but finite.
    if (count < kLanes) std::fill(logits.begin(), logits.end(), 0.5);
    CooledRows::Truths truths;
    for (std::size_t lane = 0; lane < count; ++lane) {
      const Entry& entry = entries[first + lane];
      const std::uint32_t* words = wordsOf(entry);
      for (std::size_t i = 0; i < unit_; ++i) logits[i * kLanes + lane] = scoreIn(words, i);
      const std::uint32_t target = words[scoreWords()];
      const auto times = static_cast<double>(entry.count);
      truths.label[lane] = isMultiClass ? target : 0;
      truths.target[lane] = static_cast<double>(std::bit_cast<float>(target));
      truths.weight[lane] = times * static_cast<double>(std::bit_cast<float>(words[scoreWords() + 1]));
      rows += times;
    }
    toLogits(logits);
    isMultiClass ? cooled.addClasses(logits.data(), truths) : cooled.addElements(logits.data(), truths);
  }
  const std::optional<CooledRows::Best> best = cooled.best();
  if (!best) return {};
  return TemperatureFit{1 / best->inverse, best->loss, best->calibrationError, rows};
}

std::vector<std::uint8_t> TemperatureSample::toBytes() const {
  ByteWriter to = beginState(StateKind::Temperature, settings());
  const std::vector<Entry> entries = kept();
  to.reserve(entries.size() * (words() + 4) * sizeof(std::uint32_t) + 2 * sizeof(std::uint64_t));
  to.write(entries.size());
  for (const Entry& entry : entries) {
    to.write(entry.count);
    to.writeHalves(wordsOf(entry), words());
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

/// Behind the others, those that may be kept. False where one is none that toBytes writes.
bool TemperatureSample::readEntries(ByteReader& from, std::uint64_t count) {
  std::vector<std::uint32_t> last(words());  // the one before, and its key
  std::uint64_t lastKey = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t rows = from.read();
    const std::size_t at = room();
    std::uint32_t* const words = pool_.data() + at;
    from.readHalves(words, this->words());
    if (!from.ok() || rows == 0 || rows > kMostRows || !isUnit(words)) return false;
    const std::uint64_t key = keyOf(words);
    const auto isBehind = [&] {
      return std::lexicographical_compare(last.begin(), last.end(), words, words + this->words());
    };
    // One that stands there twice would be counted beyond what a count holds.
    if (i > 0 && !(lastKey < key || (lastKey == key && isBehind()))) return false;
    std::copy_n(words, this->words(), last.begin());
    lastKey = key;
    if (key <= greatestKey_) {
      entries_.push_back({key, rows, at});
    } else {
      poolEnd_ = at;
    }
  }
  return from.isAtEnd();
}

bool TemperatureSample::mergeBytes(const std::uint8_t* bytes, std::size_t size) {
  ByteReader from = openState(bytes, size, StateKind::Temperature, settings());
  const std::uint64_t count = from.read();
  if (!from.ok() || count > capacity_) return false;
  if (entries_.size() > capacity_) shrink();
  const std::size_t entries = entries_.size();
  const std::size_t poolEnd = poolEnd_;
  const bool isOurs = readEntries(from, count);
  if (!isOurs) {
    entries_.resize(entries);
    poolEnd_ = poolEnd;
  }
  if (entries_.size() == 2 * capacity_) shrink();
  return isOurs;
}

}  // namespace losskit
