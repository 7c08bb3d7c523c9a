// Single scores, each against its own target, as terms.
#pragma once

#include <cstddef>
#include <cstdint>

#include "evaluation/score_kind.h"
#include "evaluation/terms.h"

namespace losskit {

struct ElementTermsOptions {
  std::size_t labels = 1;  ///< scores in a row
  ScoreKind kind = ScoreKind::Logits;
  /// Least probability either side counts with, 0 to 0.5; of probabilities and log-probabilities only.
  double eps = 0;
  /// Of float scores: groups, losses and gradient norms are all that is wanted.
  bool areLossesAll = false;
};

/// scores, targets: [rows, labels]; targets in [0, 1], or negative for an element that is ignored. A label is
/// predicted where its probability is above 0.5, and counts as set where its target is at least 0.5. Logits:
/// torch.nn.BCEWithLogitsLoss; probabilities: torch.nn.BCELoss, logs no smaller than -100. Where eps is 0 the
/// loss has the bits of binaryCrossEntropyWithLogits and binaryCrossEntropy.
void elementTerms(Terms& terms, const float* scores, const float* targets, std::size_t rows,
                  const ElementTermsOptions& options);
/// The same by the definition in double.
void elementTerms(Terms& terms, const double* scores, const float* targets, std::size_t rows,
                  const ElementTermsOptions& options);

/// Of those terms what an element with a target between 0 and 1 adds, where it stands at `at`.
SoftElement softElement(std::size_t at, double score, float target, const ElementTermsOptions& options);

}  // namespace losskit
