#include "evaluation/cooled_rows.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "evaluation/bins.h"
#include "evaluation/evaluation.h"
#include "numeric/double_math.h"
#include "numeric/math.h"

namespace losskit {

namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();
/// No fit is looked for beyond.
constexpr double kLargestInverse = 65536;
/// A step that is so small a share of the place itself leaves an error of about its third power. Of a part of
/// the rows, whose own minimum is not that of all; of all in float; and the last one, to 12 digits.
constexpr double kLastStepOfPart = 0.1;
constexpr double kLastStepOfFloats = 0.03;
constexpr double kLastStep = 1e-4;
/// The part that the first steps are made with: every so many rows.
constexpr std::size_t kPart = 8;

F64x2 loadTwo(const double* from) {
  return F64x2{from[0], from[1]};
}
void storeTwo(double* to, F64x2 value) {
  std::memcpy(to, &value, sizeof value);
}

F64x2 onlyWhere(I64x2 mask, F64x2 value) {
  return reinterpret_cast<F64x2>(reinterpret_cast<I64x2>(value) & mask);
}

double sumOf(F64x2 lanes) {
  return lanes[0] + lanes[1];
}

}  // namespace

CooledRows::CooledRows(std::size_t rows, std::size_t logits, bool areExact)
    : others_(std::max<std::size_t>(logits, 2) - 1), areExact_(areExact) {
  const std::size_t fours = (rows + kLanes - 1) / kLanes;
  fours_.reserve(fours);
  below_.reserve(fours * kLanes * others_);
}

double* CooledRows::addFour() {
  below_.resize(below_.size() + kLanes * others_);
  return below_.data() + below_.size() - kLanes * others_;
}

void CooledRows::addClasses(const double* logits, const Truths& truths) {
  const std::size_t last = others_ * kLanes;
  Four four;
  double* out = addFour();
  for (std::size_t pair = 0; pair < kLanes; pair += 2) {
    const double* from = logits + pair;
    F64x2 largest = loadTwo(from);
    I64x2 top{};
    for (std::size_t c = 1; c <= others_; ++c) {
      const F64x2 logit = loadTwo(from + c * kLanes);
      top = logit > largest ? I64x2{} + static_cast<std::int64_t>(c) : top;
      largest = maximum(largest, logit);
    }
    for (std::size_t at = 0; at < last; at += kLanes) storeTwo(out + pair + at, loadTwo(from + at) - largest);
    for (std::size_t i = 0; i < 2; ++i) {
      const std::size_t lane = pair + i;
      const auto largestAt = static_cast<std::size_t>(top[i]);
      // The last one stands in the place of the largest.
      if (largestAt < others_) out[largestAt * kLanes + lane] = logits[last + lane] - largest[i];
      const std::size_t label = truths.label[lane];
      four.isRight[lane] = label == largestAt ? 1 : 0;
      // An infinite one takes all the probability, at any temperature.
      four.target[lane] = label == largestAt ? 0 : logits[label * kLanes + lane] - largest[i];
      four.weight[lane] = truths.weight[lane];
    }
  }
  fours_.push_back(four);
}

void CooledRows::addElements(const double* logits, const Truths& truths) {
  Four four;
  double* out = addFour();
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    const bool isPositive = logits[lane] > 0;
    const double target = truths.target[lane];
    const double share = isPositive ? 1 - target : target;
    out[lane] = -std::abs(logits[lane]);
    four.target[lane] = share == 0 ? 0 : share * out[lane];
    four.weight[lane] = truths.weight[lane];
    four.isRight[lane] = isPositive == (target >= 0.5) ? 1 : 0;
  }
  fours_.push_back(four);
}

