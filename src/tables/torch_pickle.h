#pragma once

#include <string_view>

#include "tables/safetensors.h"

namespace losskit {

/// Reads the data.pkl of an archive that torch.save has written: the tensors in dictionaries, lists and
/// tuples, by their keys, each with the member of the archive (below its folder, such as "data/0") that holds
/// its numbers. `begin` and `end` are within the member.
///
/// Nothing in the pickle is executed: an opcode or a name beyond those that torch.save writes for tensors of
/// numbers is a problem that names it. (Opcodes: Python's pickletools; names: torch._utils and
/// torch.serialization.)
ArrayList readTorchPickle(std::string_view pickle);

}  // namespace losskit
