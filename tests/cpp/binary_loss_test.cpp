#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "losses/binary_cross_entropy.h"
#include "losses/definition.h"
#include "losses/sigmoid_focal.h"
#include "ulp.h"

namespace losskit {
namespace {

using testing::ulpDistance;

constexpr float kInf = std::numeric_limits<float>::infinity();

struct Losses {
  std::vector<float> loss;
  std::vector<float> gradient;
};

Losses bce(const std::vector<float>& x, const std::vector<float>& t,
           const BinaryCrossEntropyOptions<float>& options = {}) {
  Losses result{std::vector<float>(x.size()), std::vector<float>(x.size())};
  binaryCrossEntropyWithLogits(result.loss.data(), result.gradient.data(), x.data(), t.data(), x.size(),
                               options);
  return result;
}

Losses focal(const std::vector<float>& x, const std::vector<float>& t,
             const SigmoidFocalOptions<float>& options = {}) {
  Losses result{std::vector<float>(x.size()), std::vector<float>(x.size())};
  sigmoidFocal(result.loss.data(), result.gradient.data(), x.data(), t.data(), x.size(), options);
  return result;
}

/// Logits across the whole range, dense near 0, with both zeros and subnormals.
std::vector<float> logits() {
  std::vector<float> x = {0, -0.0F, 1e-42F, -1e-42F, 88.7F, -88.7F, 104, -104, 1e4F, -1e4F, 3e38F, -3e38F};
  for (float size = 1e-8F; size < 150; size *= 1.03F) {
    x.push_back(size);
    x.push_back(-size);
  }
  return x;
}

const float kTargets[] = {0, 1, 0.25F, 0.9F};

TEST(BinaryCrossEntropy, IsWithinFourUlpEverywhere) {
  const std::vector<float> x = logits();
  for (const float target : kTargets) {
    const Losses got = bce(x, std::vector<float>(x.size(), target));
    for (std::size_t i = 0; i < x.size(); ++i) {
      const auto xi = static_cast<double>(x[i]);
      const auto t = static_cast<double>(target);
      EXPECT_LE(ulpDistance(got.loss[i], definition::binaryCrossEntropyWithLogits(xi, t)), 4)
          << xi << " " << t;
      const double slope = definition::binaryCrossEntropyWithLogitsGradient(xi, t);
      const double tolerance = target == 0 || target == 1 ? std::fabs(slope) * 5e-7 + 2e-45 : 1e-6;
      EXPECT_NEAR(static_cast<double>(got.gradient[i]), slope, tolerance) << xi << " " << t;
    }
  }
}

TEST(BinaryCrossEntropy, InfiniteLogitsAreLimits) {
  const Losses got = bce({kInf, -kInf, -kInf, kInf}, {1, 0, 1, 0});
  EXPECT_EQ(got.loss, (std::vector<float>{0, 0, kInf, kInf}));
  EXPECT_EQ(got.gradient, (std::vector<float>{0, 0, -1, 1}));
}

TEST(BinaryCrossEntropy, WeightsScaleTermsAndElements) {
  const std::vector<float> weight = {0.5F, 2, 0};
  const std::vector<float> positiveWeight = {3, 3, 3};
  BinaryCrossEntropyOptions<float> options{weight.data(), positiveWeight.data(), 0.25F};
  const Losses got = bce({1, -2, kInf}, {1, 0.5F, 0}, options);
  EXPECT_NEAR(static_cast<double>(got.loss[0]), 0.5 * definition::binaryCrossEntropyWithLogits(1, 1, 3),
              1e-7);
  EXPECT_NEAR(static_cast<double>(got.loss[1]), 2 * definition::binaryCrossEntropyWithLogits(-2, 0.5, 3),
              1e-6);
  EXPECT_EQ(got.loss[2], 0) << "no weight, no term";
  EXPECT_NEAR(static_cast<double>(got.gradient[1]),
              0.5 * definition::binaryCrossEntropyWithLogitsGradient(-2, 0.5, 3), 1e-6);
}

TEST(BinaryCrossEntropy, TakesEveryLength) {
  for (std::size_t size = 0; size <= 9; ++size) {
    std::vector<float> x(size);
    for (std::size_t i = 0; i < size; ++i) x[i] = static_cast<float>(i) - 4;
    const Losses got = bce(x, std::vector<float>(size, 1));
    for (std::size_t i = 0; i < size; ++i) EXPECT_EQ(got.loss[i], bce({x[i]}, {1}).loss[0]);
  }
}

TEST(BinaryCrossEntropy, OfProbabilitiesIsWithinFourUlpEverywhere) {
  std::vector<float> p = {0, 1, 0.5F, 1e-45F, 3e-44F, 4e-44F, 1.1e-38F, 1.2e-38F, 0x1p-100F, 0x1p-24F};
  for (float value = 1e-45F; value < 1; value = std::max(value * 1.01F, std::nextafter(value, 1.0F))) {
    p.push_back(value);
    p.push_back(1 - value);
  }
  for (const float target : {0.0F, 1.0F, 0.25F, 0.9F, 1e-20F}) {
    const std::vector<float> t(p.size(), target);
    std::vector<float> loss(p.size());
    std::vector<float> gradient(p.size());
    binaryCrossEntropy(loss.data(), gradient.data(), p.data(), t.data(), p.size(), {nullptr, nullptr, 0.5F});
    for (std::size_t i = 0; i < p.size(); ++i) {
      const auto pi = static_cast<double>(p[i]);
      const auto ti = static_cast<double>(target);
      EXPECT_LE(ulpDistance(loss[i], definition::binaryCrossEntropy(pi, ti)), 4) << pi << " " << ti;
      const double slope = 0.5 * definition::binaryCrossEntropyGradient(pi, ti);
      EXPECT_NEAR(static_cast<double>(gradient[i]), slope, 5e-7 * std::fabs(slope)) << pi << " " << ti;
    }
  }
}

TEST(SigmoidFocal, IsWithinFourUlpEverywhere) {
  const std::vector<float> x = logits();
  for (const float gamma : {0.0F, 0.5F, 1.0F, 2.0F, 3.7F}) {
    for (const float alpha : {0.25F, -1.0F}) {
      for (const float target : kTargets) {
        const Losses got = focal(x, std::vector<float>(x.size(), target), {alpha, gamma, 1});
        for (std::size_t i = 0; i < x.size(); ++i) {
          const auto xi = static_cast<double>(x[i]);
          const auto t = static_cast<double>(target);
          const auto a = static_cast<double>(alpha);
          const auto g = static_cast<double>(gamma);
          EXPECT_LE(ulpDistance(got.loss[i], definition::sigmoidFocal(xi, t, a, g)), 4)
              << xi << " " << t << " " << g;
          const double slope = definition::sigmoidFocalGradient(xi, t, a, g);
          const double tolerance = target == 0 || target == 1 ? 3e-45 : 2e-7;
          EXPECT_NEAR(static_cast<double>(got.gradient[i]), slope, tolerance + 6e-7 * std::fabs(slope))
              << xi << " " << t << " " << g;
        }
      }
    }
  }
}

TEST(SigmoidFocal, DefinitionsGradientAgreesWithCentralDifferences) {
  const double step = 1e-6;
  for (const double x : {-30.0, -5.0, -0.3, 0.0, 1.0, 4.0, 25.0}) {
    for (const double t : {0.0, 1.0, 0.3}) {
      for (const double gamma : {0.0, 0.5, 2.0}) {
        const double above = definition::sigmoidFocal(x + step, t, 0.25, gamma);
        const double below = definition::sigmoidFocal(x - step, t, 0.25, gamma);
        EXPECT_NEAR(definition::sigmoidFocalGradient(x, t, 0.25, gamma), (above - below) / (2 * step), 1e-8);
      }
    }
  }
}

TEST(SigmoidFocal, HardTargetsHaveTheSameBitsBesideSoftOnes) {
  const std::vector<float> x = logits();
  for (const float gamma : {0.5F, 2.0F}) {
    const Losses hard = focal(x, std::vector<float>(x.size(), 1), {0.25F, gamma, 1});
    for (std::size_t place = 0; place < 3; ++place) {
      std::vector<float> targets(x.size(), 1);
      for (std::size_t i = place; i < x.size(); i += 3) targets[i] = 0.3F;
      const Losses mixed = focal(x, targets, {0.25F, gamma, 1});
      for (std::size_t i = 0; i < x.size(); ++i) {
        if (targets[i] != 1) continue;
        EXPECT_EQ(mixed.loss[i], hard.loss[i]) << x[i] << " " << gamma;
        EXPECT_EQ(mixed.gradient[i], hard.gradient[i]) << x[i] << " " << gamma;
      }
    }
  }
}

TEST(SigmoidFocal, CertaintyIsFree) {
  for (const float gamma : {0.5F, 2.0F}) {
    const Losses got = focal({100, -100, kInf, -kInf}, {1, 0, 1, 0}, {0.25F, gamma, 1});
    for (std::size_t i = 0; i < 4; ++i) {
      EXPECT_NEAR(static_cast<double>(got.loss[i]), 0, 1e-42);
      EXPECT_NEAR(static_cast<double>(got.gradient[i]), 0, 1e-42);
    }
  }
}

TEST(SigmoidFocal, CertainErrorCostsItsLogit) {
  const Losses got = focal({kInf, 3e38F, 1000, -1000}, {0, 0, 0, 1}, {-1, 2, 1});
  EXPECT_EQ(got.loss, (std::vector<float>{kInf, 3e38F, 1000, 1000}));
}

TEST(SigmoidFocal, NaNStaysNaN) {
  const float nan = std::nanf("");
  const Losses got = focal({nan, nan, 1}, {0, 1, 1});
  EXPECT_TRUE(std::isnan(got.loss[0]));
  EXPECT_TRUE(std::isnan(got.loss[1]));
  EXPECT_GT(got.loss[2], 0);
}

TEST(SigmoidFocal, GammaZeroIsWeightedBinaryCrossEntropy) {
  const std::vector<float> x = logits();
  const std::vector<float> ones(x.size(), 1);
  const Losses plain = bce(x, ones);
  const Losses got = focal(x, ones, {-1, 0, 1});
  EXPECT_EQ(got.loss, plain.loss);
  EXPECT_EQ(got.gradient, plain.gradient);
}

}  // namespace
}  // namespace losskit
