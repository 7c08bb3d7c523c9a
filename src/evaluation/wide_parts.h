#pragma once

#include <cstddef>

#include "evaluation/four_parts.h"
#include "losses/usual_block.h"

namespace losskit {

/// Of a block of rows of ColumnBlock::kLimit classes or more, four from `row` on; nothing of use of rows
/// behind the last. e: the exponentials of all classes but the labels, as usual::sumBlock leaves them.
FourParts wideParts(const usual::Rows& rows, const float* e, const usual::Block& block, std::size_t row,
                    std::int32_t ignoreIndex);

}  // namespace losskit