/// Newton's step from b = 0, of the first rows; none where their loss has no minimum: it has one where it
/// falls from there on, and does not do so for ever, as it does when nothing is predicted wrong.
std::optional<double> CooledRows::firstGuess(std::size_t fours) const {
  F64x2 slopes{};
  F64x2 curvatures{};
  F64x2 ends{};
  for (std::size_t lane = 0; lane < fours * kLanes; lane += 2) {
    const Four& four = fours_[lane / kLanes];
    const double* below = below_.data() + lane / kLanes * others_ * kLanes + lane % kLanes;
    F64x2 count = constant(1.0);
    F64x2 sum{};
    F64x2 squares{};
    for (std::size_t c = 0; c < others_; ++c, below += kLanes) {
      const F64x2 score = loadTwo(below);
      // An infinite one has no part in the sums at any temperature.
      const I64x2 isFinite = score > constant(-kInfinite);
      const F64x2 finite = onlyWhere(isFinite, score);
      count += onlyWhere(isFinite, constant(1.0));
      sum += finite;
      squares += finite * finite;
    }
    const F64x2 weight = loadTwo(four.weight + lane % kLanes);
    const F64x2 target = loadTwo(four.target + lane % kLanes);
    const F64x2 mean = sum / count;
    slopes += weight * (mean - target);
    curvatures += weight * (squares / count - mean * mean);
    ends -= weight * target;
  }
  const double end = sumOf(ends);
  if (!(sumOf(slopes) < 0 && end > 0 && end < kInfinite)) return {};
  return -sumOf(slopes) / sumOf(curvatures);
}

/// So far below a score has no part in any sum, and its products are finite.
CooledRows::SumsOfFour CooledRows::sumsInFloat(double inverse, std::size_t four) const {
  const F64x2 b = splat(inverse);
  const ScaledExp exp(constant(0.0F));
  const double* below = below_.data() + four * others_ * kLanes;
  F32x4 sums[4] = {};
  for (std::size_t c = 0; c < others_; ++c, below += kLanes) {
    const F32x4 u =
        maximum(roundedToFloat(loadTwo(below) * b, loadTwo(below + 2) * b), constant(-ScaledExp::kReach));
    F32x4 term = exp(u);
    for (F32x4& sum : sums) {
      sum += term;
      term *= u;
    }
  }
  const F64x2 scale = splat(double{ScaledExp::kScale});
  SumsOfFour result;
  for (std::size_t k = 0; k < 4; ++k) {
    result[0].byPower[k] = lowAsDouble(sums[k]) * scale;
    result[1].byPower[k] = highAsDouble(sums[k]) * scale;
  }
  return result;
}

CooledRows::SumsOfFour CooledRows::sumsInDouble(double inverse, std::size_t four) const {
  SumsOfFour result;
  for (std::size_t pair = 0; pair < 2; ++pair) {
    const double* below = below_.data() + four * others_ * kLanes + 2 * pair;
    Sums sums;
    for (std::size_t c = 0; c < others_; ++c, below += kLanes) {
      const F64x2 u = maximum(loadTwo(below) * splat(inverse), constant(-700.0));
      F64x2 term = expOfNonPositive(u);
      for (F64x2& sum : sums.byPower) {
        sum += term;
        term *= u;
      }
    }
    result[pair] = sums;
  }
  return result;
}

struct CooledRows::Derivatives {
  F64x2 slope{};
  F64x2 curvature{};
  F64x2 third{};

  void add(F64x2 weight, F64x2 target, const Sums& sums) {
    const auto& power = sums.byPower;
    const F64x2 share = constant(1.0) / (constant(1.0) + power[0]);
    const F64x2 mean = power[1] * share;
    const F64x2 square = power[2] * share;
    const F64x2 cube = power[3] * share;
    slope += weight * (mean - target);
    curvature += weight * (square - mean * mean);
    third += weight * (cube - mean * (constant(3.0) * square - constant(2.0) * mean * mean));
  }

