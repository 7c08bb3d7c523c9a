// Rows of logits, and the temperature that they have the least mean log loss with.
//
// Of a row it is enough to know by how much its scores are below the largest one: at b = 1 / T the loss is
// log(1 + sum of e^(b d)) - b d_y, the sum over all but the largest. It is convex in b.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "numeric/simd.h"

namespace losskit {

class CooledRows {
 public:
  struct Best {
    double inverse;  ///< 1 / T
    /// With it: mean log loss and expected calibration error.
    double loss;
    double calibrationError;
  };

  /// Four rows, a lane each; without weight where there are no more.
  struct Truths {
    std::size_t label[kLanes] = {};  ///< of several classes
    double target[kLanes] = {};      ///< of elements
    double weight[kLanes] = {};
  };

  /// rows: about how many there will be; logits: of a row. areExact: confidences are counted as the doubles
  /// they are, not as floats.
  CooledRows(std::size_t rows, std::size_t logits, bool areExact);

  /// Rows of two classes or more; logits: [classes][lanes].
  void addClasses(const double* logits, const Truths& truths);
  /// Rows of two classes, of which the first one has the logit 0.
  void addElements(const double* logits, const Truths& truths);

  /// None when there are no rows, or when the loss has no minimum.
  [[nodiscard]] std::optional<Best> best() const;

 private:
  struct Four {
    double target[kLanes] = {};  ///< what the true class is below the largest one
    double weight[kLanes] = {};
    double isRight[kLanes] = {};  ///< 1 where the largest one is the true class
  };
  /// Of two rows and e^u, where u is b times what a score is below the largest one: sums of e^u u^k, of all
  /// but that one.
  struct Sums {
    F64x2 byPower[4]{};
  };
  using SumsOfFour = std::array<Sums, 2>;
  /// Of the loss by log b, summed up over the rows: first three derivatives, but for b being a factor.
  struct Derivatives;
  struct Place {
    double inverse;
    double step;  ///< what is to be added to it, as a share of it

    [[nodiscard]] double next() const { return inverse + inverse * step; }
  };

  /// Room for how far the others are below the largest.
  double* addFour();
  [[nodiscard]] std::optional<double> firstGuess(std::size_t fours) const;
  [[nodiscard]] SumsOfFour sumsInFloat(double inverse, std::size_t four) const;
  [[nodiscard]] SumsOfFour sumsInDouble(double inverse, std::size_t four) const;
  [[nodiscard]] std::optional<Place> near(double inverse, std::size_t fours, double lastStep, bool isInFloat,
                                          std::vector<SumsOfFour>& sums) const;
  [[nodiscard]] Best bestAt(Place place, const std::vector<SumsOfFour>& sums) const;

  std::size_t others_;  ///< scores of a row but the largest one
  bool areExact_;
  std::vector<Four> fours_;
  /// Of each four: by how much the first others are below the largest, then the second ones, and so on.
  std::vector<double> below_;
};

}  // namespace losskit
