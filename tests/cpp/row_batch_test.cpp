#include "tables/row_batch.h"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "scan.h"

namespace losskit {

namespace {

using testing::scan;
using testing::Scanned;
using testing::Table;
using Kind = ScanErrorKind;
using enum ColumnRole;

Table tableOf(std::vector<std::tuple<std::size_t, ColumnRole, std::size_t>> roles, std::size_t columns) {
  Table table;
  table.columns = columns;
  table.columnRoles = std::move(roles);
  return table;
}

TEST(RowBatch, ReadsTargetsWeightsAndIds) {
  const Table table = tableOf({{1, Target, 1}, {2, Target, 1}, {3, Score, 1}, {4, Weight, 1}, {0, Id, 1}}, 5);
  const Scanned scanned = scan("id,y_0,y_1,p,w\na,1,.5,2,3\n\"b,\"\"c\",0,1,-4,0.5\n", table);
  ASSERT_EQ(scanned.error.kind, Kind::None);
  EXPECT_EQ(scanned.targets, (std::vector<float>{1, .5F, 0, 1}));
  EXPECT_EQ(scanned.scores, (std::vector<float>{2, -4}));
  EXPECT_EQ(scanned.weights, (std::vector<float>{3, .5F}));
  EXPECT_EQ(scanned.ids, (std::vector<std::string>{"a", "b,\"c"}));
}

/// Doubles of all magnitudes as text that is read as the same ones, and texts that are hard to round.
std::vector<std::string> doubleTexts() {
  std::vector<std::string> texts = {"9007199254740993",
                                    "2.2250738585072011e-308",
                                    "4.9406564584124654e-324",
                                    "1.7976931348623157e308",
                                    "0.1000000000000000055511151231257827021181583404541015625",
                                    "0.10000000000000000555111512312578270211815834045410156250000000001",
                                    "-7.3177701707893310e+15",
                                    "3.5028234e38",
                                    "inf",
                                    "-0",
                                    "1e400",
                                    ".5",
                                    "7",
                                    "1e-5"};
  std::mt19937_64 random(3);
  while (texts.size() < 4000) {
    const auto value = std::bit_cast<double>(random());
    std::array<char, 32> text{};
    if (!std::isfinite(value)) continue;
    std::snprintf(text.data(), text.size(), "%.17g", value);
    texts.emplace_back(text.data());
  }
  return texts;
}

TEST(RowBatch, ReadsScoresAsDoublesToo) {
  const std::vector<std::string> texts = doubleTexts();
  std::string rows;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    rows += texts[i] + ",\"[" + texts[i] + ", 1.5]\"," + std::to_string(i) + "\n";
  }
  DelimitedScanner scanner({',', false, false}, 3);
  scanner.batch().setColumn(0, Score, 1);
  scanner.batch().setColumn(1, ScoreList, 2);
  scanner.batch().setColumn(2, Label, 1);
  scanner.batch().setDoubles();
  std::memcpy(scanner.reserve(rows.size()), rows.data(), rows.size());
  scanner.append(rows.size());
  scanner.finish();
  std::size_t row = 0;
  while (const std::size_t count = scanner.read()) {
    const double* doubles = scanner.batch().doubles();
    const float* floats = scanner.batch().scores();
    for (std::size_t i = 0; i < count; ++i, ++row) {
      const double wanted = std::strtod(texts[row].c_str(), nullptr);
      for (const std::size_t column : {3 * i, 3 * i + 1}) {
        EXPECT_EQ(std::bit_cast<std::uint64_t>(doubles[column]), std::bit_cast<std::uint64_t>(wanted))
            << texts[row];
        EXPECT_EQ(floats[column], std::strtof(texts[row].c_str(), nullptr)) << texts[row];
      }
      EXPECT_EQ(doubles[3 * i + 2], 1.5);
      EXPECT_EQ(scanner.batch().labels()[i], static_cast<std::int32_t>(row));
    }
  }
  EXPECT_EQ(row, texts.size());
}

/// A number of up to twenty digits, as programs write them.
std::string randomNumber(std::mt19937& random) {
  std::array<char, 64> text;
  const double value = (static_cast<double>(random()) / 2e9 - 1) * std::pow(10, random() % 5);
  const char* const forms[] = {"%.0f", "%.3f", "%.6f", "%.17g", "%.9g", "%e", "%.18e"};
  std::snprintf(text.data(), text.size(), forms[random() % std::size(forms)], value);
  return text.data();
}

TEST(RowBatch, ReadsListsOfAnyNumbers) {
  constexpr std::size_t kWidth = 5;
  std::mt19937 random(3);
  const char* const between[] = {",", ", ", " , ", "  ", ",  "};
  std::string text = "label|logits\n";
  std::vector<float> expected;
  for (int row = 0; row < 3000; ++row) {
    const char* const separator = between[random() % std::size(between)];
    text += row % 7 == 0 ? "0|[ " : "0|[";
    for (std::size_t i = 0; i < kWidth; ++i) {
      const std::string number = randomNumber(random);
      text += (i == 0 ? "" : separator) + number;
      expected.push_back(std::strtof(number.c_str(), nullptr));
    }
    text += "]\n";
  }
  Table table = tableOf({{0, Label, 1}, {1, ScoreList, kWidth}}, 2);
  table.dialect.delimiter = '|';
  const Scanned scanned = scan(text, table);
  ASSERT_EQ(scanned.error.kind, Kind::None);
  EXPECT_EQ(scanned.scores, expected);
}

TEST(RowBatch, ReadsListsAsJsonAndAsNumPyWriteThem) {
  const Table table = tableOf({{0, Label, 1}, {1, ScoreList, 3}}, 2);
  const Scanned scanned = scan(
      "y,s\n0,\"[0.1, -2, 3e1]\"\n1,\"[ 0.5  -1.\n  7 ]\"\n2,\"[0.123456789012345678,-inf,+1]\"\n", table);
  ASSERT_EQ(scanned.error.kind, Kind::None);
  constexpr float kInf = std::numeric_limits<float>::infinity();
  EXPECT_EQ(scanned.scores, (std::vector<float>{.1F, -2, 30, .5F, -1, 7, 0.123456789012345678F, -kInf, 1}));
  EXPECT_EQ(scanned.lines, (std::vector<std::uint64_t>{2, 3, 5}));
}

TEST(RowBatch, ReadsTags) {
  Table table = tableOf({{0, Tags, 3}, {1, Score, 1}}, 2);
  table.labelNames = {{"a", 0}, {"b", 1}, {"c", 2}};
  const Scanned scanned = scan("t,s\na|c,1\n,2\n b ,3\n\"[\"\"c\"\", 'b']\",4\n[],5\n", table);
  ASSERT_EQ(scanned.error.kind, Kind::None);
  EXPECT_EQ(scanned.targets, (std::vector<float>{1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 0}));
  table.labelNames.clear();
  EXPECT_EQ(scan("t,s\n0|2,1\n", table).targets, (std::vector<float>{1, 0, 1}));
}

TEST(RowBatch, ReadsOneHotLabels) {
  Table table = tableOf({{0, Target, 1}, {1, Target, 1}, {2, Target, 1}, {3, Score, 1}}, 4);
  table.isOneHot = true;
  const Scanned scanned = scan("a,b,c,s\n0,1,0,1\n1.0,0,0,2\n0,0,1,3\n0,0.5,0.5,4\n", table);
  EXPECT_EQ(scanned.labels, (std::vector<std::int32_t>{1, 0, 2}));
  EXPECT_EQ(scanned.error.kind, Kind::NotOneHot);
  EXPECT_EQ(scanned.error.row, 4U);
}

TEST(RowBatch, OneHotIsOneOneAmongZeros) {
  const auto labelOf = [](std::vector<float> row) { return oneHotLabel(row.data(), row.size()); };
  EXPECT_EQ(labelOf({0, 0, 1}), 2);
  EXPECT_EQ(labelOf({1}), 0);
  for (const auto& row : std::vector<std::vector<float>>{{0, 0}, {1, 1}, {1, .5F}, {.5F, 1}, {.5F, .5F}}) {
    EXPECT_EQ(labelOf(row), -1);
  }
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(labelOf({0, kNan, 1}), kNoLabel);
}

TEST(RowBatch, LeavesOutRowsWithSomethingMissing) {
  Table table = tableOf({{0, Label, 1}, {1, Score, 1}, {2, Score, 1}, {3, Id, 1}}, 4);
  table.leavesOutMissing = true;
  const std::string text = "y,a,b,id\n0,1,2,one\n1,,2,two\n,1,2,three\n1,3,NA,\"fo\nur\"\n1,5,6,five\n";
  for (std::size_t size = 1; size <= text.size(); ++size) {
    const Scanned scanned = scan(testing::cut(text, size), table);
    ASSERT_EQ(scanned.error.kind, Kind::None);
    EXPECT_EQ(scanned.labels, (std::vector<std::int32_t>{0, 1}));
    EXPECT_EQ(scanned.scores, (std::vector<float>{1, 2, 5, 6}));
    EXPECT_EQ(scanned.ids, (std::vector<std::string>{"one", "five"}));
    EXPECT_EQ(scanned.rows, (std::vector<std::uint64_t>{1, 5}));
    EXPECT_EQ(scanned.lines, (std::vector<std::uint64_t>{2, 7}));
    ASSERT_EQ(scanned.leftOut.size(), 2U);
    EXPECT_EQ(scanned.leftOut[0].role, Score);
    EXPECT_EQ(scanned.leftOut[0].rows, 2U);
    EXPECT_EQ(scanned.leftOut[0].first, (std::vector<std::uint64_t>{2, 4}));
    EXPECT_EQ(scanned.leftOut[1].role, Label);
    EXPECT_EQ(scanned.leftOut[1].first, (std::vector<std::uint64_t>{3}));
  }
}

TEST(RowBatch, LeavesOutOnlyWhatIsMissing) {
  Table table = tableOf({{0, Label, 1}, {1, Score, 1}}, 2);
  table.leavesOutMissing = true;
  EXPECT_EQ(scan("y,a\n0,x\n", table).error.kind, Kind::NumberIsText);
  EXPECT_EQ(scan("y,a\n0,,1\n", table).error.kind, Kind::CellCount);
  EXPECT_EQ(scan("y,a\n0.5,1\n", table).error.kind, Kind::LabelIsNotInteger);
}

struct BadCell {
  ColumnRole role;
  const char* cell;
  Kind kind;
  std::size_t count = 0;
};

TEST(RowBatch, NamesWhatIsWrong) {
  const BadCell cells[] = {{ScoreList, "\"[1, 2]\"", Kind::ListLength, 2},
                           {ScoreList, "\"[1, 2, 3, 4]\"", Kind::ListLength, 4},
                           {ScoreList, "[]", Kind::ListLength, 0},
                           {ScoreList, "\"[1, 2, x]\"", Kind::NumberIsText},
                           {ScoreList, "\"[1, null, 3]\"", Kind::NumberIsMissing},
                           {ScoreList, "\"[1,, 3]\"", Kind::NumberIsMissing},
                           {ScoreList, "[[1 2 3]]", Kind::NumberIsText},
                           {ScoreList, "[1 2 ... 3]", Kind::ListIsCut},
                           {ScoreList, "\"[1, 2, …]\"", Kind::ListIsCut},
                           {ScoreList, "1", Kind::NotAList},
                           {ScoreList, "[1 2 3", Kind::NotAList},
                           {ScoreList, "", Kind::NumberIsMissing},
                           {Target, "1.5", Kind::TargetIsOutside},
                           {Target, "-100", Kind::TargetIsOutside},
                           {Target, "nan", Kind::NumberIsMissing},
                           {TargetList, "\"[0, 1, 2]\"", Kind::TargetIsOutside},
                           {Weight, "-1", Kind::WeightIsOutside},
                           {Weight, "inf", Kind::WeightIsOutside},
                           {Weight, "heavy", Kind::NumberIsText},
                           {Tags, "0|3", Kind::LabelIsUnknown},
                           {Tags, "0|-1", Kind::LabelIsUnknown},
                           {Tags, "0|a", Kind::LabelIsNotInteger}};
  for (const auto& [role, cell, kind, count] : cells) {
    const Table table = tableOf({{0, Score, 1}, {1, role, 3}}, 2);
    const Scanned scanned = scan("a,b\n1," + std::string(cell) + "\n", table);
    EXPECT_EQ(scanned.error.kind, kind) << cell;
    EXPECT_EQ(scanned.error.column, 1U) << cell;
    if (kind == Kind::ListLength) {
      EXPECT_EQ(scanned.error.cells, count) << cell;
    }
  }
}

}  // namespace
}  // namespace losskit
