#include "evaluation/evaluation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <numeric>
#include <random>
#include <utility>
#include <vector>

#include "evaluation/row_terms.h"
#include "losses/definition.h"
#include "losses/ghm.h"

namespace losskit {
namespace {

using Rows = std::vector<float>;
using Labels = std::vector<std::int32_t>;

const Rows kScores = {1, 2, 3, 0, 0, 0, -1, 4, 2, 5, 5, 5};
const Labels kLabels = {2, 0, 2, -100};

Eigen::ArrayXd rowOf(const Rows& scores, std::size_t row, std::size_t classes) {
  return Eigen::Map<const Eigen::ArrayXf>(&scores[row * classes], static_cast<Eigen::Index>(classes))
      .cast<double>();
}

ScoreOptions classes(std::size_t width, ScoreKind kind = ScoreKind::Logits) {
  ScoreOptions options;
  options.width = width;
  options.kind = kind;
  return options;
}

ScoreOptions elements(std::size_t width, ScoreKind kind = ScoreKind::Logits) {
  ScoreOptions options = classes(width, kind);
  options.task = EvaluationTask::Elements;
  return options;
}

ScoredRows labelled(const Rows& scores, const Labels& labels) {
  return {scores.data(), labels.data(), nullptr, labels.size()};
}

ScoredRows targeted(const Rows& scores, const Rows& targets, std::size_t width) {
  return {scores.data(), nullptr, targets.data(), targets.size() / width};
}

EvaluationOptions optionsFor(const ScoreOptions& scores, std::vector<double> gammas = {2}) {
  EvaluationOptions options;
  options.task = scores.task;
  options.width = scores.width;
  options.gammas = std::move(gammas);
  return options;
}

Evaluation evaluated(const ScoreOptions& scores, const ScoredRows& batch, EvaluationOptions options,
                     const float* weight = nullptr) {
  RowTerms terms(scores);
  EXPECT_EQ(terms.update(batch), batch.rows);
  Evaluation evaluation(options);
  evaluation.add(terms.terms(), weight);
  return evaluation;
}

double sumOf(const Evaluation& evaluation, std::size_t measure, std::size_t group) {
  return evaluation.totals().measures[measure][group].value();
}

/// Logits of random rows, some far apart, and labels of which some are ignored.
struct Random {
  Rows scores;
  Labels labels;
  Rows weights;

