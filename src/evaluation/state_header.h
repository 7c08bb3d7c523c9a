// How every saved state begins and ends: which kind it is, in which version of the layout, of which settings;
// and a checksum, so that what was cut short or changed on its way is not taken for a state.
#pragma once

#include <cstdint>
#include <vector>

#include "numeric/bytes.h"

namespace losskit {

enum class StateKind : std::uint64_t { Loss = 1, Ghm = 2, Evaluation = 3, Temperature = 4 };

inline constexpr std::uint64_t kStateMagic = 0x54534b4c;  // "LKST"
inline constexpr std::uint64_t kStateVersion = 2;

inline std::uint64_t stateHeader(StateKind kind) {
  return kStateMagic | (kStateVersion << 32) | (static_cast<std::uint64_t>(kind) << 48);
}

/// 64-bit FNV-1a: each step maps different values to different ones, so that a single changed byte always
/// shows.
inline std::uint64_t checksum(const std::uint8_t* bytes, std::size_t size) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (std::size_t i = 0; i < size; ++i) hash = (hash ^ bytes[i]) * 0x100000001b3;
  return hash;
}

/// `settings`: any number that stands for the options a state was gathered under.
inline ByteWriter beginState(StateKind kind, std::uint64_t settings) {
  ByteWriter to;
  to.write(stateHeader(kind));
  to.write(settings);
  return to;
}

inline std::vector<std::uint8_t> endState(ByteWriter& to) {
  to.write(checksum(to.data(), to.size()));
  return to.take();
}

/// A reader of what stands between beginState and endState; it is not `ok()` where the bytes are no state of
/// that kind and those settings, or are damaged.
inline ByteReader openState(const std::uint8_t* bytes, std::size_t size, StateKind kind,
                            std::uint64_t settings) {
  constexpr std::size_t kWord = sizeof(std::uint64_t);
  if (size < kWord || ByteReader(bytes + size - kWord, kWord).read() != checksum(bytes, size - kWord)) {
    return ByteReader::failed();
  }
  ByteReader from(bytes, size - kWord);
  const bool isOurs = from.read() == stateHeader(kind) && from.read() == settings;
  return isOurs ? from : ByteReader::failed();
}

}  // namespace losskit
