// Bytes as states: whatever they are, they are refused or make a state that has just these bytes, and whose
// results can be worked and merged. Input: kind of state, its bins, what stands between header and checksum.
#include <vector>

#include "check.h"
#include "evaluation/ghm_state.h"
#include "evaluation/loss_state.h"

namespace {

using losskit::GhmKind;
using losskit::GhmState;
using losskit::LossState;
using losskit::StateKind;
using losskit::fuzz::require;

using Bytes = std::vector<std::uint8_t>;

/// With the header and the checksum that a fuzzer would never guess.
Bytes wrapped(StateKind kind, std::string_view content) {
  Bytes bytes = losskit::beginState(kind, 0).take();
  bytes.insert(bytes.end(), content.begin(), content.end());
  losskit::ByteWriter end;
  end.write(losskit::checksum(bytes.data(), bytes.size()));
  const Bytes checksum = end.take();
  bytes.insert(bytes.end(), checksum.begin(), checksum.end());
  return bytes;
}

void tryLoss(const Bytes& bytes) {
  LossState state;
  if (!state.fromBytes(bytes.data(), bytes.size())) return;
  require(state.toBytes() == bytes);
  state.merge(state);
  static_cast<void>(state.mean());
}

void tryGhm(const Bytes& bytes, std::size_t bins, GhmKind kind) {
  GhmState state(bins, kind);
  if (!losskit::fromBytes(state, bytes.data(), bytes.size())) return;
  require(losskit::toBytes(state) == bytes);
  state.merge(GhmState(state));
  static_cast<void>(state.loss(state.weights(state.densities())));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  losskit::fuzz::Input input(data, size);
  const unsigned kind = input.next() % 3;
  const std::size_t bins = input.next() % 16 + 1;
  const Bytes raw(data, data + size);
  if (kind == 0) {
    tryLoss(raw);
    tryLoss(wrapped(StateKind::Loss, input.rest()));
  } else {
    const GhmKind ghm = kind == 1 ? GhmKind::Classification : GhmKind::Regression;
    tryGhm(raw, bins, ghm);
    tryGhm(wrapped(StateKind::Ghm, input.rest()), bins, ghm);
  }
  return 0;
}
