#include "tables/delimited_scanner.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <ostream>
#include <random>
#include <string>
#include <vector>

#include "scan.h"

namespace losskit {

namespace {

using testing::cut;
using testing::scan;
using testing::scanApart;
using testing::Scanned;
using testing::Table;

constexpr float kInf = std::numeric_limits<float>::infinity();
const Dialect kNoHeader = {.hasHeader = false};

/// Columns label, a, b.
Table threeColumns(const Dialect& dialect = {}) {
  return {dialect, 3, 0, {1, 2}, {}};
}

void expectSame(const Scanned& actual, const Scanned& expected, const std::string& how) {
  EXPECT_EQ(actual.scores, expected.scores) << how;
  EXPECT_EQ(actual.labels, expected.labels) << how;
  EXPECT_EQ(actual.targets, expected.targets) << how;
  EXPECT_EQ(actual.weights, expected.weights) << how;
  EXPECT_EQ(actual.ids, expected.ids) << how;
  EXPECT_EQ(actual.rows, expected.rows) << how;
  EXPECT_EQ(actual.lines, expected.lines) << how;
  EXPECT_EQ(actual.blankLines, expected.blankLines) << how;
  EXPECT_EQ(actual.error.kind, expected.error.kind) << how;
  EXPECT_EQ(actual.error.row, expected.error.row) << how;
  EXPECT_EQ(actual.error.line, expected.error.line) << how;
  EXPECT_EQ(actual.error.column, expected.error.column) << how;
  EXPECT_EQ(actual.error.text, expected.error.text) << how;
  ASSERT_EQ(actual.leftOut.size(), expected.leftOut.size()) << how;
  for (std::size_t i = 0; i < expected.leftOut.size(); ++i) {
    EXPECT_EQ(actual.leftOut[i].role, expected.leftOut[i].role) << how;
    EXPECT_EQ(actual.leftOut[i].rows, expected.leftOut[i].rows) << how;
    EXPECT_EQ(actual.leftOut[i].first, expected.leftOut[i].first) << how;
  }
}

/// Wherever the text is cut, the same comes out.
Scanned scanEveryWay(std::string_view text, const Table& table) {
  const Scanned whole = scan(text, table);
  for (std::size_t i = 0; i <= text.size(); ++i) {
    expectSame(scan({text.substr(0, i), text.substr(i)}, table), whole, "cut at byte " + std::to_string(i));
  }
  for (const std::size_t size : {1, 2, 3, 7, 16}) {
    expectSame(scan(cut(text, size), table), whole, "pieces of " + std::to_string(size) + " bytes");
    Scanned apart = scanApart(text, size, table);
    apart.leftOut = whole.leftOut;
    expectSame(apart, whole, "apart in pieces of " + std::to_string(size) + " bytes");
  }
  return whole;
}

struct DialectCase {
  const char* name;
  const char* text;
  Dialect dialect;
};
void PrintTo(const DialectCase& dialectCase, std::ostream* out) {
  *out << dialectCase.name;
}

/// Three rows with labels 0, 1, 2 and scores 0.5, -1.25 and 91, 0.001 and -3, 0, written in many ways.
class DelimitedDialect : public ::testing::TestWithParam<DialectCase> {};

TEST_P(DelimitedDialect, ReadsTheSameTable) {
  const Scanned scanned = scanEveryWay(GetParam().text, threeColumns(GetParam().dialect));
  EXPECT_EQ(scanned.error.kind, ScanErrorKind::None);
  EXPECT_EQ(scanned.labels, (std::vector<std::int32_t>{0, 1, 2}));
  EXPECT_EQ(scanned.scores, (std::vector<float>{0.5F, -1.25F, 91, 0.001F, -3, 0}));
  EXPECT_EQ(scanned.rows, (std::vector<std::uint64_t>{1, 2, 3}));
}

const DialectCase kDialects[] = {
    {"comma", "y,a,b\n0,0.5,-1.25\n1,91,0.001\n2,-3,0\n", {}},
    {"no header", "0,0.5,-1.25\n1,91,0.001\n2,-3,0\n", kNoHeader},
    {"no last line end", "y,a,b\n0,0.5,-1.25\n1,91,0.001\n2,-3,0", {}},
    {"CRLF", "y,a,b\r\n0,0.5,-1.25\r\n1,91,0.001\r\n2,-3,0\r\n", {}},
    {"CRLF, no last line end", "y,a,b\r\n0,0.5,-1.25\r\n1,91,0.001\r\n2,-3,0", {}},
    {"CR before the end", "y,a,b\n0,0.5,-1.25\n1,91,0.001\n2,-3,0\r", {}},
    {"byte order mark", "\xEF\xBB\xBFy,a,b\n0,0.5,-1.25\n1,91,0.001\n2,-3,0\n", {}},
    {"byte order mark, no header",
     "\xEF\xBB\xBF"
     "0,0.5,-1.25\n1,91,0.001\n2,-3,0\n",
     kNoHeader},
    {"semicolon", "y;a;b\n0;0.5;-1.25\n1;91;0.001\n2;-3;0\n", {.delimiter = ';'}},
    {"tab", "y\ta\tb\n0\t0.5\t-1.25\n1\t91\t0.001\n2\t-3\t0\n", {.delimiter = '\t'}},
    {"bar", "y|a|b\n0|0.5|-1.25\n1|91|0.001\n2|-3|0\n", {.delimiter = '|'}},
    {"space, blank lines", "y a b\n \n0 0.5 -1.25\n\n1 91 0.001\n2 -3 0\n  \n", {.delimiter = ' '}},
    {"space", "y a b\n0 0.5 -1.25\n1 91 0.001\n2 -3 0\n", {.delimiter = ' '}},
    {"decimal comma, BOM, CRLF",
     "\xEF\xBB\xBFy;a;b\r\n0;0,5;-1,25\r\n1;91;0,001\r\n2;-3,0;0\r\n",
     {.delimiter = ';', .decimalComma = true}},
    {"decimal comma in quotes",
     "y,a,b\n0,\"0,5\",\"-1,25\"\n1,91,\"0,001\"\n2,-3,0\n",
     {.decimalComma = true}},
    {"quotes", "\"y\",\"a\",\"b\"\n\"0\",\"0.5\",\"-1.25\"\n1,\"91\",0.001\n\"2\",-3,\"0\"\n", {}},
    {"line feed in a quoted header", "y,\"a\nb\",c\n0,0.5,-1.25\n1,91,0.001\n2,-3,0\n", {}},
    {"spaces", " y , a , b \n 0 , 0.5 , -1.25 \n  1,  91,0.001\t\n2 ,-3 ,\t0\n", {}},
    {"spaces around quotes", "y,a,b\n \"0\" , \"0.5\" ,\"-1.25\" \n1,91,0.001\n2,-3,0\n", {}},
    {"blank lines", "\n \ny,a,b\n\n0,0.5,-1.25\n\n\n1,91,0.001\n  \t\n2,-3,0\n\n  ", {}},
    {"blank lines, CRLF", "\r\ny,a,b\r\n\r\n0,0.5,-1.25\r\n1,91,0.001\r\n2,-3,0\r\n\r\n", {}},
    {"exponents", "y,a,b\n0,5e-1,-125E-2\n1,9.1e+1,1e-3\n2,-.3e1,0e5\n", {}},
    {"plus signs and points", "y,a,b\n+0,+.5,-1.25\n1,91.,+1.e-3\n2,-3.,+0\n", {}},
    {"labels as floats", "y,a,b\n0.0,0.5,-1.25\n1.00,91,0.001\n2e0,-3,0\n", {}},
    {"many digits",
     "y,a,b\n0.000000000000000000e+00,5.000000000000000000e-01,-1.250000000000000000e+00\n"
     "1.000000000000000000e+00,91.00000000000000000000000,0.00100000004749745130538940429687\n"
     "2.000000000000000000e+00,-3.00000000000000000000000,0.00000000000000000000000000000000\n",
     {}},
};
INSTANTIATE_TEST_SUITE_P(All, DelimitedDialect, ::testing::ValuesIn(kDialects));

TEST(DelimitedScanner, SkipsColumnsThatAreNotAskedFor) {
  const std::string text =
      "id,name,b,note,y,a,end\n"
      "1,\"x, \"\"y\"\"\nz\",-1,plain text that goes on for longer than sixty-four bytes in all, no "
      "less,3,0.25,\n"
      "2,,-2,\"\",4,0.5, last \n";
  const Scanned scanned = scanEveryWay(text.substr(0, text.size()), {{}, 7, 4, {5, 2}, {}});
  // The text without quotes has a delimiter too many.
  EXPECT_EQ(scanned.error.kind, ScanErrorKind::CellCount);
  EXPECT_EQ(scanned.error.cells, 8U);
  std::string mended = text;
  mended.erase(mended.find("all, no") + 3, 1);
  const Scanned good = scanEveryWay(mended, {{}, 7, 4, {5, 2}, {}});
  EXPECT_EQ(good.error.kind, ScanErrorKind::None);
  EXPECT_EQ(good.scores, (std::vector<float>{0.25F, -1, 0.5F, -2}));
  EXPECT_EQ(good.labels, (std::vector<std::int32_t>{3, 4}));
  EXPECT_EQ(good.lines, (std::vector<std::uint64_t>{2, 4}));
}

TEST(DelimitedScanner, ReadsInfiniteScores) {
  const Scanned scanned =
      scanEveryWay("y,a,b\n0,inf,-inf\n1,Infinity,-INFINITY\n2,+Inf,1e999\n", threeColumns());
  EXPECT_EQ(scanned.error.kind, ScanErrorKind::None);
  EXPECT_EQ(scanned.scores, (std::vector<float>{kInf, -kInf, kInf, -kInf, kInf, kInf}));
}

TEST(DelimitedScanner, KeepsTheSignOfZero) {
  const Scanned scanned = scan("y,a,b\n0,-0,-0.000\n", threeColumns());
  ASSERT_EQ(scanned.scores.size(), 2U);
  EXPECT_TRUE(std::signbit(scanned.scores[0]));
  EXPECT_TRUE(std::signbit(scanned.scores[1]));
}

TEST(DelimitedScanner, ReadsLabelsByName) {
  Table table = threeColumns();
  table.labelNames = {{"cat", 0}, {"dog, small", 1}, {"the \"fox\"", 2}, {"-100", -100}};
  const Scanned scanned = scanEveryWay(
      "y,a,b\ncat,1,2\n\"dog, small\",3,4\n\"the \"\"fox\"\"\",5,6\n cat ,7,8\n-100,9,10\n", table);
  EXPECT_EQ(scanned.error.kind, ScanErrorKind::None);
  EXPECT_EQ(scanned.labels, (std::vector<std::int32_t>{0, 1, 2, 0, -100}));
}

TEST(DelimitedScanner, ReadsNegativeLabels) {
  const Scanned scanned = scan("y,a,b\n-100,1,2\n-1,3,4\n2147483647,5,6\n-2147483648,7,8\n", threeColumns());
  EXPECT_EQ(scanned.error.kind, ScanErrorKind::None);
  EXPECT_EQ(scanned.labels,
            (std::vector<std::int32_t>{-100, -1, 2147483647, std::numeric_limits<std::int32_t>::min()}));
}

TEST(DelimitedScanner, CountsLinesAndBlankOnes) {
  const Scanned scanned = scanEveryWay("\ny,a,b\n0,1,2\n\n\"1\",\"3\",4\n  \n2,5,6", threeColumns());
  EXPECT_EQ(scanned.rows, (std::vector<std::uint64_t>{1, 2, 3}));
  EXPECT_EQ(scanned.lines, (std::vector<std::uint64_t>{3, 5, 7}));
  EXPECT_EQ(scanned.blankLines, 3U);
}

TEST(DelimitedScanner, ReadsNothingFromNothing) {
  for (const char* text : {"", "\n", " ", "\xEF\xBB\xBF", "y,a,b", "y,a,b\n", "y,a,b\r\n\r\n"}) {
    const Scanned scanned = scanEveryWay(text, threeColumns());
    EXPECT_EQ(scanned.error.kind, ScanErrorKind::None) << text;
    EXPECT_EQ(scanned.labels.size(), 0U) << text;
  }
}

TEST(DelimitedScanner, FillsBatchAfterBatch) {
  const std::size_t rows = 3 * RowBatch::kMaxRows + 17;
  std::string text = "y,a,b\n";
  for (std::size_t i = 0; i < rows; ++i) text += std::to_string(i % 10) + "," + std::to_string(i) + ",0.5\n";
  for (const std::size_t size : {std::size_t{1000}, std::size_t{65536}, text.size()}) {
    const Scanned scanned = scan(cut(text, size), threeColumns());
    EXPECT_EQ(scanned.error.kind, ScanErrorKind::None);
    ASSERT_EQ(scanned.labels.size(), rows);
    for (std::size_t i = 0; i < rows; ++i) {
      ASSERT_EQ(scanned.scores[2 * i], static_cast<float>(i));
      ASSERT_EQ(scanned.rows[i], i + 1);
      ASSERT_EQ(scanned.lines[i], i + 2);
    }
  }
}

TEST(DelimitedScanner, MakesSmallBatchesOfWideRows) {
  const std::size_t scores = RowBatch::kMaxBytes / sizeof(float) / 2;
  Table table = {kNoHeader, scores + 1, scores, {}, {}};
  for (std::size_t i = 0; i < scores; ++i) table.scores.push_back(i);
  std::string row;
  for (std::size_t i = 0; i < scores; ++i) row += "1.5,";
  const Scanned scanned = scan(row + "0\n" + row + "1\n" + row + "2\n", table);
  EXPECT_EQ(scanned.error.kind, ScanErrorKind::None);
  EXPECT_EQ(scanned.labels, (std::vector<std::int32_t>{0, 1, 2}));
  EXPECT_EQ(scanned.scores, std::vector<float>(3 * scores, 1.5F));
}

/// Rows of a label and `width` scores, in which the cells of one column are written in unusual ways.
std::string unusualRows(const Table& table, std::size_t unusual, const char* lineEnd,
                        std::vector<float>& scores) {
  const std::pair<const char*, float> forms[] = {{"1e-05", 1e-05F}, {" 2.5", 2.5F},
                                                 {"\"3.5\"", 3.5F}, {"12345.678", 12345.678F},
                                                 {"\" -4 \"", -4},  {"0.1234567890123", 0.1234567890123F},
                                                 {"-.5", -0.5F},    {"+7", 7},
                                                 {"-0", -0.0F},     {"6. ", 6}};
  std::string text;
  for (std::size_t row = 0; row < 40; ++row) {
    for (std::size_t i = 0; i < table.columns; ++i) {
      if (i > 0) text += ',';
      const auto& [form, value] = forms[row % std::size(forms)];
      const int quarters = static_cast<int>(row * 7 + i) - 20;
      if (i == table.label) {
        text += std::to_string(row);
      } else if (i == unusual && row % 3 == 1) {
        text += form;
        scores.push_back(value);
      } else {
        text += std::to_string(quarters / 4) + (quarters % 4 == 0 ? "" : quarters % 2 == 0 ? ".50" : ".25");
        scores.push_back(std::stof(text.substr(text.find_last_of(",\n") + 1)));
      }
    }
    text += lineEnd;
  }
  return text;
}

TEST(DelimitedScanner, ReadsUnusualNumbersAmongUsualOnes) {
  for (const std::size_t width : {1, 3, 4, 6, 20}) {
    for (const std::size_t label : {std::size_t{0}, width / 2, width}) {
      Table table = {kNoHeader, width + 1, label, {}, {}};
      for (std::size_t i = 0; i <= width; ++i) {
        if (i != label) table.scores.push_back(i);
      }
      for (std::size_t unusual = 0; unusual <= width; ++unusual) {
        for (const char* lineEnd : {"\n", "\r\n"}) {
          std::vector<float> scores;
          const std::string text = unusualRows(table, unusual, lineEnd, scores);
          const Scanned whole = scan(text, table);
          ASSERT_EQ(whole.error.kind, ScanErrorKind::None) << whole.error.text;
          ASSERT_EQ(whole.scores, scores) << text;
          ASSERT_EQ(whole.labels.size(), 40U);
          EXPECT_EQ(whole.labels.back(), 39);
          expectSame(scan(cut(text, 113), table), whole, text);
          expectSame(scanApart(text, 113, table), whole, text);
        }
      }
    }
  }
}

/// Runs of rows whose numbers are written short, long, with exponents, as doubles are, or as nobody does.
TEST(DelimitedScanner, ReadsNumbersOfEveryForm) {
  const std::vector<std::vector<std::string>> forms = {
      {"0.5", "-12.25", "7"},
      {"0.1234567890123456", "-0.98765432109876543", "12.345678901234567"},
      {"1.2345678e-05", "-9.87654321e-20", "4E+02"},
      {"1.234567890123456789e-01", "-9.876543210987654321e+00", "0.000000000000000000e+00"},
      {"+1", ".5", "1e5"},
  };
  std::mt19937_64 random(3);
  for (const std::size_t width : {1, 3, 5, 18}) {
    Table table = {kNoHeader, width + 1, width / 2, {}, {}};
    for (std::size_t i = 0; i <= width; ++i) {
      if (i != table.label) table.scores.push_back(i);
    }
    for (const std::string lineEnd : {"\n", "\r\n"}) {
      std::string text;
      std::vector<float> scores;
      for (int row = 0; row < 600; ++row) {
        // Now of one form for a while, now of any.
        const bool isMixed = row / 60 % 3 == 2;
        for (std::size_t i = 0; i <= width; ++i) {
          const auto& form =
              forms[isMixed ? random() % forms.size() : static_cast<std::size_t>(row) / 30 % 5];
          const std::string& cell = form[random() % form.size()];
          const bool isLabel = i == table.label;
          if (!isLabel) scores.push_back(std::strtof(cell.c_str(), nullptr));
          text += (i == 0 ? "" : ",") + (!isLabel            ? cell
                                         : row / 20 % 2 == 0 ? "3"
                                                             : "3.000000000000000000e+00");
        }
        text += lineEnd;
      }
      const Scanned whole = scan(text, table);
      ASSERT_EQ(whole.error.kind, ScanErrorKind::None) << whole.error.text;
      ASSERT_EQ(whole.scores, scores);
      EXPECT_EQ(whole.labels, std::vector<std::int32_t>(600, 3));
      expectSame(scan(cut(text, 113), table), whole, "in pieces");
      expectSame(scanApart(text, 113, table), whole, "apart");
    }
  }
}

/// Ids of all forms beside numbers, in the first column, between others, and in the last one.
TEST(DelimitedScanner, ReadsIdsAsTheyAreWritten) {
  const std::string text(200, 'i');
  const std::string longest(100'000, 'l');
  const std::pair<std::string, std::string> forms[] = {{"img_1.png", "img_1.png"},
                                                       {"17", "17"},
                                                       {"", ""},
                                                       {" a b ", "a b"},
                                                       {"\"a, b\"", "a, b"},
                                                       {"\"say \"\"c\"\"\n\"", "say \"c\"\n"},
                                                       {"\xE7\x8C\xAB", "\xE7\x8C\xAB"},
                                                       {text, text},
                                                       {"d\t", "d"},
                                                       {"it's \"d\"", "it's \"d\""},
                                                       {longest, longest},
                                                       {"sixteen bytes id", "sixteen bytes id"}};
  for (const std::size_t column : {std::size_t{0}, std::size_t{1}, std::size_t{3}}) {
    for (const char* lineEnd : {"\n", "\r\n"}) {
      Table table = {kNoHeader, 4, 0, {}, {}, {{column, ColumnRole::Id, 1}}};
      for (std::size_t i = 0; i < 4; ++i) {
        if (i != column) table.columnRoles.emplace_back(i, i == 2 ? ColumnRole::Label : ColumnRole::Score, 1);
      }
      std::string rows;
      std::vector<std::string> ids;
      for (std::size_t row = 0; row < 400; ++row) {
        const auto& [form, id] = forms[row % 7 < 4 ? 0 : row % std::size(forms)];
        ids.push_back(id);
        for (std::size_t i = 0; i < 4; ++i) {
          if (i > 0) rows += ',';
          rows += i == column ? form : std::to_string(row % 100);
        }
        rows += lineEnd;
      }
      const Scanned whole = scan(rows, table);
      ASSERT_EQ(whole.error.kind, ScanErrorKind::None) << whole.error.text;
      EXPECT_EQ(whole.ids, ids);
      EXPECT_EQ(whole.rows.size(), 400U);
      expectSame(scan(cut(rows, 1 << 15), table), whole, "cut");
      expectSame(scanApart(rows, 1 << 15, table), whole, "apart");
    }
  }
}

/// One row at fault among others of eleven numbers.
TEST(DelimitedScanner, FindsRowsOfAnotherLength) {
  const Table table = {kNoHeader, 11, 0, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, {}};
  for (const std::string number : {",0.5", ",0.51234567890123456", ",5.1234567e-05"}) {
    const auto rowOf = [&](std::size_t cells) {
      std::string row = "1";
      for (std::size_t i = 1; i < cells; ++i) row += number;
      return row;
    };
    for (const std::string lineEnd : {"\n", "\r\n"}) {
      for (std::size_t cells = 1; cells <= 12; ++cells) {
        if (cells == 11) continue;
        const std::string bad = rowOf(cells);
        const Scanned scanned = scan(rowOf(11) + lineEnd + bad + lineEnd + rowOf(11) + lineEnd, table);
        EXPECT_EQ(scanned.error.kind, ScanErrorKind::CellCount) << bad;
        EXPECT_EQ(scanned.error.row, 2U);
        EXPECT_EQ(scanned.error.cells, cells);
        EXPECT_EQ(scanned.rows, (std::vector<std::uint64_t>{1, 3})) << bad;
      }
    }
  }
}

/// Lines end now this way, now that.
TEST(DelimitedScanner, ReadsLineEndsOfBothKinds) {
  Table table = {kNoHeader, 5, 0, {1, 2, 3, 4}, {}};
  std::string text;
  std::vector<float> scores;
  for (int i = 0; i < 60; ++i) {
    text += std::to_string(i) + ",1,2.5,3,4.75" + ((i / 7 + i / 2) % 2 == 0 ? "\r\n" : "\n");
    scores.insert(scores.end(), {1, 2.5F, 3, 4.75F});
  }
  EXPECT_EQ(scanEveryWay(text, table).scores, scores);
}

struct ErrorCase {
  const char* name;
  const char* text;
  ScanErrorKind kind;
  std::uint64_t row;
  std::uint64_t line;
  std::size_t column;
  const char* cell;
};
void PrintTo(const ErrorCase& errorCase, std::ostream* out) {
  *out << errorCase.name;
}

class DelimitedError : public ::testing::TestWithParam<ErrorCase> {};

TEST_P(DelimitedError, NamesTheFirstOne) {
  const Scanned scanned = scanEveryWay(GetParam().text, threeColumns());
  EXPECT_EQ(scanned.error.kind, GetParam().kind);
  EXPECT_EQ(scanned.error.row, GetParam().row);
  EXPECT_EQ(scanned.error.line, GetParam().line);
  EXPECT_EQ(scanned.error.column, GetParam().column);
  EXPECT_EQ(scanned.error.text, GetParam().cell);
  const auto isBefore = [](std::uint64_t row) { return row < GetParam().row; };
  EXPECT_EQ(std::ranges::count_if(scanned.rows, isBefore), GetParam().row - 1)
      << "the rows before it are read";
}

using Kind = ScanErrorKind;
const ErrorCase kErrors[] = {
    {"text in a score cell", "y,a,b\n0,1,2\n\n1,abc,3\n2,x,y\n", Kind::NumberIsText, 2, 4, 1, "abc"},
    {"text behind a number", "y,a,b\n0,1,2.5 m\n", Kind::NumberIsText, 1, 2, 2, "2.5 m"},
    {"two points", "y,a,b\n0,1.2.3,2\n", Kind::NumberIsText, 1, 2, 1, "1.2.3"},
    {"a lone point", "y,a,b\n0,.,2\n", Kind::NumberIsText, 1, 2, 1, "."},
    {"a lone sign", "y,a,b\n0,+,2\n", Kind::NumberIsText, 1, 2, 1, "+"},
    {"two signs", "y,a,b\n0,+-1,2\n", Kind::NumberIsText, 1, 2, 1, "+-1"},
    {"an open exponent", "y,a,b\n0,1e,2\n", Kind::NumberIsText, 1, 2, 1, "1e"},
    {"a decimal comma in quotes", "y,a,b\n0,\"1,5\",2\n", Kind::NumberIsText, 1, 2, 1, "1,5"},
    {"hexadecimal", "y,a,b\n0,0x10,2\n", Kind::NumberIsText, 1, 2, 1, "0x10"},
    {"text with line feeds", "y,a,b\n0,1,2\n1,\"\n\nx\",3\n", Kind::NumberIsText, 2, 3, 1, "\n\nx"},
    {"empty score", "y,a,b\n0,1,2\n1,,3\n", Kind::NumberIsMissing, 2, 3, 1, ""},
    {"empty last score", "y,a,b\n0,1,\n", Kind::NumberIsMissing, 1, 2, 2, ""},
    {"empty last score, CRLF", "y,a,b\r\n0,1,\r\n", Kind::NumberIsMissing, 1, 2, 2, ""},
    {"empty quoted score", "y,a,b\n0,\"\",2\n", Kind::NumberIsMissing, 1, 2, 1, ""},
    {"blank score", "y,a,b\n0,  ,2\n", Kind::NumberIsMissing, 1, 2, 1, ""},
    {"NA", "y,a,b\n0,NA,2\n", Kind::NumberIsMissing, 1, 2, 1, "NA"},
    {"nan", "y,a,b\n0,1,nan\n", Kind::NumberIsMissing, 1, 2, 2, "nan"},
    {"-NaN", "y,a,b\n0,1,-NaN\n", Kind::NumberIsMissing, 1, 2, 2, "-NaN"},
    {"null", "y,a,b\n0,1,null\n", Kind::NumberIsMissing, 1, 2, 2, "null"},
    {"empty label", "y,a,b\n,1,2\n", Kind::LabelIsMissing, 1, 2, 0, ""},
    {"text label", "y,a,b\n0,1,2\ncat,1,2\n", Kind::LabelIsNotInteger, 2, 3, 0, "cat"},
    {"broken label", "y,a,b\n1.5,1,2\n", Kind::LabelIsNotInteger, 1, 2, 0, "1.5"},
    {"infinite label", "y,a,b\ninf,1,2\n", Kind::LabelIsNotInteger, 1, 2, 0, "inf"},
    {"label beyond 32 bits", "y,a,b\n2147483648,1,2\n", Kind::LabelIsNotInteger, 1, 2, 0, "2147483648"},
    {"too few cells", "y,a,b\n0,1,2\n1,3\n2,3,4\n", Kind::CellCount, 2, 3, 0, "1"},
    {"too many cells", "y,a,b\n0,1,2,3\n", Kind::CellCount, 1, 2, 0, "0"},
    {"too many cells, the first of them text", "y,a,b\nx,0,1,2\n", Kind::CellCount, 1, 2, 0, "x"},
    {"a delimiter behind the last cell", "y,a,b\n0,1,2,\n", Kind::CellCount, 1, 2, 0, "0"},
    {"a last line of text", "y,a,b\n0,1,2\ntotal: 1 row", Kind::CellCount, 2, 3, 0, "total: 1 row"},
    {"unclosed quote", "y,a,b\n0,1,2\n1,\"3,4\n2,5,6\n", Kind::UnclosedQuote, 2, 3, 1, "3,4\n2,5,6\n"},
    {"unclosed last quote", "y,a,b\n0,1,\"2", Kind::UnclosedQuote, 1, 2, 2, "2"},
    {"text behind a quote", "y,a,b\n0,\"1\"x,2\n", Kind::TextAfterQuote, 1, 2, 1, "1"},
    {"long text is cut between characters",
     "y,a,b\n0,123456789012345678901234567890123456789\xC3\xA4 and so on,2\n", Kind::NumberIsText, 1, 2, 1,
     "123456789012345678901234567890123456789"},
};
INSTANTIATE_TEST_SUITE_P(All, DelimitedError, ::testing::ValuesIn(kErrors));

TEST(DelimitedScanner, CountsLineFeedsInQuotesBeforeTheCell) {
  const Scanned scanned = scanEveryWay("note,y,a\n\"\n\",0,1\n\"\n\n\",0,x\n", {{}, 3, 1, {2}, {}});
  EXPECT_EQ(scanned.error.row, 2U);
  EXPECT_EQ(scanned.error.line, 6U);
}

TEST(DelimitedScanner, NamesTheNumberOfCells) {
  EXPECT_EQ(scan("y,a,b\n1,3\n", threeColumns()).error.cells, 2U);
  EXPECT_EQ(scan("y,a,b\n1,3,\"4\n\",5,6", threeColumns()).error.cells, 5U);
}

TEST(DelimitedScanner, ChecksQuotesInColumnsThatAreNotAskedFor) {
  const Table table = {{}, 4, 0, {1, 2}, {}};
  EXPECT_EQ(scanEveryWay("y,a,b,note\n0,1,2,\"x\n", table).error.kind, ScanErrorKind::UnclosedQuote);
  EXPECT_EQ(scanEveryWay("y,a,b,note\n0,1,2,\"x\"y\n", table).error.kind, ScanErrorKind::TextAfterQuote);
  EXPECT_EQ(scanEveryWay("y,a,b,note\n0,1,2,5\" disk\n", table).error.kind, ScanErrorKind::None);
}

TEST(DelimitedScanner, NamesUnknownClasses) {
  Table table = threeColumns();
  table.labelNames = {{"cat", 0}, {"dog", 1}};
  const Scanned scanned = scanEveryWay("y,a,b\ncat,1,2\ncow,3,4\n", table);
  EXPECT_EQ(scanned.error.kind, ScanErrorKind::LabelIsUnknown);
  EXPECT_EQ(scanned.error.text, "cow");
  EXPECT_EQ(scan("y,a,b\n,1,2\n", table).error.kind, ScanErrorKind::LabelIsMissing);
}

DelimitedScanner twoColumns() {
  DelimitedScanner scanner(kNoHeader, 2);
  scanner.batch().setColumn(0, ColumnRole::Label, 1);
  scanner.batch().setColumn(1, ColumnRole::Score, 1);
  return scanner;
}

std::size_t readText(DelimitedScanner& scanner, std::string_view text) {
  std::copy(text.begin(), text.end(), scanner.reserve(text.size()));
  scanner.append(text.size());
  return scanner.read();
}

TEST(DelimitedScanner, GoesOnBehindBadRows) {
  DelimitedScanner scanner = twoColumns();
  ASSERT_EQ(readText(scanner, "0,1\n0,x\n0,2\n0\n0,\"3\"4\n0.5,1\n1,5\n"), 3U);
  EXPECT_EQ(scanner.batch().rowNumber(1), 3U);
  EXPECT_EQ(scanner.batch().rowNumber(2), 7U);
  EXPECT_EQ(scanner.batch().lineNumber(2), 7U);
  const std::vector<ScanError>& errors = scanner.errors().all();
  const std::pair<ScanErrorKind, std::uint64_t> expected[] = {{ScanErrorKind::NumberIsText, 2},
                                                              {ScanErrorKind::CellCount, 4},
                                                              {ScanErrorKind::TextAfterQuote, 5},
                                                              {ScanErrorKind::LabelIsNotInteger, 6}};
  ASSERT_EQ(errors.size(), std::size(expected));
  for (std::size_t i = 0; i < errors.size(); ++i) {
    EXPECT_EQ(errors[i].kind, expected[i].first) << i;
    EXPECT_EQ(errors[i].row, expected[i].second) << i;
    EXPECT_EQ(errors[i].line, expected[i].second) << i;
  }
  EXPECT_FALSE(scanner.errors().isOver());
}

TEST(DelimitedScanner, StopsForGoodWhereItCannotGoOn) {
  DelimitedScanner many = twoColumns();
  for (std::size_t row = 1; row < ScanErrors::kMost; ++row) EXPECT_EQ(readText(many, "0,x\n0,1\n"), 1U);
  EXPECT_EQ(readText(many, "0,x\n0,1\n"), 0U);
  EXPECT_EQ(readText(many, "0,1\n"), 0U);
  EXPECT_EQ(many.errors().all().size(), ScanErrors::kMost);

  DelimitedScanner open = twoColumns();
  EXPECT_EQ(readText(open, "0,1\n0,\"2\n0,3\n"), 1U);
  open.finish();
  EXPECT_EQ(open.read(), 0U);
  EXPECT_TRUE(open.errors().isOver());
  EXPECT_EQ(open.errors().first().kind, ScanErrorKind::UnclosedQuote);
}

/// Noise of the bytes that mean something, so that every state is met in every order.
TEST(DelimitedScanner, DoesNotDependOnPiecesInNoise) {
  std::mt19937 random(5);
  const std::string_view alphabet = "\"\"\n\n\n\r,,,;\t 0123.-e\xEF\xBB\xBFx";
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (std::size_t size = random() % 90; size > 0; --size) text += alphabet[random() % alphabet.size()];
    const Dialect dialect = {.delimiter = ",;\t "[random() % 4],
                             .decimalComma = random() % 4 == 0,
                             .hasHeader = random() % 2 == 0};
    Table table = {dialect, 2 + random() % 2, 0, {1}, {}};
    if (random() % 4 == 0) table.columnRoles = {{0, ColumnRole::Id, 1}};
    const Scanned whole = scan(text, table);
    for (const std::size_t size : {1, 2, 5, 17}) {
      expectSame(scan(cut(text, size), table), whole, text);
      expectSame(scanApart(text, size, table), whole, text);
    }
  }
}

TEST(DelimitedScanner, RefusesRowsWithoutEnd) {
  const std::string filler(DelimitedScanner::kMaxRowBytes / 3, 'x');
  const Table table = threeColumns(kNoHeader);
  EXPECT_EQ(scan({"0,", filler, filler, filler, filler}, table).error.kind, ScanErrorKind::RowTooLong);
  EXPECT_EQ(scan({"0,\"", filler, filler, filler, filler}, table).error.kind, ScanErrorKind::UnclosedQuote);
  EXPECT_EQ(scan({"0,\"", filler, filler, filler, filler}, threeColumns()).error.kind,
            ScanErrorKind::UnclosedQuote);
}

TEST(DelimitedScanner, KnowsWhatLooksLikeARow) {
  const std::string_view text = "a,\"b\nc\",d\n1,2\n1,2,3\n4,\"5\"6,7\n8,9,\"10";
  DelimitedScanner scanner({}, 3);
  std::copy(text.begin(), text.end(), scanner.reserve(text.size()));
  scanner.append(text.size());
  EXPECT_TRUE(scanner.hasRowAt(0));
  EXPECT_FALSE(scanner.hasRowAt(text.find("c\"")));
  EXPECT_FALSE(scanner.hasRowAt(text.find("1,2\n")));
  EXPECT_TRUE(scanner.hasRowAt(text.find("1,2,3")));
  EXPECT_FALSE(scanner.hasRowAt(text.find("4,")));
  EXPECT_FALSE(scanner.hasRowAt(text.find("8,")));
}

}  // namespace
}  // namespace losskit
