#pragma once

#include <cstdint>

#include "tables/piece.h"

namespace losskit {

/// Where a reader of JSON rows that stand one behind the other is between two of its bytes.
struct JsonPlace {
  enum class In : std::uint8_t {
    /// Between rows where no bracket is open, else inside the innermost one.
    Between,
    /// In a number or word that is a row.
    Word,
    /// In quotes, and behind a backslash in them.
    Text,
    Escape,
    /// Behind what can be no part of a row: from here on there are no rows.
    Broken,
  };
  In in = In::Between;
  /// Brackets that are open.
  std::uint32_t depth = 0;

  bool operator==(const JsonPlace&) const = default;
  bool isRowStart() const { return depth == 0 && in == In::Between; }

  /// As a number, for those who need not know more: 0 is between rows.
  std::uint32_t code() const { return depth << 3 | static_cast<std::uint32_t>(in); }
  static JsonPlace of(std::uint32_t code) { return {static_cast<In>(code & 7), code >> 3}; }
};

using JsonPiece = PieceOf<std::uint32_t>;

/// Measures a piece, the data from `begin` to `end` of an InputBuffer. Its body begins and ends between rows,
/// of which several may be in one line and one in several; `end` is the code of a place. What is wrong inside
/// of a row is left to who reads it.
JsonPiece measureJson(const char* begin, const char* end, JsonPlace place);

/// The place behind a byte: the definition of measureJson.
JsonPlace placeBehind(JsonPlace place, char byte);

/// Where a reader most likely is in front of a piece: as if the first line that begins with a bracket began a
/// row.
JsonPlace likelyPlace(const char* begin, const char* end);

}  // namespace losskit
