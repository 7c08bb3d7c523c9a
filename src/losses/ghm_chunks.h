// GHM-C of floats, many at once.
#pragma once

#include "losses/bin_sums.h"
#include "losses/ghm.h"

namespace losskit {

/// Elements that are binned together.
inline constexpr std::size_t kGhmChunk = BinSums::kMostLosses;

/// An array that may be none, from its element i on.
template <class T>
T* moved(T* array, std::size_t i) {
  return array == nullptr ? nullptr : array + i;
}

/// Elements of GHM-C, as of ghmUpdate; labelWeight may be null.
struct GhmElements {
  const float* logits;
  const float* target;
  const float* labelWeight;

  [[nodiscard]] GhmElements from(std::size_t i) const {
    return {logits + i, target + i, moved(labelWeight, i)};
  }
};

/// Adds elements to a state of GHM-C as `add` would, bit for bit, if there are few bins and no loss is beyond
/// the usual; otherwise returns false and adds none. `count` is at most kGhmChunk and a multiple of kBinStep.
bool addMany(GhmState& state, const GhmElements& elements, std::size_t count);

/// Losses and gradients of elements, each times the factor of its bin, or 0 where it does not count; returns
/// false and writes none if there are not few bins. loss, gradient: [count] or null; factors: a number a bin.
bool gradientOfMany(float* loss, float* gradient, const GradientNormBins& bins, const GhmElements& elements,
                    std::size_t count, const double* factors);

}  // namespace losskit
