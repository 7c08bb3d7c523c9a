// The stated bound of every float loss, swept: one row per function, over logits from 1e-3 to the largest
// float and labels of every likelihood, against the definition in double.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "losses/binary_cross_entropy.h"
#include "losses/class_index_loss.h"
#include "losses/class_probability_loss.h"
#include "losses/definition.h"
#include "losses/multi_label_soft_margin.h"
#include "losses/sigmoid_focal.h"
#include "losses/softmax.h"
#include "ulp.h"

namespace losskit {
namespace {

using definition::Index;
using testing::ulpDistance;

constexpr double kBound = 4;

/// A hundred powers of ten between a thousandth and far beyond float's exponential.
float scaleOf(std::mt19937& random) {
  return std::pow(10.0F, std::uniform_real_distribution<float>(-3, 4)(random));
}

struct Rows {
  ClassLayout layout;
  std::vector<float> logits;
  std::vector<std::int32_t> target;

  [[nodiscard]] Eigen::ArrayXd row(std::size_t r) const {
    const definition::RowOf<float> map(&logits[r * layout.classes], static_cast<Index>(layout.classes),
                                       Eigen::InnerStride<>(1));
    return map.cast<double>();
  }
};

/// Half of the labels are the row's largest score, where losses are small and hard to get right.
Rows rowsOf(std::size_t count, std::size_t classes, std::mt19937& random) {
  Rows rows{{count, classes, 1}, std::vector<float>(count * classes), std::vector<std::int32_t>(count)};
  for (std::size_t r = 0; r < count; ++r) {
    std::normal_distribution<float> score(0, scaleOf(random));
    float* x = &rows.logits[r * classes];
    std::generate(x, x + classes, [&] { return score(random); });
    rows.target[r] = static_cast<std::int32_t>(random() % classes);
    if (r % 2 == 0) rows.target[r] = static_cast<std::int32_t>(std::max_element(x, x + classes) - x);
  }
  return rows;
}

struct Worst {
  double ulp = 0;
  std::string where;

