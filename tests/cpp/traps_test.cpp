// Inputs on which usual implementations give NaN, 0 or infinity by rounding alone, or a number of another
// definition; in float and double.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <vector>

#include "losses/binary_cross_entropy.h"
#include "losses/class_index_loss.h"
#include "losses/class_probability_loss.h"
#include "losses/ghm.h"
#include "losses/sigmoid_focal.h"
#include "losses/softmax.h"

namespace losskit {
namespace {

constexpr std::int32_t kIgnored = -100;

template <class T>
class Traps : public ::testing::Test {
 protected:
  static constexpr T kInf = std::numeric_limits<T>::infinity();

  struct Result {
    std::vector<T> loss;
    std::vector<T> gradient;
  };

  static void expectClose(T actual, double expected) {
    const double tolerance = std::is_same_v<T, float> ? 1e-6 : 1e-12;
    EXPECT_NEAR(static_cast<double>(actual) / expected, 1, tolerance) << actual << " " << expected;
  }

  static void expectZero(const std::vector<T>& values) {
    for (const T value : values) EXPECT_EQ(value, 0);
  }

  static Result ofIndices(const std::vector<T>& x, const std::vector<std::int32_t>& target,
                          const ClassIndexOptions<T>& options = {}) {
    Result result{std::vector<T>(target.size()), std::vector<T>(x.size())};
    classIndexLoss(result.loss.data(), result.gradient.data(), x.data(), target.data(),
                   {target.size(), x.size() / target.size(), 1}, options);
    return result;
  }

  static Result ofProbabilities(const std::vector<T>& x, const std::vector<T>& target, std::size_t classes,
                                const ClassProbabilityOptions<T>& options = {}) {
    const std::size_t rows = x.size() / classes;
    Result result{std::vector<T>(rows), std::vector<T>(x.size())};
    classProbabilityLoss(result.loss.data(), result.gradient.data(), x.data(), target.data(),
                         {rows, classes, 1}, options);
    return result;
  }

  static Result ofLogits(const std::vector<T>& x, const std::vector<T>& target) {
    Result result{std::vector<T>(x.size()), std::vector<T>(x.size())};
    binaryCrossEntropyWithLogits(result.loss.data(), result.gradient.data(), x.data(), target.data(),
                                 x.size(), {});
    return result;
  }

