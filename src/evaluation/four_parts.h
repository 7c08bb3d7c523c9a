#pragma once

#include "numeric/simd.h"

namespace losskit {

/// What the terms of four usual rows are made of, a lane a row.
struct FourParts {
  F32x4 top;      ///< the largest exponential
  F32x4 squares;  ///< sum of the squared probabilities of all classes but the label
  F32x4 gaps;     ///< sum of what the scores lack to the largest
  F32x4 own;      ///< what the label's score lacks to it
  I32x4 predicted;
};

}  // namespace losskit
