#include "evaluation/temperature.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <vector>

#include "evaluation/state_header.h"
#include "losses/definition.h"
#include "numeric/bytes.h"

namespace losskit {
namespace {

ScoreOptions optionsOf(EvaluationTask task, std::size_t width, ScoreKind kind = ScoreKind::Logits) {
  ScoreOptions options;
  options.task = task;
  options.width = width;
  options.kind = kind;
  return options;
}

/// Rows whose labels are drawn from softmax(scores / T).
struct Drawn {
  std::vector<float> scores;
  std::vector<std::int32_t> labels;

  Drawn(std::size_t rows, std::size_t width, double temperature) : scores(rows * width), labels(rows) {
    std::mt19937 random(5);
    std::normal_distribution<double> normal(0, 3);
    std::uniform_real_distribution<double> uniform(0, 1);
    for (float& score : scores) score = static_cast<float>(normal(random));
    for (std::size_t row = 0; row < rows; ++row) {
      const Eigen::ArrayXd p = definition::softmax(rowOf(row, width) / temperature);
      double rest = uniform(random);
      while (labels[row] + 1 < static_cast<std::int32_t>(width) && rest > p(labels[row]))
        rest -= p(labels[row]++);
    }
  }

  [[nodiscard]] Eigen::ArrayXd rowOf(std::size_t row, std::size_t width) const {
    return Eigen::Map<const Eigen::ArrayXf>(&scores[row * width], static_cast<Eigen::Index>(width))
        .cast<double>();
  }
};

/// By golden section, which knows nothing of slopes.
double directMinimum(const auto& loss) {
  const double ratio = (std::sqrt(5.0) - 1) / 2;
  double low = 0.05;
  double high = 50;
  for (int i = 0; i < 200; ++i) {
    const double left = high - ratio * (high - low);
    const double right = low + ratio * (high - low);
    (loss(left) < loss(right) ? high : low) = loss(left) < loss(right) ? right : left;
  }
  return (low + high) / 2;
}

TEST(Temperature, IsTheDirectMinimum) {
  const std::size_t width = 4;
  const Drawn data(2000, width, 2.5);
  TemperatureSample sample(optionsOf(EvaluationTask::MultiClass, width));
  sample.add({data.scores.data(), data.labels.data(), nullptr, 2000}, nullptr);
  const auto fit = sample.fit();
  ASSERT_TRUE(fit);
  const auto loss = [&](double temperature) {
    double sum = 0;
    for (std::size_t row = 0; row < 2000; ++row) {
      sum +=
          definition::negativeLogLikelihood((data.rowOf(row, width) / temperature).eval(), data.labels[row]);
    }
    return sum / 2000;
  };
  EXPECT_NEAR(fit->temperature, directMinimum(loss), 1e-6);
  EXPECT_NEAR(fit->temperature, 2.5, .25) << "what the labels were drawn with";
  EXPECT_NEAR(fit->loss, loss(fit->temperature), 1e-12);
  EXPECT_LT(fit->calibrationError, .05);
  EXPECT_EQ(fit->rows, 2000);
}

/// Of rows that are divided by the temperature, by the definition: 15 bins.
double calibrationError(const Drawn& data, std::size_t width, double temperature) {
  std::vector<double> gaps(15);
  for (std::size_t row = 0; row < data.labels.size(); ++row) {
    Eigen::Index top = 0;
    const double confidence =
        definition::softmax((data.rowOf(row, width) / temperature).eval()).maxCoeff(&top);
    const double isRight = top == data.labels[row] ? 1 : 0;
    gaps[std::min<std::size_t>(static_cast<std::size_t>(confidence * 15), 14)] += confidence - isRight;
  }
  double sum = 0;
  for (const double gap : gaps) sum += std::abs(gap);
  return sum / static_cast<double>(data.labels.size());
}

/// Of every number of rows and classes that lanes and parts may leave over, and with scores of any size.
TEST(Temperature, IsTheMinimumOfAnyShape) {
  for (const std::size_t width : {2U, 3U, 7U, 150U}) {
    for (const std::size_t rows : {61U, 130U, 1027U}) {
      Drawn data(rows, width, 2);
      for (const float scale : {1.0F, 0x1p-9F, 0x1p13F}) {
        std::vector<float> scores = data.scores;
        for (float& score : scores) score *= scale;
        TemperatureSample sample(optionsOf(EvaluationTask::MultiClass, width));
        sample.add({scores.data(), data.labels.data(), nullptr, rows}, nullptr);
        const auto fit = sample.fit();
        ASSERT_TRUE(fit);
        const double temperature = fit->temperature / static_cast<double>(scale);
        const auto lossAt = [&](double t) {
          double sum = 0;
          for (std::size_t row = 0; row < rows; ++row)
            sum += definition::negativeLogLikelihood((data.rowOf(row, width) / t).eval(), data.labels[row]);
          return sum / static_cast<double>(rows);
        };
        EXPECT_NEAR(fit->loss, lossAt(temperature), 1e-12);
        // Of three values on a parabola around it the middle one is the least.
        const double step = 1e-4 * temperature;
        const double slope = (lossAt(temperature + step) - lossAt(temperature - step)) / (2 * step);
        const double curvature =
            (lossAt(temperature + step) + lossAt(temperature - step) - 2 * fit->loss) / (step * step);
        EXPECT_LT(std::abs(slope / curvature / temperature), 1e-6) << width << ' ' << rows << ' ' << scale;
        EXPECT_NEAR(fit->calibrationError, calibrationError(data, width, temperature), 1e-9);
      }
    }
  }
}

TEST(Temperature, InfiniteScoresAreLimits) {
  // Classes that are impossible have no part; of one that is certain and true the loss is 0.
  const std::vector<float> x = {2, 0, -INFINITY, 1, 0, -INFINITY, INFINITY, 0, 1, 3, 0, -INFINITY};
  const std::vector<std::int32_t> y = {0, 1, 0, 0};
  TemperatureSample sample(optionsOf(EvaluationTask::MultiClass, 3));
  sample.add({x.data(), y.data(), nullptr, 4}, nullptr);
  const std::vector<float> pairs = {2, 0, 1, 0, 3, 0};
  TemperatureSample two(optionsOf(EvaluationTask::MultiClass, 2));
  two.add({pairs.data(), std::vector<std::int32_t>{0, 1, 0}.data(), nullptr, 3}, nullptr);
  ASSERT_TRUE(sample.fit() && two.fit());
  EXPECT_NEAR(sample.fit()->temperature, two.fit()->temperature, 1e-12);
  EXPECT_NEAR(4 * sample.fit()->loss, 3 * two.fit()->loss, 1e-12);
  const std::vector<float> single = {2, 1, 3, INFINITY, -INFINITY};
  TemperatureSample elements(optionsOf(EvaluationTask::Elements, 1));
  elements.add({single.data(), std::vector<std::int32_t>{1, 0, 1, 1, 0}.data(), nullptr, 5}, nullptr);
  ASSERT_TRUE(elements.fit());
  EXPECT_NEAR(elements.fit()->temperature, two.fit()->temperature, 1e-12);
  EXPECT_NEAR(5 * elements.fit()->loss, 3 * two.fit()->loss, 1e-12);
  TemperatureSample wrong(optionsOf(EvaluationTask::Elements, 1));
  wrong.add({single.data(), std::vector<std::int32_t>{1, 0, 1, 1, 1}.data(), nullptr, 5}, nullptr);
  EXPECT_FALSE(wrong.fit()) << "what was impossible is true: the loss is infinite";
}

TEST(Temperature, ProbabilitiesStandForTheirLogarithms) {
  // 0 among them; 61 rows leave lanes over.
  Drawn data(61, 3, 2);
  std::vector<float> logarithms(data.scores.size());
  for (std::size_t row = 0; row < 61; ++row) {
    const Eigen::ArrayXd p = definition::softmax(data.rowOf(row, 3));
    for (std::size_t c = 0; c < 3; ++c) {
      const bool isNone = row % 7 == 0 && data.labels[row] != static_cast<std::int32_t>(c) && p(c) < .2;
      data.scores[row * 3 + c] = isNone ? 0 : static_cast<float>(p(c));
      logarithms[row * 3 + c] = std::log(data.scores[row * 3 + c]);
    }
  }
  TemperatureSample probabilities(optionsOf(EvaluationTask::MultiClass, 3, ScoreKind::Probabilities));
  probabilities.add({data.scores.data(), data.labels.data(), nullptr, 61}, nullptr);
  TemperatureSample logs(optionsOf(EvaluationTask::MultiClass, 3, ScoreKind::LogProbabilities));
  logs.add({logarithms.data(), data.labels.data(), nullptr, 61}, nullptr);
  ASSERT_TRUE(probabilities.fit() && logs.fit());
  EXPECT_NEAR(probabilities.fit()->temperature, logs.fit()->temperature, 1e-6);
  EXPECT_NEAR(probabilities.fit()->loss, logs.fit()->loss, 1e-7);
}

TEST(Temperature, OfSingleScores) {
  const std::vector<float> x = {-3, -1, .5F, 2, 4, -2, 1, 3};
  const std::vector<std::int32_t> y = {0, 1, 1, 0, 1, 0, 1, 1};
  TemperatureSample sample(optionsOf(EvaluationTask::Elements, 1));
  sample.add({x.data(), y.data(), nullptr, 8}, nullptr);
  const auto loss = [&](double temperature) {
    double sum = 0;
    for (std::size_t i = 0; i < 8; ++i)
      sum += definition::binaryCrossEntropyWithLogits(static_cast<double>(x[i]) / temperature, y[i]);
    return sum / 8;
  };
  ASSERT_TRUE(sample.fit());
  EXPECT_NEAR(sample.fit()->temperature, directMinimum(loss), 1e-6);
  // Probabilities stand for their logits.
  std::vector<float> p(8);
  std::transform(x.begin(), x.end(), p.begin(), [](float score) {
    return static_cast<float>(definition::sigmoid(static_cast<double>(score)));
  });
  TemperatureSample same(optionsOf(EvaluationTask::Elements, 1, ScoreKind::Probabilities));
  same.add({p.data(), y.data(), nullptr, 8}, nullptr);
  EXPECT_NEAR(same.fit()->temperature, sample.fit()->temperature, 1e-5);
}

TEST(Temperature, IsNoneWithoutAMinimum) {
  const ScoreOptions options = optionsOf(EvaluationTask::MultiClass, 2);
  EXPECT_FALSE(TemperatureSample(options).fit());
  const std::vector<float> x = {3, 1, 2, 5};
  TemperatureSample right(options);
  right.add({x.data(), std::vector<std::int32_t>{0, 1}.data(), nullptr, 2}, nullptr);
  EXPECT_FALSE(right.fit()) << "a lower temperature is always better";
  const std::vector<float> near = {0.0625F, -0.0625F};
  const std::vector<float> targets = {1, 0};
  TemperatureSample single(optionsOf(EvaluationTask::Elements, 1));
  single.add({near.data(), nullptr, targets.data(), 2}, nullptr);
  EXPECT_FALSE(single.fit()) << "so it is where all scores are near 0";
  TemperatureSample wrong(options);
  wrong.add({x.data(), std::vector<std::int32_t>{1, 0}.data(), nullptr, 2}, nullptr);
  EXPECT_FALSE(wrong.fit()) << "guessing is better";
  const std::vector<float> equal = {1, 1, 5, 2};
  TemperatureSample tied(options);
  tied.add({equal.data(), std::vector<std::int32_t>{1, 0}.data(), nullptr, 2}, nullptr);
  EXPECT_FALSE(tied.fit()) << "a lower temperature is better, though never for the row that is tied";
  TemperatureSample ignored(options);
  ignored.add({x.data(), std::vector<std::int32_t>{-100, -100}.data(), nullptr, 2}, nullptr);
  EXPECT_FALSE(ignored.fit());
  const std::vector<float> infinite = {-INFINITY, 1, 2, 1};
  TemperatureSample impossible(options);
  impossible.add({infinite.data(), std::vector<std::int32_t>{0, 0}.data(), nullptr, 2}, nullptr);
  EXPECT_FALSE(impossible.fit());
}

TEST(Temperature, IsNoneOfOneClass) {
  const std::vector<float> scores = {1, -2, 3, 0.5, 7};
  const std::vector<std::int32_t> labels(scores.size());
  TemperatureSample sample(optionsOf(EvaluationTask::MultiClass, 1));
  sample.add({scores.data(), labels.data(), nullptr, scores.size()}, nullptr);
  EXPECT_EQ(sample.size(), scores.size());
  EXPECT_FALSE(sample.fit());
}

TEST(Temperature, WeighsRows) {
  const std::vector<float> x = {2, 0, 1, 0, 3, 0};
  const std::vector<std::int32_t> y = {0, 1, 1};
  const std::vector<float> weight = {3, 1, 0};
  TemperatureSample weighted(optionsOf(EvaluationTask::MultiClass, 2));
  weighted.add({x.data(), y.data(), nullptr, 3}, weight.data());
  const std::vector<float> repeated = {2, 0, 2, 0, 2, 0, 1, 0};
  TemperatureSample plain(optionsOf(EvaluationTask::MultiClass, 2));
  plain.add({repeated.data(), std::vector<std::int32_t>{0, 0, 0, 1}.data(), nullptr, 4}, nullptr);
  EXPECT_EQ(weighted.fit()->temperature, plain.fit()->temperature);
  EXPECT_EQ(weighted.fit()->rows, 2);
  EXPECT_EQ(plain.fit()->rows, 4);
}

TEST(Temperature, SamplesTheSameRowsForEverySplit) {
  const std::size_t rows = 60000;
  const Drawn data(rows, 3, 1.5);
  const ScoreOptions options = optionsOf(EvaluationTask::MultiClass, 3);
  const auto part = [&](TemperatureSample& sample, std::size_t from, std::size_t to) {
    sample.add({&data.scores[from * 3], &data.labels[from], nullptr, to - from}, nullptr);
  };
  TemperatureSample whole(options);
  part(whole, 0, rows);
  TemperatureSample merged(options);
  for (const std::size_t piece : {2U, 0U, 1U}) {
    TemperatureSample own(options);
    part(own, piece * 20000, (piece + 1) * 20000);
    const std::vector<std::uint8_t> bytes = own.toBytes();
    ASSERT_TRUE(merged.mergeBytes(bytes.data(), bytes.size()));
  }
  EXPECT_EQ(merged.toBytes(), whole.toBytes());
  EXPECT_EQ(whole.size(), 8192U);
  EXPECT_NEAR(whole.fit()->temperature, 1.5, .08);
  // Into one that has rows of its own, more than it keeps and fewer.
  for (const std::size_t own : {15000U, 5000U}) {
    TemperatureSample first(options);
    part(first, 0, own);
    TemperatureSample rest(options);
    part(rest, own, rows);
    const std::vector<std::uint8_t> bytes = rest.toBytes();
    ASSERT_TRUE(first.mergeBytes(bytes.data(), bytes.size()));
    EXPECT_EQ(first.toBytes(), whole.toBytes());
  }
}

TEST(Temperature, CountsEqualRowsOnce) {
  const std::vector<float> x = {2, 0, 1, 0, 3, 0};
  const std::vector<std::int32_t> y = {0, 1, 1};
  TemperatureSample sample(optionsOf(EvaluationTask::MultiClass, 2));
  for (int i = 0; i < 30000; ++i) sample.add({x.data(), y.data(), nullptr, 3}, nullptr);
  EXPECT_EQ(sample.size(), 90000U);
  EXPECT_LT(sample.toBytes().size(), 200U);
}

TEST(Temperature, SamplesDoubles) {
  constexpr std::size_t rows = 20000;
  const Drawn drawn(rows, 3, 1.5);
  // Doubles that the floats are nearest to, no two rows the same by more than floats tell.
  std::vector<double> exact(drawn.scores.begin(), drawn.scores.end());
  for (std::size_t i = 0; i < exact.size(); ++i) exact[i] *= 1 + 1e-12 * static_cast<double>(i % 7);
  const ScoreOptions options = optionsOf(EvaluationTask::MultiClass, 3);
  TemperatureSample whole(options, true);
  whole.add({drawn.scores.data(), drawn.labels.data(), nullptr, rows, exact.data()}, nullptr);
  TemperatureSample merged(options, true);
  constexpr std::size_t size = 6000;
  for (std::size_t begin = 0; begin < rows; begin += size) {
    TemperatureSample part(options, true);
    part.add({&drawn.scores[3 * begin], &drawn.labels[begin], nullptr, std::min(size, rows - begin),
              &exact[3 * begin]},
             nullptr);
    const std::vector<std::uint8_t> bytes = part.toBytes();
    ASSERT_TRUE(merged.mergeBytes(bytes.data(), bytes.size()));
    EXPECT_FALSE(TemperatureSample(options).mergeBytes(bytes.data(), bytes.size()));
  }
  EXPECT_EQ(merged.toBytes(), whole.toBytes());
  TemperatureSample floats(options);
  floats.add({drawn.scores.data(), drawn.labels.data(), nullptr, rows}, nullptr);
  EXPECT_EQ(whole.size(), floats.size());
  const double difference = whole.fit()->temperature / floats.fit()->temperature - 1;
  EXPECT_LT(std::abs(difference), 1e-9) << "the same rows are sampled";
  EXPECT_NE(difference, 0);
}

TEST(Temperature, RefusesOtherBytes) {
  const ScoreOptions options = optionsOf(EvaluationTask::MultiClass, 2);
  const std::vector<float> x = {2, 0, 1, 0};
  TemperatureSample sample(options);
  sample.add({x.data(), std::vector<std::int32_t>{0, 1}.data(), nullptr, 2}, nullptr);
  const std::vector<std::uint8_t> bytes = sample.toBytes();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(TemperatureSample(options).mergeBytes(bytes.data(), size));
  }
  TemperatureSample other(optionsOf(EvaluationTask::MultiClass, 3));
  EXPECT_FALSE(other.mergeBytes(bytes.data(), bytes.size()));
  std::vector<std::uint8_t> changed = bytes;
  changed[48] ^= 2;
  EXPECT_FALSE(TemperatureSample(options).mergeBytes(changed.data(), changed.size()));
  // The same row twice, with a checksum that is right: nothing of it is taken.
  std::vector<std::uint8_t> twice = bytes;
  constexpr std::size_t kEntry = 3 * sizeof(std::uint64_t);
  std::copy_n(&bytes[bytes.size() - kEntry - 8], kEntry, &twice[bytes.size() - 2 * kEntry - 8]);
  ByteWriter end;
  end.write(checksum(twice.data(), twice.size() - 8));
  std::copy_n(end.data(), 8, &twice[twice.size() - 8]);
  EXPECT_FALSE(sample.mergeBytes(twice.data(), twice.size()));
  EXPECT_EQ(sample.toBytes(), bytes);
}

}  // namespace
}  // namespace losskit
