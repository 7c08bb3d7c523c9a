// All that a report tells, gathered over any number of batches: initialize / update / merge / finalize.
// Counts are whole numbers, sums are exact and ties are broken by the place in the file, so that the same
// rows in any batches, merged in any order, give the same bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "evaluation/extreme_rows.h"
#include "evaluation/lane_counts.h"
#include "evaluation/norm_cells.h"
#include "evaluation/pair_counts.h"
#include "evaluation/row_counts.h"
#include "evaluation/row_terms.h"
#include "evaluation/tally.h"
#include "evaluation/terms.h"
#include "losses/focus.h"
#include "numeric/sums_by_number.h"

namespace losskit {

struct EvaluationOptions {
  EvaluationTask task = EvaluationTask::MultiClass;
  std::size_t width = 0;  ///< scores in a row
  std::vector<double> gammas;
  /// Of focal losses of elements: weight of those that are set, the others get 1 minus it; negative: none.
  double alpha = -1;
  std::size_t bins = 10;     ///< of GHM-C
  std::size_t hardest = 20;  ///< rows to keep
  bool ofDoubles = false;    ///< bins are of terms worked in double

  bool operator==(const EvaluationOptions&) const = default;
};

/// Counts by bin and the exact sum of something in each.
struct BinTotals {
  Tally rows;
  ExactSums sums;

  explicit BinTotals(std::size_t bins) : rows(bins), sums(bins) {}
  /// Adds what another has in one of its bins.
  void merge(std::size_t bin, const BinTotals& other, std::size_t from) {
    rows.add(bin, other.rows.count(from));
    sums[bin].merge(other.sums[from]);
  }
};

/// What is gathered. Groups are classes, or two for each label: not set and set.
struct EvaluationTotals {
  /// Rows that count, and rows with the ignored label.
  std::uint64_t rows = 0;
  std::uint64_t ignored = 0;
  /// Rows or elements with a divided truth (Terms::soft).
  std::uint64_t soft = 0;
  /// By group: elements of that truth, of that prediction, and of both.
  Tally truth;
  Tally predicted;
  Tally correct;
  /// By group of the truth: losses, gradient norms, then the focal loss of each gamma.
  std::vector<ExactSums> measures;
  /// Over all: Brier score; mean over the classes of -log p_c; loss of rows of several labels, each the mean
  /// over them, rounded.
  ExactSums overall{3};
  /// By class, of rows whose truth is divided: its shares in them, and of the shares times -log p of it. With
  /// one label a row by group, and of rows of a divided truth what these are more than `truth` and kLoss
  /// count.
  ExactSums shares;
  ExactSums shareLosses;
  /// By confidence: elements and their confidences; those predicted right.
  BinTotals confidence;
  Tally right;
  /// By cell of the gradient norm, with losses; those with a weight of 0 apart.
  BinTotals cells;
  BinTotals masked;
  /// By loss.
  Tally losses;
  PairCounts confusions;
  ExtremeRows hardest;
  /// By predicted class: rows of another label, those predicted most confidently.
  std::vector<ExtremeRows> mistaken;

  EvaluationTotals(const EvaluationOptions& options, std::size_t cellCount);
  void merge(const EvaluationTotals& other);
  void write(ByteWriter& to) const;
  bool read(ByteReader& from);

  [[nodiscard]] std::size_t groups() const { return truth.size(); }
  /// A measure summed over all groups, rounded once.
  [[nodiscard]] double sumOf(std::size_t measure) const;
};

class Evaluation {
 public:
  enum Measure : std::size_t { kLoss = 0, kMiss = 1, kFirstFocal = 2 };
  enum Overall : std::size_t { kBrier = 0, kSmooth = 1, kRowLoss = 2 };

  explicit Evaluation(const EvaluationOptions& options);

  /// The rows that follow stand in this part of the file, from its beginning. Parts are numbered in the order
  /// of the file, below 2^21, each of less than 2^32 rows.
  void startPart(std::uint32_t part) { nextKey_ = static_cast<std::uint64_t>(part) << 32; }

  /// Takes other options of the same task and width. What depends on those that differ is forgotten, all else
  /// stays. True where anything is: then all rows are to be added again, from the first one, in the parts and
  /// batches they came in, and no others; of them only what was forgotten is gathered.
  bool change(const EvaluationOptions& options);

  /// Rows as terms. weight: [rows], >= 0 and finite, or null for all 1; given always or never. Weights weigh
  /// losses, accuracy, Brier score and calibration; counts stay numbers of rows, and the bins of GHM take a
  /// weight of 0 as a mask.
  void add(Terms& terms, const float* weight);
  /// What addLosses can gather, added up: the sums of losses without a parameter, of the focal loss of the
  /// first gamma, and by the bins of GHM-C.
  enum Losses : unsigned { kPlainLosses = 1, kFocalLoss = 2, kGhmLoss = 4, kAllLosses = 7 };
  /// As add, but only what these losses are made of: a first look at them. Of no use for anything else that
  /// is told of totals.
  void addLosses(Terms& terms, const float* weight, unsigned wanted = kAllLosses);
  /// Rows of the last `add` that are now among the hardest or the mistaken, perhaps more than once.
  [[nodiscard]] const std::vector<std::uint32_t>& entered() const { return entered_; }
  /// The place in the file, part * 2^32 + row, of all rows that are among them, perhaps more than once.
  [[nodiscard]] std::vector<std::uint64_t> keys() const;