  Random(std::size_t rows, std::size_t width, unsigned seed)
      : scores(rows * width), labels(rows), weights(rows) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal(0, 4);
    for (float& score : scores) score = normal(random);
    for (std::int32_t& label : labels) {
      label = static_cast<std::int32_t>(random() % (width + 1));
      if (label == static_cast<std::int32_t>(width)) label = -100;
    }
    for (float& weight : weights) weight = static_cast<float>(random() % 8) / 4;
  }
};

TEST(RowTerms, ClassesAreTheDefinition) {
  for (const std::size_t width :
       {2U, 3U, 4U, 5U, 10U, 31U, 32U, 37U, 63U, 100U, 127U, 128U, 200U, 500U, 1024U, 1025U}) {
    const Random data(41, width, 7);
    RowTerms terms(classes(width));
    ASSERT_EQ(terms.update(labelled(data.scores, data.labels)), 41U);
    for (std::size_t row = 0; row < 41; ++row) {
      const std::int32_t y = data.labels[row];
      EXPECT_EQ(terms.terms().group()[row], y < 0 ? -1 : y);
      if (y < 0) {
        EXPECT_EQ(terms.terms().loss()[row], 0);
        continue;
      }
      const Eigen::ArrayXd x = rowOf(data.scores, row, width);
      const Eigen::ArrayXd p = definition::softmax(x);
      Eigen::ArrayXd error = p;
      error(y) = -definition::missProbability(definition::negativeLogLikelihood(x, y));
      Eigen::Index top = 0;
      p.maxCoeff(&top);
      const auto close = [&](float actual, double wanted) {
        EXPECT_NEAR(static_cast<double>(actual), wanted, 2e-6 * std::abs(wanted))
            << width << " classes, row " << row;
      };
      close(terms.terms().loss()[row], definition::negativeLogLikelihood(x, y));
      close(terms.terms().miss()[row], -error(y));
      close(terms.terms().confidence()[row], p(top));
      close(terms.terms().brier()[row], error.square().sum());
      close(terms.terms().smooth()[row], -definition::logSoftmax(x).mean());
      EXPECT_EQ(terms.terms().predicted()[row], top);
    }
  }
}

/// All terms of a row.
std::vector<float> termsOf(Terms& terms, std::size_t row) {
  return {static_cast<float>(terms.group()[row]),
          static_cast<float>(terms.predicted()[row]),
          terms.loss()[row],
          terms.miss()[row],
          terms.confidence()[row],
          terms.brier()[row],
          terms.smooth()[row]};
}

TEST(RowTerms, ARowHasTheSameTermsInAnyCompany) {
  for (const std::size_t width : {2U, 3U, 4U, 10U, 33U, 100U, 300U, 700U}) {
    constexpr std::size_t kRows = 157;
    Random data(kRows, width, 3);
    // Out of the range of usual rows.
    for (std::size_t row = 5; row < kRows; row += 1 + row % 7) data.scores[row * width + row % width] = -120;
    RowTerms all(classes(width));
    ASSERT_EQ(all.update(labelled(data.scores, data.labels)), kRows);
    for (std::size_t row = 0; row < kRows; ++row) {
      RowTerms alone(classes(width));
      const Rows scores(&data.scores[row * width], &data.scores[row * width] + width);
      ASSERT_EQ(alone.update(labelled(scores, {data.labels[row]})), 1U);
      EXPECT_EQ(termsOf(alone.terms(), 0), termsOf(all.terms(), row)) << width << " classes, row " << row;
    }
  }
}

TEST(RowTerms, TheFirstOfTheLargestScoresIsPredicted) {
  for (const std::size_t width : {2U, 4U, 6U, 10U, 31U, 32U, 39U, 70U, 130U}) {
    for (std::size_t first = 0; first < width; ++first) {
      Rows scores(width, -1);
      for (std::size_t c = first; c < width; c += 1 + c % 3) scores[c] = 2.5F;
      RowTerms terms(classes(width));
      ASSERT_EQ(terms.update(labelled(scores, {0})), 1U);
      EXPECT_EQ(terms.terms().predicted()[0], static_cast<std::int32_t>(first)) << width << " classes";
    }
  }
}

TEST(RowTerms, LossesAloneAreThoseOfAllTerms) {
  for (const std::size_t width : {2U, 3U, 10U, 37U, 64U, 127U, 130U}) {
    const Random data(203, width, 11);
    for (const float temperature : {1.0F, 1.7F}) {
      ScoreOptions options = classes(width);
      options.temperature = temperature;
      RowTerms all(options);
      RowTerms few(options);
      ASSERT_EQ(all.update(labelled(data.scores, data.labels)), 203U);
      ASSERT_EQ(few.updateLosses(labelled(data.scores, data.labels)), 203U);
      for (std::size_t row = 0; row < 203; ++row) {
        EXPECT_EQ(few.terms().group()[row], all.terms().group()[row]);
        EXPECT_EQ(few.terms().loss()[row], all.terms().loss()[row]);
        EXPECT_NEAR(few.terms().miss()[row], all.terms().miss()[row], 1e-6F * all.terms().miss()[row]);
        EXPECT_NEAR(few.terms().smooth()[row], all.terms().smooth()[row], 1e-5F);
      }
    }
  }
}

TEST(RowTerms, LossesAloneKnowTailsAndInfinities) {
  const Rows scores = {20, 0, 1000, 0, -INFINITY, 1, 1, -INFINITY};
  const Labels labels = {0, 1, 0, 0};
  RowTerms all(classes(2));
  RowTerms few(classes(2));
  ASSERT_EQ(all.update(labelled(scores, labels)), 4U);
  ASSERT_EQ(few.updateLosses(labelled(scores, labels)), 4U);
  for (std::size_t row = 0; row < 4; ++row) {
    EXPECT_EQ(few.terms().loss()[row], all.terms().loss()[row]);
    EXPECT_FLOAT_EQ(few.terms().miss()[row], all.terms().miss()[row]);
    EXPECT_FLOAT_EQ(few.terms().smooth()[row], all.terms().smooth()[row]);
  }
}

TEST(RowTerms, AnIgnoredClassKeepsItsTerms) {
  const Random data(41, 3, 5);
  ScoreOptions options = classes(3);
  options.ignoreIndex = 1;
  Labels labels = data.labels;
  for (std::int32_t& label : labels) label = std::max(label, 0);
  RowTerms ignoring(options);
  RowTerms plain(classes(3));
  ASSERT_EQ(ignoring.update(labelled(data.scores, labels)), 41U);
  ASSERT_EQ(plain.update(labelled(data.scores, labels)), 41U);
  const std::size_t size = Terms::kArrays * 41;
  EXPECT_EQ(std::memcmp(ignoring.terms().block(), plain.terms().block(), size * sizeof(float)), 0);
  EXPECT_EQ(ignoring.update(labelled(data.scores, data.labels)),
            static_cast<std::size_t>(std::find(data.labels.begin(), data.labels.end(), -100) -
                                     data.labels.begin()));
}

TEST(Evaluation, LossesAloneAreThoseOfAll) {
  const Random data(500, 4, 3);
  Rows targets(2000);
  for (std::size_t i = 0; i < 2000; ++i) targets[i] = data.labels[i / 4] > static_cast<int>(i % 4) ? 1 : 0;
  const Rows first(targets.begin(), targets.begin() + 500);
  // Losses far below the usual ones, in one of two chunks.
  Rows far = data.scores;
  for (std::size_t i = 1100; i < 1300; ++i) far[i] *= 40;
  Labels binary = data.labels;
  for (std::int32_t& label : binary) label = std::min(label, 1);
  ASSERT_NE(std::find(binary.begin(), binary.end(), -100), binary.end());
  const std::vector<std::pair<ScoreOptions, ScoredRows>> cases = {
      {classes(4), labelled(data.scores, data.labels)},
      {elements(1), {data.scores.data(), nullptr, first.data(), 500}},
      {elements(1), {data.scores.data(), binary.data(), nullptr, 500}},
      {elements(4), targeted(data.scores, targets, 4)},
      {elements(4), targeted(far, targets, 4)}};
  for (const float* weight : {static_cast<const float*>(nullptr), data.weights.data()}) {
    for (const auto& [options, batch] : cases) {
      const bool isMultiClass = options.task == EvaluationTask::MultiClass;
      RowTerms terms(options);
      RowTerms few(options);
      ASSERT_EQ(terms.update(batch), 500U);
      ASSERT_EQ(few.updateLosses(batch), 500U);
      EvaluationOptions wanted = optionsFor(options, {2, 1});
      if (!isMultiClass) wanted.alpha = 0.3;
      Evaluation all(wanted);
      Evaluation losses(wanted);
      all.add(terms.terms(), weight);
      losses.addLosses(isMultiClass ? terms.terms() : few.terms(), weight);
      for (const auto measure : {Evaluation::kLoss, Evaluation::kFirstFocal}) {
        EXPECT_EQ(losses.totals().sumOf(measure), all.totals().sumOf(measure));
      }
      const auto sum = [](const std::vector<double>& values) {
        return std::accumulate(values.begin(), values.end(), 0.0);
      };
      EXPECT_EQ(sum(losses.totals().truth.weights()), sum(all.totals().truth.weights()));
      EXPECT_EQ(sum(losses.totals().truth.counts()), sum(all.totals().truth.counts()));
      if (isMultiClass || options.width == 1) {
        EXPECT_EQ(valuesOf(losses.totals().measures[Evaluation::kLoss]),
                  valuesOf(all.totals().measures[Evaluation::kLoss]));
        EXPECT_EQ(losses.totals().truth.counts(), all.totals().truth.counts());
      }
      for (const auto overall : {Evaluation::kSmooth, Evaluation::kRowLoss}) {
        EXPECT_EQ(losses.totals().overall[overall].value(), all.totals().overall[overall].value());
      }
      EXPECT_TRUE(isMultiClass || valuesOf(losses.ghm().sums) == valuesOf(all.ghm().sums));
      EXPECT_TRUE(isMultiClass || losses.ghm().rows.counts() == all.ghm().rows.counts());
    }
  }
}

TEST(RowTerms, TailsAndInfinitiesAreRight) {
  const Rows scores = {20, 0, 1000, 0, 3000, -3000, -INFINITY, 1, 1, -INFINITY};
  const Labels labels = {0, 1, 1, 0, 0};
  RowTerms terms(classes(2));
  ASSERT_EQ(terms.update(labelled(scores, labels)), 5U);
  const float* loss = terms.terms().loss();
  EXPECT_FLOAT_EQ(loss[0], 2.06115362e-9F);
  EXPECT_EQ(loss[1], 1000);
  EXPECT_EQ(loss[2], 6000);
  EXPECT_EQ(loss[3], INFINITY);
  EXPECT_EQ(loss[4], 0);
  EXPECT_FLOAT_EQ(terms.terms().miss()[0], 2.06115362e-9F);
  EXPECT_EQ(terms.terms().miss()[3], 1);
  EXPECT_EQ(terms.terms().brier()[3], 2);
}

TEST(RowTerms, NamesTheFirstBadRow) {
  RowTerms terms(classes(3));
  const Labels labels = {0, 1, 3, 5};
  EXPECT_EQ(terms.update(labelled(kScores, labels)), 2U);
  RowTerms probabilities(classes(3, ScoreKind::Probabilities));
  EXPECT_EQ(probabilities.update({Rows{.5F, .5F, 0, .2F, .2F, 1.5F}.data(), labels.data(), nullptr, 2}), 1U);
  const Rows undefined = {1, 2, -INFINITY, -INFINITY};
  RowTerms two(classes(2));
  EXPECT_EQ(two.update(labelled(undefined, {0, 1})), 1U);
  EXPECT_EQ(two.update(labelled(undefined, {0, -100})), 2U) << "an ignored row needs no loss";
  RowTerms sides(elements(2));
  EXPECT_EQ(sides.update(targeted(undefined, {0, 1, 1, 1.5F}, 2)), 1U);
}

TEST(RowTerms, ProbabilitiesAreTakenAsTheyAre) {
  const Rows p = {.7F, .2F, .05F, 0, 1, 0};
  RowTerms terms(classes(3, ScoreKind::Probabilities));
  ASSERT_EQ(terms.update(labelled(p, {0, 0})), 2U);
  EXPECT_FLOAT_EQ(terms.terms().loss()[0], static_cast<float>(-std::log(.7)));
  EXPECT_EQ(terms.terms().loss()[1], INFINITY);
  EXPECT_FLOAT_EQ(terms.terms().miss()[0], .3F);
  EXPECT_FLOAT_EQ(terms.terms().brier()[0], .09F + .04F + .0025F);
  RowTerms logs(classes(3, ScoreKind::LogProbabilities));
  logs.update(labelled({-.5F, -2, -3}, {0}));
  EXPECT_EQ(logs.terms().loss()[0], .5F);
  EXPECT_FLOAT_EQ(logs.terms().miss()[0], static_cast<float>(-std::expm1(-.5)));
}

TEST(RowTerms, NoLossIsANegativeZero) {
  for (const ScoreKind kind : {ScoreKind::Probabilities, ScoreKind::LogProbabilities}) {
    const bool isLog = kind == ScoreKind::LogProbabilities;
    const float one = isLog ? 0 : 1;
    const float zero = isLog ? -INFINITY : 0;
    const std::vector<double> doubles = {one, zero};
    for (const double* precise : {static_cast<const double*>(nullptr), doubles.data()}) {
      const Rows scores = {one, zero};
      const Labels labels = {0};
      RowTerms terms(classes(2, kind));
      ASSERT_EQ(terms.update({scores.data(), labels.data(), nullptr, 1, precise}), 1U);
      EXPECT_EQ(terms.terms().loss()[0], 0);
      EXPECT_FALSE(std::signbit(terms.terms().loss()[0]));
      Evaluation evaluation({EvaluationTask::MultiClass, 2, {}});
      evaluation.add(terms.terms(), nullptr);
      EXPECT_EQ(evaluation.totals().losses.count(0), 1U) << "the loss lies in the first bin";
    }
  }
}

/// Scores that no float is, as read from a file, and as floats.
struct DoubleRows {
  std::vector<double> scores;
  Rows rounded;