  static Result ofFocal(const std::vector<T>& x, const std::vector<T>& target,
                        const SigmoidFocalOptions<T>& options) {
    Result result{std::vector<T>(x.size()), std::vector<T>(x.size())};
    sigmoidFocal(result.loss.data(), result.gradient.data(), x.data(), target.data(), x.size(), options);
    return result;
  }
};

using Precisions = ::testing::Types<float, double>;
TYPED_TEST_SUITE(Traps, Precisions);

TYPED_TEST(Traps, IgnoredRowsOfMinusInfinity) {
  const TypeParam inf = this->kInf;
  const auto got = this->ofIndices({-inf, -inf, -inf, 1, 2, 3}, {kIgnored, 0});
  EXPECT_EQ(got.loss[0], 0);
  this->expectClose(got.loss[1], std::log(1 + std::exp(1.0) + std::exp(2.0)));
  this->expectZero({got.gradient.begin(), got.gradient.begin() + 3});
}

TYPED_TEST(Traps, NoProbabilityForAClassAtMinusInfinity) {
  const auto got = this->ofProbabilities({0, -this->kInf, 1}, {0.5, 0, 0.5}, 3);
  this->expectClose(got.loss[0], 0.8132616875182228);
  EXPECT_EQ(got.gradient[1], 0);
  this->expectClose(got.gradient[0], 1 / (1 + std::exp(1.0)) - 0.5);
}

TYPED_TEST(Traps, WeightsAndSmoothingByIndicesAndByProbabilities) {
  using T = TypeParam;
  const std::vector<T> x = {1, 2, 3, 0, 0, 0};
  const std::vector<T> weight = {1, 2, 3};
  struct Expected {
    T smoothing;
    double indices;
    double probabilities;
  };
  for (const auto& [smoothing, indices, probabilities] :
       {Expected{0, 0.58035755, 1.16071509}, Expected{T(0.1), 0.63096604, 1.26193207}}) {
    ClassIndexOptions<T> byIndices;
    byIndices.weight = weight.data();
    byIndices.labelSmoothing = smoothing;
    const auto losses = this->ofIndices(x, {2, 0}, byIndices).loss;
    EXPECT_NEAR(static_cast<double>(losses[0] + losses[1]) / 4, indices, 2e-7);
    ClassProbabilityOptions<T> byProbabilities;
    byProbabilities.weight = weight.data();
    byProbabilities.labelSmoothing = smoothing;
    const auto soft = this->ofProbabilities(x, {0, 0, 1, 1, 0, 0}, 3, byProbabilities).loss;
    EXPECT_NEAR(static_cast<double>(soft[0] + soft[1]) / 2, probabilities, 3e-7);
  }
}

TYPED_TEST(Traps, LossesFarDownTheTail) {
  for (const TypeParam x : {TypeParam(20), TypeParam(40)}) {
    const double exact = std::log1p(std::exp(-static_cast<double>(x)));
    const auto classes = this->ofIndices({x, 0}, {0});
    this->expectClose(classes.loss[0], exact);
    this->expectClose(classes.gradient[1], 1 / (1 + std::exp(static_cast<double>(x))));
    const auto binary = this->ofLogits({-x}, {0});
    this->expectClose(binary.loss[0], exact);
    this->expectClose(binary.gradient[0], 1 / (1 + std::exp(static_cast<double>(x))));
  }
}

TYPED_TEST(Traps, BinaryCrossEntropyAtInfinity) {
  const TypeParam inf = this->kInf;
  const auto got = this->ofLogits({inf, -inf, -inf}, {1, 0, 1});
  EXPECT_EQ(got.loss, (std::vector<TypeParam>{0, 0, inf}));
  EXPECT_EQ(got.gradient, (std::vector<TypeParam>{0, 0, -1}));
  TypeParam loss = -1;
  const TypeParam p = 0;
  const TypeParam target = 1;
  binaryCrossEntropy(&loss, nullptr, &p, &target, 1, {});
  EXPECT_EQ(loss, 100);
}

TYPED_TEST(Traps, FocalLossesOfCertainty) {
  using T = TypeParam;
  SigmoidFocalOptions<T> binary;
  binary.gamma = T(0.5);
  const auto sigmoid = this->ofFocal({100, 800}, {1, 1}, binary);
  for (const T value : sigmoid.loss) EXPECT_NEAR(static_cast<double>(value), 0, 1e-30);
  for (const T value : sigmoid.gradient) EXPECT_NEAR(static_cast<double>(value), 0, 1e-30);
  ClassIndexOptions<T> options;
  options.gamma = T(0.5);
  const auto classes = this->ofIndices({200, 0, 2000, 0}, {0, 0}, options);
  for (const T value : classes.loss) EXPECT_NEAR(static_cast<double>(value), 0, 1e-30);
  for (const T value : classes.gradient) EXPECT_NEAR(static_cast<double>(value), 0, 1e-30);
}

TYPED_TEST(Traps, FocalLossesOfGammaZero) {
  using T = TypeParam;
  SigmoidFocalOptions<T> binary;
  binary.gamma = 0;
  binary.alpha = -1;
  const std::vector<T> x = {1, -2, 3};
  const std::vector<T> target = {1, 0, 1};
  EXPECT_EQ(this->ofFocal(x, target, binary).loss, this->ofLogits(x, target).loss);
}

TYPED_TEST(Traps, FocalWeightStaysOutsideTheProbability) {
  using T = TypeParam;
  const std::vector<T> alpha = {5, 1};
  ClassIndexOptions<T> options;
  options.weight = alpha.data();
  options.gamma = 2;
  const double miss = 1 - 1 / (1 + std::exp(-2.0));
  this->expectClose(this->ofIndices({2, 0}, {0}, options).loss[0],
                    5 * miss * miss * std::log1p(std::exp(-2.0)));
}

TYPED_TEST(Traps, GradientHarmonizingByHand) {
  using T = TypeParam;
  const std::vector<T> x = {-3, -2, -1, 0, 1, 2, 3, 4};
  const std::vector<T> target = {0, 0, 0, 1, 1, 1, 0, 1};
  const auto lossOf = [&](const std::vector<T>& mask) {
    GhmState state(10, GhmKind::Classification);
    ghmUpdate<T>(state, x.data(), target.data(), mask.data(), x.size(), 0);
    return state.loss(state.weights(state.densities()));
  };
  EXPECT_NEAR(lossOf(std::vector<T>(8, 1)), .84305859, 1e-7);
  EXPECT_NEAR(lossOf({0, 1, 1, 1, 1, 1, 1, 1}), .84001487, 1e-7);
  EXPECT_EQ(lossOf(std::vector<T>(8, 0)), 0);
}

TYPED_TEST(Traps, LargeLogits) {
  using T = TypeParam;
  const ClassLayout pair{1, 2, 1};
  std::vector<T> out(2);
  const std::vector<T> large = {89, 0};
  softmax(out.data(), large.data(), pair);
  EXPECT_EQ(out[0], 1);
  this->expectClose(out[1], 1 / (1 + std::exp(89.0)));
  const std::vector<T> far = {0, 200};
  logSoftmax(out.data(), far.data(), pair);
  EXPECT_EQ(out[0], -200);
  const auto got = this->ofIndices({1000, 0, 0}, {1});
  EXPECT_EQ(got.loss[0], 1000);
  EXPECT_EQ(got.gradient, (std::vector<T>{1, -1, 0}));
}

}  // namespace
}  // namespace losskit
