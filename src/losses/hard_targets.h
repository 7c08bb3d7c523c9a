// Elements whose target is 0 or 1, as most are: one number, the logit towards the wrong side, then says all
// of an element, and half of the work is saved.
#pragma once

#include <algorithm>
#include <cstddef>

#include "numeric/math.h"

namespace losskit {

inline I32x4 isHardTarget(F32x4 t) {
  return (t == splat(0.0F)) | (t == constant(1.0F));
}

/// Whether all targets are 0 or 1.
inline bool areHard(const float* target, std::size_t count) {
  I32x4 hard = splat(std::int32_t{-1});
  std::size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) hard &= isHardTarget(load(target + i));
  return all(hard) && std::all_of(target + i, target + count, [](float t) { return t == 0 || t == 1; });
}

/// (1 - 2 t) x: the logit of the probability given to the wrong side. t: 0 or 1.
inline F32x4 towardsMiss(F32x4 x, F32x4 t) {
  return x * (constant(1.0F) - (t + t));
}

/// Arrays of a loss of elements, each [count]; gradient may be null.
struct Elements {
  float* loss;
  float* gradient;
  const float* logits;
  const float* target;

  [[nodiscard]] Elements from(std::size_t i) const {
    return {loss + i, gradient == nullptr ? nullptr : gradient + i, logits + i, target + i};
  }
};

/// Calls kernel(elements, count) with whole vectors only, the last few elements in copies: one loop, without
/// a branch for them, and called from one place so that it stands once in the module.
template <class Kernel>
void inWholeVectors(const Elements& all, std::size_t count, const Kernel& kernel) {
  const std::size_t rest = count % kLanes;
  const std::size_t whole = count - rest;
  float loss[kLanes];
  float gradient[kLanes];
  float x[kLanes] = {};
  float t[kLanes] = {};
  std::copy(all.logits + whole, all.logits + count, x);
  std::copy(all.target + whole, all.target + count, t);
  for (const bool isLast : {false, true}) {
    kernel(isLast ? Elements{loss, all.gradient == nullptr ? nullptr : gradient, x, t} : all,
           isLast ? kLanes : whole);
  }
  std::copy(loss, loss + rest, all.loss + whole);
  if (all.gradient != nullptr) std::copy(gradient, gradient + rest, all.gradient + whole);
}

}  // namespace losskit