  explicit DoubleRows(std::vector<double> values)
      : scores(std::move(values)), rounded(scores.begin(), scores.end()) {}

  [[nodiscard]] ScoredRows labelled(const Labels& labels) const {
    return {rounded.data(), labels.data(), nullptr, labels.size(), scores.data()};
  }
  [[nodiscard]] ScoredRows targeted(const Rows& targets, std::size_t width) const {
    return {rounded.data(), nullptr, targets.data(), targets.size() / width, scores.data()};
  }
  [[nodiscard]] Eigen::ArrayXd row(std::size_t row, std::size_t width) const {
    return Eigen::Map<const Eigen::ArrayXd>(&scores[row * width], static_cast<Eigen::Index>(width));
  }
};

TEST(RowTerms, ClassesInDoubleAreTheDefinition) {
  const DoubleRows x({0.1, 0.2, 0.7, 40, 0, -1, 1e-9, 0, 2e-9, -300.1, 5, 1, 3, 3, 3});
  RowTerms terms(classes(3));
  ASSERT_EQ(terms.update(x.labelled({2, 0, 1, 0, -100})), 5U);
  const Labels groups = {2, 0, 1, 0, -1};
  for (std::size_t row = 0; row < 4; ++row) {
    const double loss = definition::negativeLogLikelihood(x.row(row, 3), groups[row]);
    EXPECT_DOUBLE_EQ(terms.terms().losses().doubles[row], loss);
    EXPECT_EQ(terms.terms().loss()[row], static_cast<float>(loss));
    EXPECT_DOUBLE_EQ(terms.terms().misses().doubles[row], definition::missProbability(loss));
    EXPECT_DOUBLE_EQ(terms.terms().smooths().doubles[row], -definition::logSoftmax(x.row(row, 3)).mean());
    Eigen::ArrayXd p = definition::softmax(x.row(row, 3));
    p(groups[row]) -= 1;
    EXPECT_NEAR(terms.terms().briers().doubles[row], p.square().sum(), 1e-15);
    EXPECT_EQ(terms.terms().group()[row], groups[row]);
  }
  // The chance that two logits of 0 and -1 leave one of 40.
  EXPECT_NEAR(terms.terms().losses().doubles[1], 4.248354255291589e-18 * (1 + std::exp(-1)), 1e-33);
  EXPECT_EQ(terms.terms().group()[4], -1);
  EXPECT_EQ(terms.terms().losses().doubles[4], 0);
  terms.terms().ignore(1);
  EXPECT_EQ(terms.terms().losses().doubles[2], 0);

  const DoubleRows p({0.1, 0.2, 0.7, 0, 1, 0});
  ScoreOptions options = classes(3, ScoreKind::Probabilities);
  options.eps = 1e-15;
  RowTerms kaggle(options);
  ASSERT_EQ(kaggle.update(p.labelled({2, 0})), 2U);
  EXPECT_DOUBLE_EQ(kaggle.terms().losses().doubles[0], -std::log(0.7));
  EXPECT_DOUBLE_EQ(kaggle.terms().losses().doubles[1], -std::log(1e-15));
  EXPECT_EQ(kaggle.update(DoubleRows({0.1, 1.2, 0.7}).labelled({0})), 0U);
  RowTerms logits(classes(3));
  EXPECT_EQ(logits.update(DoubleRows({0, 0, 0, -INFINITY, -INFINITY, -INFINITY}).labelled({0, 0})), 1U);

  options.eps = 0;
  options.temperature = 1.7;
  RowTerms cooled(options);
  ASSERT_EQ(cooled.update(p.labelled({2, 1})), 2U);
  EXPECT_DOUBLE_EQ(cooled.terms().losses().doubles[0],
                   definition::negativeLogLikelihood(Eigen::ArrayXd(p.row(0, 3).log() / 1.7), 2));
  const Rows truth = {.5F, .25F, .25F};
  ASSERT_EQ(logits.update(x.targeted(truth, 3)), 1U);
  const Eigen::ArrayXd logP = definition::logSoftmax(x.row(0, 3));
  EXPECT_DOUBLE_EQ(logits.terms().losses().doubles[0], -(logP(0) / 2 + logP(1) / 4 + logP(2) / 4));
}

TEST(RowTerms, ElementsInDoubleAreTheDefinition) {
  const DoubleRows x({0.1, -2.3, 40, -0.7});
  const Rows t = {1, 0, 1, .25F};
  RowTerms logits(elements(2));
  ASSERT_EQ(logits.update(x.targeted(t, 2)), 2U);
  EXPECT_EQ(logits.terms().soft, 1U);
  for (std::size_t i = 0; i < t.size(); ++i) {
    const auto target = static_cast<double>(t[i]);
    const double loss = definition::binaryCrossEntropyWithLogits(x.scores[i], target);
    EXPECT_DOUBLE_EQ(logits.terms().losses().doubles[i], loss);
    const double norm = definition::gradientNorm(x.scores[i], target);
    EXPECT_DOUBLE_EQ(logits.terms().misses().doubles[i], norm);
  }
  const DoubleRows p({0.1, 0.9, 1, 0.3});
  RowTerms given(elements(2, ScoreKind::Probabilities));
  ASSERT_EQ(given.update(p.targeted({0, 1, 0, .75F}, 2)), 2U);
  for (std::size_t i = 0; i < 4; ++i) {
    const Rows targets = {0, 1, 0, .75F};
    EXPECT_DOUBLE_EQ(given.terms().losses().doubles[i],
                     definition::binaryCrossEntropy(p.scores[i], static_cast<double>(targets[i])));
  }
  RowTerms logs(elements(1, ScoreKind::LogProbabilities));
  ASSERT_EQ(logs.update(DoubleRows({-1e-9, -0.1}).labelled({0, 1})), 2U);
  EXPECT_DOUBLE_EQ(logs.terms().losses().doubles[0], -std::log(-std::expm1(-1e-9)));
  EXPECT_DOUBLE_EQ(logs.terms().losses().doubles[1], 0.1);
}

TEST(RowTerms, RescalesWhenAsked) {
  const Rows p = {.7F, .2F, .05F, 0, 1, 0};
  ScoreOptions options = classes(3, ScoreKind::Probabilities);
  options.renormalise = true;
  options.eps = 1e-15F;
  RowTerms kaggle(options);
  ASSERT_EQ(kaggle.update(labelled(p, {0, 0})), 2U);
  EXPECT_NEAR(kaggle.terms().loss()[0], -std::log(.7 / .95), 1e-6);
  EXPECT_NEAR(kaggle.terms().loss()[1], -std::log(1e-15), 1e-5);

  ScoreOptions warm = classes(3);
  warm.temperature = 2;
  RowTerms cooled(warm);
  cooled.update(labelled(kScores, kLabels));
  const Eigen::ArrayXd half = rowOf(kScores, 2, 3) / 2;
  EXPECT_NEAR(cooled.terms().loss()[2], definition::negativeLogLikelihood(half, 2), 1e-6);

  ScoreOptions side = elements(1, ScoreKind::Probabilities);
  side.temperature = 2;
  RowTerms binary(side);
  binary.update(labelled({.9F}, {0}));
  EXPECT_NEAR(binary.terms().loss()[0], std::log1p(std::exp(std::log(.9 / .1) / 2)), 1e-6);
}

TEST(RowTerms, ProbabilitiesCooledAreTheDefinition) {
  const Rows p = {0, 1e-45F, 1e-38F, 1e-7F, .3F, .5F, .50000006F, .7F, .9999999F, 1, 1e-30F};
  ScoreOptions options = elements(1, ScoreKind::Probabilities);
  options.temperature = 2;
  for (const std::int32_t label : {0, 1}) {
    RowTerms terms(options);
    ASSERT_EQ(terms.update(labelled(p, Labels(p.size(), label))), p.size());
    for (std::size_t i = 0; i < p.size(); ++i) {
      const double x = logitOf(static_cast<double>(p[i]), options) / 2;
      const double loss = definition::softplus(label == 1 ? -x : x);
      const auto actual = static_cast<double>(terms.terms().loss()[i]);
      // A logit is rounded to float before it is used, which moves a tail by so much.
      const double tolerance = (1e-7 + std::abs(x) * 0x1p-24) * loss;
      EXPECT_TRUE(actual == loss || std::abs(actual - loss) <= tolerance) << p[i] << ", label " << label;
    }
  }
  ScoreOptions several = classes(2, ScoreKind::Probabilities);
  several.temperature = 2;
  RowTerms terms(several);
  for (std::size_t i = 0; i < p.size(); ++i) {
    ASSERT_EQ(terms.update(labelled({p[i], 1 - p[i]}, {0})), 1U);
    const Eigen::ArrayXd x = Eigen::Array2d(p[i], 1 - p[i]).log() / 2;
    const double loss = definition::negativeLogLikelihood(x, 0);
    EXPECT_FLOAT_EQ(terms.terms().loss()[0], static_cast<float>(loss)) << p[i];
  }
}

TEST(RowTerms, ElementsAreTheDefinition) {
  const Rows x = {-3, -1, .5F, 2, 0, -120, 40, 9, 3};
  const Rows t = {0, 1, 1, 0, 1, 1, 0, .25F, .75F};
  RowTerms logits(elements(3));
  ASSERT_EQ(logits.update(targeted(x, t, 3)), 3U);
  EXPECT_EQ(logits.terms().soft, 2U);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto score = static_cast<double>(x[i]);
    const auto target = static_cast<double>(t[i]);
    const double loss = definition::binaryCrossEntropyWithLogits(score, target);
    const double norm = definition::gradientNorm(score, target);
    EXPECT_NEAR(logits.terms().loss()[i], loss, 1e-6 * loss);
    EXPECT_NEAR(logits.terms().miss()[i], norm, 1e-6 * norm);
    EXPECT_NEAR(logits.terms().confidence()[i], definition::sigmoid(std::abs(score)), 1e-7);
    const auto label = static_cast<std::int32_t>(2 * (i % 3));
    EXPECT_EQ(logits.terms().group()[i], label + (t[i] >= .5F ? 1 : 0));
    EXPECT_EQ(logits.terms().predicted()[i], label + (x[i] > 0 ? 1 : 0));
  }
  Rows p(x.size());
  Rows logP(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    p[i] = static_cast<float>(definition::sigmoid(static_cast<double>(x[i])));
    logP[i] = static_cast<float>(-definition::softplus(-static_cast<double>(x[i])));
  }
  RowTerms probabilities(elements(3, ScoreKind::Probabilities));
  RowTerms logs(elements(3, ScoreKind::LogProbabilities));
  ASSERT_EQ(probabilities.update(targeted(p, t, 3)), 3U);
  ASSERT_EQ(logs.update(targeted(logP, t, 3)), 3U);
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_NEAR(probabilities.terms().loss()[i], logits.terms().loss()[i], 1e-6);
    EXPECT_NEAR(logs.terms().loss()[i], logits.terms().loss()[i], 1e-6);
    EXPECT_NEAR(logs.terms().miss()[i], logits.terms().miss()[i], 1e-6);
  }
  EXPECT_EQ(probabilities.terms().loss()[6], 100) << "as torch.nn.BCELoss";
}

