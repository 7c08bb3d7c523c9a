#include "tables/rows.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace losskit {
namespace {

using Rows = std::vector<std::vector<std::string>>;

TEST(Rows, SplitsCells) {
  EXPECT_EQ(splitRows("a,b,c\n1, 2 ,\n", ',', true, 10), (Rows{{"a", "b", "c"}, {"1", "2", ""}}));
  EXPECT_EQ(splitRows("a;b\r\n1;2\r\n", ';', true, 10), (Rows{{"a", "b"}, {"1", "2"}}));
  EXPECT_EQ(splitRows("\ta\t\n", '\t', true, 10), (Rows{{"", "a", ""}}));
  EXPECT_EQ(splitRows("one\n", ',', true, 10), (Rows{{"one"}}));
}

TEST(Rows, TakesQuotesAway) {
  EXPECT_EQ(splitRows("\"a,b\", \"say \"\"hi\"\"\" ,\"x\ny\",\" pad \"\n", ',', true, 10),
            (Rows{{"a,b", "say \"hi\"", "x\ny", " pad "}}));
  EXPECT_EQ(splitRows("5\" disk,a\"b\n", ',', true, 10), (Rows{{"5\" disk", "a\"b"}}));
  EXPECT_EQ(splitRows("\"\",\"\"\"\"\n", ',', true, 10), (Rows{{"", "\""}}));
}

TEST(Rows, LeavesOutBlankLinesAndTheByteOrderMark) {
  EXPECT_EQ(splitRows("\xEF\xBB\xBF\n a,b\n\r\n  \n1,2\n", ',', true, 10), (Rows{{"a", "b"}, {"1", "2"}}));
  EXPECT_EQ(splitRows("", ',', true, 10), Rows{});
  EXPECT_EQ(splitRows("\xEF\xBB\xBF", ',', true, 10), Rows{});
}

TEST(Rows, TakesALastRowOnlyWhenItIsComplete) {
  EXPECT_EQ(splitRows("a,b\n1,2", ',', true, 10), (Rows{{"a", "b"}, {"1", "2"}}));
  EXPECT_EQ(splitRows("a,b\n1,2", ',', false, 10), (Rows{{"a", "b"}}));
  EXPECT_EQ(splitRows("a,b\n1,\"2\n", ',', false, 10), (Rows{{"a", "b"}}));
}

TEST(Rows, StopsAtTheLimit) {
  EXPECT_EQ(splitRows("a\nb\nc\n", ',', true, 2), (Rows{{"a"}, {"b"}}));
}

}  // namespace
}  // namespace losskit
