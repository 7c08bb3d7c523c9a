// What an evaluation takes of every row (multi-class) or of every score (binary, multi-label), worked once
// from the scores: all losses, counts and distributions of a report follow from it, whatever their
// parameters.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace losskit {

/// The float nearest to a double, infinite where it is too large for one.
inline float nearestFloat(double value) {
  constexpr double kTooLarge = 0x1.ffffffp127;
  constexpr float kInfinite = std::numeric_limits<float>::infinity();
  if (value >= kTooLarge) return kInfinite;
  return value <= -kTooLarge ? -kInfinite : static_cast<float>(value);
}

/// Numbers to be summed, [size]: as floats, and as the doubles that these are nearest to where they were
/// worked in double, else null.
struct Values {
  const float* floats = nullptr;
  const double* doubles = nullptr;
};

/// A row or element that was worked in double.
struct DoubleTerms {
  std::int32_t group = -1;
  std::int32_t predicted = 0;
  double loss = 0;
  double miss = 0;
  double confidence = 0;
  double brier = 0;
  double smooth = 0;
};

/// Of rows whose truth is divided between classes, [size, classes]: the share of each class in the truth and
/// -log p of it. What is more than their cross entropy is made of these.
struct DividedTerms {
  std::size_t classes = 0;  ///< 0 where rows have one class each
  std::vector<float> shares;
  std::vector<double> losses;
};

/// An element whose truth is divided between set and not set: what its other terms do not tell.
struct SoftElement {
  std::size_t at = 0;    ///< among the elements of the batch
  float target = 0;      ///< the share of set
  double otherSide = 0;  ///< 1 - p_t: t q + (1 - t) p, the probability that the truth does not get
  double unset = 0;      ///< (1 - t) (-log q)
  double set = 0;        ///< t (-log p)
};

/// A class of the truth and a predicted one are numbers of groups: the class itself (multi-class), or 2 *
/// label
/// + 1 where the label is set and 2 * label where it is not (binary, with its one label, and multi-label).
///
/// All arrays are [size]; they stand one behind the other in one block, so that a copy of it is a copy of
/// all.
class Terms {
 public:
  static constexpr std::size_t kArrays = 7;
  /// Those that are summed stand in a second block, as doubles, where they are worked in double.
  static constexpr std::size_t kDoubleArrays = 5;

  void resize(std::size_t size, bool hasDoubles = false) {
    soft = 0;
    divided.classes = 0;
    softElements.clear();
    size_ = size;
    hasDoubles_ = hasDoubles;
    block_.resize(std::max(block_.size(), kArrays * size));
    if (hasDoubles) doubles_.resize(std::max(doubles_.size(), kDoubleArrays * size));
  }

  [[nodiscard]] std::size_t size() const { return size_; }

  /// Rows or elements that are ignored.
  [[nodiscard]] std::uint64_t ignored() {
    const auto isIgnored = [](std::int32_t each) { return each < 0; };
    return static_cast<std::uint64_t>(std::count_if(group(), group() + size_, isIgnored));
  }

  /// Ignores rows whose truth is this group.
  void ignore(std::int32_t ignored) {
    for (std::size_t i = 0; i < size_; ++i) {
      if (group()[i] != ignored) continue;
      for (std::size_t array = 1; array < kArrays; ++array) floats(array)[i] = 0;
      for (std::size_t array = 0; hasDoubles_ && array < kDoubleArrays; ++array) doubles(array)[i] = 0;
      group()[i] = -1;
    }
  }

  void set(std::size_t i, const DoubleTerms& row) {
    group()[i] = row.group;
    predicted()[i] = row.predicted;
    // -log 1 is a negative zero, which no loss is.
    const double summed[kDoubleArrays] = {row.loss + 0, row.miss, row.brier, row.smooth, row.confidence};
    float* const rounded[kDoubleArrays] = {loss(), miss(), brier(), smooth(), confidence()};
    for (std::size_t array = 0; array < kDoubleArrays; ++array) {
      rounded[array][i] = nearestFloat(summed[array]);
      if (hasDoubles_) doubles(array)[i] = summed[array];
    }
  }

  /// Rows or elements whose truth is divided between groups: their loss and gradient norm do not tell their
  /// focal loss.
  std::uint64_t soft = 0;
  /// Not part of the block: of terms that were copied there are none.
  DividedTerms divided;
  std::vector<SoftElement> softElements;

  float* block() { return block_.data(); }
  /// [kDoubleArrays, size]; null where the terms are floats alone.
  double* doubleBlock() { return hasDoubles_ ? doubles_.data() : nullptr; }

  /// Group of the truth, negative where the row is ignored (all else is 0 then), and of the prediction.
  std::int32_t* group() { return integers(0); }
  std::int32_t* predicted() { return integers(1); }
  /// In nats.
  float* loss() { return floats(2); }
  /// Gradient norm: the probability that is not given to the truth; |sigmoid(x) - t|.
  float* miss() { return floats(3); }
  /// Probability of the predicted group.
  float* confidence() { return floats(4); }
  /// Squared distance between probabilities and truth; of one probability (binary, multi-label) or summed
  /// over the classes.
  float* brier() { return floats(5); }
  /// Mean over the classes of -log p_c; multi-class only.
  float* smooth() { return floats(6); }

  Values losses() { return {loss(), doublesOf(0)}; }
  Values misses() { return {miss(), doublesOf(1)}; }
  Values briers() { return {brier(), doublesOf(2)}; }
  Values smooths() { return {smooth(), doublesOf(3)}; }
  Values confidences() { return {confidence(), doublesOf(4)}; }

 private:
  double* doubles(std::size_t array) { return doubles_.data() + array * size_; }
  const double* doublesOf(std::size_t array) { return hasDoubles_ ? doubles(array) : nullptr; }
  float* floats(std::size_t array) { return block_.data() + array * size_; }
  std::int32_t* integers(std::size_t array) { return reinterpret_cast<std::int32_t*>(floats(array)); }

  std::size_t size_ = 0;
  bool hasDoubles_ = false;
  std::vector<float> block_;
  std::vector<double> doubles_;
};

}  // namespace losskit