/// Of elements with targets between 0 and 1: -0.5, 2, 0.25, hard ones among them.
const Rows kSoftScores = {-.5F, 2, .25F, -3, 1.5F, -40};
const Rows kSoftTargets = {.3F, .9F, 1, 0, .5F, .125F};

TEST(Evaluation, FocalLossesOfSoftElementsAreTheDefinition) {
  for (const double alpha : {-1.0, .25}) {
    for (const std::size_t width : {1U, 2U}) {
      const DoubleRows exact({kSoftScores.begin(), kSoftScores.end()});
      EvaluationOptions options = optionsFor(elements(width), {2, .5, 0});
      options.alpha = alpha;
      const Evaluation floats =
          evaluated(elements(width), targeted(kSoftScores, kSoftTargets, width), options);
      const Evaluation doubles = evaluated(elements(width), exact.targeted(kSoftTargets, width), options);
      for (std::size_t gamma = 0; gamma < options.gammas.size(); ++gamma) {
        double sum = 0;
        for (std::size_t i = 0; i < kSoftScores.size(); ++i) {
          sum += definition::sigmoidFocal(exact.scores[i], static_cast<double>(kSoftTargets[i]), alpha,
                                          options.gammas[gamma]);
        }
        EXPECT_NEAR(floats.totals().sumOf(Evaluation::kFirstFocal + gamma), sum, 1e-6 * sum);
        EXPECT_NEAR(doubles.totals().sumOf(Evaluation::kFirstFocal + gamma), sum, 1e-14 * sum);
      }
    }
  }
}

