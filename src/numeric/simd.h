// Four-lane vectors. The only file that knows the instruction set.
//
// Three builds share this interface and, the first two, every bit of every result:
//   portable      GCC/Clang vector types, whatever the machine has (SSE, NEON, ...)
//   simd128       WebAssembly SIMD: the same operations in the same lane order
//   relaxed SIMD  WebAssembly relaxed SIMD (LOSSKIT_RELAXED_SIMD): mulAdd rounds once or twice, as the
//   machine likes
//
// Built with -ffp-contract=off, so that a * b + c outside mulAdd rounds twice everywhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#ifdef __wasm_simd128__
#include <wasm_simd128.h>
#endif

namespace losskit {

using F32x4 = float __attribute__((vector_size(16)));
using I32x4 = std::int32_t __attribute__((vector_size(16)));
using U32x4 = std::uint32_t __attribute__((vector_size(16)));
using F64x2 = double __attribute__((vector_size(16)));
using I64x2 = std::int64_t __attribute__((vector_size(16)));

inline constexpr std::size_t kLanes = 4;

inline F32x4 splat(float value) {
  return F32x4{value, value, value, value};
}
inline I32x4 splat(std::int32_t value) {
  return I32x4{value, value, value, value};
}
inline F64x2 splat(double value) {
  return F64x2{value, value};
}

/// The same vector, as a value to keep, not one to make anew where it is used. Where V8 meets a vector
/// constant in the code it takes three instructions to make it, every time (V8 14), and the module 18 bytes.
template <class Vector>
Vector kept(Vector vector) {
#ifdef __wasm_simd128__
  asm("" : "+r"(vector));
#endif
  return vector;
}

/// For numbers that are known when compiling and used in loops.
template <class Number>
auto constant(Number value) {
  return kept(splat(value));
}

/// Reads four floats; no alignment needed.
inline F32x4 load(const float* from) {
  F32x4 value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

inline I32x4 load(const std::int32_t* from) {
  I32x4 value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

inline void store(float* to, F32x4 value) {
  std::memcpy(to, &value, sizeof value);
}
inline void store(std::int32_t* to, I32x4 value) {
  std::memcpy(to, &value, sizeof value);
}

/// The first `count` (0 to 4) lanes from memory, `rest` in the others.
inline F32x4 loadPart(const float* from, std::size_t count, float rest) {
  return F32x4{count > 0 ? from[0] : rest, count > 1 ? from[1] : rest, count > 2 ? from[2] : rest,
               count > 3 ? from[3] : rest};
}

/// Writes the first `count` (0 to 4) lanes.
inline void storePart(float* to, std::size_t count, F32x4 value) {
  if (count == kLanes) {
    store(to, value);
    return;
  }
  std::size_t lane = 0;
  if ((count & 2) != 0) {
    std::memcpy(to, &value, 2 * sizeof(float));
    lane = 2;
  }
  if ((count & 1) != 0) to[lane] = lane == 0 ? value[0] : value[2];
}

inline I32x4 bitsOf(F32x4 value) {
  return reinterpret_cast<I32x4>(value);
}
inline F32x4 floatOf(I32x4 bits) {
  return reinterpret_cast<F32x4>(bits);
}

/// a - b in whole numbers, modulo 2^32.
inline I32x4 wrappingSubtract(I32x4 a, I32x4 b) {
  using Unsigned = std::uint32_t __attribute__((vector_size(16)));
  return reinterpret_cast<I32x4>(reinterpret_cast<Unsigned>(a) - reinterpret_cast<Unsigned>(b));
}

/// a * b + c, rounded twice; in the relaxed build once where the machine has a fused operation.
inline F32x4 mulAdd(F32x4 a, F32x4 b, F32x4 c) {
#ifdef LOSSKIT_RELAXED_SIMD
  return reinterpret_cast<F32x4>(wasm_f32x4_relaxed_madd(
      reinterpret_cast<v128_t>(a), reinterpret_cast<v128_t>(b), reinterpret_cast<v128_t>(c)));
#else
  return a * b + c;
#endif
}

/// c - a * b, rounded like mulAdd.
inline F32x4 negMulAdd(F32x4 a, F32x4 b, F32x4 c) {
#ifdef LOSSKIT_RELAXED_SIMD
  return reinterpret_cast<F32x4>(wasm_f32x4_relaxed_nmadd(
      reinterpret_cast<v128_t>(a), reinterpret_cast<v128_t>(b), reinterpret_cast<v128_t>(c)));
#else
  return c - a * b;
#endif
}

/// As mulAdd of floats.
inline F64x2 mulAdd(F64x2 a, F64x2 b, F64x2 c) {
#ifdef LOSSKIT_RELAXED_SIMD
  return reinterpret_cast<F64x2>(wasm_f64x2_relaxed_madd(
      reinterpret_cast<v128_t>(a), reinterpret_cast<v128_t>(b), reinterpret_cast<v128_t>(c)));
#else
  return a * b + c;
#endif
}

/// Lanes of `yes` where the mask's lane is all ones, of `no` where it is zero.
inline F32x4 select(I32x4 mask, F32x4 yes, F32x4 no) {
#ifdef LOSSKIT_RELAXED_SIMD
  // One instruction on x86; the exact selection of bits takes three.
  return reinterpret_cast<F32x4>(wasm_i32x4_relaxed_laneselect(
      reinterpret_cast<v128_t>(yes), reinterpret_cast<v128_t>(no), reinterpret_cast<v128_t>(mask)));
#else
  return floatOf((bitsOf(yes) & mask) | (bitsOf(no) & ~mask));
#endif
}

/// `value` where the mask is all ones, +0 elsewhere.
inline F32x4 keepWhere(I32x4 mask, F32x4 value) {
  return floatOf(bitsOf(value) & mask);
}
inline F32x4 clearWhere(I32x4 mask, F32x4 value) {
#ifdef __wasm_simd128__
  // Of `value & ~mask` LLVM makes a selection where it sees that the mask is a comparison, three instructions
  // on x86; taking 255 or 0 from each byte, down to 0 at most, is one.
  return reinterpret_cast<F32x4>(
      wasm_u8x16_sub_sat(reinterpret_cast<v128_t>(value), reinterpret_cast<v128_t>(mask)));
#else
  return floatOf(bitsOf(value) & ~mask);
#endif
}

/// 0 where the weight is 0, else weight * value: a term without weight is no term, even an infinite one.
inline F32x4 weightedTerm(F32x4 weight, F32x4 value) {
  return clearWhere(weight == splat(0.0F), weight * value);
}

/// a < b ? b : a. A NaN in `a` stays, a NaN in `b` is passed over.
inline F32x4 maximum(F32x4 a, F32x4 b) {
#ifdef __wasm_simd128__
  return reinterpret_cast<F32x4>(wasm_f32x4_pmax(reinterpret_cast<v128_t>(a), reinterpret_cast<v128_t>(b)));
#else
  return select(a < b, b, a);
#endif
}

/// b < a ? b : a. A NaN in `a` stays, a NaN in `b` is passed over.
inline F32x4 minimum(F32x4 a, F32x4 b) {
#ifdef __wasm_simd128__
  return reinterpret_cast<F32x4>(wasm_f32x4_pmin(reinterpret_cast<v128_t>(a), reinterpret_cast<v128_t>(b)));
#else
  return select(b < a, b, a);
#endif
}

/// Of whole numbers, which compilers know an instruction for.
template <class Whole>
Whole maximum(Whole a, Whole b) {
  return a < b ? b : a;
}
template <class Whole>
Whole minimum(Whole a, Whole b) {
  return b < a ? b : a;
}

/// a < b ? b : a. A NaN in `a` stays, a NaN in `b` is passed over.
inline F64x2 maximum(F64x2 a, F64x2 b) {
#ifdef __wasm_simd128__
  return reinterpret_cast<F64x2>(wasm_f64x2_pmax(reinterpret_cast<v128_t>(a), reinterpret_cast<v128_t>(b)));
#else
  return a < b ? b : a;
#endif
}

/// b < a ? b : a. A NaN in `a` stays, a NaN in `b` is passed over.
inline F64x2 minimum(F64x2 a, F64x2 b) {
#ifdef __wasm_simd128__
  return reinterpret_cast<F64x2>(wasm_f64x2_pmin(reinterpret_cast<v128_t>(a), reinterpret_cast<v128_t>(b)));
#else
  return b < a ? b : a;
#endif
}

inline F64x2 absolute(F64x2 value) {
  return reinterpret_cast<F64x2>(reinterpret_cast<I64x2>(value) & 0x7fffffffffffffff);
}

inline F32x4 absolute(F32x4 value) {
  return floatOf(bitsOf(value) & splat(std::int32_t{0x7fffffff}));
}

inline F32x4 squareRoot(F32x4 value) {
#ifdef __wasm_simd128__
  return reinterpret_cast<F32x4>(wasm_f32x4_sqrt(reinterpret_cast<v128_t>(value)));
#else
  return F32x4{__builtin_sqrtf(value[0]), __builtin_sqrtf(value[1]), __builtin_sqrtf(value[2]),
               __builtin_sqrtf(value[3])};
#endif
}

inline F64x2 squareRoot(F64x2 value) {
#ifdef __wasm_simd128__
  return reinterpret_cast<F64x2>(wasm_f64x2_sqrt(reinterpret_cast<v128_t>(value)));
#else
  return F64x2{__builtin_sqrt(value[0]), __builtin_sqrt(value[1])};
#endif
}

/// True when all lanes of the mask are all ones.
inline bool all(I32x4 mask) {
#ifdef __wasm_simd128__
  return wasm_i32x4_all_true(reinterpret_cast<v128_t>(mask));
#else
  const auto halves = reinterpret_cast<I64x2>(mask);
  return (halves[0] & halves[1]) == -1;
#endif
}

/// All ones in the lanes that are no NaN.
inline I32x4 isNumber(F32x4 value) {
  return value == value;  // NOLINT(misc-redundant-expression): false for NaN alone
}

/// Lanes 0 and 1, and lanes 2 and 3, as doubles (exact).
inline F64x2 lowAsDouble(F32x4 value) {
  return F64x2{value[0], value[1]};
}
inline F64x2 highAsDouble(F32x4 value) {
  return F64x2{value[2], value[3]};
}

/// Rounded to float: lanes 0 and 1 from `low`, lanes 2 and 3 from `high`.
inline F32x4 roundedToFloat(F64x2 low, F64x2 high) {
#ifdef __wasm_simd128__
  // Kept, or LLVM rounds the lanes one by one.
  const auto a = reinterpret_cast<F32x4>(wasm_f32x4_demote_f64x2_zero(reinterpret_cast<v128_t>(low)));
  const auto b = reinterpret_cast<F32x4>(wasm_f32x4_demote_f64x2_zero(reinterpret_cast<v128_t>(high)));
  return __builtin_shufflevector(kept(a), kept(b), 0, 1, 4, 5);
#else
  return F32x4{static_cast<float>(low[0]), static_cast<float>(low[1]), static_cast<float>(high[0]),
               static_cast<float>(high[1])};
#endif
}

/// Four doubles, one per lane of a vector of floats.
struct F64x4 {
  F64x2 low{};
  F64x2 high{};

  F64x4() = default;
  F64x4(F64x2 lanes01, F64x2 lanes23) : low(lanes01), high(lanes23) {}
  explicit F64x4(double value) : low(splat(value)), high(splat(value)) {}
  explicit F64x4(F32x4 value) : low(lowAsDouble(value)), high(highAsDouble(value)) {}

  [[nodiscard]] F32x4 rounded() const { return roundedToFloat(low, high); }
  [[nodiscard]] double lane(std::size_t i) const { return i < 2 ? low[i] : high[i - 2]; }
  void setLane(std::size_t i, double value) {
    if (i < 2) {
      low[i] = value;
    } else {
      high[i - 2] = value;
    }
  }

  friend F64x4 operator+(F64x4 a, F64x4 b) { return {a.low + b.low, a.high + b.high}; }
  friend F64x4 operator-(F64x4 a, F64x4 b) { return {a.low - b.low, a.high - b.high}; }
  friend F64x4 operator*(F64x4 a, F64x4 b) { return {a.low * b.low, a.high * b.high}; }
  friend F64x4 operator/(F64x4 a, F64x4 b) { return {a.low / b.low, a.high / b.high}; }
  F64x4& operator+=(F64x4 other) { return *this = *this + other; }
};

inline F64x4 squareRoot(F64x4 value) {
  return {squareRoot(value.low), squareRoot(value.high)};
}

/// Lanes of `yes` where the mask's lane is all ones, of `no` where it is zero.
inline F64x4 select(I32x4 mask, F64x4 yes, F64x4 no) {
  const auto pick = [](I64x2 wide, F64x2 a, F64x2 b) {
    return reinterpret_cast<F64x2>((reinterpret_cast<I64x2>(a) & wide) |
                                   (reinterpret_cast<I64x2>(b) & ~wide));
  };
  return {pick(I64x2{mask[0], mask[1]}, yes.low, no.low), pick(I64x2{mask[2], mask[3]}, yes.high, no.high)};
}

/// As weightedTerm of floats.
inline F64x4 weightedTerm(F64x4 weight, F32x4 value) {
  return weight * F64x4(clearWhere(weight.rounded() == splat(0.0F), value));
}
inline F64x4 weightedTerm(F64x4 weight, F64x4 value) {
  return select(weight.rounded() == splat(0.0F), F64x4(), weight * value);
}

/// (lane 0 + lane 1) + (lane 2 + lane 3), in double.
inline double sumAsDouble(F32x4 value) {
  const F64x2 pairs = F64x2{value[0], value[2]} + F64x2{value[1], value[3]};
  return pairs[0] + pairs[1];
}

inline float largestLane(F32x4 value) {
  const float low = value[0] < value[1] ? value[1] : value[0];
  const float high = value[2] < value[3] ? value[3] : value[2];
  return low < high ? high : low;
}

/// Transposes the 4x4 matrix whose rows are the arguments.
inline void transpose(F32x4& a, F32x4& b, F32x4& c, F32x4& d) {
  const F32x4 ab01 = __builtin_shufflevector(a, b, 0, 4, 1, 5);
  const F32x4 ab23 = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  const F32x4 cd01 = __builtin_shufflevector(c, d, 0, 4, 1, 5);
  const F32x4 cd23 = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  a = __builtin_shufflevector(ab01, cd01, 0, 1, 4, 5);
  b = __builtin_shufflevector(ab01, cd01, 2, 3, 6, 7);
  c = __builtin_shufflevector(ab23, cd23, 0, 1, 4, 5);
  d = __builtin_shufflevector(ab23, cd23, 2, 3, 6, 7);
}

// Sixteen bytes of text; digits are joined to numbers in ever wider lanes.
using U8x16 = std::uint8_t __attribute__((vector_size(16)));
using U16x8 = std::uint16_t __attribute__((vector_size(16)));
using U64x2 = std::uint64_t __attribute__((vector_size(16)));

inline U8x16 splatByte(char value) {
  return U8x16{} + static_cast<std::uint8_t>(value);
}

inline U8x16 loadBytes(const void* from) {
  U8x16 value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

/// The bytes at the places; 0 where a place is 128 or more. No place is between 16 and that.
inline U8x16 swizzle(U8x16 bytes, U8x16 places) {
#if defined(LOSSKIT_RELAXED_SIMD)
  return reinterpret_cast<U8x16>(
      wasm_i8x16_relaxed_swizzle(reinterpret_cast<v128_t>(bytes), reinterpret_cast<v128_t>(places)));
#elif defined(__wasm_simd128__)
  return reinterpret_cast<U8x16>(
      wasm_i8x16_swizzle(reinterpret_cast<v128_t>(bytes), reinterpret_cast<v128_t>(places)));
#else
  U8x16 picked{};
  for (int i = 0; i < 16; ++i) picked[i] = places[i] < 128 ? bytes[places[i] % 16] : 0;
  return picked;
#endif
}

/// `bytes` where the mask is zero, 0 where it is all ones.
inline U8x16 clearWhere(U8x16 mask, U8x16 bytes) {
#ifdef __wasm_simd128__
  // As for floats.
  return reinterpret_cast<U8x16>(
      wasm_u8x16_sub_sat(reinterpret_cast<v128_t>(bytes), reinterpret_cast<v128_t>(mask)));
#else
  return bytes & ~mask;
#endif
}

/// Whole numbers below 2^15 of both in one vector, those of `a` first.
inline U16x8 narrowed(U32x4 a, U32x4 b) {
#if defined(__wasm_simd128__)
  return reinterpret_cast<U16x8>(
      wasm_i16x8_narrow_i32x4(reinterpret_cast<v128_t>(a), reinterpret_cast<v128_t>(b)));
#elif defined(__SSE2__)
  return reinterpret_cast<U16x8>(
      __builtin_ia32_packssdw128(reinterpret_cast<I32x4>(a), reinterpret_cast<I32x4>(b)));
#else
  return U16x8{static_cast<std::uint16_t>(a[0]), static_cast<std::uint16_t>(a[1]),
               static_cast<std::uint16_t>(a[2]), static_cast<std::uint16_t>(a[3]),
               static_cast<std::uint16_t>(b[0]), static_cast<std::uint16_t>(b[1]),
               static_cast<std::uint16_t>(b[2]), static_cast<std::uint16_t>(b[3])};
#endif
}

/// a[2 i] * b[2 i] + a[2 i + 1] * b[2 i + 1], of whole numbers below 2^15.
inline U32x4 sumsOfProducts(U16x8 a, U16x8 b) {
#if defined(__wasm_simd128__)
  return reinterpret_cast<U32x4>(
      wasm_i32x4_dot_i16x8(reinterpret_cast<v128_t>(a), reinterpret_cast<v128_t>(b)));
#elif defined(__SSE2__)
  using V8hi = short __attribute__((vector_size(16)));
  return reinterpret_cast<U32x4>(
      __builtin_ia32_pmaddwd128(reinterpret_cast<V8hi>(a), reinterpret_cast<V8hi>(b)));
#else
  const auto x = reinterpret_cast<U32x4>(a);
  const auto y = reinterpret_cast<U32x4>(b);
  return (x & 0xffff) * (y & 0xffff) + (x >> 16) * (y >> 16);
#endif
}

/// Bit i of the result is the highest bit of lane i.
inline std::uint32_t laneBits(I32x4 lanes) {
#if defined(__wasm_simd128__)
  return wasm_i32x4_bitmask(reinterpret_cast<v128_t>(lanes));
#elif defined(__SSE2__)
  return static_cast<std::uint32_t>(__builtin_ia32_movmskps(reinterpret_cast<F32x4>(lanes)));
#else
  const U32x4 bits = reinterpret_cast<U32x4>(lanes) >> 31;
  return bits[0] | bits[1] << 1 | bits[2] << 2 | bits[3] << 3;
#endif
}

/// Bit i of the result is the highest bit of byte i.
inline std::uint32_t highBits(U8x16 bytes) {
#if defined(__wasm_simd128__)
  return wasm_i8x16_bitmask(reinterpret_cast<v128_t>(bytes));
#elif defined(__SSE2__)
  using V16qi = char __attribute__((vector_size(16)));
  return static_cast<std::uint32_t>(__builtin_ia32_pmovmskb128(reinterpret_cast<V16qi>(bytes)));
#else
  const U64x2 bits = (reinterpret_cast<U64x2>(bytes) >> 7) & 0x0101010101010101;
  return static_cast<std::uint32_t>((bits[0] * 0x0102040810204080) >> 56 |
                                    (bits[1] * 0x0102040810204080) >> 56 << 8);
#endif
}

}  // namespace losskit