  template <class Name>
  void check(float got, double exact, const Name& nameOfPlace) {
    const double distance = ulpDistance(got, exact);
    if (distance <= ulp) return;
    ulp = distance;
    where = nameOfPlace() + ": " + std::to_string(exact);
  }
};

std::string placeOf(std::size_t classes, std::size_t row) {
  return std::to_string(classes) + " classes, row " + std::to_string(row);
}

struct ClassLoss {
  const char* name;
  float labelSmoothing;
  float gamma;
  bool isWeighted;
};

const ClassLoss kClassLosses[] = {
    {"CrossEntropy", 0, 0, false},
    {"WeightedCrossEntropy", 0, 0, true},
    {"SmoothedCrossEntropy", 0.1F, 0, false},
    {"SmoothedWeightedCrossEntropy", 0.3F, 0, true},
    {"FullySmoothedCrossEntropy", 1, 0, false},
    {"FocalHalf", 0, 0.5F, false},
    {"FocalOne", 0, 1, false},
    {"FocalTwo", 0, 2, false},
    {"WeightedFocalTwo", 0, 2, true},
    {"FocalFive", 0, 5, false},
    {"FocalEight", 0, 8, false},
    {"FocalTwelve", 0, 12, true},
    {"FocalOddGamma", 0, 2.3F, false},
    {"SmoothedFocal", 0.1F, 2, true},
};

class ClassLossSweep : public ::testing::TestWithParam<ClassLoss> {};

TEST_P(ClassLossSweep, StaysWithinFourUlp) {
  const ClassLoss& loss = GetParam();
  std::mt19937 random(71);
  Worst worst;
  for (const std::size_t classes : {2U, 3U, 4U, 7U, 10U, 31U, 32U, 37U, 100U, 1000U}) {
    const std::size_t count = 1000000 / (classes + 20);
    const Rows rows = rowsOf(count, classes, random);
    std::vector<float> weight(classes);
    std::generate(weight.begin(), weight.end(),
                  [&] { return std::uniform_real_distribution<float>(0, 3)(random); });
    ClassIndexOptions<float> options;
    options.labelSmoothing = loss.labelSmoothing;
    options.gamma = loss.gamma;
    if (loss.isWeighted) options.weight = weight.data();
    std::vector<float> got(count);
    classIndexLoss(got.data(), nullptr, rows.logits.data(), rows.target.data(), rows.layout, options);
    for (std::size_t r = 0; r < count; ++r) {
      const auto e = static_cast<double>(loss.labelSmoothing);
      Eigen::ArrayXd q =
          Eigen::ArrayXd::Constant(static_cast<Index>(classes), e / static_cast<double>(classes));
      q(rows.target[r]) += 1 - e;
      if (loss.isWeighted) q *= Eigen::Map<const Eigen::ArrayXf>(weight.data(), q.size()).cast<double>();
      const double exact = definition::softTargetLoss(rows.row(r), q, static_cast<double>(loss.gamma));
      worst.check(got[r], exact, [&] { return placeOf(classes, r); });
    }
  }
  RecordProperty("worstUlp", std::to_string(worst.ulp));
  EXPECT_LE(worst.ulp, kBound) << worst.where;
}

std::string nameOfLoss(const ::testing::TestParamInfo<ClassLoss>& info) {
  return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(Sweep, ClassLossSweep, ::testing::ValuesIn(kClassLosses), nameOfLoss);

struct SoftTargetLoss {
  const char* name;
  float labelSmoothing;
  bool isWeighted;
};

const SoftTargetLoss kSoftTargetLosses[] = {
    {"SoftTargets", 0, false},
    {"WeightedSoftTargets", 0, true},
    {"SmoothedSoftTargets", 0.1F, false},
    {"SmoothedWeightedSoftTargets", 0.3F, true},
};

class SoftTargetSweep : public ::testing::TestWithParam<SoftTargetLoss> {};

/// Rows with one class, few or all of them, in shares of any size.
std::vector<float> softTargets(std::size_t count, std::size_t classes, std::mt19937& random) {
  std::vector<float> target(count * classes);
  std::uniform_real_distribution<float> exponent(-30, 0);
  for (std::size_t r = 0; r < count; ++r) {
    float* row = target.data() + r * classes;
    const std::size_t step = r % 3 == 0 ? classes : 1 + r % 4;
    for (std::size_t c = random() % classes; c < classes; c += step) row[c] = std::exp2(exponent(random));
    const float sum = std::accumulate(row, row + classes, 0.0F);
    for (std::size_t c = 0; c < classes; ++c) row[c] /= sum;
  }
  return target;
}

TEST_P(SoftTargetSweep, StaysWithinFourUlp) {
  const SoftTargetLoss& loss = GetParam();
  std::mt19937 random(73);
  Worst worst;
  double worstSlope = 0;
  for (const std::size_t classes : {2U, 3U, 4U, 5U, 10U, 31U, 32U, 37U, 100U, 1000U}) {
    const std::size_t count = 500000 / (classes + 20);
    const Rows rows = rowsOf(count, classes, random);
    const std::vector<float> target = softTargets(count, classes, random);
    std::vector<float> weight(classes);
    std::generate(weight.begin(), weight.end(),
                  [&] { return std::uniform_real_distribution<float>(0, 3)(random); });
    const ClassProbabilityOptions<float> options{loss.isWeighted ? weight.data() : nullptr,
                                                 loss.labelSmoothing, 0, 1};
    std::vector<float> got(count);
    std::vector<float> value(count);
    std::vector<float> gradient(target.size());
    classProbabilityLoss(got.data(), gradient.data(), rows.logits.data(), target.data(), rows.layout,
                         options);
    classProbabilityLoss(value.data(), nullptr, rows.logits.data(), target.data(), rows.layout, options);
    EXPECT_EQ(got, value);
    for (std::size_t r = 0; r < count; ++r) {
      const auto size = static_cast<Index>(classes);
      const auto e = static_cast<double>(loss.labelSmoothing);
      Eigen::ArrayXd q = Eigen::Map<const Eigen::ArrayXf>(target.data() + r * classes, size).cast<double>();
      q = (1 - e) * q + e / static_cast<double>(classes);
      if (loss.isWeighted) q *= Eigen::Map<const Eigen::ArrayXf>(weight.data(), size).cast<double>();
      const Eigen::ArrayXd x = rows.row(r);
      worst.check(got[r], definition::softTargetLoss(x, q, 0), [&] { return placeOf(classes, r); });
      const definition::RowNormalizer normalizer(x);
      for (Index c = 0; c < size; ++c) {
        const double logLoss = normalizer.logLoss(x(c));
        const double others = q.head(c).sum() + q.tail(size - 1 - c).sum();
        const double drawn = std::exp(-logLoss) * others;
        const double pushed = q(c) * definition::missProbability(logLoss);
        const auto slope = static_cast<double>(gradient[r * classes + static_cast<std::size_t>(c)]);
        worstSlope = std::max(worstSlope, std::abs(slope - (drawn - pushed)) / (drawn + pushed + 1e-37));
      }
    }
  }
  RecordProperty("worstUlp", std::to_string(worst.ulp));
  EXPECT_LE(worst.ulp, kBound) << worst.where;
  EXPECT_LE(worstSlope, 1e-6);
}

std::string nameOfSoftTargetLoss(const ::testing::TestParamInfo<SoftTargetLoss>& info) {
  return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(Sweep, SoftTargetSweep, ::testing::ValuesIn(kSoftTargetLosses),
                         nameOfSoftTargetLoss);

struct Activation {
  const char* name;
  void (*function)(float*, const float*, ClassLayout);
  Eigen::ArrayXd (*exact)(const Eigen::ArrayXd&);
};

const Activation kActivations[] = {
    {"Softmax", &softmax, [](const Eigen::ArrayXd& x) { return definition::softmax(x); }},
    {"LogSoftmax", &logSoftmax, [](const Eigen::ArrayXd& x) { return definition::logSoftmax(x); }},
    {"LogSumExp", &logSumExp,
     [](const Eigen::ArrayXd& x) { return Eigen::ArrayXd::Constant(1, definition::logSumExp(x)).eval(); }},
};

class ActivationSweep : public ::testing::TestWithParam<Activation> {};

TEST_P(ActivationSweep, StaysWithinFourUlp) {
  std::mt19937 random(72);
  Worst worst;
  for (const std::size_t classes : {1U, 2U, 5U, 10U, 31U, 32U, 100U, 515U}) {
    const Rows rows = rowsOf(400000 / (classes + 20), classes, random);
    std::vector<float> got(rows.layout.size());
    GetParam().function(got.data(), rows.logits.data(), rows.layout);
    for (std::size_t r = 0; r < rows.layout.outer; ++r) {
      const Eigen::ArrayXd exact = GetParam().exact(rows.row(r));
      for (Index c = 0; c < exact.size(); ++c) {
        const std::size_t at = r * static_cast<std::size_t>(exact.size()) + static_cast<std::size_t>(c);
        worst.check(got[at], exact(c), [&] { return placeOf(classes, r); });
      }
    }
  }
  RecordProperty("worstUlp", std::to_string(worst.ulp));
  EXPECT_LE(worst.ulp, kBound) << worst.where;
}

std::string nameOfActivation(const ::testing::TestParamInfo<Activation>& info) {
  return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(Sweep, ActivationSweep, ::testing::ValuesIn(kActivations), nameOfActivation);

using Values = std::vector<float>;

struct BinaryLoss {
  const char* name;
  void (*function)(float* loss, const Values& x, const Values& t);
  double (*exact)(double x, double t);
};

template <int alphaPercent, int gammaPercent>
void focalOf(float* loss, const Values& x, const Values& t) {
  sigmoidFocal(loss, nullptr, x.data(), t.data(), x.size(),
               {static_cast<float>(alphaPercent) / 100, static_cast<float>(gammaPercent) / 100, 1});
}

template <int alphaPercent, int gammaPercent>
double exactFocal(double x, double t) {
  const auto part = [](int percent) { return static_cast<double>(static_cast<float>(percent) / 100); };
  return definition::sigmoidFocal(x, t, part(alphaPercent), part(gammaPercent));
}

const float kPositiveWeight = 2.5F;

const BinaryLoss kBinaryLosses[] = {
    {"BinaryCrossEntropy",
     [](float* loss, const Values& x, const Values& t) {
       binaryCrossEntropyWithLogits(loss, nullptr, x.data(), t.data(), x.size(), {});
     },
     [](double x, double t) { return definition::binaryCrossEntropyWithLogits(x, t); }},
    {"WeightedBinaryCrossEntropy",
     [](float* loss, const Values& x, const Values& t) {
       const Values p(x.size(), kPositiveWeight);
       const Values w(x.size(), 0.3F);
       binaryCrossEntropyWithLogits(loss, nullptr, x.data(), t.data(), x.size(), {w.data(), p.data(), 1});
     },
     [](double x, double t) {
       return static_cast<double>(0.3F) *
              definition::binaryCrossEntropyWithLogits(x, t, static_cast<double>(kPositiveWeight));
     }},
    {"SigmoidFocalDefault", &focalOf<25, 200>, &exactFocal<25, 200>},
    {"SigmoidFocalHalf", &focalOf<-100, 50>, &exactFocal<-100, 50>},
    {"SigmoidFocalFive", &focalOf<-100, 500>, &exactFocal<-100, 500>},
    {"SigmoidFocalTwelve", &focalOf<-100, 1200>, &exactFocal<-100, 1200>},
    {"SigmoidFocalOddGamma", &focalOf<75, 310>, &exactFocal<75, 310>},
    {"MultiLabelSoftMargin",
     [](float* loss, const Values& x, const Values& t) {
       multiLabelSoftMargin<float>(loss, nullptr, x.data(), t.data(), x.size(), std::size_t{1}, nullptr,
                                   1.0F);
     },
     [](double x, double t) { return definition::binaryCrossEntropyWithLogits(x, t); }},
};

class BinaryLossSweep : public ::testing::TestWithParam<BinaryLoss> {};

/// Every 4099th float, both signs, with hard targets and soft ones.
TEST_P(BinaryLossSweep, StaysWithinFourUlp) {
  Values x;
  for (std::uint32_t bits = 0; bits < 0x7f800000U; bits += 4099) {
    float value = 0;
    std::memcpy(&value, &bits, sizeof value);
    x.push_back(value);
    x.push_back(-value);
  }
  Worst worst;
  for (const float target : {0.0F, 1.0F, 0.25F, 0.9F, 1e-3F}) {
    Values loss(x.size());
    GetParam().function(loss.data(), x, Values(x.size(), target));
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double exact = GetParam().exact(static_cast<double>(x[i]), static_cast<double>(target));
      worst.check(loss[i], exact,
                  [&] { return "x " + std::to_string(x[i]) + " t " + std::to_string(target); });
    }
  }
  RecordProperty("worstUlp", std::to_string(worst.ulp));
  EXPECT_LE(worst.ulp, kBound) << worst.where;
}

std::string nameOfBinary(const ::testing::TestParamInfo<BinaryLoss>& info) {
  return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(Sweep, BinaryLossSweep, ::testing::ValuesIn(kBinaryLosses), nameOfBinary);

}  // namespace
}  // namespace losskit