  /// `other` must have the same options.
  void merge(const Evaluation& other) { totals_.merge(other.totals_); }
  [[nodiscard]] std::vector<std::uint8_t> toBytes() const;
  /// Merges a saved evaluation. False, and nothing done, when the bytes are not what toBytes makes of one
  /// with the same options.
  bool mergeBytes(const std::uint8_t* bytes, std::size_t size);

  [[nodiscard]] const EvaluationOptions& options() const { return options_; }
  [[nodiscard]] const EvaluationTotals& totals() const { return totals_; }
  [[nodiscard]] const LossBins& lossBins() const { return counts_.lossBins(); }
  /// By gradient norm, in 30 bins and in those of GHM-C, where a weight of 0 is a mask; with sums of the
  /// losses.
  [[nodiscard]] BinTotals norms() const;
  [[nodiscard]] BinTotals ghm() const;
  /// By the probability given to the truth.
  [[nodiscard]] Tally probabilities() const;
  /// Rows whose label is likely wrong, most likely first. Confident learning: another class is predicted,
  /// with at least the mean probability that rows of that class give it. Ranked by the probability of the
  /// predicted class minus that of the label, among the most confident ones of each predicted class.
  [[nodiscard]] std::vector<RankedRow> labelErrors() const;

  static constexpr std::size_t kConfidenceBins = 15;
  static constexpr std::size_t kNormBins = 30;
  static constexpr std::size_t kProbabilityBins = 50;

 private:
  /// What `add` gathers.
  struct Wanted {
    bool counts = true;
    bool norms = true;
    bool ranks = true;
    std::vector<bool> focal;  ///< by gamma
  };

  [[nodiscard]] Values confidencesOf(Terms& terms) const;
  void count(Terms& terms, const float* weight);
  void countTruths(Terms& terms, const float* weight);
  void countNorms(Terms& terms, const float* weight);
  void findCells(Terms& terms);
  void countCells(Terms& terms);
  void countUnmasked(Terms& terms, const float* weight);
  void countGhm(Terms& terms, const float* weight);
  void addToCells(Terms& terms, const float* weight, std::size_t first, std::size_t end,
                  const UnitBins& ghmBins, const std::vector<std::int32_t>& cellOf);
  void sumPlain(Terms& terms, const float* weight);
  void sumFocal(std::size_t gamma, Terms& terms, const float* weight);
  void sum(Terms& terms, const float* weight);
  template <class Use>
  void forEachFloat(Values values, std::size_t size, const Use& use);
  void sumAll(ExactSum<float>& sum, Values values, std::size_t size);
  void sumAsOne(std::size_t measure, Terms& terms, Values values);
  void sumByNumber(ExactSums& sums, const std::int32_t* numbers, Values values, std::size_t size);
  void sumByGroup(std::size_t measure, Terms& terms, Values values);
  void sumRows(Terms& terms, const float* weight);
  void rank(Terms& terms);
  [[nodiscard]] float leastMistaken() const;
  [[nodiscard]] bool rankRows(Terms& terms, std::size_t first, std::size_t end);
  void rankRow(Terms& terms, std::size_t row, bool isCandidate);
  bool rankLabels(Terms& terms, std::size_t row);
  template <class T>
  T meanOfRow(const T* values, std::size_t row) const;
  void noteEntered(std::size_t rows);
  Values focal(Terms& terms, std::size_t gamma);
  const double* dividedFocal(const DividedTerms& divided, std::size_t rows, double gamma);
  void sumDivided(const DividedTerms& divided, std::size_t rows, const float* weight);
  [[nodiscard]] double softFocal(const SoftElement& element, double gamma) const;
  void sumSoft(Terms& terms, const float* weight);
  const double* doubleFocal(Terms& terms, const double* loss, const double* miss, double gamma);
  Values weighted(Values values, const float* weight, std::size_t size);
  [[nodiscard]] std::size_t perRow() const;

  EvaluationOptions options_;
  std::vector<Focus> focus_;
  NormCells cells_;
  LaneCounts cellCounts_;
  RowCounts counts_;

  EvaluationTotals totals_;
  Wanted wanted_;
  std::uint64_t nextKey_ = 0;

  // Of the batch at hand.
  std::vector<std::uint32_t> entered_;
  std::vector<float> focal_;
  std::vector<float> weighted_;
  std::vector<double> doubleFocal_;
  std::vector<double> doubleWeighted_;
  std::vector<double> rest_;
  std::vector<float> floats_;
  std::vector<std::int32_t> bins_;
  SumsByNumber sumsByNumber_;
};

}  // namespace losskit
