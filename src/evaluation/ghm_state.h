// A GHM state that can be saved.
#pragma once

#include <vector>

#include "evaluation/state_header.h"
#include "losses/ghm.h"

namespace losskit {

inline std::vector<std::uint8_t> toBytes(const GhmState& state) {
  ByteWriter to;
  writeHeader(to, StateKind::Ghm);
  state.write(to);
  return to.take();
}

/// False, and the state as it was, when the bytes are not what toBytes makes of a state of the same kind with
/// as many bins.
inline bool fromBytes(GhmState& state, const std::uint8_t* bytes, std::size_t size) {
  ByteReader from(bytes, size);
  GhmState read(state.counts().size(), state.kind());
  if (!readHeader(from, StateKind::Ghm) || !read.read(from) || !from.isAtEnd()) return false;
  state = read;
  return true;
}

}  // namespace losskit