TEST(Evaluation, FocalLossesOfSoftProbabilities) {
  const Rows p = {.25F, 1, 0};
  const Rows t = {.5F, .75F, .125F};
  const Evaluation evaluation =
      evaluated(elements(1, ScoreKind::Probabilities), targeted(p, t, 1), optionsFor(elements(1)));
  double sum = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const auto x = static_cast<double>(p[i]);
    const auto y = static_cast<double>(t[i]);
    sum += std::pow(y * (1 - x) + (1 - y) * x, 2) * definition::binaryCrossEntropy(x, y);
  }
  EXPECT_NEAR(evaluation.totals().sumOf(Evaluation::kFirstFocal), sum, 1e-6 * sum);
}

/// Hard rows must have the bits they have without soft ones beside them.
TEST(Evaluation, SoftElementsLeaveOthersAlone) {
  const Rows hardScores = {.25F, -3, .7F, -1.1F};
  const Rows hardTargets = {1, 0, 1, 1};
  const EvaluationOptions options = optionsFor(elements(1), {1.7});
  Evaluation apart = evaluated(elements(1), targeted(hardScores, hardTargets, 1), options);
  apart.merge(evaluated(elements(1), targeted({-.5F}, {.3F}, 1), options));
  const Evaluation together =
      evaluated(elements(1), targeted({.25F, -3, .7F, -1.1F, -.5F}, {1, 0, 1, 1, .3F}, 1), options);
  EXPECT_EQ(apart.totals().sumOf(Evaluation::kFirstFocal), together.totals().sumOf(Evaluation::kFirstFocal));
}

TEST(Evaluation, SharesOfSoftLabels) {
  const Rows weight = {1, 2, 1, .5F, 1, 3};
  const Evaluation evaluation =
      evaluated(elements(1), targeted(kSoftScores, kSoftTargets, 1), optionsFor(elements(1)), weight.data());
  double shares[2] = {};
  double losses[2] = {};
  for (std::size_t i = 0; i < kSoftScores.size(); ++i) {
    const auto x = static_cast<double>(kSoftScores[i]);
    const auto t = static_cast<double>(kSoftTargets[i]);
    const auto w = static_cast<double>(weight[i]);
    shares[0] += 1 - t;
    shares[1] += t;
    losses[0] += w * (1 - t) * definition::softplus(x);
    losses[1] += w * t * definition::softplus(-x);
  }
  const EvaluationTotals& totals = evaluation.totals();
  for (std::size_t group = 0; group < 2; ++group) {
    EXPECT_NEAR(totals.truth.counts()[group] + totals.shares[group].value(), shares[group], 1e-12);
    const double loss = totals.measures[Evaluation::kLoss][group].value();
    EXPECT_NEAR(loss + totals.shareLosses[group].value(), losses[group], 1e-6);
  }
  Evaluation merged(optionsFor(elements(1)));
  const std::vector<std::uint8_t> bytes = evaluation.toBytes();
  ASSERT_TRUE(merged.mergeBytes(bytes.data(), bytes.size()));
  EXPECT_EQ(merged.totals().shares[1].value(), totals.shares[1].value());
  const Evaluation infinite =
      evaluated(elements(1), targeted({-INFINITY}, {.25F}, 1), optionsFor(elements(1)));
  EXPECT_EQ(infinite.totals().shareLosses[1].value(), INFINITY);
  EXPECT_EQ(infinite.totals().shareLosses[0].value(), 0);
}

TEST(Evaluation, SumsDoublesExactly) {
  std::mt19937 random(5);
  std::normal_distribution<double> normal(0, 3);
  constexpr std::size_t rows = 3000;
  std::vector<double> scores(rows * 3);
  for (double& score : scores) score = normal(random);
  Labels labels(rows);
  Rows weight(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    labels[row] = static_cast<std::int32_t>(random() % 3);
    weight[row] = static_cast<float>(random() % 4) / 2;
  }
  const DoubleRows x(scores);
  const EvaluationOptions options = optionsFor(classes(3), {0.7, 2});
  const Evaluation all = evaluated(classes(3), x.labelled(labels), options, weight.data());
  RowTerms terms(classes(3));
  terms.update(x.labelled(labels));
  const double* loss = terms.terms().losses().doubles;
  const double* miss = terms.terms().misses().doubles;
  ExactSum<double> losses;
  ExactSum<double> focal;
  ExactSum<double> norms;
  for (std::size_t row = 0; row < rows; ++row) {
    const auto w = static_cast<double>(weight[row]);
    losses.add(w * loss[row]);
    focal.add(w * (std::pow(miss[row], 0.7) * loss[row]));
    norms.add(weight[row] == 0 ? 0 : loss[row]);
  }
  EXPECT_EQ(all.totals().sumOf(Evaluation::kLoss), losses.value());
  EXPECT_EQ(all.totals().sumOf(Evaluation::kFirstFocal), focal.value());
  ExactSum<float> bins;
  for (const ExactSum<float>& sum : all.ghm().sums) bins.merge(sum);
  EXPECT_EQ(bins.value(), norms.value());
  // In two parts, merged: the same bits.
  constexpr std::size_t half = 1234;
  Evaluation first(options);
  Evaluation second(options);
  terms.update({x.rounded.data(), labels.data(), nullptr, half, x.scores.data()});
  first.add(terms.terms(), weight.data());
  second.startPart(1);
  terms.update({&x.rounded[3 * half], &labels[half], nullptr, rows - half, &x.scores[3 * half]});
  second.add(terms.terms(), &weight[half]);
  first.merge(second);
  EXPECT_EQ(first.totals().sumOf(Evaluation::kLoss), losses.value());
  EXPECT_EQ(first.totals().sumOf(Evaluation::kFirstFocal), focal.value());
}

