// Exponentials of a block of usual rows, one row after the other, and what is made of them row by row: sums,
// and rows multiplied with a number each. Behind usual_rows.h.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "losses/columns.h"
#include "losses/row_sums.h"
#include "losses/usual_rows.h"

namespace losskit::usual {

/// Most rows of a block. Their logarithms are taken side by side: each is a chain of some thirty instructions
/// that wait for one another.
inline constexpr std::size_t kUsualRows = 128;
/// Exponentials of a block, and its scores with them, stay in the first cache with room to spare: of 4096
/// scores and 256 rows a softmax of ten classes took 7.9 ns a row, where it takes 6.7 (relaxed SIMD in Node).
inline constexpr std::size_t kBlockScores = 1024;

/// Rows of fewer are worked as columns, shorter than a vector.
inline constexpr std::size_t kLeastAlong = kLanes;

/// Room for the exponentials of a block.
struct Scratch {
  float values[kBlockScores];

  /// Where they go: to where the result will be, unless they are read as columns, which are made of other
  /// vectors than they are.
  float* placeFor(float* out, Rows rows) { return rows.classes < kLeastAlong ? values : out; }
};

/// e^x * 2^24 of scores that lie one after the other, whatever row they are of: no vector is left in part, no
/// score is moved to another lane, and nothing but constants is kept in registers. False where one is out of
/// range. Nine instructions each wait for the one before, so four vectors are worked at once.
bool exponentials(float* out, const float* x, std::size_t count);

/// All ones in the last lanes, as many as the vectors of a row leave over.
inline I32x4 lanesLeftOver(std::size_t classes) {
  const auto rest = static_cast<std::int32_t>(classes % kLanes);
  return kept(I32x4{0, 1, 2, 3} >= splat(4 - rest));
}

/// Sums of four rows in four parts, so that an error of an addition meets few others.
struct FourSums {
  F32x4 parts[kLanes];

  [[nodiscard]] F32x4 value() const { return (parts[0] + parts[1]) + (parts[2] + parts[3]); }
  [[nodiscard]] F64x4 precise() const {
    return (F64x4(parts[0]) + F64x4(parts[1])) + (F64x4(parts[2]) + F64x4(parts[3]));
  }
};

/// Four of a block's rows; lanes behind the last one repeat it.
template <class Value>
struct FourRows {
  Value* at[kLanes];

  FourRows(Value* values, std::size_t classes, std::size_t first, std::size_t count) {
    at[0] = values + first * classes;
    for (std::size_t lane = 1; lane < kLanes; ++lane) at[lane] = at[lane - 1] + classes;
    if (first + kLanes <= count) return;
    Value* last = values + (count - 1) * classes;
    for (std::size_t lane = 1; lane < kLanes; ++lane) at[lane] = std::min(at[lane], last);
  }
};

/// Rows of at least kLeastAlong classes: each along its vectors, the last one of which overlaps the one
/// before, but for the lanes of `rest`.
inline FourSums sumsAlong(const FourRows<const float>& rows, std::size_t classes, I32x4 rest) {
  FourSums sums{};
  for (std::size_t c = 0; c + kLanes <= classes; c += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) sums.parts[lane] += load(rows.at[lane] + c);
  }
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    sums.parts[lane] += keepWhere(rest, load(rows.at[lane] + classes - kLanes));
  }
  F32x4* v = sums.parts;
  transpose(v[0], v[1], v[2], v[3]);
  return sums;
}

/// `rest`: the lanes left over.
inline FourSums sumsOfFour(const float* e, std::size_t classes, I32x4 rest, std::size_t first,
                           std::size_t count) {
  if (classes >= kLeastAlong) return sumsAlong({e, classes, first, count}, classes, rest);
  FourSums sums{};
  const auto set = [&](const auto& columns) {
    std::copy(std::begin(columns.v), std::end(columns.v), sums.parts);
  };
  const float* rows = e + first * classes;
  classes == 2 ? set(readColumns<2>(rows, count - first)) : set(readColumns<3>(rows, count - first));
  return sums;
}

/// The sum of a long row, whose parts may come one after the other, all but the last a multiple of kRun
/// values. Runs are summed in float; longer ones of equal terms would round the same way each time.
class LongSum {
 public:
  [[gnu::noinline]] void add(const float* e, std::size_t count) {
    for (std::size_t c = 0; c < count;) {
      const std::size_t end = std::min(c + kRun, count);
      F32x4 sums[kUnroll] = {};
      for (; c + kUnroll * kLanes <= end; c += kUnroll * kLanes) {
        for (std::size_t u = 0; u < kUnroll; ++u) sums[u] += load(e + c + u * kLanes);
      }
      for (; c < end; c += kLanes) {
        const std::size_t width = std::min(kLanes, end - c);
        sums[0] += width == kLanes ? load(e + c) : loadPart(e + c, width, 0);
      }
      total_ += F64x4((sums[0] + sums[1]) + (sums[2] + sums[3]));
      c = end;
    }
  }

  [[nodiscard]] double value() const {
    const F64x2 halves = total_.low + total_.high;
    return halves[0] + halves[1];
  }

 private:
  static constexpr std::size_t kUnroll = 4;
  static constexpr std::size_t kRun = 8 * kUnroll * kLanes;

  F64x4 total_;
};

inline double sumOfRow(const float* e, std::size_t classes) {
  LongSum sum;
  sum.add(e, classes);
  return sum.value();
}

/// values[c] *= factor. The last vector overlaps the one before, which it therefore is read before.
inline void scaleRow(float* values, std::size_t classes, F32x4 factor) {
  const F32x4 last = load(values + classes - kLanes) * factor;
  for (std::size_t c = 0; c + kLanes <= classes; c += kLanes) {
    store(values + c, load(values + c) * factor);
  }
  store(values + classes - kLanes, last);
}

template <std::size_t classes>
void scaleColumns(float* out, const float* e, std::size_t count, F32x4 factor) {
  auto columns = readColumns<classes>(e, count);
  for (F32x4& column : columns.v) column *= factor;
  writeColumns(out, count, columns);
}

/// A vector for each lane of `value`.
struct Splats {
  F32x4 of[kLanes];

  explicit Splats(F32x4 value) : of{splat(value[0]), splat(value[1]), splat(value[2]), splat(value[3])} {}
};

/// Four rows side by side, each by its own factor.
inline void scaleAlong(float* const (&rows)[kLanes], std::size_t classes, const Splats& factors) {
  F32x4 last[kLanes];
  for (std::size_t lane = 0; lane < kLanes; ++lane)
    last[lane] = load(rows[lane] + classes - kLanes) * factors.of[lane];
  for (std::size_t c = 0; c + kLanes <= classes; c += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane)
      store(rows[lane] + c, load(rows[lane] + c) * factors.of[lane]);
  }
  for (std::size_t lane = 0; lane < kLanes; ++lane) store(rows[lane] + classes - kLanes, last[lane]);
}

/// Four rows of exponentials, or as many as there are, each multiplied by its lane of `factor`. e: where
/// placeFor has them.
inline void scaleFour(float* out, const float* e, std::size_t classes, std::size_t count, F32x4 factor) {
  if (classes == 2) return scaleColumns<2>(out, e, count, factor);
  if (classes == 3) return scaleColumns<3>(out, e, count, factor);
  const Splats factors(factor);
  if (count >= kLanes) {
    return scaleAlong({out, out + classes, out + 2 * classes, out + 3 * classes}, classes, factors);
  }
  for (std::size_t lane = 0; lane < count; ++lane) scaleRow(out + lane * classes, classes, factors.of[lane]);
}

}  // namespace losskit::usual
