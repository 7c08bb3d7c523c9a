// One pass over single scores with labels 0 and 1: everything the report of a binary file needs.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "evaluation/score_kind.h"
#include "losses/ghm.h"
#include "numeric/exact_sum.h"

namespace losskit {

/// Sums over the rows of one class, in nats.
struct BinaryClassSums {
  double count = 0;
  double correct =
      0;             ///< rows on the right side of score 0 (probability 0.5; exactly there counts as class 0)
  double bce = 0;    ///< binary cross entropy
  double focal = 0;  ///< sigmoid focal loss
};

/// Rows by gradient norm |p - t|.
struct BinSums {
  double count = 0;
  double bce = 0;
};

struct BinaryResult {
  double rows = 0;
  double ignored = 0;
  std::vector<BinaryClassSums> classes;  ///< 0 and 1
  std::vector<BinSums> bins;
};

class BinaryEvaluation {
 public:
  BinaryEvaluation(float gamma, float alpha, std::size_t bins, std::int32_t ignoreIndex, ScoreKind kind);

  /// scores, labels: [rows]. Returns the number of the first row with a label that is neither 0, 1 nor
  /// ignored, or with a probability outside [0, 1], and takes none of the rows; `rows` when all are taken.
  std::size_t update(const float* scores, const std::int32_t* labels, std::size_t rows);

  [[nodiscard]] BinaryResult result() const;

 private:
  struct Sums {
    std::uint64_t count = 0;
    std::uint64_t correct = 0;
    ExactSum<float> bce;
    ExactSum<float> focal;
  };

  struct Batch {
    std::vector<float> target, bce, focal, norm;
    void resize(std::size_t rows);
  };

  [[nodiscard]] std::size_t firstBadRow(const float* scores, const std::int32_t* labels,
                                        std::size_t rows) const;
  void rowLosses(const float* logits, std::size_t rows);
  void rowLossesOfProbabilities(const float* scores, std::size_t rows);
  [[nodiscard]] bool predictsPositive(float score) const;

  float gamma_;
  float alpha_;
  std::int32_t ignoreIndex_;
  ScoreKind kind_;
  std::array<Sums, 2> sums_;
  GhmState norms_;
  std::uint64_t ignored_ = 0;
  Batch batch_;
};

}  // namespace losskit
