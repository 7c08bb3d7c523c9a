#include "evaluation/tally.h"

#include <algorithm>

namespace losskit {

std::vector<double> valuesOf(const ExactSums& sums) {
  std::vector<double> values(sums.size());
  std::transform(sums.begin(), sums.end(), values.begin(), [](const auto& sum) { return sum.value(); });
  return values;
}

void mergeSums(ExactSums& sums, const ExactSums& other) {
  for (std::size_t i = 0; i < sums.size(); ++i) sums[i].merge(other[i]);
}

void writeSums(ByteWriter& to, const ExactSums& sums) {
  for (const auto& sum : sums) sum.write(to);
}

bool readSums(ByteReader& from, ExactSums& sums) {
  return std::all_of(sums.begin(), sums.end(), [&](auto& sum) { return sum.read(from); });
}

void Tally::merge(const Tally& other) {
  for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  if (other.weights_.empty()) return;
  if (weights_.empty()) weights_.resize(counts_.size());
  mergeSums(weights_, other.weights_);
}

std::vector<double> Tally::weights() const {
  return weights_.empty() ? counts() : valuesOf(weights_);
}

void Tally::write(ByteWriter& to) const {
  for (const std::uint64_t count : counts_) to.write(count);
  to.write(weights_.size());
  writeSums(to, weights_);
}

bool Tally::read(ByteReader& from) {
  for (std::uint64_t& count : counts_) count = from.read();
  const std::uint64_t weighted = from.read();
  if (weighted != 0 && weighted != counts_.size()) return false;
  weights_.assign(static_cast<std::size_t>(weighted), {});
  return from.ok() && readSums(from, weights_);
}

}  // namespace losskit
