#include "losses/class_index_loss.h"
#include "losses/first_invalid.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "losses/definition.h"
#include "ulp.h"

namespace losskit {
namespace {

using definition::Index;
using testing::ulpDistance;

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr std::int32_t kIgnored = -100;

struct Losses {
  std::vector<float> loss;
  std::vector<float> gradient;
};

Losses run(const std::vector<float>& logits, const std::vector<std::int32_t>& target, ClassLayout layout,
           const ClassIndexOptions<float>& options = {}) {
  Losses result{std::vector<float>(layout.rows(), -1), std::vector<float>(layout.size(), -1)};
  std::vector<float> alone(layout.rows(), -1);
  classIndexLoss(alone.data(), nullptr, logits.data(), target.data(), layout, options);
  classIndexLoss(result.loss.data(), result.gradient.data(), logits.data(), target.data(), layout, options);
  for (std::size_t row = 0; row < layout.rows(); ++row) {
    EXPECT_LE(ulpDistance(alone[row], static_cast<double>(result.loss[row])), 4)
        << "with and without gradient, row " << row;
  }
  return result;
}

Eigen::ArrayXd rowOf(const std::vector<float>& logits, ClassLayout layout, std::size_t row) {
  Eigen::ArrayXd x(static_cast<Index>(layout.classes));
  for (std::size_t c = 0; c < layout.classes; ++c) {
    x(static_cast<Index>(c)) = static_cast<double>(logits[layout.offset(row) + c * layout.inner]);
  }
  return x;
}

Eigen::ArrayXd weightsOf(const ClassIndexOptions<float>& options, std::size_t classes) {
  const auto size = static_cast<Index>(classes);
  if (options.weight == nullptr) return Eigen::ArrayXd::Ones(size);
  return Eigen::Map<const Eigen::ArrayXf>(options.weight, size).cast<double>();
}

double exactLoss(const Eigen::ArrayXd& x, std::int32_t y, const ClassIndexOptions<float>& options) {
  if (y == options.ignoreIndex) return 0;
  const auto smoothing = static_cast<double>(options.labelSmoothing);
  const Eigen::ArrayXd w = weightsOf(options, static_cast<std::size_t>(x.size()));
  const double logLoss = definition::negativeLogLikelihood(x, y);
  const double focus = std::pow(definition::missProbability(logLoss), static_cast<double>(options.gamma));
  const double hard = w(y) * focus * logLoss;
  if (smoothing == 0) return hard;
  return (1 - smoothing) * hard +
         smoothing / static_cast<double>(x.size()) * (w * -definition::logSoftmax(x)).sum();
}

/// Central difference of the definition in double.
double slopeOf(Eigen::ArrayXd x, std::int32_t y, Index c, const ClassIndexOptions<float>& options) {
  const double step = 1e-5;
  const double at = x(c);
  x(c) = at + step;
  const double above = exactLoss(x, y, options);
  x(c) = at - step;
  return (above - exactLoss(x, y, options)) / (2 * step);
}

std::vector<float> normal(std::size_t count, float scale, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> distribution(0, scale);
  std::vector<float> values(count);
  for (float& value : values) value = distribution(random);
  return values;
}

/// Every fifth row ignored; every second one labelled with its largest score, where losses are small and hard
/// to get right.
std::vector<std::int32_t> labels(const std::vector<float>& logits, ClassLayout layout, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<std::int32_t> target(layout.rows());
  for (std::size_t row = 0; row < layout.rows(); ++row) {
    target[row] = static_cast<std::int32_t>(random() % layout.classes);
    Index largest = 0;
    rowOf(logits, layout, row).maxCoeff(&largest);
    if (row % 2 == 1) target[row] = static_cast<std::int32_t>(largest);
    if (row % 5 == 4) target[row] = kIgnored;
  }
  return target;
}

struct Shape {
  ClassLayout layout;
  float scale;
};

class ClassIndexLossTest : public ::testing::TestWithParam<Shape> {};

void expectLosses(const Shape& shape, const ClassIndexOptions<float>& options, double bound) {
  const std::vector<float> logits = normal(shape.layout.size(), shape.scale, 11);
  const std::vector<std::int32_t> target = labels(logits, shape.layout, 12);
  const Losses got = run(logits, target, shape.layout, options);
  for (std::size_t row = 0; row < shape.layout.rows(); ++row) {
    const double exact = exactLoss(rowOf(logits, shape.layout, row), target[row], options);
    EXPECT_LE(ulpDistance(got.loss[row], exact), bound) << "row " << row << " loss " << exact;
  }
}

TEST_P(ClassIndexLossTest, CrossEntropyIsWithinFourUlp) {
  expectLosses(GetParam(), {}, 4);
}

TEST_P(ClassIndexLossTest, WeightedCrossEntropyIsWithinFiveUlp) {
  const std::vector<float> weight = [&] {
    std::vector<float> values = normal(GetParam().layout.classes, 1, 5);
    for (float& value : values) value = std::fabs(value);
    return values;
  }();
  ClassIndexOptions<float> options;
  options.weight = weight.data();
  expectLosses(GetParam(), options, 5);
}

TEST_P(ClassIndexLossTest, FocalIsWithinFourUlpPerFactor) {
  for (const float gamma : {0.5F, 1.0F, 2.0F, 3.0F}) {
    ClassIndexOptions<float> options;
    options.gamma = gamma;
    expectLosses(GetParam(), options, 5 + 4 * static_cast<double>(gamma));
  }
}

TEST_P(ClassIndexLossTest, SmoothedCrossEntropyIsWithinEightUlp) {
  for (const float smoothing : {0.1F, 1.0F}) {
    ClassIndexOptions<float> options;
    options.labelSmoothing = smoothing;
    expectLosses(GetParam(), options, 8);
  }
}

TEST_P(ClassIndexLossTest, GradientsAgreeWithCentralDifferences) {
  const ClassLayout layout = GetParam().layout;
  const std::vector<float> logits = normal(layout.size(), std::min(GetParam().scale, 20.0F), 21);
  const std::vector<std::int32_t> target = labels(logits, layout, 22);
  std::vector<float> weight = normal(layout.classes, 1, 23);
  for (float& value : weight) value = std::fabs(value);
  ClassIndexOptions<float> plain;
  ClassIndexOptions<float> weighted;
  weighted.weight = weight.data();
  ClassIndexOptions<float> smooth = weighted;
  smooth.labelSmoothing = 0.2F;
  ClassIndexOptions<float> focal = weighted;
  focal.gamma = 2;
  for (const ClassIndexOptions<float>& options : {plain, weighted, smooth, focal}) {
    const Losses got = run(logits, target, layout, options);
    for (std::size_t row = 0; row < layout.rows(); ++row) {
      const Eigen::ArrayXd x = rowOf(logits, layout, row);
      for (std::size_t c = 0; c < layout.classes; c += 1 + c / 7) {
        const double exact = slopeOf(x, target[row], static_cast<Index>(c), options);
        const float value = got.gradient[layout.offset(row) + c * layout.inner];
        EXPECT_NEAR(static_cast<double>(value), exact, 1e-6 + 1e-5 * std::fabs(exact))
            << "row " << row << " class " << c;
      }
    }
  }
}

/// Classes 1 to 2N + 1 lanes and around the switch to wide rows; rows that fill no group of four; an inner
/// axis; scales from uniform to far beyond float's exponential.
std::vector<Shape> shapes() {
  std::vector<Shape> result;
  for (std::size_t classes = 1; classes <= 9; ++classes) result.push_back({{classes + 3, classes, 1}, 3});
  for (const std::size_t classes : {31U, 32U, 33U, 100U, 129U, 1000U})
    result.push_back({{41, classes, 1}, 4});
  for (const float scale : {0.01F, 10.0F, 20.0F, 100.0F, 1000.0F, 1e6F}) {
    result.push_back({{400, 10, 1}, scale});
    result.push_back({{60, 67, 1}, scale});
  }
  for (const std::size_t inner : {2U, 3U, 5U, 64U}) result.push_back({{3, 7, inner}, 5});
  result.push_back({{2, 50, 6}, 5});
  return result;
}

std::string nameOf(const ::testing::TestParamInfo<Shape>& info) {
  const ClassLayout& layout = info.param.layout;
  return "shape" + std::to_string(layout.outer) + "x" + std::to_string(layout.classes) + "x" +
         std::to_string(layout.inner) + "scale" + std::to_string(static_cast<int>(info.param.scale * 100));
}

INSTANTIATE_TEST_SUITE_P(Shapes, ClassIndexLossTest, ::testing::ValuesIn(shapes()), nameOf);

/// A row's bits depend on nothing but the row: not on where it stands in a batch.
TEST(ClassIndexLoss, RowsAreIndependent) {
  for (const std::size_t classes : {3U, 10U, 40U}) {
    const ClassLayout layout{23, classes, 1};
    const std::vector<float> logits = normal(layout.size(), 6, 31);
    const std::vector<std::int32_t> target = labels(logits, layout, 32);
    const Losses together = run(logits, target, layout);
    for (std::size_t row = 0; row < layout.outer; ++row) {
      float loss = -1;
      classIndexLoss(&loss, nullptr, &logits[row * classes], &target[row], {1, classes, 1}, {});
      std::vector<float> lossOfAll(layout.outer);
      classIndexLoss(lossOfAll.data(), nullptr, logits.data(), target.data(), layout, {});
      EXPECT_EQ(loss, lossOfAll[row]);
    }
  }
}

TEST(ClassIndexLoss, IgnoredRowsOfMinusInfinityAreZero) {
  const Losses got = run({-kInf, -kInf, -kInf, 1, 2, 3}, {kIgnored, 0}, {2, 3, 1});
  EXPECT_EQ(got.loss[0], 0);
  EXPECT_NEAR(static_cast<double>(got.loss[1]), 2.40760596, 2.5e-7);
  for (std::size_t c = 0; c < 3; ++c) EXPECT_EQ(got.gradient[c], 0);
}

TEST(ClassIndexLoss, WeightedMeanOfTheSemantics) {
  const float weight[] = {1, 2, 3};
  ClassIndexOptions<float> options;
  options.weight = weight;
  const auto mean = [&] {
    const Losses got = run({1, 2, 3, 0, 0, 0}, {2, 0}, {2, 3, 1}, options);
    return (static_cast<double>(got.loss[0]) + static_cast<double>(got.loss[1])) / 4;
  };
  EXPECT_NEAR(mean(), 0.58035755, 1e-7);
  options.labelSmoothing = 0.1F;
  EXPECT_NEAR(mean(), 0.63096604, 1e-7);
}

TEST(ClassIndexLoss, TailsAreExact) {
  EXPECT_NEAR(run({20, 0}, {0}, {1, 2, 1}).loss[0] / 2.06115362e-9F, 1, 3e-7);
  EXPECT_EQ(run({1000, 0, 0}, {1}, {1, 3, 1}).loss[0], 1000);
  EXPECT_EQ(run({0, 1e30F}, {0}, {1, 2, 1}).loss[0], 1e30F);
  EXPECT_EQ(run({5000, 0}, {0}, {1, 2, 1}).loss[0], 0);
}

TEST(ClassIndexLoss, InfiniteLogitsAreLimits) {
  const Losses masked = run({1, -kInf, 1}, {0}, {1, 3, 1});
  EXPECT_NEAR(static_cast<double>(masked.loss[0]), std::log(2.0), 1e-7);
  EXPECT_EQ(masked.gradient[1], 0);
  EXPECT_EQ(run({1, -kInf}, {1}, {1, 2, 1}).loss[0], kInf);
  EXPECT_EQ(run({kInf, 1}, {0}, {1, 2, 1}).loss[0], 0);
  EXPECT_EQ(run({kInf, 1}, {1}, {1, 2, 1}).loss[0], kInf);
  EXPECT_TRUE(std::isnan(run({-kInf, -kInf}, {0}, {1, 2, 1}).loss[0]));
}

TEST(ClassIndexLoss, NanLogitsGiveNan) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (std::size_t classes : {3U, 40U}) {
    for (std::size_t at = 0; at < classes; ++at) {
      std::vector<float> logits(classes, 1);
      logits[at] = nan;
      EXPECT_TRUE(std::isnan(run(logits, {1}, {1, classes, 1}).loss[0])) << at;
    }
  }
}

/// The article's formula with the weight outside: alpha (1 - p)^gamma (-log p), p from the unweighted
/// softmax.
TEST(ClassIndexLoss, FocalWeightStaysOutsideTheProbability) {
  const float alpha[] = {5, 1};
  ClassIndexOptions<float> options;
  options.weight = alpha;
  options.gamma = 2;
  EXPECT_NEAR(static_cast<double>(run({2, 0}, {0}, {1, 2, 1}, options).loss[0]), 0.00901782, 1e-8);
}

TEST(ClassIndexLoss, FocalOfACertainRowIsZeroWithZeroGradient) {
  ClassIndexOptions<float> options;
  for (const float gamma : {0.5F, 0.3F, 2.0F}) {
    options.gamma = gamma;
    const Losses got = run({300, 0}, {0}, {1, 2, 1}, options);
    EXPECT_EQ(got.loss[0], 0);
    EXPECT_EQ(got.gradient[0], 0);
    EXPECT_EQ(got.gradient[1], 0);
  }
}

/// Rows that one path works and the next one does not: each spoils its neighbours' block, not their results.
TEST(ClassIndexLoss, UnusualRowsLeaveTheOthersAlone) {
  for (const std::size_t classes : {2U, 3U, 4U, 7U, 10U, 33U, 100U}) {
    const ClassLayout layout{200, classes, 1};
    std::vector<float> logits = normal(layout.size(), 3, 21);
    const std::vector<std::int32_t> target = labels(logits, layout, 22);
    const Losses usual = run(logits, target, layout);
    const float unusual[] = {70, -170, 3000, -1e30F, -kInf};
    for (std::size_t i = 0; i < 5; ++i) logits[(i * 37 + 5) * classes + i % classes] = unusual[i];
    const Losses got = run(logits, target, layout);
    for (std::size_t row = 0; row < layout.rows(); ++row) {
      const double exact = exactLoss(rowOf(logits, layout, row), target[row], {});
      EXPECT_LE(ulpDistance(got.loss[row], exact), 4) << classes << " classes, row " << row;
      if (row % 37 == 5) continue;
      EXPECT_EQ(got.loss[row], usual.loss[row]) << "in other company, row " << row;
      for (std::size_t c = 0; c < classes; ++c) {
        EXPECT_EQ(got.gradient[row * classes + c], usual.gradient[row * classes + c]);
      }
    }
  }
}

TEST(ClassIndexLoss, AVocabularyOfAHundredThousand) {
  const ClassLayout layout{3, 100003, 1};
  const std::vector<float> logits = normal(layout.size(), 4, 31);
  const std::vector<std::int32_t> target = {100002, 0, 50001};
  const Losses got = run(logits, target, layout);
  for (std::size_t row = 0; row < layout.rows(); ++row) {
    const Eigen::ArrayXd x = rowOf(logits, layout, row);
    EXPECT_LE(ulpDistance(got.loss[row], exactLoss(x, target[row], {})), 4);
    double sum = 0;
    for (std::size_t c = 0; c < layout.classes; ++c) {
      sum += static_cast<double>(got.gradient[row * layout.classes + c]);
    }
    EXPECT_NEAR(sum, 0, 1e-6);
  }
  // Without a gradient nothing is kept of a row, whose sum is taken in parts.
  std::vector<float> loss(layout.rows());
  classIndexLoss(loss.data(), nullptr, logits.data(), target.data(), layout, {});
  EXPECT_EQ(loss, got.loss);
  const std::vector<std::int32_t> ignored = {100002, kIgnored, 50001};
  ClassIndexOptions<float> options;
  options.ignoreIndex = kIgnored;
  classIndexLoss(loss.data(), nullptr, logits.data(), ignored.data(), layout, options);
  EXPECT_EQ(loss, (std::vector<float>{got.loss[0], 0, got.loss[2]}));
}

TEST(ClassIndexLoss, FindsAnInvalidTargetWhereverItIs) {
  for (const std::int32_t invalid : {7, -1, -101, 1 << 30}) {
    for (std::size_t at = 0; at < 50; ++at) {
      std::vector<std::int32_t> target(50, 6);
      target[3] = kIgnored;
      target[at] = invalid;
      EXPECT_EQ(firstInvalidTarget(target.data(), target.size(), 7, kIgnored), at);
      EXPECT_EQ(firstInvalidTarget(target.data(), at, 7, kIgnored), at) << "all before it are valid";
    }
  }
}

TEST(ClassIndexLoss, TellsTheFirstInvalidTargetHoweverRowsAreWorked) {
  constexpr std::size_t kRows = 300;
  for (const std::size_t classes : {2U, 3U, 10U, 40U, 1500U}) {
    std::vector<float> logits(kRows * classes, 0.5F);
    for (std::size_t row = 7; row < kRows; row += 90) logits[row * classes] = 200;  // no usual rows
    for (const std::size_t at : {0U, 1U, 7U, 129U, 299U}) {
      std::vector<std::int32_t> target(kRows, 1);
      target[at] = at % 2 == 0 ? -1 : static_cast<std::int32_t>(classes);
      target[kRows - 1] = -1;
      target[3] = at > 3 ? kIgnored : target[3];
      for (const float option : {0.0F, 0.1F}) {
        ClassIndexOptions<float> options;
        options.ignoreIndex = kIgnored;
        options.labelSmoothing = option;
        std::vector<float> loss(kRows);
        const ClassLayout layout{kRows, classes, 1};
        EXPECT_EQ(classIndexLoss(loss.data(), nullptr, logits.data(), target.data(), layout, options), at);
        options.gamma = option;
        EXPECT_EQ(classIndexLoss(loss.data(), nullptr, logits.data(), target.data(), layout, options), at);
      }
    }
  }
  const double logits[] = {1, 2, 3, 4};
  const std::int32_t target[] = {1, 2};
  double loss[2];
  EXPECT_EQ(classIndexLoss(loss, nullptr, logits, target, {2, 2, 1}, {}), 1U);
}

TEST(ClassIndexLoss, FindsANumberThatIsNoneWhereverItIs) {
  for (std::size_t at = 0; at < 50; ++at) {
    std::vector<float> values(50, kInf);
    EXPECT_EQ(firstNan(values.data(), values.size()), values.size());
    values[at] = -std::numeric_limits<float>::quiet_NaN();
    EXPECT_EQ(firstNan(values.data(), values.size()), at);
  }
}

TEST(ClassIndexLoss, FindsTheFirstInvalidTarget) {
  const std::int32_t target[] = {0, 2, -100, 3, -1};
  EXPECT_EQ(firstInvalidTarget(target, 5, 4, kIgnored), 4U);
  EXPECT_EQ(firstInvalidTarget(target, 5, 3, kIgnored), 3U);
  EXPECT_EQ(firstInvalidTarget(target, 3, 3, kIgnored), 3U);
  EXPECT_EQ(firstInvalidTarget(target, 3, 3, -1), 2U);
}

}  // namespace
}  // namespace losskit
