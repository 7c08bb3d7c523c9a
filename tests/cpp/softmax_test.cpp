#include "losses/softmax.h"

#include <gtest/gtest.h>

#include <algorithm>
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
using Function = void (*)(float*, const float*, ClassLayout);
using Pointwise = void (*)(float*, const float*, std::size_t);

std::vector<float> run(Function function, const std::vector<float>& scores, ClassLayout layout,
                       std::size_t size) {
  std::vector<float> out(size, -7);
  function(out.data(), scores.data(), layout);
  return out;
}

std::vector<float> run(Function function, const std::vector<float>& scores) {
  return run(function, scores, {1, scores.size(), 1}, scores.size());
}

struct Shape {
  ClassLayout layout;
  float scale;
};

class SoftmaxTest : public ::testing::TestWithParam<Shape> {
 protected:
  void SetUp() override {
    std::mt19937 random(3);
    std::normal_distribution<float> distribution(0, GetParam().scale);
    scores_.resize(layout().size());
    for (float& value : scores_) value = distribution(random);
  }

  [[nodiscard]] ClassLayout layout() const { return GetParam().layout; }

  [[nodiscard]] Eigen::ArrayXd row(std::size_t row) const {
    Eigen::ArrayXd x(static_cast<Index>(layout().classes));
    for (std::size_t c = 0; c < layout().classes; ++c) {
      x(static_cast<Index>(c)) = static_cast<double>(scores_[layout().offset(row) + c * layout().inner]);
    }
    return x;
  }

  template <class Exact>
  void expectAll(Function function, double bound, const Exact& exact) const {
    const std::vector<float> got = run(function, scores_, layout(), layout().size());
    for (std::size_t r = 0; r < layout().rows(); ++r) {
      const Eigen::ArrayXd x = row(r);
      for (std::size_t c = 0; c < layout().classes; ++c) {
        const float value = got[layout().offset(r) + c * layout().inner];
        const double expected = exact(x, static_cast<Index>(c));
        EXPECT_LE(ulpDistance(value, expected), bound) << "row " << r << " class " << c << ": " << expected;
      }
    }
  }

  std::vector<float> scores_;
};

TEST_P(SoftmaxTest, SoftmaxIsWithinFourUlp) {
  expectAll(&softmax, 4, [](const Eigen::ArrayXd& x, Index c) {
    return std::exp(-definition::negativeLogLikelihood(x, c));
  });
}

TEST_P(SoftmaxTest, LogSoftmaxIsWithinFourUlp) {
  expectAll(&logSoftmax, 4,
            [](const Eigen::ArrayXd& x, Index c) { return -definition::negativeLogLikelihood(x, c); });
}

/// The sum of the largest score and a logarithm: exact to the digits of the larger of the two.
TEST_P(SoftmaxTest, LogSumExpIsExactToItsTermsDigits) {
  const std::vector<float> got = run(&logSumExp, scores_, layout(), layout().rows());
  for (std::size_t r = 0; r < layout().rows(); ++r) {
    const Eigen::ArrayXd x = row(r);
    EXPECT_NEAR(static_cast<double>(got[r]), definition::logSumExp(x),
                2.4e-7 * (1 + std::fabs(x.maxCoeff())));
  }
}

std::vector<Shape> shapes() {
  std::vector<Shape> result;
  for (std::size_t classes = 1; classes <= 9; ++classes) result.push_back({{classes + 2, classes, 1}, 3});
  for (const std::size_t classes : {31U, 32U, 33U, 64U, 100U, 515U}) result.push_back({{9, classes, 1}, 5});
  for (const float scale : {30.0F, 300.0F, 1e5F}) {
    result.push_back({{50, 10, 1}, scale});
    result.push_back({{10, 45, 1}, scale});
  }
  for (const std::size_t inner : {2U, 5U, 33U}) result.push_back({{2, 6, inner}, 4});
  return result;
}

INSTANTIATE_TEST_SUITE_P(Shapes, SoftmaxTest, ::testing::ValuesIn(shapes()));

