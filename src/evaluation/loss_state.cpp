#include "evaluation/loss_state.h"

#include <algorithm>

#include "evaluation/state_header.h"

namespace losskit {

template <class T>
void LossState::addTargets(const std::int32_t* target, std::size_t rows, const T* weight,
                           std::int32_t ignoreIndex) {
  const auto ignored = static_cast<std::uint64_t>(std::count(target, target + rows, ignoreIndex));
  rows_ += rows;
  ignored_ += ignored;
  if (weight == nullptr) {
    unweighted_ += rows - ignored;
    return;
  }
  for (std::size_t row = 0; row < rows; ++row) {
    if (target[row] != ignoreIndex) weight_.add(static_cast<double>(weight[target[row]]));
  }
}

template void LossState::addTargets(const std::int32_t*, std::size_t, const float*, std::int32_t);
template void LossState::addTargets(const std::int32_t*, std::size_t, const double*, std::int32_t);

void LossState::merge(const LossState& other) {
  sum_.merge(other.sum_);
  weight_.merge(other.weight_);
  unweighted_ += other.unweighted_;
  rows_ += other.rows_;
  ignored_ += other.ignored_;
}

double LossState::weight() const {
  return weight_.value() + static_cast<double>(unweighted_);
}

std::vector<std::uint8_t> LossState::toBytes(std::uint64_t settings) const {
  ByteWriter to = beginState(StateKind::Loss, settings);
  sum_.write(to);
  weight_.write(to);
  for (const std::uint64_t count : {unweighted_, rows_, ignored_}) to.write(count);
  return endState(to);
}

bool LossState::fromBytes(const std::uint8_t* bytes, std::size_t size, std::uint64_t settings) {
  ByteReader from = openState(bytes, size, StateKind::Loss, settings);
  LossState read;
  bool ok = read.sum_.read(from) && read.weight_.read(from);
  for (std::uint64_t* count : {&read.unweighted_, &read.rows_, &read.ignored_}) *count = from.read();
  ok = ok && from.isAtEnd();
  if (ok) *this = read;
  return ok;
}

}  // namespace losskit
