// Counts by number, with the weights of what is counted where there are any, and sums by number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "numeric/exact_sum.h"

namespace losskit {

using ExactSums = std::vector<ExactSum<float>>;

class Tally {
 public:
  explicit Tally(std::size_t size) : counts_(size) {}

  void add(std::size_t i, std::uint64_t count = 1) { counts_[i] += count; }
  /// Of a thing that is added too: all have a weight or none.
  void weigh(std::size_t i, float weight) {
    if (weights_.empty()) weights_.resize(counts_.size());
    weights_[i].add(weight);
  }
  void merge(const Tally& other);

  /// Adds to a tally from a loop, as long as that lives.
  class Counter {
   public:
    explicit Counter(Tally& tally) : counts_(tally.counts_.data()) {}
    void add(std::size_t i, bool counts = true) const { counts_[i] += counts ? 1 : 0; }

   private:
    std::uint64_t* counts_;
  };

  [[nodiscard]] std::size_t size() const { return counts_.size(); }
  [[nodiscard]] std::uint64_t count(std::size_t i) const { return counts_[i]; }
  [[nodiscard]] std::vector<double> counts() const { return {counts_.begin(), counts_.end()}; }
  /// The counts where there are no weights.
  [[nodiscard]] std::vector<double> weights() const;

  void write(ByteWriter& to) const;
  /// False when the bytes end early or are of another size.
  bool read(ByteReader& from);

 private:
  std::vector<std::uint64_t> counts_;
  ExactSums weights_;
};

std::vector<double> valuesOf(const ExactSums& sums);
void mergeSums(ExactSums& sums, const ExactSums& other);
void writeSums(ByteWriter& to, const ExactSums& sums);
bool readSums(ByteReader& from, ExactSums& sums);

}  // namespace losskit
