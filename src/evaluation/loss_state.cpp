#include "evaluation/loss_state.h"

#include <algorithm>

#include "evaluation/state_header.h"
#include "numeric/simd.h"

namespace losskit {

namespace {

std::uint64_t countOf(const std::int32_t* values, std::size_t count, std::int32_t wanted) {
  constexpr std::size_t kMostPerLane = std::size_t{1} << 30;
  std::uint64_t found = 0;
  std::size_t i = 0;
  while (count - i >= kLanes) {
    I32x4 lanes{};
    const std::size_t end = i + std::min(count - i, kMostPerLane) / kLanes * kLanes;
    for (; i < end; i += kLanes) lanes -= load(values + i) == splat(wanted);
    for (std::size_t lane = 0; lane < kLanes; ++lane) found += static_cast<std::uint64_t>(lanes[lane]);
  }
  for (; i < count; ++i) found += values[i] == wanted ? 1 : 0;
  return found;
}

}  // namespace

template <class T>
void LossState::addTargets(const std::int32_t* target, std::size_t rows, const T* weight,
                           std::int32_t ignoreIndex) {
  const std::uint64_t ignored = countOf(target, rows, ignoreIndex);
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
