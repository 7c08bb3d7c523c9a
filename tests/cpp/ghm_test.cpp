#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "evaluation/ghm_state.h"
#include "losses/definition.h"

namespace losskit {
namespace {

const std::vector<float> kLogits = {-3, -2, -1, 0, 1, 2, 3, 4};
const std::vector<float> kTargets = {0, 0, 0, 1, 1, 1, 0, 1};

GhmState stateOf(const std::vector<float>& x, const std::vector<float>& t, const float* mask = nullptr) {
  GhmState state(10, GhmKind::Classification);
  ghmUpdate(state, x.data(), t.data(), mask, x.size(), 0);
  return state;
}

double lossOf(const GhmState& state) {
  return state.loss(state.weights(state.densities()));
}

TEST(Ghm, TheSemanticsExample) {
  const GhmState state = stateOf(kLogits, kTargets);
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
  const GradientNormBins bins(10, GhmKind::Classification);
  for (std::size_t i = 0; i < bins.size(); ++i) {
    const float edge = bins.edges()[i];
    EXPECT_EQ(bins.of(static_cast<double>(edge)), i);
    if (i > 0) {
      EXPECT_EQ(bins.of(std::nextafter(static_cast<double>(edge), 0.0)), i - 1);
    }
  }
  EXPECT_EQ(bins.of(1), 9U);
  for (std::size_t count : {1U, 3U, 7U, 30U, 1000U}) {
    const GradientNormBins many(count, GhmKind::Classification);
    for (float g = 0; g <= 1; g += 1.0F / 4096) {
      const std::size_t bin = many.of(static_cast<double>(g));
      EXPECT_TRUE(g >= many.edges()[bin] && g < many.edges()[bin + 1]) << count << " " << g;
    }
  }
}

TEST(Ghm, GradientIsTheWeightedBinaryCrossEntropys) {
  const GhmState state = stateOf(kLogits, kTargets);
  const std::vector<double> weights = state.weights(state.densities());
  std::vector<float> loss(8);
  std::vector<float> gradient(8);
  const double scale = 1.0 / 8;
  ghmGradient<float>(loss.data(), gradient.data(), state, kLogits.data(), kTargets.data(), nullptr, 8, 0,
                     weights.data(), scale);
  double sum = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    const auto x = static_cast<double>(kLogits[i]);
    const auto t = static_cast<double>(kTargets[i]);
    const double weight = weights[state.bins().of(definition::gradientNorm(x, t))];
    EXPECT_NEAR(static_cast<double>(gradient[i]),
                weight * scale * definition::binaryCrossEntropyWithLogitsGradient(x, t), 1e-7);
    sum += static_cast<double>(loss[i]);
  }
  EXPECT_NEAR(sum, lossOf(state), 1e-6);
}

/// Logits around the edges, where the bin is decided, and of every size, with hard targets.
TEST(Ghm, ManyAtOnceAreBinnedAsOneByOne) {
  for (const std::size_t bins : {1U, 2U, 10U, 30U, 32U, 40U}) {
    GhmState together(bins, GhmKind::Classification);
    GhmState alone(bins, GhmKind::Classification);
    std::mt19937 random(3);
    std::normal_distribution<float> normal(0, 4);
    std::vector<float> x;
    for (const float edge : together.bins().logitEdges()) {
      for (const float near : {edge, std::nextafter(edge, -9.0F), std::nextafter(edge, 9.0F)}) {
        x.push_back(near);
        x.push_back(-near);
      }
    }
    for (const float size : {0.0F, 1e-30F, 20.0F, 25.0F, 100.0F, 200.0F, 300.0F, 1e30F}) x.push_back(size);
    while (x.size() < 5000) x.push_back(normal(random));
    std::vector<float> t(x.size());
    for (float& target : t) target = static_cast<float>(random() % 2);
    t[3000] = 0.5F;
    ghmUpdate<float>(together, x.data(), t.data(), nullptr, x.size(), 0);
    for (std::size_t i = 0; i < x.size(); ++i) ghmUpdate<float>(alone, &x[i], &t[i], nullptr, 1, 0);
    EXPECT_EQ(toBytes(together), toBytes(alone)) << bins;
    std::vector<std::uint64_t> counts(bins);
    for (std::size_t i = 0; i < x.size(); ++i) {
      ++counts[together.bins().of(
          definition::gradientNorm(static_cast<double>(x[i]), static_cast<double>(t[i])))];
    }
    EXPECT_EQ(together.counts(), counts) << bins;
  }
}

/// Norms around the edges, of soft targets.
TEST(Ghm, ManySoftTargetsAreBinnedAsOneByOne) {
  for (const std::size_t bins : {1U, 2U, 10U, 30U, 32U}) {
    GhmState together(bins, GhmKind::Classification);
    GhmState alone(bins, GhmKind::Classification);
    std::mt19937 random(6);
    std::uniform_real_distribution<float> unit(0, 1);
    std::vector<float> x;
    std::vector<float> t;
    while (x.size() < 4096) {
      const float target = random() % 8 == 0 ? static_cast<float>(random() % 2) : unit(random);
      const float edge = together.bins().edges()[random() % bins];
      const double p = static_cast<double>(target > edge ? target - edge : std::min(target + edge, 1.0F));
      float near = static_cast<float>(std::log(p) - std::log1p(-p));
      for (std::size_t step = random() % 4; step > 0; --step) near = std::nextafter(near, 99.0F);
      x.push_back(near);
      t.push_back(target);
    }
    ghmUpdate<float>(together, x.data(), t.data(), nullptr, x.size(), 0);
    for (std::size_t i = 0; i < x.size(); ++i) ghmUpdate<float>(alone, &x[i], &t[i], nullptr, 1, 0);
    EXPECT_EQ(toBytes(together), toBytes(alone)) << bins;
  }
}

struct Many {
  std::vector<float> x;
  std::vector<float> t;
  std::vector<float> labelWeight;
};

/// Two chunks and a bit, the first with a soft target that counts; what does not count may be anything.
Many manyElements() {
  Many many;
  std::mt19937 random(5);
  std::normal_distribution<float> normal(0, 5);
  for (std::size_t i = 0; i < 2 * 1024 + 21; ++i) {
    const bool counts = random() % 3 != 0;
    many.x.push_back(counts ? normal(random) : std::numeric_limits<float>::quiet_NaN());
    many.t.push_back(counts ? static_cast<float>(random() % 2) : 255.0F);
    many.labelWeight.push_back(counts ? 0.5F : 0.0F);
  }
  many.x[7] = 2;
  many.t[7] = 0.25F;
  many.labelWeight[7] = 1;
  return many;
}

TEST(Ghm, OfManyThoseThatCountAreBinnedAsOneByOne) {
  const auto [x, t, labelWeight] = manyElements();
  GhmState alone(10, GhmKind::Classification);
  std::uint64_t counted = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (labelWeight[i] == 0) continue;
    ghmUpdate<float>(alone, &x[i], &t[i], nullptr, 1, 0);
    ++counted;
  }
  const GhmState together = stateOf(x, t, labelWeight.data());
  EXPECT_EQ(together.count(), counted);
  EXPECT_EQ(toBytes(together), toBytes(alone));
}

