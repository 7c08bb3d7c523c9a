#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "tables/array_info.h"

namespace losskit {

inline constexpr std::string_view kNpyMagic = "\x93NUMPY";

struct NpyHeader {
  /// `begin` and `end` are in the file whose first bytes were given.
  ArrayInfo array;
  /// More bytes are needed, so many in all; everything else is of no meaning then. 0 when there are enough.
  std::size_t needed = 0;
  /// Why the array cannot be read, for people; empty when it can.
  std::string problem;
};

/// Reads the header at the beginning of a .npy file, versions 1 to 3
/// (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
NpyHeader readNpyHeader(std::string_view bytes);

}  // namespace losskit
