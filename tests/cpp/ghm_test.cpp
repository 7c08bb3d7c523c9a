#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "evaluation/ghm_state.h"
#include "losses/definition.h"

namespace losskit {
namespace {

const std::vector<float> kLogits = {-3, -2, -1, 0, 1, 2, 3, 4};
const std::vector<float> kTargets = {0, 0, 0, 1, 1, 1, 0, 1};

GhmClassification stateOf(const std::vector<float>& x, const std::vector<float>& t,
                          const float* mask = nullptr) {
  GhmClassification state(10);
  state.update(x.data(), t.data(), mask, x.size());
  return state;
}

double lossOf(const GhmClassification& state) {
  return state.loss(state.weights(state.densities()));
}

TEST(Ghm, TheSemanticsExample) {
  const GhmClassification state = stateOf(kLogits, kTargets);
  EXPECT_EQ(state.counts(), (std::vector<std::uint64_t>{2, 2, 2, 0, 0, 1, 0, 0, 0, 1}));
  EXPECT_EQ(state.nonemptyBins(), 5U);
  EXPECT_NEAR(lossOf(state), .84305859, 1e-7);
}

TEST(Ghm, MaskedElementsDoNotCount) {
  std::vector<float> mask(8, 1);
  mask[0] = 0;
  EXPECT_NEAR(lossOf(stateOf(kLogits, kTargets, mask.data())), .84001487, 1e-7);
  mask.assign(8, 0);
  EXPECT_EQ(lossOf(stateOf(kLogits, kTargets, mask.data())), 0);
}

TEST(Ghm, BinsAreFoundByTheirFloatEdges) {
  const GradientNormBins bins(10);
  for (std::size_t i = 0; i < bins.size(); ++i) {
    const float edge = bins.edges()[i];
    EXPECT_EQ(bins.of(edge), i);
    if (i > 0) {
      EXPECT_EQ(bins.of(std::nextafter(edge, 0.0F)), i - 1);
    }
  }
  EXPECT_EQ(bins.of(1.0F), 9U);
  for (std::size_t count : {1U, 3U, 7U, 30U, 1000U}) {
    const GradientNormBins many(count);
    for (float g = 0; g <= 1; g += 1.0F / 4096) {
      const std::size_t bin = many.of(g);
      EXPECT_TRUE(g >= many.edges()[bin] && g < many.edges()[bin + 1]) << count << " " << g;
    }
  }
}

TEST(Ghm, GradientIsTheWeightedBinaryCrossEntropys) {
  const GhmClassification state = stateOf(kLogits, kTargets);
  const std::vector<double> weights = state.weights(state.densities());
  std::vector<float> loss(8);
  std::vector<float> gradient(8);
  const double scale = 1.0 / 8;
  ghmClassificationGradient(loss.data(), gradient.data(), kLogits.data(), kTargets.data(), nullptr, 8,
                            state.bins(), weights.data(), scale);
  double sum = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    const auto x = static_cast<double>(kLogits[i]);
    const auto t = static_cast<double>(kTargets[i]);
    const double weight = weights[state.bins().of(static_cast<float>(definition::gradientNorm(x, t)))];
    EXPECT_NEAR(static_cast<double>(gradient[i]),
                weight * scale * definition::binaryCrossEntropyWithLogitsGradient(x, t), 1e-7);
    sum += static_cast<double>(loss[i]);
  }
  EXPECT_NEAR(sum, lossOf(state), 1e-6);
}

TEST(Ghm, AnySplitAndOrderGivesTheSameBytes) {
  std::mt19937 random(4);
  std::normal_distribution<float> normal(0, 3);
  std::vector<float> x(1000);
  std::vector<float> t(1000);
  for (float& value : x) value = normal(random);
  for (float& value : t) value = random() % 5 == 0 ? 1.0F : 0.0F;
  const std::vector<std::uint8_t> whole = toBytes(stateOf(x, t));
  for (const std::size_t cut : {0U, 1U, 333U, 998U, 1000U}) {
    GhmClassification first(10);
    GhmClassification second(10);
    first.update(x.data(), t.data(), nullptr, cut);
    second.update(x.data() + cut, t.data() + cut, nullptr, x.size() - cut);
    second.merge(first);
    EXPECT_EQ(toBytes(second), whole);
  }
  GhmClassification again(10);
  ASSERT_TRUE(fromBytes(again, whole.data(), whole.size()));
  EXPECT_EQ(toBytes(again), whole);
  GhmClassification other(9);
  EXPECT_FALSE(fromBytes(other, whole.data(), whole.size()));
  EXPECT_FALSE(fromBytes(again, whole.data(), whole.size() - 8));
}

}  // namespace
}  // namespace losskit
