// Rows of two or three values, four at a time: one vector holds one column of the four.
#pragma once

#include <algorithm>
#include <cstddef>

#include "numeric/simd.h"

namespace losskit {

template <std::size_t classes>
struct Columns;

template <>
struct Columns<2> {
  F32x4 v[2];

  static Columns read(const float* rows) {
    const F32x4 a = load(rows);
    const F32x4 b = load(rows + 4);
    return {{__builtin_shufflevector(a, b, 0, 2, 4, 6), __builtin_shufflevector(a, b, 1, 3, 5, 7)}};
  }

  void write(float* rows) const {
    store(rows, __builtin_shufflevector(v[0], v[1], 0, 4, 1, 5));
    store(rows + 4, __builtin_shufflevector(v[0], v[1], 2, 6, 3, 7));
  }
};

/// Shuffles that take two lanes of each operand are one instruction on x86; others are three.
template <>
struct Columns<3> {
  F32x4 v[3];

  static Columns read(const float* rows) {
    const F32x4 a = load(rows);                                  // 00 01 02 10
    const F32x4 b = load(rows + 4);                              // 11 12 20 21
    const F32x4 c = load(rows + 8);                              // 22 30 31 32
    const F32x4 ab = __builtin_shufflevector(a, b, 1, 2, 4, 5);  // 01 02 11 12
    const F32x4 bc = __builtin_shufflevector(b, c, 2, 3, 5, 6);  // 20 21 30 31
    return {{__builtin_shufflevector(a, bc, 0, 3, 4, 6), __builtin_shufflevector(ab, bc, 0, 2, 5, 7),
             __builtin_shufflevector(ab, c, 1, 3, 4, 7)}};
  }

  void write(float* rows) const {
    const F32x4 xy = __builtin_shufflevector(v[0], v[1], 0, 2, 4, 6);  // 00 20 01 21
    const F32x4 yz = __builtin_shufflevector(v[1], v[2], 1, 3, 5, 7);  // 11 31 12 32
    const F32x4 zx = __builtin_shufflevector(v[2], v[0], 0, 2, 5, 7);  // 02 22 10 30
    store(rows, __builtin_shufflevector(xy, zx, 0, 2, 4, 6));          // 00 01 02 10
    store(rows + 4, __builtin_shufflevector(yz, xy, 0, 2, 5, 7));      // 11 12 20 21
    store(rows + 8, __builtin_shufflevector(zx, yz, 1, 3, 5, 7));      // 22 30 31 32
  }
};

/// Four rows, or the last `count` of all with zeros behind them.
template <std::size_t classes>
Columns<classes> readColumns(const float* rows, std::size_t count) {
  float last[kLanes * classes];
  if (count < kLanes) {
    std::fill_n(std::copy_n(rows, count * classes, last), (kLanes - count) * classes, 0.0F);
    rows = last;
  }
  return Columns<classes>::read(rows);
}

/// All four rows, or where there are no more, the first `count` of them.
template <std::size_t classes>
void writeColumns(float* rows, std::size_t count, const Columns<classes>& columns) {
  float last[kLanes * classes];
  columns.write(count < kLanes ? last : rows);
  if (count < kLanes) std::copy_n(last, count * classes, rows);
}

}  // namespace losskit
