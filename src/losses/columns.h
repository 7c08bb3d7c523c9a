// Four narrow rows read as columns and written back: one vector holds one class of the four.
#pragma once

#include <cstddef>

#include "numeric/simd.h"

namespace losskit {

/// Of rows of any number of classes >= 4, one after the other, in 4 x 4 tiles; the last tile overlaps the one
/// before.
template <std::size_t known>
class Columns {
 public:
  explicit Columns(std::size_t classes) : classes_(classes) {}

  [[nodiscard]] std::size_t classes() const { return classes_; }

  /// Calls column(first, i, x) for the classes first + i = 0, 1, ...; i, below 4, is known when compiling.
  template <class Column>
  void read(const float* rows, const Column& column) const {
    std::size_t c = 0;
    for (; c + kLanes <= classes_; c += kLanes) {
      const Tile tile(rows + c, classes_);
      for (std::size_t i = 0; i < kLanes; ++i) column(c, i, tile.v[i]);
    }
    const std::size_t rest = classes_ - c;
    if (rest == 0) return;
    c = classes_ - kLanes;
    const Tile tile(rows + c, classes_);
    if (rest > 2) column(c, 1, tile.v[1]);
    if (rest > 1) column(c, 2, tile.v[2]);
    column(c, 3, tile.v[3]);
  }

  /// Writes column(first, i) for all classes first + i.
  template <class Column>
  void write(float* rows, const Column& column) const {
    for (std::size_t c = 0; c < classes_; c += kLanes) {
      if (c + kLanes > classes_) c = classes_ - kLanes;
      F32x4 v[kLanes] = {column(c, 0), column(c, 1), column(c, 2), column(c, 3)};
      transpose(v[0], v[1], v[2], v[3]);
      for (std::size_t lane = 0; lane < kLanes; ++lane) store(rows + lane * classes_ + c, v[lane]);
    }
  }

 private:
  struct Tile {
    F32x4 v[kLanes];

    Tile(const float* from, std::size_t stride)
        : v{load(from), load(from + stride), load(from + 2 * stride), load(from + 3 * stride)} {
      transpose(v[0], v[1], v[2], v[3]);
    }
  };

  std::size_t classes_;
};

template <>
class Columns<2> {
 public:
  explicit Columns(std::size_t /*classes*/) {}

  [[nodiscard]] static constexpr std::size_t classes() { return 2; }

  template <class Column>
  void read(const float* rows, const Column& column) const {
    const F32x4 a = load(rows);
    const F32x4 b = load(rows + 4);
    column(0, 0, __builtin_shufflevector(a, b, 0, 2, 4, 6));
    column(0, 1, __builtin_shufflevector(a, b, 1, 3, 5, 7));
  }

  template <class Column>
  void write(float* rows, const Column& column) const {
    const F32x4 a = column(0, 0);
    const F32x4 b = column(0, 1);
    store(rows, __builtin_shufflevector(a, b, 0, 4, 1, 5));
    store(rows + 4, __builtin_shufflevector(a, b, 2, 6, 3, 7));
  }
};

/// Shuffles that take two lanes of each operand are one instruction on x86; others are three.
template <>
class Columns<3> {
 public:
  explicit Columns(std::size_t /*classes*/) {}

  [[nodiscard]] static constexpr std::size_t classes() { return 3; }

  template <class Column>
  void read(const float* rows, const Column& column) const {
    const F32x4 a = load(rows);                                  // 00 01 02 10
    const F32x4 b = load(rows + 4);                              // 11 12 20 21
    const F32x4 c = load(rows + 8);                              // 22 30 31 32
    const F32x4 ab = __builtin_shufflevector(a, b, 1, 2, 4, 5);  // 01 02 11 12
    const F32x4 bc = __builtin_shufflevector(b, c, 2, 3, 5, 6);  // 20 21 30 31
    column(0, 0, __builtin_shufflevector(a, bc, 0, 3, 4, 6));
    column(0, 1, __builtin_shufflevector(ab, bc, 0, 2, 5, 7));
    column(0, 2, __builtin_shufflevector(ab, c, 1, 3, 4, 7));
  }

  template <class Column>
  void write(float* rows, const Column& column) const {
    const F32x4 x = column(0, 0);                                  // 00 10 20 30
    const F32x4 y = column(0, 1);                                  // 01 11 21 31
    const F32x4 z = column(0, 2);                                  // 02 12 22 32
    const F32x4 xy = __builtin_shufflevector(x, y, 0, 2, 4, 6);    // 00 20 01 21
    const F32x4 yz = __builtin_shufflevector(y, z, 1, 3, 5, 7);    // 11 31 12 32
    const F32x4 zx = __builtin_shufflevector(z, x, 0, 2, 5, 7);    // 02 22 10 30
    store(rows, __builtin_shufflevector(xy, zx, 0, 2, 4, 6));      // 00 01 02 10
    store(rows + 4, __builtin_shufflevector(yz, xy, 0, 2, 5, 7));  // 11 12 20 21
    store(rows + 8, __builtin_shufflevector(zx, yz, 1, 3, 5, 7));  // 22 30 31 32
  }
};

}  // namespace losskit