TEST(Evaluation, SumsRowsOfSeveralLabelsInDouble) {
  const DoubleRows x({0.1, -2.3, 1.7, -0.7});
  const Rows t = {1, 0, 1, 0};
  const Evaluation evaluation = evaluated(elements(2), x.targeted(t, 2), optionsFor(elements(2)));
  double sum = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    sum += definition::binaryCrossEntropyWithLogits(x.scores[i], static_cast<double>(t[i]));
  }
  EXPECT_NEAR(evaluation.totals().overall[Evaluation::kRowLoss].value(), sum / 2, 1e-15);
  EXPECT_NEAR(evaluation.totals().sumOf(Evaluation::kLoss), sum, 1e-15);
}

TEST(RowTerms, DividedTruthOfClasses) {
  const Rows t = {.5F, 0, .5F, 0, 1, 0};
  RowTerms terms(classes(3));
  ASSERT_EQ(terms.update(targeted({0, -INFINITY, 1, 1, 2, 3}, t, 3)), 2U);
  EXPECT_FLOAT_EQ(terms.terms().loss()[0], .81326169F);
  EXPECT_EQ(terms.terms().soft, 1U);
  EXPECT_EQ(terms.terms().group()[0], 0);
  EXPECT_FLOAT_EQ(terms.terms().loss()[1], 1.40760596F);
  const double p = std::exp(2.0) / (std::exp(1.0) + std::exp(2.0) + std::exp(3.0));
  EXPECT_NEAR(terms.terms().miss()[1], 1 - p, 1e-7);
}

TEST(Evaluation, SumsByClass) {
  const Evaluation evaluation =
      evaluated(classes(3), labelled(kScores, kLabels), optionsFor(classes(3), {2, .5F}));
  const EvaluationTotals& totals = evaluation.totals();
  EXPECT_EQ(totals.rows, 3U);
  EXPECT_EQ(totals.ignored, 1U);
  EXPECT_EQ(totals.truth.counts(), (std::vector<double>{1, 0, 2}));
  EXPECT_EQ(totals.predicted.counts(), (std::vector<double>{1, 1, 1})) << "the first of equal scores";
  EXPECT_EQ(totals.correct.counts(), (std::vector<double>{1, 0, 1}));
  EXPECT_EQ(totals.truth.weights(), totals.truth.counts());
  const double first = definition::negativeLogLikelihood(rowOf(kScores, 0, 3), 2);
  const double third = definition::negativeLogLikelihood(rowOf(kScores, 2, 3), 2);
  EXPECT_NEAR(sumOf(evaluation, Evaluation::kLoss, 2), first + third, 1e-6);
  const auto focal = [](double loss, double gamma) {
    return std::pow(definition::missProbability(loss), gamma) * loss;
  };
  EXPECT_NEAR(sumOf(evaluation, Evaluation::kFirstFocal, 2), focal(first, 2) + focal(third, 2), 1e-6);
  EXPECT_NEAR(sumOf(evaluation, Evaluation::kFirstFocal + 1, 2), focal(first, .5) + focal(third, .5), 1e-6);
  const std::vector<PairCount> pairs = totals.confusions.sorted();
  ASSERT_EQ(pairs.size(), 1U);
  EXPECT_EQ(pairs[0].first, 2U);
  EXPECT_EQ(pairs[0].second, 1U);
  EXPECT_EQ(pairs[0].count, 1U);
}

TEST(Evaluation, BinsByComparisonWithTheEdges) {
  const Rows x = {-3, -2, -1, 0, 1, 2, 3, 4, 9};
  const Labels y = {0, 0, 0, 1, 1, 1, 0, 1, -100};
  const Evaluation evaluation = evaluated(elements(1), labelled(x, y), optionsFor(elements(1)));
  const EvaluationTotals& totals = evaluation.totals();
  EXPECT_EQ(totals.rows, 8U);
  EXPECT_EQ(totals.ignored, 1U);
  EXPECT_EQ(evaluation.ghm().rows.counts(), (std::vector<double>{2, 2, 2, 0, 0, 1, 0, 0, 0, 1}));
  EXPECT_NEAR(evaluation.ghm().sums[9].value(), definition::binaryCrossEntropyWithLogits(3, 0), 1e-6);
  EXPECT_EQ(totals.correct.counts(), (std::vector<double>{3, 3})) << "a score of 0 predicts class 0";
  const UnitBins bins(10);
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(bins.of(bins.edges()[i]), i);
    EXPECT_EQ(bins.of(std::nextafter(bins.edges()[i + 1], 0.0F)), i);
  }
  EXPECT_EQ(bins.of(1.0F), 9U);
  EXPECT_EQ(bins.of(1.0), 9U);
  EXPECT_EQ(bins.of(0.0), 0U);
  const UnitBins fifteen(15);
  for (int i = 1; i < 15; ++i) {
    const double edge = i / 15.0;
    EXPECT_EQ(fifteen.of(edge), static_cast<std::size_t>(i));
    EXPECT_EQ(fifteen.of(std::nextafter(edge, 0.0)), static_cast<std::size_t>(i - 1));
  }
  const LossBins losses;
  for (std::size_t i = 0; i < losses.size(); ++i) {
    EXPECT_EQ(losses.of(losses.edges()[i]), i);
    EXPECT_EQ(losses.of(std::nextafter(losses.edges()[i + 1], 0.0F)), i);
  }
  EXPECT_EQ(losses.of(INFINITY), losses.size() - 1);
}

TEST(NormCells, OfDoublesLieInTheBinsOfEachDivision) {
  const NormCells cells(30, 10, 50, true);
  const UnitBins norms(30);
  const GradientNormBins ghm(10, GhmKind::Classification);
  const UnitBins probabilities(50);
  std::mt19937 random(1);
  std::uniform_real_distribution<double> uniform(0, 1);
  std::vector<double> values = {0, 1, 0x1p-1074, 1e-9, std::nextafter(1.0, 0.0)};
  const auto addAround = [&](double value) {
    values.insert(values.end(),
                  {value, std::nextafter(value, 0.0), std::min(std::nextafter(value, 2.0), 1.0)});
  };
  for (const double bins : {30.0, 10.0, 50.0}) {
    for (double i = 0; i <= bins; ++i) {
      addAround(i / bins);
      addAround(1 - i / bins);
      addAround(std::min(static_cast<double>(static_cast<float>(i / bins)), 1.0));
    }
  }
  for (int i = 0; i < 10000; ++i) values.push_back(uniform(random));
  for (const double value : values) {
    const std::size_t cell = cells.of(value);
    EXPECT_EQ(cells.normBin[cell], norms.of(value)) << value;
    EXPECT_EQ(cells.ghmBin[cell], ghm.of(value)) << value;
    EXPECT_EQ(cells.probabilityBin[cell], probabilities.of(1 - value)) << value;
  }
}

