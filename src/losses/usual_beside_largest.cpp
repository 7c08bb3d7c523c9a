#include <algorithm>
#include <utility>

#include "losses/beside_largest.h"
#include "losses/usual_exponentials.h"

namespace losskit::usual {

namespace {

BesideLargest joinedRows(BesideLargest (&rows)[kLanes]) {
  return joined(rows, &BesideLargest::largest, &BesideLargest::chosen, &BesideLargest::others);
}

/// Four narrow rows, side by side. `rest`: the lanes left over.
BesideLargest ofNarrowRows(const FourRows<const float>& x, const FourRows<const float>& e,
                           std::size_t classes, I32x4 rest) {
  BesideLargest rows[kLanes];
  for (std::size_t c = 0; c + kLanes <= classes; c += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane)
      rows[lane].add(load(x.at[lane] + c), load(e.at[lane] + c));
  }
  const std::size_t last = classes - kLanes;
  for (std::size_t lane = 0; lane < kLanes; ++lane)
    rows[lane].add(load(x.at[lane] + last), keepWhere(rest, load(e.at[lane] + last)));
  return joinedRows(rows);
}

/// A wide row, whose sums are taken as LongSum's.
class WideRow {
 public:
  WideRow(const float* x, const float* e, std::size_t classes) {
    std::size_t c = 0;
    while (c + kRun <= classes) {
      const std::size_t end = c + kRun;
      for (; c < end; c += kUnroll * kLanes) addVectors<kUnroll>(x + c, e + c);
      endRun();
    }
    for (; c + kUnroll * kLanes <= classes; c += kUnroll * kLanes) addVectors<kUnroll>(x + c, e + c);
    for (; c + kLanes <= classes; c += kLanes) addVectors<1>(x + c, e + c);
    const std::size_t last = classes - kLanes;
    parts_[1].add(load(x + last), keepWhere(lanesLeftOver(classes), load(e + last)));
    endRun();
  }

  /// In four parts.
  [[nodiscard]] BesideLargest result() {
    parts_[0].add(parts_[1]);
    parts_[2].add(parts_[3]);
    parts_[0].add(parts_[2]);
    parts_[0].others += total_.rounded();
    return parts_[0];
  }

 private:
  static constexpr std::size_t kUnroll = 4;
  static constexpr std::size_t kRun = 8 * kUnroll * kLanes;

  template <std::size_t count>
  void addVectors(const float* x, const float* e) {
    for (std::size_t u = 0; u < count; ++u) parts_[u].add(load(x + u * kLanes), load(e + u * kLanes));
  }

  void endRun() {
    F32x4 sums[kUnroll];
    for (std::size_t u = 0; u < kUnroll; ++u) sums[u] = std::exchange(parts_[u].others, F32x4{});
    total_ += F64x4((sums[0] + sums[1]) + (sums[2] + sums[3]));
  }

  BesideLargest parts_[kUnroll];
  F64x4 total_;
};

/// Of four rows the first ones, as many as there are; the others repeat the last one.
BesideLargest ofWideRows(const FourRows<const float>& x, const FourRows<const float>& e, std::size_t classes,
                         std::size_t count) {
  BesideLargest rows[kLanes];
  for (std::size_t lane = 0; lane < kLanes; ++lane)
    rows[lane] = lane < count ? WideRow(x.at[lane], e.at[lane], classes).result() : rows[lane - 1];
  return joinedRows(rows);
}

}  // namespace

BesideLargest besideLargest(Rows rows, const float* e, std::size_t row, I32x4 rest) {
  const FourRows<const float> x(rows.scores, rows.classes, row, rows.count);
  const FourRows<const float> exponentials(e, rows.classes, row, rows.count);
  if (rows.classes < kWideRow) return ofNarrowRows(x, exponentials, rows.classes, rest);
  return ofWideRows(x, exponentials, rows.classes, std::min(kLanes, rows.count - row));
}

}  // namespace losskit::usual
