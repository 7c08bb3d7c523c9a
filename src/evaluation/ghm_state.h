// GHM-C as an accumulator that can be saved.
#pragma once

#include <vector>

#include "evaluation/state_header.h"
#include "losses/ghm_classification.h"

namespace losskit {

inline std::vector<std::uint8_t> toBytes(const GhmClassification& state) {
  ByteWriter to;
  writeHeader(to, StateKind::GhmClassification);
  state.write(to);
  return to.take();
}

/// False, and the state as it was, when the bytes are not what toBytes makes of a state with as many bins.
inline bool fromBytes(GhmClassification& state, const std::uint8_t* bytes, std::size_t size) {
  ByteReader from(bytes, size);
  GhmClassification read(state.counts().size());
  if (!readHeader(from, StateKind::GhmClassification) || !read.read(from) || !from.isAtEnd()) return false;
  state = read;
  return true;
}

}  // namespace losskit
