#include "evaluation/class_terms.h"

#include <cmath>
#include <optional>

#include "evaluation/one_minus_exp.h"
#include "evaluation/usual_class_terms.h"
#include "losses/class_index_loss.h"
#include "losses/definition.h"
#include "losses/pointwise.h"
#include "numeric/math.h"

namespace losskit {

namespace {

/// ScaledExp's range of validity.
constexpr float kReach = 2000;
/// A label this far below the maximum makes odds that float cannot hold.
constexpr float kLabelReach = 60;
/// Terms added in float before the sum goes on in double.
constexpr std::size_t kRun = 16;

/// Four sums, one per lane.
class FourSums {
 public:
  void add(F32x4 value) {
    low_ += lowAsDouble(value);
    high_ += highAsDouble(value);
  }
  [[nodiscard]] F32x4 rounded() const {
    return F32x4{static_cast<float>(low_[0]), static_cast<float>(low_[1]), static_cast<float>(high_[0]),
                 static_cast<float>(high_[1])};
  }

 private:
  F64x2 low_{};
  F64x2 high_{};
};

/// Four rows side by side: column c is class c of each.
class FourRows {
 public:
  explicit FourRows(std::size_t classes) : classes_(classes), tile_(classes * kLanes) {}

  /// Rows past `count` repeat the last one.
  void open(const float* scores, std::size_t count) {
    for (std::size_t lane = 0; lane < kLanes; ++lane)
      rows_[lane] = scores + std::min(lane, count - 1) * classes_;
    std::size_t c = 0;
    for (; c + kLanes <= classes_; c += kLanes) {
      F32x4 block[kLanes];
      for (std::size_t lane = 0; lane < kLanes; ++lane) block[lane] = load(rows_[lane] + c);
      transpose(block[0], block[1], block[2], block[3]);
      for (std::size_t i = 0; i < kLanes; ++i) store(tile_.data() + (c + i) * kLanes, block[i]);
    }
    for (; c < classes_; ++c) {
      store(tile_.data() + c * kLanes, F32x4{rows_[0][c], rows_[1][c], rows_[2][c], rows_[3][c]});
    }
  }

  [[nodiscard]] std::size_t classes() const { return classes_; }
  [[nodiscard]] const float* row(std::size_t lane) const { return rows_[lane]; }
  [[nodiscard]] F32x4 column(std::size_t c) const { return load(tile_.data() + c * kLanes); }
  [[nodiscard]] F32x4 at(I32x4 c) const {
    return F32x4{rows_[0][c[0]], rows_[1][c[1]], rows_[2][c[2]], rows_[3][c[3]]};
  }

  /// Calls body(c, column) for all columns in runs; endOfRun() behind each.
  template <class Body, class EndOfRun>
  void forEachColumn(const Body& body, const EndOfRun& endOfRun) const {
    I32x4 number{};
    for (std::size_t c = 0; c < classes_;) {
      const std::size_t end = std::min(c + kRun, classes_);
      for (; c < end; ++c, number += 1) body(number, column(c));
      endOfRun();
    }
  }

 private:
  std::size_t classes_;
  const float* rows_[kLanes] = {};
  std::vector<float> tile_;
};

/// The largest score of each row and the first class that has it.
struct Largest {
  F32x4 score = splat(-kInfinity);
  I32x4 at{};

  explicit Largest(const FourRows& rows) {
    I32x4 c{};
    for (std::size_t i = 0; i < rows.classes(); ++i, c += 1) {
      const F32x4 x = rows.column(i);
      const I32x4 isLarger = x > score;
      score = select(isLarger, x, score);
      at = (c & isLarger) | (at & ~isLarger);
    }
  }
};

struct FourTerms {
  F32x4 loss{};  ///< of probabilities only: that of logits is the loss kernel's
  F32x4 miss;
  F32x4 confidence;
  F32x4 brier;
  F32x4 smooth;
  /// All ones where float was enough.
  I32x4 trusted;
};

/// Softmax of logits. Sums leave the label out, so that nothing cancels where it has nearly all.
FourTerms termsOfLogits(const FourRows& rows, I32x4 label, const Largest& largest) {
  const F32x4 reference = exponentOf(minimum(maximum(largest.score, splat(-kReach)), splat(kReach)));
  const ScaledExp exponential(reference);
  FourSums others;
  FourSums squares;
  FourSums gaps;
  F32x4 other{};
  F32x4 square{};
  F32x4 gap{};
  rows.forEachColumn(
      [&](I32x4 c, F32x4 x) {
        const F32x4 e = clearWhere(c == label, exponential(x));
        other += e;
        square += e * e;
        gap += largest.score - x;
      },
      [&] {
        others.add(other);
        squares.add(square);
        gaps.add(gap);
        other = square = gap = F32x4{};
      });
  const F32x4 score = rows.at(label);
  const F32x4 chosen = exponential(score);
  const F32x4 odds = others.rounded() / chosen;
  const F32x4 total = others.rounded() + chosen;
  const F32x4 top = exponential(largest.score);
  FourTerms terms;
  terms.miss = odds / (splat(1.0F) + odds);
  terms.confidence = top / total;
  terms.brier = terms.miss * terms.miss + squares.rounded() / (total * total);
  const F32x4 logSum = log1p(maximum(total / top - splat(1.0F), splat(0.0F)));
  terms.smooth = gaps.rounded() / splat(static_cast<float>(rows.classes())) + logSum;
  terms.trusted = (absolute(largest.score) <= splat(kReach)) & (score >= largest.score - splat(kLabelReach));
  return terms;
}

/// Probabilities and log-probabilities as they are.
class GivenProbabilities {
 public:
  GivenProbabilities(ScoreKind kind, float eps)
      : isLog_(kind == ScoreKind::LogProbabilities), eps_(splat(eps)), most_(splat(1 - eps)) {
    if (eps == 0) return;
    leastLoss_ = -log1p(-eps_);
    mostLoss_ = -log(eps_);
  }