TEST(Ghm, GradientsOfManyAreThoseOfEach) {
  const auto [x, t, labelWeight] = manyElements();
  const GhmState state = stateOf(x, t, labelWeight.data());
  const std::vector<double> weights = state.weights(state.densities());
  std::vector<float> loss(x.size(), -1);
  std::vector<float> gradient(x.size(), -1);
  std::vector<float> gradientOnly(x.size(), -1);
  const auto work = [&](float* losses, float* gradients) {
    ghmGradient<float>(losses, gradients, state, x.data(), t.data(), labelWeight.data(), x.size(), 0,
                       weights.data(), 0.125);
  };
  work(loss.data(), gradient.data());
  work(nullptr, gradientOnly.data());
  EXPECT_EQ(gradient, gradientOnly);
  for (std::size_t i = 0; i < x.size(); ++i) {
    float lossAlone = 0;
    float gradientAlone = 0;
    if (labelWeight[i] > 0) {
      const float* all = nullptr;
      ghmGradient<float>(&lossAlone, &gradientAlone, state, &x[i], &t[i], all, 1, 0, weights.data(), 0.125);
    }
    EXPECT_EQ(loss[i], lossAlone) << i;
    EXPECT_EQ(gradient[i], gradientAlone) << i;
  }
}

TEST(Ghm, ANaNIsKnownAfterTheWayThroughBytes) {
  GhmState state(10, GhmKind::Classification);
  state.add(0.25, 0.5);
  const std::vector<std::uint8_t> without = toBytes(state);
  state.add(std::numeric_limits<double>::quiet_NaN(), 0.5);
  const std::vector<std::uint8_t> with = toBytes(state);
  EXPECT_NE(with, without);
  GhmState again(10, GhmKind::Classification);
  ASSERT_TRUE(fromBytes(again, with.data(), with.size()));
  EXPECT_TRUE(again.hasNan());
  EXPECT_EQ(again.count(), 1U);
  ASSERT_TRUE(fromBytes(again, without.data(), without.size()));
  EXPECT_FALSE(again.hasNan());
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
    GhmState first(10, GhmKind::Classification);
    GhmState second(10, GhmKind::Classification);
    const float* all = nullptr;
    ghmUpdate(first, x.data(), t.data(), all, cut, 0);
    ghmUpdate(second, x.data() + cut, t.data() + cut, all, x.size() - cut, 0);
    second.merge(first);
    EXPECT_EQ(toBytes(second), whole);
  }
  GhmState again(10, GhmKind::Classification);
  ASSERT_TRUE(fromBytes(again, whole.data(), whole.size()));
  EXPECT_EQ(toBytes(again), whole);
  GhmState other(9, GhmKind::Classification);
  EXPECT_FALSE(fromBytes(other, whole.data(), whole.size()));
  EXPECT_FALSE(fromBytes(again, whole.data(), whole.size() - 8));
}

/// mmdetection's GHMR by hand: d = [.01, -.5, 2], mu = .02; norms d / sqrt(d^2 + mu^2) = .447, .999, 1.000.
TEST(Ghm, RegressionWeighsByTheSumOfLabelWeights) {
  const double prediction[] = {.01, -.5, 2, 9};
  const double target[] = {0, 0, 0, 0};
  const double labelWeight[] = {1, 1, 2, 0};
  GhmState state(10, GhmKind::Regression);
  ghmUpdate(state, prediction, target, labelWeight, 4, .02);
  EXPECT_EQ(state.counts(), (std::vector<std::uint64_t>{0, 0, 0, 0, 1, 0, 0, 0, 0, 2}));
  EXPECT_EQ(state.total(), 4);
  const auto loss = [](double d) { return std::sqrt(d * d + .0004) - .02; };
  const double expected = (4.0 / 1 * loss(.01) + 4.0 / 2 * (loss(.5) + loss(2))) / 2 / 4;
  EXPECT_NEAR(lossOf(state), expected, 1e-15);
}

}  // namespace
}  // namespace losskit
