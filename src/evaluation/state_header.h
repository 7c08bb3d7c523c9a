// The first bytes of every saved state: which kind it is and in which version of the layout.
#pragma once

#include <cstdint>

#include "numeric/bytes.h"

namespace losskit {

enum class StateKind : std::uint64_t { Loss = 1, Ghm = 2 };

inline constexpr std::uint64_t kStateMagic = 0x54534b4c;  // "LKST"
inline constexpr std::uint64_t kStateVersion = 1;

inline std::uint64_t stateHeader(StateKind kind) {
  return kStateMagic | (kStateVersion << 32) | (static_cast<std::uint64_t>(kind) << 48);
}

inline void writeHeader(ByteWriter& to, StateKind kind) {
  to.write(stateHeader(kind));
}
inline bool readHeader(ByteReader& from, StateKind kind) {
  return from.read() == stateHeader(kind);
}

}  // namespace losskit