  FourTerms operator()(const FourRows& rows, I32x4 label, const Largest& largest) const {
    FourSums squares;
    FourSums losses;
    F32x4 square{};
    F32x4 loss{};
    rows.forEachColumn(
        [&](I32x4 c, F32x4 x) {
          const F32x4 p = probability(x);
          square += clearWhere(c == label, p * p);
          loss += logLoss(x, p);
        },
        [&] {
          squares.add(square);
          losses.add(loss);
          square = loss = F32x4{};
        });
    const F32x4 score = rows.at(label);
    const F32x4 p = probability(score);
    FourTerms terms;
    terms.loss = logLoss(score, p);
    terms.miss = isLog_ && eps_[0] == 0 ? oneMinusExp(score) : splat(1.0F) - p;
    terms.confidence = probability(largest.score);
    terms.brier = terms.miss * terms.miss + squares.rounded();
    terms.smooth = losses.rounded() / splat(static_cast<float>(rows.classes()));
    terms.trusted = splat(std::int32_t{-1});
    return terms;
  }

 private:
  [[nodiscard]] F32x4 probability(F32x4 x) const {
    return minimum(maximum(isLog_ ? exp(x) : x, eps_), most_);
  }
  /// What was a logarithm is not made one again.
  [[nodiscard]] F32x4 logLoss(F32x4 x, F32x4 p) const {
    return isLog_ ? minimum(maximum(-x, leastLoss_), mostLoss_) : -log(p);
  }

  bool isLog_;
  F32x4 eps_;
  F32x4 most_;
  F32x4 leastLoss_ = splat(-kInfinity);
  F32x4 mostLoss_ = splat(kInfinity);
};

double sumOf(const float* x, std::size_t size) {
  F64x2 low{};
  F64x2 high{};
  std::size_t c = 0;
  for (; c + kLanes <= size; c += kLanes) {
    low += lowAsDouble(load(x + c));
    high += highAsDouble(load(x + c));
  }
  low += high;
  double sum = low[0] + low[1];
  for (; c < size; ++c) sum += static_cast<double>(x[c]);
  return sum;
}

/// 1 - e^-loss: a series where the difference would lose digits.
F32x4 missOfLoss(F32x4 loss) {
  F32x4 series = splat(1.0F);
  for (int n = 8; n > 1; --n) series = splat(1.0F) - series * loss * splat(1 / static_cast<float>(n));
  return select(loss < splat(0.5F), loss * series, splat(1.0F) - exp(-loss));
}

/// A row that float cannot do, by the definition in double.
void careful(Terms& terms, std::size_t i, const float* scores, std::size_t classes, Eigen::Index label) {
  const Eigen::ArrayXd x =
      definition::RowOf<float>(scores, static_cast<Eigen::Index>(classes), Eigen::InnerStride<>(1))
          .cast<double>();
  const Eigen::ArrayXd logP = definition::logSoftmax(x);
  const Eigen::ArrayXd p = logP.exp();
  const double miss = definition::missProbability(-logP(label));
  terms.miss()[i] = static_cast<float>(miss);
  terms.confidence()[i] = static_cast<float>(p.maxCoeff());
  terms.brier()[i] = static_cast<float>(miss * miss + p.square().sum() - p(label) * p(label));
  terms.smooth()[i] = static_cast<float>(-logP.mean());
}

class ClassTermsKernel {
 public:
  ClassTermsKernel(Terms& terms, const ClassTermsOptions& options)
      : terms_(terms),
        options_(options),
        rows_(options.classes),
        given_(options.kind, static_cast<float>(options.eps)) {}