TEST(NormCells, LieInTheBinsOfEachDivision) {
  // Of 333 bins some cells lie between two starts of the search.
  for (const std::size_t bins : {1U, 10U, 37U, 333U, 1000U}) {
    const NormCells cells(30, bins, 50, false);
    const UnitBins norms(30);
    const UnitBins ghm(bins);
    const UnitBins probabilities(50);
    std::mt19937 random(1);
    std::uniform_real_distribution<float> uniform(0, 1);
    std::vector<float> values = {0, 1, 0x1p-149F, 1e-9F, std::nextafter(1.0F, 0.0F)};
    for (const UnitBins* division : {&norms, &ghm, &probabilities}) {
      for (const float edge : division->edges()) {
        for (const float value : {edge, 1 - edge}) {
          values.insert(values.end(),
                        {value, std::nextafter(value, 0.0F), std::min(std::nextafter(value, 2.0F), 1.0F)});
        }
      }
    }
    for (int i = 0; i < 10000; ++i) values.push_back(uniform(random));
    while (values.size() % kLanes != 0) values.push_back(1);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const I32x4 four = cells.of(load(&values[i / kLanes * kLanes]));
      const auto cell = static_cast<std::size_t>(four[i % kLanes]);
      EXPECT_EQ(cells.normBin[cell], norms.of(values[i])) << values[i];
      EXPECT_EQ(cells.ghmBin[cell], ghm.of(values[i])) << values[i];
      EXPECT_EQ(cells.probabilityBin[cell], probabilities.of(1 - values[i])) << values[i];
    }
  }
}

/// Of values around all edges, and others, whose bins four at once are to be those one by one.
template <class OfBins>
void expectSameByFour(const OfBins& bins) {
  std::mt19937 random(5);
  std::uniform_int_distribution<std::uint32_t> bits(0, 0x7f800000);
  std::vector<float> values = {0, INFINITY, NAN, 0x1p-149F, 1e30F};
  for (const float edge : bins.edges()) {
    for (const float limit : {-INFINITY, INFINITY})
      values.push_back(std::max(std::nextafter(edge, limit), 0.0F));
    values.push_back(edge);
  }
  for (int i = 0; i < 4000; ++i) values.push_back(std::bit_cast<float>(bits(random)));
  for (std::size_t i = 0; i + kLanes <= values.size(); ++i) {
    const I32x4 four = bins.of(load(&values[i]));
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      EXPECT_EQ(static_cast<std::size_t>(four[lane]), bins.of(values[i + lane])) << values[i + lane];
    }
  }
}

TEST(Bins, AreTheSameFourAtOnce) {
  for (const std::size_t count : {1U, 2U, 10U, 15U, 30U, 50U, 999U}) expectSameByFour(UnitBins(count));
  expectSameByFour(LossBins());
}

TEST(Evaluation, AlphaWeighsTheSetSide) {
  EvaluationOptions options = optionsFor(elements(2));
  options.alpha = .25F;
  const Evaluation evaluation = evaluated(elements(2), targeted({1, -2, .5F, 3}, {1, 0, 0, 1}, 2), options);
  EXPECT_NEAR(sumOf(evaluation, Evaluation::kFirstFocal, 1), definition::sigmoidFocal(1, 1, .25, 2), 1e-7);
  EXPECT_NEAR(sumOf(evaluation, Evaluation::kFirstFocal, 0), definition::sigmoidFocal(.5, 0, .25, 2), 1e-7);
  EXPECT_NEAR(sumOf(evaluation, Evaluation::kFirstFocal, 3), definition::sigmoidFocal(3, 1, .25, 2), 1e-7);
  EXPECT_EQ(evaluation.totals().rows, 2U);
}

TEST(Evaluation, WeightsWeighTheSums) {
  const float weight[] = {2, 0, .5F, 7};
  const Evaluation evaluation =
      evaluated(classes(3), labelled(kScores, kLabels), optionsFor(classes(3)), weight);
  const EvaluationTotals& totals = evaluation.totals();
  EXPECT_EQ(totals.truth.counts(), (std::vector<double>{1, 0, 2}));
  EXPECT_EQ(totals.truth.weights(), (std::vector<double>{0, 0, 2.5}));
  EXPECT_EQ(totals.correct.weights(), (std::vector<double>{0, 0, 2}));
  const double first = definition::negativeLogLikelihood(rowOf(kScores, 0, 3), 2);
  const double third = definition::negativeLogLikelihood(rowOf(kScores, 2, 3), 2);
  EXPECT_NEAR(sumOf(evaluation, Evaluation::kLoss, 2), 2 * first + .5 * third, 1e-6);
  const std::vector<double> inBins = evaluation.ghm().rows.counts();
  EXPECT_EQ(std::accumulate(inBins.begin(), inBins.end(), 0.0), 2) << "a weight of 0 is a mask there";
}

/// The same rows in one batch, or as parts taken in any order and merged as bytes.
TEST(Evaluation, IsTheSameForEverySplitAndOrder) {
  const std::size_t width = 5;
  const Random data(1000, width, 3);
  for (const bool isWeighted : {false, true}) {
    const auto partOf = [&](Evaluation& evaluation, std::size_t from, std::size_t to) {
      RowTerms terms(classes(width));
      terms.update({&data.scores[from * width], &data.labels[from], nullptr, to - from});
      evaluation.add(terms.terms(), isWeighted ? &data.weights[from] : nullptr);
    };
    const EvaluationOptions options = optionsFor(classes(width), {.5F, 1, 2, 5});
    // The keys of rows tell parts apart, so all are cut at the same places; batches inside a part are free.
    const auto inParts = [&](std::vector<std::size_t> order, std::size_t batch, bool asBytes) {
      Evaluation whole(options);
      for (const std::size_t part : order) {
        Evaluation piece(options);
        piece.startPart(static_cast<std::uint32_t>(part));
        for (std::size_t row = part * 250; row < (part + 1) * 250; row += batch) {
          partOf(piece, row, std::min(row + batch, (part + 1) * 250));
        }
        const std::vector<std::uint8_t> bytes = piece.toBytes();
        if (asBytes) {
          EXPECT_TRUE(whole.mergeBytes(bytes.data(), bytes.size()));
        } else {
          whole.merge(piece);
        }
      }
      return whole.toBytes();
    };
    const std::vector<std::uint8_t> expected = inParts({0, 1, 2, 3}, 250, false);
    EXPECT_EQ(inParts({3, 1, 0, 2}, 250, true), expected);
    EXPECT_EQ(inParts({2, 3, 0, 1}, 7, true), expected);
  }
}

