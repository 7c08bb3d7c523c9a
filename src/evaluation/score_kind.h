#pragma once

namespace losskit {

/// What the numbers of a prediction file are.
enum class ScoreKind { Logits = 0, Probabilities = 1, LogProbabilities = 2 };

}  // namespace losskit