  /// Rows from the first one on, of all scores and labels.
  void run(const float* scores, const std::int32_t* labels, std::size_t first, std::size_t count) {
    const std::size_t classes = options_.classes;
    if (isOfLogits()) {
      const ClassIndexOptions<float> options{nullptr, options_.ignoreIndex};
      classIndexLoss(terms_.loss() + first, nullptr, scores + first * classes, labels + first,
                     {count, classes}, options);
    }
    for (const std::size_t end = first + count; first < end; first += kLanes) {
      runFour(scores + first * classes, labels + first, first, std::min(kLanes, end - first));
    }
  }

 private:
  [[nodiscard]] bool isOfLogits() const { return options_.kind == ScoreKind::Logits; }

  void runFour(const float* scores, const std::int32_t* labels, std::size_t first, std::size_t count) {
    rows_.open(scores, count);
    I32x4 label{};
    I32x4 counts{};
    for (std::size_t lane = 0; lane < count; ++lane) {
      if (labels[lane] == options_.ignoreIndex) continue;
      label[lane] = labels[lane];
      counts[lane] = -1;
    }
    const Largest largest(rows_);
    const FourTerms terms =
        isOfLogits() ? termsOfLogits(rows_, label, largest) : given_(rows_, label, largest);
    store(terms_.group(), first, count, (label & counts) | ~counts);
    store(terms_.predicted(), first, count, largest.at & counts);
    if (!isOfLogits()) storeWidth(terms_.loss() + first, count, keepWhere(counts, terms.loss));
    storeWidth(terms_.miss() + first, count, keepWhere(counts, terms.miss));
    storeWidth(terms_.confidence() + first, count, keepWhere(counts, terms.confidence));
    storeWidth(terms_.brier() + first, count, keepWhere(counts, terms.brier));
    storeWidth(terms_.smooth() + first, count, keepWhere(counts, terms.smooth));
    if (all(terms.trusted | ~counts)) return;
    for (std::size_t lane = 0; lane < count; ++lane) {
      if (counts[lane] != 0 && terms.trusted[lane] == 0) {
        careful(terms_, first + lane, rows_.row(lane), options_.classes, label[lane]);
      }
    }
  }

  static void store(std::int32_t* to, std::size_t first, std::size_t count, I32x4 value) {
    for (std::size_t lane = 0; lane < count; ++lane) to[first + lane] = value[lane];
  }

  Terms& terms_;
  const ClassTermsOptions& options_;
  FourRows rows_;
  GivenProbabilities given_;
};

}  // namespace

void classTerms(Terms& terms, const float* scores, const std::int32_t* labels, std::size_t rows,
                const ClassTermsOptions& options) {
  terms.resize(rows);
  std::optional<ClassTermsKernel> kernel;
  const auto careful = [&](std::size_t first, std::size_t count) {
    if (!kernel) kernel.emplace(terms, options);
    kernel->run(scores, labels, first, count);
  };
  if (options.kind != ScoreKind::Logits || !hasUsualTerms(options.classes)) return careful(0, rows);
  const auto fast = [&](std::size_t first, const usual::Rows& block) {
    return usualClassTerms(terms, first, block, labels + first, options.ignoreIndex);
  };
  usual::forEachBlock(scores, {rows, options.classes}, fast, careful);
}

bool classLossTerms(Terms& terms, const float* logits, const std::int32_t* labels, std::size_t rows,
                    const ClassTermsOptions& options) {
  terms.resize(rows);
  const std::size_t classes = options.classes;
  const ClassIndexOptions<float> plain{nullptr, options.ignoreIndex};
  classIndexLoss(terms.loss(), nullptr, logits, labels, {rows, classes}, plain);
  F64x2 all{};
  const double share = 1 / static_cast<double>(classes);
  for (std::size_t row = 0; row < rows; ++row) {
    const bool counts = labels[row] != options.ignoreIndex;
    const float* x = logits + row * classes;
    const double sum = sumOf(x, classes);
    all += splat(sum);
    terms.group()[row] = counts ? labels[row] : -1;
    // -log p_c = -log p_y + x_y - x_c.
    const double own =
        counts ? static_cast<double>(terms.loss()[row]) + static_cast<double>(x[labels[row]]) : 0;
    terms.smooth()[row] = counts ? static_cast<float>(own - sum * share) : 0;
  }
  forEachFour(rows, [&](std::size_t i, std::size_t width) {
    storeWidth(terms.miss() + i, width, missOfLoss(loadWidth(terms.loss() + i, width)));
  });
  return std::isfinite(all[0]);
}

}  // namespace losskit
