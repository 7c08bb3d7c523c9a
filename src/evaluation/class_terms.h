// Rows of class scores as terms.
#pragma once

#include <cstddef>
#include <cstdint>

#include "evaluation/score_kind.h"
#include "evaluation/terms.h"

namespace losskit {

struct ClassTermsOptions {
  std::size_t classes = 0;
  ScoreKind kind = ScoreKind::Logits;
  std::int32_t ignoreIndex = -100;
  /// Least probability a class counts with, 0 to 0.5; of probabilities and log-probabilities only.
  double eps = 0;
};

/// scores: [rows, classes]; labels: [rows], in [0, classes) or ignoreIndex. Probabilities are taken as they
/// are. A row whose scores make no distribution (-inf only, two +inf) gets a loss of NaN. The predicted class
/// is the first of the largest. The loss of logits has the bits of classIndexLoss; miss and confidence are
/// within 4 ULP of the definition.
void classTerms(Terms& terms, const float* scores, const std::int32_t* labels, std::size_t rows,
                const ClassTermsOptions& options);
/// The same by the definition in double.
void classTerms(Terms& terms, const double* scores, const std::int32_t* labels, std::size_t rows,
                const ClassTermsOptions& options);

/// Of logits what losses are made of, and nothing else: group, loss, miss and smooth, with less work. group
/// and loss have the bits of classTerms; miss, made of the loss, is within 8 ULP of it, smooth within 1e-6 of
/// the scores' size. Other terms are left as they are. False, and nothing of use, where a score is infinite.
bool classLossTerms(Terms& terms, const float* logits, const std::int32_t* labels, std::size_t rows,
                    const ClassTermsOptions& options);

/// Against targets [rows, classes] that sum to 1, each in [0, 1], all in double. The loss is
/// torch.nn.CrossEntropyLoss of class probabilities, -sum_c t_c log p_c, of logits with the bits of
/// classProbabilityLoss where these are floats; the gradient norm is half the sum of
/// |p_c - t_c|, which is 1 - p_y for one class y; the group of the truth is the first of the largest targets.
/// T: float or double.
template <class T>
void classTermsOfTargets(Terms& terms, const T* scores, const float* targets, std::size_t rows,
                         const ClassTermsOptions& options);

}  // namespace losskit