TEST(Evaluation, KeepsTheHardestRows) {
  const Random data(500, 3, 11);
  EvaluationOptions options = optionsFor(classes(3));
  options.hardest = 10;
  RowTerms terms(classes(3));
  Evaluation evaluation(options);
  std::vector<std::pair<float, std::size_t>> all;
  for (std::size_t first = 0; first < 500; first += 100) {
    terms.update({&data.scores[first * 3], &data.labels[first], nullptr, 100});
    evaluation.add(terms.terms(), nullptr);
    for (std::size_t i = 0; i < 100; ++i) {
      if (data.labels[first + i] >= 0) all.emplace_back(-terms.terms().loss()[i], first + i);
    }
    for (const RankedRow& row : evaluation.totals().hardest.sorted()) {
      if (row.key < first) continue;
      const auto& entered = evaluation.entered();
      EXPECT_NE(std::find(entered.begin(), entered.end(), row.key - first), entered.end());
    }
  }
  std::sort(all.begin(), all.end());
  const std::vector<RankedRow> hardest = evaluation.totals().hardest.sorted();
  ASSERT_EQ(hardest.size(), 10U);
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(hardest[i].key, all[i].second);
    EXPECT_EQ(hardest[i].loss, -all[i].first);
  }
}

TEST(Evaluation, EqualRowsRankByTheirPlace) {
  ExtremeRows rows(2);
  for (const std::uint64_t key : {9U, 4U, 7U, 1U}) rows.add({key, 1});
  rows.add({3, 2});
  const std::vector<RankedRow> sorted = rows.sorted();
  EXPECT_EQ(sorted[0].key, 3U);
  EXPECT_EQ(sorted[1].key, 1U);
}

/// Northcutt et al. 2021: the threshold of a class is the mean probability its rows give it.
TEST(Evaluation, FindsLikelyLabelErrors) {
  const Rows p = {.9F, .1F, .7F, .3F, .15F, .85F, .05F, .95F, .1F, .9F, .2F, .8F, .4F, .6F};
  const Labels y = {0, 0, 1, 1, 0, 1, 0};
  const Evaluation evaluation =
      evaluated(classes(2, ScoreKind::Probabilities), labelled(p, y), optionsFor(classes(2)));
  // Class 1: mean of .85, .95 and .8 is .8667. Row 4 is predicted as 1 with .9; row 6 with .6 only.
  const std::vector<RankedRow> errors = evaluation.labelErrors();
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].key, 4U);
  EXPECT_EQ(errors[0].group, 0);
  EXPECT_EQ(errors[0].predicted, 1);
}

TEST(Evaluation, RefusesOtherBytes) {
  const EvaluationOptions options = optionsFor(classes(3));
  Evaluation evaluation = evaluated(classes(3), labelled(kScores, kLabels), options);
  const std::vector<std::uint8_t> bytes = evaluation.toBytes();
  Evaluation same(options);
  EXPECT_TRUE(same.mergeBytes(bytes.data(), bytes.size()));
  EXPECT_EQ(same.toBytes(), bytes);
  for (std::size_t size = 0; size < bytes.size(); size += 8)
    EXPECT_FALSE(same.mergeBytes(bytes.data(), size));
  for (EvaluationOptions other :
       {optionsFor(classes(4)), optionsFor(classes(3), {1}), optionsFor(elements(3))}) {
    EXPECT_FALSE(Evaluation(other).mergeBytes(bytes.data(), bytes.size()));
  }
  std::vector<std::uint8_t> longer = bytes;
  longer.resize(longer.size() + 8);
  EXPECT_FALSE(same.mergeBytes(longer.data(), longer.size()));
  EXPECT_EQ(same.toBytes(), bytes);
}

/// The state after `options` were changed to, one after the other, is that of an evaluation that had the last
/// ones from the beginning.
void expectChanges(const ScoreOptions& scores, const ScoredRows& batch, const float* weight,
                   const std::vector<EvaluationOptions>& changes) {
  RowTerms terms(scores);
  ASSERT_EQ(terms.update(batch), batch.rows);
  Evaluation evaluation(optionsFor(scores));
  evaluation.add(terms.terms(), weight);
  for (const EvaluationOptions& options : changes) {
    if (evaluation.change(options)) evaluation.add(terms.terms(), weight);
    Evaluation fresh(options);
    fresh.add(terms.terms(), weight);
    EXPECT_EQ(evaluation.toBytes(), fresh.toBytes());
  }
}

TEST(Evaluation, GathersAnewWhatOtherOptionsAskFor) {
  const Random data(500, 4, 3);
  Rows targets(500 * 4);
  for (std::size_t i = 0; i < targets.size(); ++i) targets[i] = static_cast<float>((i * i / 7) % 2);
  for (const bool isMultiClass : {true, false}) {
    const ScoreOptions scores = isMultiClass ? classes(4) : elements(4);
    const ScoredRows batch =
        isMultiClass ? labelled(data.scores, data.labels) : targeted(data.scores, targets, 4);
    std::vector<EvaluationOptions> changes(6, optionsFor(scores));
    changes[0].gammas = {3.3F, 2, .5F};
    changes[1].gammas = {.5F, 3.3F};
    changes[2].bins = 7;
    changes[3].hardest = 50;
    changes[4].alpha = .75F;
    changes[5].hardest = 0;
    expectChanges(scores, batch, nullptr, changes);
    expectChanges(scores, batch, data.weights.data(), changes);
  }
}

TEST(Evaluation, ChangesOfNothingAskForNoRows) {
  Evaluation evaluation(optionsFor(classes(3), {2, 1}));
  EXPECT_FALSE(evaluation.change(optionsFor(classes(3), {1, 2})));
  EXPECT_FALSE(evaluation.change(optionsFor(classes(3), {1})));
  EXPECT_TRUE(evaluation.change(optionsFor(classes(3), {1, 4})));
}

TEST(Terms, IgnoreAGroupAsIfItWereTheIgnoredLabel) {
  const Random data(100, 3, 5);
  RowTerms all(classes(3));
  ASSERT_EQ(all.update(labelled(data.scores, data.labels)), 100U);
  all.terms().ignore(1);
  Labels labels = data.labels;
  for (std::int32_t& label : labels) label = label == 1 ? -100 : label;
  RowTerms fewer(classes(3));
  ASSERT_EQ(fewer.update(labelled(data.scores, labels)), 100U);
  const std::size_t size = Terms::kArrays * 100;
  EXPECT_EQ(std::memcmp(all.terms().block(), fewer.terms().block(), size * sizeof(float)), 0);
}

}  // namespace
}  // namespace losskit
