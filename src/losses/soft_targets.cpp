#include "losses/soft_targets.h"

#include <algorithm>
#include <utility>

#include "losses/beside_largest.h"
#include "losses/usual_exponentials.h"
#include "numeric/math.h"

namespace losskit::usual {

namespace {

/// One row's q.
struct TargetRow {
  const float* target;
  const SoftTargets& targets;

  [[nodiscard]] F32x4 at(std::size_t c) const {
    const F32x4 q = mulAdd(load(target + c), splat(targets.kept), splat(targets.share));
    return targets.weight == nullptr ? q : q * load(targets.weight + c);
  }
};

/// Sums over a row's classes, lane by lane: sum_c q_c (largest - x_c), of which no term is negative, and the
/// largest q beside all others, as the others' sum must not be the difference of two that are nearly equal.
struct TargetSums {
  F32x4 distance{};
  F32x4 chosen{};
  F32x4 others{};

  void add(F32x4 q, F32x4 below) {
    distance = mulAdd(q, below, distance);
    addTarget(q);
  }
  void addTarget(F32x4 q) {
    others += minimum(chosen, q);
    chosen = maximum(chosen, q);
  }
  void add(const TargetSums& more) {
    distance += more.distance;
    others += more.others;
    addTarget(more.chosen);
  }

  [[nodiscard]] F32x4 total() const { return chosen + others; }
};

/// As LongSum: runs in float, their sums in double.
TargetSums sumsOfTargets(const float* x, const TargetRow& row, std::size_t classes, F32x4 largest) {
  constexpr std::size_t kRun = 8 * kLanes;
  TargetSums sums;
  F64x4 distance;
  F64x4 others;
  const auto endRun = [&] {
    distance += F64x4(std::exchange(sums.distance, F32x4{}));
    others += F64x4(std::exchange(sums.others, F32x4{}));
  };
  const std::size_t last = classes - kLanes;
  const I32x4 rest = lanesLeftOver(classes);
  for (std::size_t c = 0; c < classes; c += kLanes) {
    const std::size_t at = std::min(c, last);
    const F32x4 q = row.at(at);
    sums.add(c > last ? keepWhere(rest, q) : q, largest - load(x + at));
    if (c % kRun == kRun - kLanes) endRun();
  }
  endRun();
  return {distance.rounded(), sums.chosen, others.rounded()};
}

/// What a row's gradient is made of besides its own classes, in every lane.
struct RowGradient {
  F32x4 inverse;  ///< 1 / sum of the exponentials
  F32x4 largest;  ///< score
  F32x4 miss;     ///< 1 - p of it
  F32x4 chosen;   ///< the largest q
  F32x4 others;   ///< sum of the other q
  F32x4 scale;

  /// p_k (sum of the other q) - q_k (1 - p_k): neither difference is of two that are nearly equal, where an
  /// error would be all that is left.
  [[nodiscard]] F32x4 of(F32x4 x, F32x4 e, F32x4 q) const {
    const F32x4 p = e * inverse;
    const F32x4 besides = select(q == chosen, others, chosen + (others - q));
    const F32x4 missed = select(x == largest, miss, constant(1.0F) - p);
    return scale * (p * besides - q * missed);
  }
};

/// `e` is where the exponentials are and the gradient goes. The last vector overlaps the one before, and so
/// is worked first and stored last.
void writeGradient(float* e, const float* x, const TargetRow& row, std::size_t classes,
                   const RowGradient& gradient) {
  const std::size_t last = classes - kLanes;
  F32x4 ofLast{};
  for (std::size_t c = 0; c < classes; c += kLanes) {
    const std::size_t at = c == 0 ? last : c - kLanes;
    const F32x4 value = gradient.of(load(x + at), load(e + at), row.at(at));
    if (c == 0) {
      ofLast = value;
    } else {
      store(e + at, value);
    }
  }
  store(e + last, ofLast);
}

}  // namespace

bool takesSoftTargets(ClassLayout layout) {
  return takes(layout) && layout.classes >= kLeastAlong;
}

bool softTargetLoss(float* loss, float* gradient, float* room, Rows rows, const SoftTargets& targets) {
  const std::size_t classes = rows.classes;
  if (!exponentials(room, rows.scores, rows.count * classes)) return false;
  const I32x4 rest = lanesLeftOver(classes);
  for (std::size_t row = 0; row < rows.count; row += kLanes) {
    const std::size_t count = std::min(kLanes, rows.count - row);
    const BesideLargest four = besideLargest(rows, room, row, rest);
    const FourRows<const float> x(rows.scores, classes, row, rows.count);
    const FourRows<const float> t(targets.target, classes, row, rows.count);
    const Splats largest(four.largest);
    TargetSums sums[kLanes];
    for (std::size_t lane = 0; lane < count; ++lane)
      sums[lane] = sumsOfTargets(x.at[lane], {t.at[lane], targets}, classes, largest.of[lane]);
    const TargetSums q = joined(sums, &TargetSums::distance, &TargetSums::chosen, &TargetSums::others);
    storePart(loss + row, count, (F64x4(q.distance) + F64x4(q.total()) * F64x4(four.logSum())).rounded());
    if (gradient == nullptr) continue;
    const F32x4 total = four.chosen + four.others;
    const F32x4 inverse = constant(1.0F) / total;
    const F32x4 miss = four.others / total;
    for (std::size_t lane = 0; lane < count; ++lane) {
      writeGradient(gradient + (row + lane) * classes, x.at[lane], {t.at[lane], targets}, classes,
                    {splat(inverse[lane]), largest.of[lane], splat(miss[lane]), splat(q.chosen[lane]),
                     splat(q.others[lane]), splat(targets.gradientScale)});
    }
  }
  return true;
}

}  // namespace losskit::usual