void expectNear(const std::vector<float>& got, const std::vector<double>& expected, double tolerance) {
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t i = 0; i < got.size(); ++i)
    EXPECT_NEAR(static_cast<double>(got[i]), expected[i], tolerance) << i;
}

TEST(Softmax, TheArticlesNumbers) {
  const std::vector<float> x = {.8101F, .6255F, .3686F, .4457F, .6892F, .8240F};
  expectNear(run(&softmax, x, {2, 3, 1}, 6), {.4041, .3360, .2599, .2677, .3415, .3908}, 5e-5);
  expectNear(run(&logSoftmax, x, {2, 3, 1}, 6), {-.9060, -1.0907, -1.3475, -1.3179, -1.0744, -.9396}, 1e-4);
  expectNear(run(&softmax, {1, 2, 13}), {0, 0, 1}, 5e-5);
}

TEST(Softmax, ExtremesStayFinite) {
  expectNear(run(&softmax, {89, 0}), {1, 2.2273635617957438e-39}, 1e-42);
  EXPECT_EQ(run(&logSoftmax, {0, 200})[0], -200);
  EXPECT_EQ(run(&softmax, {-kInf, 0, -kInf})[1], 1);
  EXPECT_EQ(run(&softmax, {-kInf, 0, -kInf})[0], 0);
  EXPECT_EQ(run(&softmax, {kInf, 0})[0], 1);
  EXPECT_EQ(run(&softmax, {kInf, 0})[1], 0);
  EXPECT_EQ(run(&logSoftmax, {0, -kInf})[1], -kInf);
  EXPECT_EQ(run(&logSumExp, {-kInf, -kInf}, {1, 2, 1}, 1)[0], -kInf);
  EXPECT_EQ(run(&logSumExp, {kInf, 0}, {1, 2, 1}, 1)[0], kInf);
  EXPECT_TRUE(std::isnan(run(&softmax, {-kInf, -kInf})[0]));
}

TEST(Softmax, ScoresThatAreAllTheLargestShareTheRow) {
  for (std::size_t classes = 2; classes < 300; ++classes) {
    const auto row = static_cast<Index>(classes);
    for (std::size_t others = 0; others < std::min<std::size_t>(classes, 3); ++others) {
      std::vector<float> scores(classes, 20.5F);
      for (std::size_t c = 0; c < others; ++c) scores[classes / (c + 2)] = -3;
      const Eigen::ArrayXd exact = definition::logSoftmax(
          Eigen::ArrayXd(Eigen::Map<const Eigen::ArrayXf>(scores.data(), row).cast<double>()));
      const std::vector<float> got = run(&logSoftmax, scores);
      for (std::size_t c = 0; c < classes; ++c)
        EXPECT_LE(ulpDistance(got[c], exact(static_cast<Index>(c))), 4) << classes << " classes, " << c;
    }
  }
}

TEST(Softmax, PointwiseFunctionsTakeEveryLength) {
  for (std::size_t size = 0; size <= 9; ++size) {
    std::vector<float> x(size);
    for (std::size_t i = 0; i < size; ++i) x[i] = static_cast<float>(i) - 4;
    for (const Pointwise function : std::initializer_list<Pointwise>{&sigmoid, &logSigmoid, &softplus}) {
      std::vector<float> out(size + 1, 42);
      function(out.data(), x.data(), size);
      EXPECT_EQ(out[size], 42) << "writes past its end";
      for (std::size_t i = 0; i < size; ++i) {
        float alone = 0;
        function(&alone, &x[i], 1);
        EXPECT_EQ(out[i], alone);
      }
    }
  }
  float value = 0;
  const float x = -100;
  logSigmoid(&value, &x, std::size_t{1});
  EXPECT_EQ(value, -100);
  const float y = 100;
  softplus(&value, &y, std::size_t{1});
  EXPECT_EQ(value, 100);
}

TEST(Softmax, TheArticlesSigmoids) {
  const std::vector<float> x = {.7696F, .5311F, .8619F, .8131F};
  std::vector<float> out(4);
  sigmoid(out.data(), x.data(), 4);
  expectNear(out, {.6834, .6297, .7031, .6928}, 5e-5);
}

}  // namespace
}  // namespace losskit
