// How every saved state begins and ends: which kind it is, in which version of the layout, of which settings;
// and a checksum, so that what was cut short or changed on its way is not taken for a state.
#pragma once

#include <cstdint>
#include <vector>

#include "numeric/bytes.h"

namespace losskit {

enum class StateKind : std::uint64_t { Loss = 1, Ghm = 2, Evaluation = 3, Temperature = 4 };

/// Of the whole words of eight bytes. Each step maps different values to different ones, so that a single
/// changed word always shows.
std::uint64_t checksum(const std::uint8_t* bytes, std::size_t size);

/// `settings`: any number that stands for the options a state was gathered under.
ByteWriter beginState(StateKind kind, std::uint64_t settings);

std::vector<std::uint8_t> endState(ByteWriter& to);

/// A reader of what stands between beginState and endState; it is not `ok()` where the bytes are no state of
/// that kind and those settings, or are damaged.
ByteReader openState(const std::uint8_t* bytes, std::size_t size, StateKind kind, std::uint64_t settings);

}  // namespace losskit
