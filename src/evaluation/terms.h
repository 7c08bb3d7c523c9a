// What an evaluation takes of every row (multi-class) or of every score (binary, multi-label), worked once
// from the scores: all losses, counts and distributions of a report follow from it, whatever their
// parameters.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace losskit {

/// A class of the truth and a predicted one are numbers of groups: the class itself (multi-class), or 2 *
/// label
/// + 1 where the label is set and 2 * label where it is not (binary, with its one label, and multi-label).
///
/// All arrays are [size]; they stand one behind the other in one block, so that a copy of it is a copy of
/// all.
class Terms {
 public:
  static constexpr std::size_t kArrays = 7;

  void resize(std::size_t size) {
    soft = 0;
    size_ = size;
    block_.resize(std::max(block_.size(), kArrays * size));
  }

  [[nodiscard]] std::size_t size() const { return size_; }

  /// Ignores rows whose truth is this group.
  void ignore(std::int32_t ignored) {
    for (std::size_t i = 0; i < size_; ++i) {
      if (group()[i] != ignored) continue;
      for (std::size_t array = 1; array < kArrays; ++array) floats(array)[i] = 0;
      group()[i] = -1;
    }
  }

  /// Rows or elements whose truth is divided between groups: their loss and gradient norm do not tell their
  /// focal loss.
  std::uint64_t soft = 0;

  float* block() { return block_.data(); }

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

 private:
  float* floats(std::size_t array) { return block_.data() + array * size_; }
  std::int32_t* integers(std::size_t array) { return reinterpret_cast<std::int32_t*>(floats(array)); }

  std::size_t size_ = 0;
  std::vector<float> block_;
};

}  // namespace losskit
