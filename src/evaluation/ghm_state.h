// A GHM state that can be saved.
#pragma once

#include <utility>
#include <vector>

#include "evaluation/state_header.h"
#include "losses/ghm.h"

namespace losskit {

/// `settings` as in state_header.h.
inline std::vector<std::uint8_t> toBytes(const GhmState& state, std::uint64_t settings = 0) {
  ByteWriter to = beginState(StateKind::Ghm, settings);
  state.write(to);
  return endState(to);
}

/// False, and the state as it was, when the bytes are not what toBytes makes of a state of the same kind with
/// as many bins and the same settings.
inline bool fromBytes(GhmState& state, const std::uint8_t* bytes, std::size_t size,
                      std::uint64_t settings = 0) {
  ByteReader from = openState(bytes, size, StateKind::Ghm, settings);
  GhmState read(state.counts().size(), state.kind());
  if (!read.read(from) || !from.isAtEnd()) return false;
  state = std::move(read);
  return true;
}

}  // namespace losskit
