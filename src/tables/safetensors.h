#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tables/array_info.h"

namespace losskit {

struct ArrayList {
  std::vector<ArrayInfo> arrays;
  /// Why they cannot be read, for people; empty when they can.
  std::string problem;
};

/// The header of a safetensors file is its first eight bytes, the length of the text that follows
/// (https://huggingface.co/docs/safetensors).
inline constexpr std::uint64_t kMaxSafetensorsHeaderBytes = 100'000'000;

/// `header`: the text; the data of the tensors begin at `dataBegin` of the file and end at `fileSize`.
ArrayList readSafetensorsHeader(std::string_view header, std::uint64_t dataBegin, std::uint64_t fileSize);

}  // namespace losskit