  /// Halley's step to where the slope is 0, as a share of b; bent no further than it may be trusted.
  [[nodiscard]] double step() const {
    const double newton = -sumOf(slope) / sumOf(curvature);
    const double bend = newton * sumOf(third) / (2 * sumOf(curvature));
    return newton / (1 + std::clamp(bend, -0.5, 0.5));
  }
};

/// Where the slope of the first rows is 0: steps inside an interval that is known to hold the place. The
/// slope rises with b, because the loss is convex in it. sums: of the last step.
std::optional<CooledRows::Place> CooledRows::near(double inverse, std::size_t fours, double lastStep,
                                                  bool isInFloat, std::vector<SumsOfFour>& sums) const {
  double low = 0;
  double high = kInfinite;
  for (;;) {
    Derivatives derivatives;
    for (std::size_t i = 0; i < fours; ++i) {
      sums[i] = isInFloat ? sumsInFloat(inverse, i) : sumsInDouble(inverse, i);
      for (std::size_t pair = 0; pair < 2; ++pair) {
        derivatives.add(loadTwo(fours_[i].weight + 2 * pair),
                        splat(inverse) * loadTwo(fours_[i].target + 2 * pair), sums[i][pair]);
      }
    }
    const double step = derivatives.step();
    if (std::abs(step) <= lastStep) return Place{inverse, step};
    (sumOf(derivatives.slope) < 0 ? low : high) = inverse;
    double next = inverse + inverse * step;
    if (!(next > low && next < high)) next = high == kInfinite ? 2 * low : (low + high) / 2;
    if (high == kInfinite) next = std::min(next, 4 * inverse);
    if (!(next <= kLargestInverse) || next == inverse) return {};
    inverse = next;
  }
}

/// Next to where the sums were made: e^(u + u step) is e^u times its series.
CooledRows::Best CooledRows::bestAt(Place place, const std::vector<SumsOfFour>& sums) const {
  constexpr std::size_t kBins = Evaluation::kConfidenceBins;
  const UnitBins bins(kBins);
  std::vector<double> gaps(kBins);
  const double inverse = place.next();
  double total = 0;
  double loss = 0;
  for (std::size_t lane = 0; lane < fours_.size() * kLanes; lane += 2) {
    const Four& four = fours_[lane / kLanes];
    const std::size_t pair = lane % kLanes;
    const auto& power = sums[lane / kLanes][pair / 2].byPower;
    const double step = place.step;
    const F64x2 others =
        power[0] + splat(step) * (power[1] + splat(step / 2) * (power[2] + splat(step / 3) * power[3]));
    const F64x2 rowLoss = log1p(others) - splat(inverse) * loadTwo(four.target + pair);
    const F64x2 confidence = constant(1.0) / (constant(1.0) + others);
    for (std::size_t i = 0; i < 2; ++i) {
      const double weight = four.weight[pair + i];
      const std::size_t bin = areExact_ ? bins.of(confidence[i]) : bins.of(static_cast<float>(confidence[i]));
      gaps[bin] += weight * (confidence[i] - four.isRight[pair + i]);
      total += weight;
      loss += weight * rowLoss[i];
    }
  }
  double error = 0;
  for (const double gap : gaps) error += std::abs(gap);
  return {inverse, loss / total, error / total};
}

std::optional<CooledRows::Best> CooledRows::best() const {
  const std::size_t all = fours_.size();
  std::optional<double> guess = firstGuess(all);
  if (!guess) return {};
  std::vector<SumsOfFour> sums(all);
  // Most of the way with few rows, then with few digits.
  if (const std::optional<double> first = firstGuess(all / kPart)) {
    const auto place = near(*first, all / kPart, kLastStepOfPart, true, sums);
    if (place) guess = place->next();
  }
  if (const auto place = near(*guess, all, kLastStepOfFloats, true, sums)) guess = place->next();
  const auto place = near(*guess, all, kLastStep, false, sums);
  if (!place) return {};
  return bestAt(*place, sums);
}

}  // namespace losskit
