#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "evaluation/binary.h"
#include "evaluation/loss_state.h"
#include "evaluation/multi_class.h"
#include "losses/definition.h"

namespace losskit {
namespace {

const std::vector<float> kScores = {1, 2, 3, 0, 0, 0, -1, 4, 2, 5, 5, 5};
const std::vector<std::int32_t> kLabels = {2, 0, 2, -100};

Eigen::ArrayXd row(std::size_t index) {
  return Eigen::Map<const Eigen::ArrayXf>(&kScores[index * 3], 3).cast<double>();
}

TEST(MultiClassEvaluation, SumsByClass) {
  MultiClassEvaluation evaluation(3, 2, -100, ScoreKind::Logits);
  ASSERT_EQ(evaluation.update(kScores.data(), kLabels.data(), 4), 4U);
  const MultiClassResult result = evaluation.result();
  EXPECT_EQ(result.rows, 3);
  EXPECT_EQ(result.ignored, 1);
  EXPECT_EQ(result.classes[0].count, 1);
  EXPECT_EQ(result.classes[0].correct, 1) << "the first of equal scores";
  EXPECT_EQ(result.classes[2].count, 2);
  EXPECT_EQ(result.classes[2].correct, 1);
  const double first = definition::negativeLogLikelihood(row(0), 2);
  const double third = definition::negativeLogLikelihood(row(2), 2);
  EXPECT_NEAR(result.classes[2].nll, first + third, 1e-6);
  const auto focal = [](double loss) { return std::pow(definition::missProbability(loss), 2) * loss; };
  EXPECT_NEAR(result.classes[2].focal, focal(first) + focal(third), 1e-6);
  EXPECT_NEAR(result.classes[2].smooth,
              -definition::logSoftmax(row(0)).mean() - definition::logSoftmax(row(2)).mean(), 1e-6);
}

TEST(MultiClassEvaluation, ProbabilitiesAreTakenAsTheyAre) {
  const std::vector<float> p = {.7F, .2F, .1F, 0, 1, 0};
  const std::vector<std::int32_t> y = {0, 0};
  MultiClassEvaluation evaluation(3, 0, -100, ScoreKind::Probabilities);
  ASSERT_EQ(evaluation.update(p.data(), y.data(), 1), 1U);
  EXPECT_NEAR(evaluation.result().classes[0].nll, -std::log(.7), 1e-7);
  ASSERT_EQ(evaluation.update(p.data() + 3, y.data(), 1), 1U);
  EXPECT_EQ(evaluation.result().classes[0].nll, INFINITY);
  std::vector<float> logP = {-.5F, -2, -3};
  MultiClassEvaluation logs(3, 0, -100, ScoreKind::LogProbabilities);
  logs.update(logP.data(), y.data(), 1);
  EXPECT_EQ(logs.result().classes[0].nll, .5);
}

TEST(MultiClassEvaluation, NamesTheFirstBadRowAndTakesNone) {
  MultiClassEvaluation evaluation(3, 2, -100, ScoreKind::Logits);
  const std::vector<std::int32_t> labels = {0, 1, 3, 5};
  EXPECT_EQ(evaluation.update(kScores.data(), labels.data(), 4), 2U);
  EXPECT_EQ(evaluation.result().rows, 0);
  MultiClassEvaluation probabilities(3, 2, -100, ScoreKind::Probabilities);
  const std::vector<float> p = {.5F, .5F, 0, .2F, .2F, 1.5F};
  EXPECT_EQ(probabilities.update(p.data(), labels.data(), 2), 1U);
}

TEST(BinaryEvaluation, SumsByClassAndBin) {
  BinaryEvaluation evaluation(2, .25F, 10, -100, ScoreKind::Logits);
  const std::vector<float> x = {-3, -2, -1, 0, 1, 2, 3, 4, 9};
  const std::vector<std::int32_t> y = {0, 0, 0, 1, 1, 1, 0, 1, -100};
  ASSERT_EQ(evaluation.update(x.data(), y.data(), 9), 9U);
  const BinaryResult result = evaluation.result();
  EXPECT_EQ(result.rows, 8);
  EXPECT_EQ(result.ignored, 1);
  EXPECT_EQ(result.classes[1].count, 4);
  EXPECT_EQ(result.classes[1].correct, 3) << "a score of 0 predicts class 0";
  EXPECT_EQ(result.classes[0].correct, 3);
  const double counts[] = {2, 2, 2, 0, 0, 1, 0, 0, 0, 1};
  for (std::size_t bin = 0; bin < 10; ++bin) EXPECT_EQ(result.bins[bin].count, counts[bin]);
  EXPECT_NEAR(result.bins[9].bce, definition::binaryCrossEntropyWithLogits(3, 0), 1e-6);
}

TEST(BinaryEvaluation, ProbabilitiesGiveTheLossesOfTheirLogits) {
  const std::vector<float> x = {-3, -1, .5F, 2};
  const std::vector<std::int32_t> y = {0, 1, 1, 0};
  std::vector<float> p(4);
  for (std::size_t i = 0; i < 4; ++i)
    p[i] = static_cast<float>(definition::sigmoid(static_cast<double>(x[i])));
  BinaryEvaluation logits(2, .25F, 10, -100, ScoreKind::Logits);
  BinaryEvaluation probabilities(2, .25F, 10, -100, ScoreKind::Probabilities);
  ASSERT_EQ(logits.update(x.data(), y.data(), 4), 4U);
  ASSERT_EQ(probabilities.update(p.data(), y.data(), 4), 4U);
  for (std::size_t c = 0; c < 2; ++c) {
    EXPECT_NEAR(logits.result().classes[c].bce, probabilities.result().classes[c].bce, 1e-6);
    EXPECT_NEAR(logits.result().classes[c].focal, probabilities.result().classes[c].focal, 1e-6);
    EXPECT_EQ(logits.result().classes[c].correct, probabilities.result().classes[c].correct);
  }
  const float zero = 0;
  const std::int32_t one = 1;
  BinaryEvaluation clamped(2, .25F, 10, -100, ScoreKind::Probabilities);
  clamped.update(&zero, &one, 1);
  EXPECT_EQ(clamped.result().classes[1].bce, 100);
  const float outside = 1.01F;
  EXPECT_EQ(clamped.update(&outside, &one, 1), 0U);
}

TEST(LossState, DividesOnceAtTheEnd) {
  const float loss[] = {1.5F, 0, 2};
  const std::int32_t target[] = {1, -100, 0};
  const float weight[] = {3, 1};
  LossState state;
  state.addRows(loss, target, 3, weight, -100);
  EXPECT_EQ(state.sum(), 3.5);
  EXPECT_EQ(state.weight(), 4);
  EXPECT_EQ(state.mean(), 3.5 / 4);
  EXPECT_EQ(state.rows(), 3U);
  EXPECT_EQ(state.ignored(), 1U);
  EXPECT_TRUE(std::isnan(LossState().mean()));
}

TEST(LossState, SavedAndReadAgain) {
  const float loss[] = {0.1F, 0.2F};
  LossState state;
  state.addAll(loss, 2);
  const std::vector<std::uint8_t> bytes = state.toBytes();
  LossState again;
  ASSERT_TRUE(again.fromBytes(bytes.data(), bytes.size()));
  EXPECT_EQ(again.toBytes(), bytes);
  EXPECT_EQ(again.mean(), state.mean());
  std::vector<std::uint8_t> other = bytes;
  other[4] = 9;
  EXPECT_FALSE(again.fromBytes(other.data(), other.size())) << "another version";
  EXPECT_FALSE(again.fromBytes(bytes.data(), 0));
  EXPECT_EQ(again.toBytes(), bytes);
}

}  // namespace
}  // namespace losskit
