// Terms of usual rows, from the exponentials that their losses are made of.
#pragma once

#include <cstddef>
#include <cstdint>

#include "evaluation/terms.h"
#include "losses/usual_rows.h"

namespace losskit {

/// Whether rows of so many classes can be worked here.
bool hasUsualTerms(std::size_t classes);

/// As classTerms of logits, of a block whose first row is row `first` of the terms. labels: of the block.
/// False, and nothing of use, where a score is out of UsualExp's range.
bool usualClassTerms(Terms& terms, std::size_t first, usual::Rows rows, const std::int32_t* labels,
                     std::int32_t ignoreIndex);

}  // namespace losskit
