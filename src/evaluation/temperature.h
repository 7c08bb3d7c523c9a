// The temperature that fits best: T > 0 with the least mean log loss of softmax(logits / T), or of
// sigmoid(logit / T). Guo et al. 2017, "On Calibration of Modern Neural Networks", section 4.2.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "evaluation/row_terms.h"
#include "numeric/bytes.h"
#include "numeric/simd.h"

namespace losskit {

struct TemperatureFit {
  double temperature = 1;
  /// Of the rows it was fitted on, with it: mean log loss and expected calibration error.
  double loss = 0;
  double calibrationError = 0;
  /// Rows (multi-class) or elements it was fitted on.
  double rows = 0;
};

/// Rows to fit it on: all of a small file, else a sample of bounded size. Which rows that are is settled by a
/// hash of what they hold, so that any split of the file, merged in any order, samples the same ones; equal
/// rows are one, counted. Beyond 8192 rows (fewer above 254 classes) that is a sample: against fits to all of
/// 60,000 to 200,000 rows of 2, 10 and 100 classes (24 sets of normal logits) the temperature was off by 1.1
/// % on average and 4.8 % at most, which costs 1e-4 of the loss on average and 9e-4 at most; the sample's own
/// loss was off by up to 2.4 %.
class TemperatureSample {
 public:
  /// Of the options task, width, kind and ignoreIndex count. ofDoubles: the rows have their scores as
  /// doubles, and these are sampled.
  explicit TemperatureSample(const ScoreOptions& options, bool ofDoubles = false);

  /// Rows as RowTerms takes them. weight: [rows] or null.
  void add(const ScoredRows& batch, const float* weight);
  /// Rows (elements) in the sample.
  [[nodiscard]] std::uint64_t size() const;

  /// None when there are no rows, or when the loss has no minimum: it falls all the way to T = 0 (nothing is
  /// predicted wrong) or towards infinity (guessing does better), or is infinite. To 9 digits.
  [[nodiscard]] std::optional<TemperatureFit> fit() const;

  [[nodiscard]] std::vector<std::uint8_t> toBytes() const;
  /// Merges a saved sample. False, and nothing done, when the bytes are not what toBytes makes of one with
  /// the same options.
  bool mergeBytes(const std::uint8_t* bytes, std::size_t size);

 private:
  /// A row's scores, its target (label, or bits of the element's target) and its weight, as they are in
  /// memory.
  struct Entry {
    std::uint64_t key;
    std::uint64_t count;
    std::size_t at;  ///< of its words in the pool
  };

  /// scores: as they are sampled.
  void addUnit(const void* scores, std::uint64_t key, std::uint32_t target, float weight);
  [[nodiscard]] U32x4 targetsOf(const ScoredRows& batch, std::size_t first, std::size_t count) const;
  std::size_t room();
  void addEntry(const Entry& entry);
  [[nodiscard]] std::uint64_t keyOf(const std::uint32_t* words) const;
  /// Of the scores of a unit, a double being two; behind them its target and weight.
  [[nodiscard]] std::size_t scoreWords() const { return ofDoubles_ ? 2 * unit_ : unit_; }
  [[nodiscard]] std::size_t words() const { return scoreWords() + 2; }
  void toLogits(std::vector<double>& scores) const;
  [[nodiscard]] double scoreIn(const std::uint32_t* words, std::size_t i) const;
  /// What a saved sample must share with this one.
  [[nodiscard]] std::uint64_t settings() const {
    return unit_ << 2 | static_cast<std::uint64_t>(ofDoubles_) << 1 |
           static_cast<std::uint64_t>(options_.task);
  }
  [[nodiscard]] const std::uint32_t* wordsOf(const Entry& entry) const { return pool_.data() + entry.at; }
  [[nodiscard]] bool isEqual(const Entry& a, const Entry& b) const;
  [[nodiscard]] bool isBefore(const Entry& a, const Entry& b) const;
  bool readEntries(ByteReader& from, std::uint64_t count);
  [[nodiscard]] bool isUnit(const std::uint32_t* words) const;
  void shrink();
  void insert(std::vector<Entry>& entries, std::size_t begin, const Entry& entry) const;
  [[nodiscard]] std::vector<Entry> kept() const;

  ScoreOptions options_;
  bool ofDoubles_;
  std::size_t unit_;  ///< scores of what is sampled: a row's, or one
  std::size_t capacity_;
  std::uint64_t greatestKey_ = ~std::uint64_t{0};
  /// Equal units may stand there more than once, up to twice the capacity in all.
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> pool_;
  std::size_t poolEnd_ = 0;  ///< of what is in use
};

}  // namespace losskit
