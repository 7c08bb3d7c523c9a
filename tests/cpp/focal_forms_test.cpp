// The focal losses of other libraries' forms: what they share with the plain ones, tails, ends and gradients.
#include "losses/focal_forms.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include "losses/definition.h"

namespace losskit {
namespace {

using Options = BinaryFocalOptions<double>;

double lossOf(double x, double t, const Options& options) {
  double loss = 0;
  binaryFocal<double>(&loss, nullptr, &x, &t, 1, options);
  return loss;
}

double slopeOf(double x, double t, const Options& options) {
  double loss = 0;
  double slope = 0;
  binaryFocal<double>(&loss, &slope, &x, &t, 1, options);
  return slope;
}

Options withForm(FocalForm form) {
  Options options;
  options.form = form;
  options.positiveAlpha = 0.3;
  options.negativeAlpha = 0.7;
  return options;
}

const FocalForm kForms[] = {FocalForm::Joint, FocalForm::Split, FocalForm::Loss};

TEST(BinaryFocal, IsTheSigmoidFocalLossForHardTargetsInEveryForm) {
  for (const FocalForm form : kForms) {
    for (const double x : {-700.0, -40.0, -3.0, 0.0, 0.5, 20.0, 400.0}) {
      for (const double t : {0.0, 1.0}) {
        const double want = definition::sigmoidFocal(x, t, 0.3, 2);
        EXPECT_NEAR(lossOf(x, t, withForm(form)), want, 1e-14 * want) << x << ' ' << t;
        const double slope = definition::sigmoidFocalGradient(x, t, 0.3, 2);
        EXPECT_NEAR(slopeOf(x, t, withForm(form)), slope, 1e-13 * std::fabs(slope)) << x << ' ' << t;
      }
    }
  }
}

TEST(BinaryFocal, AgreesWithCentralDifferences) {
  for (const FocalForm form : kForms) {
    for (const double gamma : {0.0, 0.5, 1.0, 2.0, 3.5}) {
      for (const bool isProbability : {false, true}) {
        Options options = withForm(form);
        options.gamma = gamma;
        options.isProbability = isProbability;
        options.labelSmoothing = 0.1;
        options.epsilon = 1e-7;
        for (const double p : {0.1, 0.4, 0.77, 0.95}) {
          const double x = isProbability ? p : std::log(p / (1 - p));
          const double step = 1e-6;
          for (const double t : {0.0, 0.35, 1.0}) {
            const double difference =
                (lossOf(x + step, t, options) - lossOf(x - step, t, options)) / (2 * step);
            EXPECT_NEAR(slopeOf(x, t, options), difference, 1e-7) << p << ' ' << t << ' ' << gamma;
          }
        }
      }
    }
  }
}

TEST(BinaryFocal, StaysFiniteAndRightAtTheEnds) {
  const double infinity = std::numeric_limits<double>::infinity();
  for (const FocalForm form : kForms) {
    Options options = withForm(form);
    options.gamma = 0.5;
    EXPECT_EQ(lossOf(infinity, 1, options), 0);
    EXPECT_EQ(slopeOf(infinity, 1, options), 0);
    EXPECT_EQ(lossOf(-infinity, 1, options), infinity);
    EXPECT_EQ(slopeOf(-infinity, 1, options), -0.3);
    options.isProbability = true;
    EXPECT_EQ(lossOf(1, 1, options), 0);
    EXPECT_EQ(lossOf(0, 1, options), infinity);
    options.epsilon = 1e-7;
    EXPECT_NEAR(lossOf(0, 1, options), -0.3 * std::log(1e-7), 1e-6);
    EXPECT_TRUE(std::isfinite(slopeOf(0, 1, options)));
    EXPECT_TRUE(std::isfinite(slopeOf(1, 1, options)));
  }
}

TEST(BinaryFocal, LeavesIgnoredElementsOut) {
  const std::vector<double> x{1, std::nan(""), -2};
  const std::vector<double> t{1, 255, 0};
  Options options;
  options.ignoredTarget = 255;
  std::vector<double> loss(3);
  std::vector<double> gradient(3);
  binaryFocal<double>(loss.data(), gradient.data(), x.data(), t.data(), 3, options);
  EXPECT_EQ(loss[1], 0);
  EXPECT_EQ(gradient[1], 0);
  EXPECT_GT(loss[0], 0);
  EXPECT_GT(loss[2], 0);
}

using Rows = CategoricalFocalOptions<double>;

double rowLoss(const std::vector<double>& x, const std::vector<double>& t, const Rows& options) {
  double loss = 0;
  categoricalFocal<double>(&loss, nullptr, x.data(), t.data(), {1, x.size(), 1}, options);
  return loss;
}

TEST(CategoricalFocal, IsTheSoftTargetLossOfLogits) {
  const std::vector<double> t{0.2, 0.5, 0.3};
  for (const std::vector<double>& x : {std::vector<double>{1, -2, 0.5}, {40, 0, -40}, {700, 0, -700}}) {
    const Eigen::Map<const Eigen::ArrayXd> logits(x.data(), 3);
    const Eigen::Map<const Eigen::ArrayXd> target(t.data(), 3);
    const double want = definition::softTargetLoss(logits, target, 2);
    EXPECT_NEAR(rowLoss(x, t, {}), want, 1e-14 * want);
    std::vector<double> gradient(3);
    double loss = 0;
    categoricalFocal<double>(&loss, gradient.data(), x.data(), t.data(), {1, 3, 1}, {});
    const Eigen::ArrayXd slope = definition::softTargetGradient(logits, target, 2);
    for (int c = 0; c < 3; ++c) EXPECT_NEAR(gradient[static_cast<std::size_t>(c)], slope(c), 1e-14);
  }
}

TEST(CategoricalFocal, AgreesWithCentralDifferences) {
  const std::vector<double> t{0.2, 0, 0.8};
  const std::vector<double> weight{1, 2, 0.5};
  for (const bool renormalises : {false, true}) {
    for (const double gamma : {0.0, 0.5, 2.0}) {
      Rows options;
      options.weight = weight.data();
      options.gamma = gamma;
      options.epsilon = 1e-7;
      options.isProbability = true;
      options.renormalises = renormalises;
      const std::vector<double> p{0.5, 0.2, 0.6};
      std::vector<double> gradient(3);
      double loss = 0;
      categoricalFocal<double>(&loss, gradient.data(), p.data(), t.data(), {1, 3, 1}, options);
      for (std::size_t c = 0; c < 3; ++c) {
        std::vector<double> up = p;
        std::vector<double> down = p;
        up[c] += 1e-6;
        down[c] -= 1e-6;
        EXPECT_NEAR(gradient[c], (rowLoss(up, t, options) - rowLoss(down, t, options)) / 2e-6, 1e-8);
      }
    }
  }
}

TEST(CategoricalFocal, IgnoresARowWhoseTargetsBeginNegative) {
  Rows options;
  options.labelSmoothing = 0.1;
  EXPECT_EQ(rowLoss({std::nan(""), 1, 2}, {-1, 0, 0}, options), 0);
}

}  // namespace
}  // namespace losskit
