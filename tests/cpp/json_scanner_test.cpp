#include "tables/json_scanner.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "scan.h"
#include "tables/json_index.h"

namespace losskit {
namespace {

using testing::cut;
using testing::Scanned;
using enum ColumnRole;
using Kind = ScanErrorKind;

struct JsonTable {
  JsonShape shape = JsonShape::Lines;
  std::vector<std::string> paths = {};
  std::vector<std::tuple<std::size_t, ColumnRole, std::size_t>> roles = {};
  bool leavesOutMissing = false;
  std::vector<std::size_t> spread = {};
  /// Ids of tokens without a column of their own.
  bool hasPlaces = false;
};

JsonScanner scannerOf(const JsonTable& table) {
  const std::size_t columns = table.paths.size() + (table.hasPlaces ? 1 : 0);
  JsonScanner scanner(table.shape, columns);
  for (const std::size_t column : table.spread) scanner.setSpread(column);
  if (table.hasPlaces) {
    scanner.setAddedColumn();
    scanner.batch().setColumn(columns - 1, Id, 1);
  }
  for (std::size_t i = 0; i < table.paths.size(); ++i) scanner.setPath(i, table.paths[i]);
  for (const auto& [column, role, width] : table.roles) scanner.batch().setColumn(column, role, width);
  if (table.leavesOutMissing) scanner.batch().setLeaveOutMissing();
  return scanner;
}

Scanned scanJson(const std::vector<std::string_view>& pieces, const JsonTable& table) {
  JsonScanner scanner = scannerOf(table);
  Scanned scanned;
  for (const std::string_view piece : pieces) {
    std::copy(piece.begin(), piece.end(), scanner.reserve(piece.size()));
    scanner.append(piece.size());
    testing::readBatches(scanner, scanned);
  }
  scanner.finish();
  testing::readBatches(scanner, scanned);
  scanned.leftOut = scanner.batch().leftOut();
  scanned.error = scanner.errors().first();
  return scanned;
}

/// Rows one behind the other, in pieces that do not know each other.
Scanned scanApart(std::string_view text, std::size_t size, const JsonTable& table) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  return testing::ApartScan<JsonScanner>([&table] { return scannerOf(table); })(cut(text, size));
}

void expectSame(const Scanned& pieces, const Scanned& whole, const std::string& how) {
  EXPECT_EQ(pieces.scores, whole.scores) << how;
  EXPECT_EQ(pieces.labels, whole.labels) << how;
  EXPECT_EQ(pieces.ids, whole.ids) << how;
  EXPECT_EQ(pieces.rows, whole.rows) << how;
  EXPECT_EQ(pieces.lines, whole.lines) << how;
  EXPECT_EQ(pieces.error.kind, whole.error.kind) << how;
  EXPECT_EQ(pieces.error.row, whole.error.row) << how;
  EXPECT_EQ(pieces.error.line, whole.error.line) << how;
  EXPECT_EQ(pieces.error.text, whole.error.text) << how;
}

/// Wherever the text is cut, the same comes out.
Scanned scanEveryWay(std::string_view text, const JsonTable& table) {
  const Scanned whole = scanJson({text}, table);
  for (std::size_t size = 1; size < text.size(); ++size) {
    const std::string how = "by " + std::to_string(size) + " bytes of " + std::string(text);
    expectSame(scanJson(cut(text, size), table), whole, how);
    if (table.shape == JsonShape::Lines && table.spread.empty())
      expectSame(scanApart(text, size, table), whole, "apart, " + how);
  }
  return whole;
}

const JsonTable kObjects = {
    JsonShape::Array, {"y", "s", "id"}, {{0, Label, 1}, {1, ScoreList, 2}, {2, Id, 1}}};

TEST(JsonScanner, ReadsObjectsInAnyOrderOfKeys) {
  const Scanned scanned = scanEveryWay(
      "\xEF\xBB\xBF [ {\"y\": 1, \"s\": [0.5, -2], \"id\": \"a\"},\n"
      "{\"id\":\"b\\u00e4\\\"\\n\",\"other\":{\"y\":7,\"z\":[{}]},\"s\":[1e3,NaN_],\"s\":[3,4],\"y\":0} ]\n",
      {kObjects.shape, kObjects.paths, {{0, Label, 1}, {2, Id, 1}}});
  ASSERT_EQ(scanned.error.kind, Kind::None);
  EXPECT_EQ(scanned.labels, (std::vector<std::int32_t>{1, 0}));
  EXPECT_EQ(scanned.ids, (std::vector<std::string>{"a", "b\xC3\xA4\"\n"}));
  EXPECT_EQ(scanned.lines, (std::vector<std::uint64_t>{1, 2}));
}

TEST(JsonScanner, SkipsNoSecondByteOrderMark) {
  const JsonTable table{JsonShape::Lines, {"y"}, {{0, Label, 2}}};
  EXPECT_EQ(scanEveryWay("\xEF\xBB\xBF{\"y\": 1}\n", table).rows.size(), 1U);
  EXPECT_EQ(scanEveryWay("\xEF\xBB\xBF\xEF\xBB\xBF{\"y\": 1}\n", table).error.kind, Kind::JsonIsBroken);
}

TEST(JsonScanner, ReadsListsAndNestedPaths) {
  const JsonTable table = {
      JsonShape::Lines, {"y", "p.cat", "p.dog"}, {{0, Label, 1}, {1, Score, 1}, {2, Score, 1}}};
  const Scanned scanned = scanEveryWay(
      "{\"y\":0,\"p\":{\"cat\":0.25,\"dog\":\"0.75\"}}\n\n{\"p\":{\"dog\":1,\"cat\":-Infinity},\"y\":1}",
      table);
  ASSERT_EQ(scanned.error.kind, Kind::None);
  EXPECT_EQ(scanned.scores, (std::vector<float>{0.25F, 0.75F, -std::numeric_limits<float>::infinity(), 1}));
  EXPECT_EQ(scanned.lines, (std::vector<std::uint64_t>{1, 3}));
  EXPECT_EQ(scanEveryWay("[{\"y\":1,\"s\":[0.5,-2],\"id\":3}]", kObjects).scores,
            (std::vector<float>{0.5F, -2}));
}

TEST(JsonScanner, ReadsArraysAndCells) {
  const JsonTable arrays = {JsonShape::Array, {"a", "b"}, {{0, Label, 1}, {1, Score, 1}}};
  EXPECT_EQ(scanEveryWay("[[1,0.5],[0,2]]", arrays).scores, (std::vector<float>{0.5F, 2}));
  EXPECT_EQ(scanEveryWay("[[1,0.5],[0,2,3]]", arrays).error.kind, Kind::CellCount);
  const JsonTable cells = {JsonShape::Cells, {"s"}, {{0, Score, 1}}};
  EXPECT_EQ(scanEveryWay("[1, 2.5 ,-3]", cells).scores, (std::vector<float>{1, 2.5F, -3}));
  EXPECT_EQ(scanEveryWay("{\"0\": 1, \"1\":2.5,\"x\":-3}", cells).scores, (std::vector<float>{1, 2.5F, -3}));
}

const JsonTable kSequences = {.shape = JsonShape::Lines,
                              .paths = {"y", "s", "id"},
                              .roles = {{0, Label, 1}, {1, ScoreList, 2}, {2, Id, 1}},
                              .spread = {0, 1}};

JsonTable withPlaces() {
  JsonTable table = kSequences;
  table.paths = {"y", "s"};
  table.roles.pop_back();
  table.hasPlaces = true;
  return table;
}

TEST(JsonScanner, ReadsARowForEachTokenOfASequence) {
  const Scanned scanned = scanEveryWay(
      "{\"id\":\"a\",\"y\":[1,-100],\"s\":[[0.5,-2],[3,4]]}\n{\"s\":[],\"id\":\"b\",\"y\":[]}\n"
      "{\"s\":[[5,6] , [7,8],\n[9,10]],\"other\":[[1]],\"id\":7,\"y\":[0,1,0]}",
      kSequences);
  ASSERT_EQ(scanned.error.kind, Kind::None);
  EXPECT_EQ(scanned.labels, (std::vector<std::int32_t>{1, -100, 0, 1, 0}));
  EXPECT_EQ(scanned.scores, (std::vector<float>{0.5F, -2, 3, 4, 5, 6, 7, 8, 9, 10}));
  EXPECT_EQ(scanned.ids, (std::vector<std::string>{"a:1", "a:2", "7:1", "7:2", "7:3"}));
  EXPECT_EQ(scanned.rows, (std::vector<std::uint64_t>{1, 2, 3, 4, 5}));
  EXPECT_EQ(scanned.lines, (std::vector<std::uint64_t>{1, 1, 3, 3, 3}));
}

TEST(JsonScanner, NamesTokensByTheNumberOfTheirSequence) {
  const std::string objects = "{\"y\":[1,0],\"s\":[[0,1],[2,3]]}{\"y\":[1],\"s\":[[4,5]]}";
  const std::vector<std::string> places = {"1:1", "1:2", "2:1"};
  EXPECT_EQ(scanEveryWay(objects, withPlaces()).ids, places);
  EXPECT_EQ(scanEveryWay("[[1,0],[[0,1],[2,3]]] [[1],[[4,5]]]", withPlaces()).ids, places);
  JsonTable keyed = kSequences;
  keyed.shape = JsonShape::Array;
  keyed.paths[2] = "";
  EXPECT_EQ(scanEveryWay("{\"k\":{\"y\":[1,0],\"s\":[[0,1],[2,3]]}}", keyed).ids,
            (std::vector<std::string>{"k:1", "k:2"}));
  JsonTable words = kSequences;
  words.spread = {0, 1, 2};
  EXPECT_EQ(scanEveryWay("{\"y\":[1,0],\"s\":[[0,1],[2,3]],\"id\":[\"EU\",\"\\u00e4\"]}", words).ids,
            (std::vector<std::string>{"EU", "\xC3\xA4"}));
}

TEST(JsonScanner, TellsSequencesWhoseTokensDoNotFit) {
  const std::string good = "{\"y\":[1],\"s\":[[0,1]]}\n";
  const auto errorOf = [&](const std::string& row) {
    const Scanned scanned = scanEveryWay(good + row + '\n' + good, withPlaces());
    EXPECT_EQ(scanned.labels, (std::vector<std::int32_t>{1, 1})) << row;
    EXPECT_EQ(scanned.error.row, 2U) << row;
    EXPECT_EQ(scanned.error.line, 2U) << row;
    return scanned.error;
  };
  const ScanError count = errorOf("{\"y\":[1,0],\"s\":[[0,1],[2,3],[4,5]]}");
  EXPECT_EQ(count.kind, Kind::TokenCount);
  EXPECT_EQ(count.column, 1U);
  EXPECT_EQ(count.cells, 3U);
  EXPECT_EQ(count.text, "2");
  EXPECT_EQ(count.sequence, 2U);
  EXPECT_EQ(count.token, 0U);
  const ScanError none = errorOf("{\"y\":3,\"s\":[[0,1]]}");
  EXPECT_EQ(none.kind, Kind::NotTokens);
  EXPECT_EQ(none.text, "3");
  const ScanError width = errorOf("{\"y\":[1],\"s\":[[0,1,2]]}");
  EXPECT_EQ(width.kind, Kind::ListLength);
  EXPECT_EQ(width.cells, 3U);
  EXPECT_EQ(width.sequence, 2U);
  EXPECT_EQ(width.token, 1U);
  EXPECT_EQ(errorOf("{\"y\":[1],\"s\":[0.5]}").kind, Kind::NotAList);
  EXPECT_EQ(errorOf("{\"y\":[1]}").kind, Kind::NumberIsMissing);
  EXPECT_EQ(errorOf("{\"y\":[null],\"s\":[[0,1]]}").kind, Kind::LabelIsMissing);
  const ScanError noRow = errorOf("7");
  EXPECT_EQ(noRow.kind, Kind::NotARow);
  EXPECT_EQ(noRow.sequence, 2U);
  EXPECT_EQ(noRow.token, 0U);
}

TEST(JsonScanner, TakesOneValueARowForItsOnlyToken) {
  JsonTable table = kSequences;
  table.spread = {1};
  EXPECT_EQ(scanEveryWay("{\"y\":1,\"s\":[[0,1]]}{\"y\":0,\"s\":[[2,3]]}", table).labels,
            (std::vector<std::int32_t>{1, 0}));
  const Scanned scanned = scanEveryWay("{\"y\":1,\"s\":[[0,1],[2,3]]}", table);
  EXPECT_EQ(scanned.error.kind, Kind::TokenCount);
  EXPECT_EQ(scanned.error.column, 0U);
  EXPECT_EQ(scanned.error.cells, 1U);
  EXPECT_EQ(scanned.error.text, "2");
}

TEST(JsonScanner, LeavesOutTokensInWhichSomethingIsMissing) {
  JsonTable table = kSequences;
  table.leavesOutMissing = true;
  const Scanned scanned = scanEveryWay(
      "{\"id\":1,\"y\":[1,null],\"s\":[[0,1],[2,3]]}{\"id\":2,\"y\":null,\"s\":[[4,5],[6,7]]}\n"
      "{\"id\":3,\"y\":[0,1],\"s\":[null,[8,9]]}",
      table);
  ASSERT_EQ(scanned.error.kind, Kind::None);
  EXPECT_EQ(scanned.ids, (std::vector<std::string>{"1:1", "3:2"}));
  EXPECT_EQ(scanned.rows, (std::vector<std::uint64_t>{1, 6}));
  ASSERT_EQ(scanned.leftOut.size(), 2U);
  EXPECT_EQ(scanned.leftOut[0].role, Label);
  EXPECT_EQ(scanned.leftOut[0].rows, 3U);
  EXPECT_EQ(scanned.leftOut[1].role, Score);
  EXPECT_EQ(scanned.leftOut[1].rows, 1U);
}

TEST(JsonScanner, GoesOnWithASequenceThatIsLongerThanABatch) {
  const std::size_t tokens = 2 * RowBatch::kMaxRows + 3;
  std::string labels;
  std::string scores;
  for (std::size_t i = 0; i < tokens; ++i) {
    labels += (i == 0 ? "" : ",") + std::to_string(i);
    scores += (i == 0 ? "[" : ",[") + std::to_string(i) + ",1]";
  }
  const std::string row = "{\"y\":[" + labels + "],\"s\":[" + scores + "]}";
  for (const JsonShape shape : {JsonShape::Lines, JsonShape::Array}) {
    const bool isArray = shape == JsonShape::Array;
    const std::string text =
        (isArray ? "[" : "") + row + (isArray ? ",\n" : "\n") + row + (isArray ? "]" : "");
    JsonTable table = withPlaces();
    table.shape = shape;
    for (const std::size_t size : {text.size(), std::size_t{1000}}) {
      const Scanned scanned = scanJson(cut(text, size), table);
      ASSERT_EQ(scanned.error.kind, Kind::None);
      ASSERT_EQ(scanned.labels.size(), 2 * tokens);
      for (std::size_t i = 0; i < 2 * tokens; ++i) {
        ASSERT_EQ(scanned.labels[i], static_cast<std::int32_t>(i % tokens));
        ASSERT_EQ(scanned.scores[2 * i], static_cast<float>(i % tokens));
        ASSERT_EQ(scanned.ids[i], std::to_string(1 + i / tokens) + ':' + std::to_string(1 + i % tokens));
        ASSERT_EQ(scanned.rows[i], i + 1);
        ASSERT_EQ(scanned.lines[i], 1 + i / tokens);
      }
    }
  }
}

TEST(JsonScanner, LooksAtNoOtherListsOfASequence) {
  JsonTable table = withPlaces();
  table.paths = {"y", "s", "words"};
  table.spread = {0, 1, 2};
  EXPECT_EQ(scanEveryWay("{\"words\":[\"a\"],\"y\":[1,0],\"s\":[[0,1],[2,3]]}", table).labels,
            (std::vector<std::int32_t>{1, 0}));
}

TEST(JsonScanner, NumbersTheSequencesOfItsRows) {
  JsonTable table = {JsonShape::Cells, {"s"}, {{0, ScoreList, 2}}};
  table.spread = {0};
  JsonScanner scanner = scannerOf(table);
  const std::string_view text = "[[[1,2],[3,4]],[],[[5,6]]]";
  std::copy(text.begin(), text.end(), scanner.reserve(text.size()));
  scanner.append(text.size());
  scanner.finish();
  ASSERT_EQ(scanner.read(), 3U);
  const std::uint32_t* numbers = scanner.sequenceNumbers();
  EXPECT_EQ((std::vector<std::uint32_t>{numbers, numbers + 3}), (std::vector<std::uint32_t>{1, 1, 3}));
}

TEST(JsonScanner, ReadsRowsOfAnObjectWithTheirKeys) {
  const JsonTable table = {JsonShape::Array, {"", "y", "s"}, {{0, Id, 1}, {1, Label, 1}, {2, Score, 1}}};
  const Scanned scanned =
      scanEveryWay("{\"a\": {\"y\":1,\"s\":0.5},\n \"b\\\"\" : {\"s\":2,\"y\":0} }", table);
  EXPECT_EQ(scanned.ids, (std::vector<std::string>{"a", "b\""}));
  EXPECT_EQ(scanned.labels, (std::vector<std::int32_t>{1, 0}));
  EXPECT_EQ(scanned.scores, (std::vector<float>{0.5F, 2}));
  EXPECT_EQ(scanned.lines, (std::vector<std::uint64_t>{1, 2}));
}

TEST(JsonScanner, ReadsClassesWithTheirScoresInAnyOrder) {
  const JsonTable rows = {JsonShape::Array, {"score.a", "score.b"}, {{0, Score, 1}, {1, Score, 1}}};
  const std::string a = "{\"label\":\"a\",\"score\":0.25}";
  const std::string b = "{\"score\":0.75, \"label\":\"b\"}";
  const auto rowsOf = [&](const std::string& row) {
    return scanEveryWay("[[" + a + "," + b + "]," + row + "]", rows);
  };
  EXPECT_EQ(rowsOf("[" + b + "," + a + "]").scores, (std::vector<float>{0.25F, 0.75F, 0.25F, 0.75F}));
  EXPECT_EQ(rowsOf("[" + b + "," + b + "]").error.kind, Kind::NumberIsMissing);
  EXPECT_EQ(rowsOf("[" + b + "]").error.kind, Kind::CellCount);
  EXPECT_EQ(rowsOf("[" + b + ",5]").error.kind, Kind::NotARow);
  const JsonTable nested = {
      JsonShape::Lines, {"y", "s.a", "s.b"}, {{0, Label, 1}, {1, Score, 1}, {2, Score, 1}}};
  const Scanned lines = scanEveryWay("{\"y\":1,\"s\":[" + b + "," + a + "]}\n", nested);
  EXPECT_EQ(lines.scores, (std::vector<float>{0.25F, 0.75F}));
}

TEST(JsonScanner, CountsWhatHasNoValue) {
  JsonTable table = {JsonShape::Lines, {"y", "s"}, {{0, Label, 1}, {1, Score, 1}}};
  const std::string text = "{\"y\":1,\"s\":2}\n{\"y\":1}\n{\"s\":3,\"y\":null}\n{\"y\":0,\"s\":4}\n";
  const Scanned stopped = scanEveryWay(text, table);
  EXPECT_EQ(stopped.error.kind, Kind::NumberIsMissing);
  EXPECT_EQ(stopped.error.line, 2U);
  EXPECT_EQ(stopped.error.column, 1U);
  table.leavesOutMissing = true;
  const Scanned scanned = scanEveryWay(text, table);
  EXPECT_EQ(scanned.scores, (std::vector<float>{2, 4}));
  ASSERT_EQ(scanned.leftOut.size(), 2U);
  EXPECT_EQ(scanned.leftOut[1].role, Label);
  EXPECT_EQ(scanned.leftOut[1].first, (std::vector<std::uint64_t>{3}));
}

TEST(JsonScanner, NamesWhatIsBroken) {
  const std::pair<const char*, Kind> texts[] = {{"[{\"y\":1,\"s\":[1,2]}", Kind::JsonIsCut},
                                                {"[{\"y\":1,\"s\":[1,2]", Kind::JsonIsCut},
                                                {"[{\"y\":1,\"s\":[1,2]} {}]", Kind::JsonIsBroken},
                                                {"[{\"y\":1,\"s\":[1,2]}] x", Kind::JsonIsBroken},
                                                {"[{\"y\":1,\"s\":[1,2}]", Kind::JsonIsBroken},
                                                {"{\"a\":{\"y\":1,\"s\":[1,2]}", Kind::JsonIsCut},
                                                {"{\"a\":{\"y\":1,\"s\":[1,2]} {}}", Kind::JsonIsBroken},
                                                {"{\"a\" {\"y\":1,\"s\":[1,2]}}", Kind::JsonIsBroken},
                                                {"{\"a\":3}", Kind::NotARow},
                                                {"3", Kind::JsonIsBroken},
                                                {"[3]", Kind::NotARow},
                                                {"[\"x\"]", Kind::NotARow}};
  for (const auto& [text, kind] : texts) EXPECT_EQ(scanEveryWay(text, kObjects).error.kind, kind) << text;
  const JsonTable lines = {JsonShape::Lines, kObjects.paths, kObjects.roles};
  const std::string_view withNul("{\"y\":1,\"s\":[1,2]}\n\0{\"y\":1,\"s\":[1,2]}", 36);
  EXPECT_EQ(scanEveryWay(withNul, lines).error.kind, Kind::JsonIsBroken);
  std::string deep(100, '[');
  EXPECT_EQ(scanEveryWay(deep, kObjects).error.kind, Kind::JsonIsBroken);
}

TEST(JsonScanner, TellsWhatItIsBrokenBehind) {
  JsonTable lines = kObjects;
  lines.shape = JsonShape::Lines;
  EXPECT_EQ(scanEveryWay("{\"y\": [1, 2}, 3]\n{}", lines).error.text, "{\"y\": [1, 2}");
  // Forty bytes, less half a letter.
  const std::string letters = "\xC3\xA4\xC3\xB6\xC3\xBC";
  const std::string rest = "\", \"s\": [0.12345678, 0.876543210}";
  const std::string broken = "{\"id\": \"" + letters + letters + rest + ", 7]}\n";
  EXPECT_EQ(scanEveryWay(broken, lines).error.text, letters.substr(letters.size() - 6) + rest);
  EXPECT_EQ(scanEveryWay("{\"y\":1,\"s\":[1,2],\"id\":3}\n, {}\n{}", lines).error.text, ", {}");
}

TEST(JsonScanner, DoesNotDependOnPiecesInNoise) {
  std::mt19937 random(3);
  const std::string_view words[] = {"{",
                                    "}",
                                    "[",
                                    "]",
                                    ",",
                                    ":",
                                    "\"y\"",
                                    "\"s\"",
                                    "\"",
                                    "\\",
                                    "1",
                                    "0.5",
                                    "null",
                                    "[1,2]",
                                    " ",
                                    "\n",
                                    "{\"y\":1,\"s\":[1,2]}"};
  for (int i = 0; i < 5'000; ++i) {
    std::string text = "[";
    for (std::size_t size = random() % 12; size > 0; --size) text += words[random() % std::size(words)];
    scanEveryWay(text, kObjects);
    JsonTable lines = kObjects;
    lines.shape = JsonShape::Lines;
    scanEveryWay(text.substr(1), lines);
  }
}

TEST(JsonIndex, FindsMembersWhereverTheTextIsCut) {
  const std::string text =
      " {\"a\\\"b\": [1, {\"c\": \"]}\"}] , \"n\":12,\"t\" : \"x,}\", \"o\":{\"0\":1}}\n";
  for (std::size_t size = 1; size <= text.size(); ++size) {
    JsonIndex index;
    for (const std::string_view piece : cut(text, size)) index.add(piece);
    ASSERT_TRUE(index.isComplete());
    std::vector<std::string> found;
    for (const JsonMember& member : index.members()) {
      found.push_back(member.name + "=" + std::string(text.data() + member.begin, text.data() + member.end));
    }
    EXPECT_EQ(found,
              (std::vector<std::string>{"a\"b=[1, {\"c\": \"]}\"}]", "n=12", "t=\"x,}\"", "o={\"0\":1}"}))
        << size;
  }
}

TEST(JsonIndex, TellsWhatMembersHold) {
  const std::string text =
      "{\"a\": [ {\"x\": [1, 2], \"y\": 0},\n {} ],\n\"b\":[[1,2],[3,4],[5,6]], \"c\": [],\n \"d\": {\"k\": "
      "{\"l\": 1}, \"m\": 2},\"e\":[\"]\", \"x,y\"], \"f\": {\"k\" : 7}, \"g\": 5}";
  for (std::size_t size = 1; size <= text.size(); ++size) {
    JsonIndex index;
    for (const std::string_view piece : cut(text, size)) index.add(piece);
    std::string found;
    for (const JsonMember& member : index.members()) {
      found += member.name + std::to_string(member.elements) + (member.inner == '\0' ? '-' : member.inner) +
               std::to_string(member.lineFeeds) + ' ';
    }
    EXPECT_EQ(found, "a2{0 b3[2 c0-2 d2{3 e2\"3 f173 g0-3 ") << size;
  }
}

TEST(JsonIndex, FindsTheSameByteByByte) {
  std::mt19937 random(5);
  const std::string_view words[] = {"{",           "}",          "[",         "]",         ",",
                                    ":",           "\"",         "\n",        "\"a\": ",   "\"]},\"",
                                    "0.25",        "\\\"",       "[1, 2, 3]", "},\"b\":[", "|\\",
                                    "123456789, ", "    ,\n   ", "[[1],[",    "],\n[",     "{\"k\":1},"};
  const auto told = [](const JsonIndex& index) {
    std::vector<
        std::tuple<std::string, std::uint64_t, std::uint64_t, char, std::uint64_t, char, std::uint64_t>>
        members;
    for (const JsonMember& m : index.members())
      members.emplace_back(m.name, m.begin, m.end, m.first, m.elements, m.inner, m.lineFeeds);
    return members;
  };
  for (int i = 0; i < 20'000; ++i) {
    std::string text = "{\"a\": [";
    for (std::size_t size = random() % 60; size > 0; --size) text += words[random() % std::size(words)];
    JsonIndex whole;
    whole.add(text);
    JsonIndex bytes;
    for (const char& byte : text) bytes.add({&byte, 1});
    ASSERT_EQ(told(whole), told(bytes)) << text;
    ASSERT_EQ(whole.isComplete(), bytes.isComplete()) << text;
  }
}

TEST(JsonText, SaysWhatEscapesMean) {
  EXPECT_EQ(jsonText("\"a\\n\\t\\\\\\/\\\"\""), "a\n\t\\/\"");
  EXPECT_EQ(jsonText("\"\\u00e9\\u20ac\\ud83d\\ude00\\ud83d!\""),
            "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\xEF\xBF\xBD!");
  EXPECT_EQ(jsonText("12"), "12");
}

TEST(JsonSplit, TakesObjectsApart) {
  const auto rows =
      splitJsonRows("[{\"a\":1,\"b\":{\"c\":\"x\",\"d\":[1, 2]}},{\"a\":2}", JsonShape::Array, false, 10);
  ASSERT_EQ(rows.size(), 2U);
  ASSERT_EQ(rows[0].size(), 3U);
  EXPECT_EQ(rows[0][1].path, "b.c");
  EXPECT_EQ(rows[0][1].text, "x");
  EXPECT_EQ(rows[0][2].text, "[1, 2]");
  EXPECT_EQ(splitJsonRows("{\"a\":1}\n{\"a\":", JsonShape::Lines, false, 10).size(), 1U);
}

TEST(JsonSplit, TellsKeysOfRowsInAnObject) {
  const auto rows =
      splitJsonRows("{\"x\": {\"a\":1}, \"y\": {\"a\":2}, \"z\": {\"a\"", JsonShape::Array, false, 10);
  ASSERT_EQ(rows.size(), 2U);
  ASSERT_EQ(rows[1].size(), 2U);
  EXPECT_EQ(rows[1][0].path, "");
  EXPECT_EQ(rows[1][0].text, "y");
  EXPECT_EQ(rows[1][1].text, "2");
}

TEST(JsonSplit, PutsClassesInTheOrderOfTheirNames) {
  const auto one = [](const std::string& label) { return "{\"label\":\"" + label + "\",\"score\":0.5}"; };
  const auto rows = splitJsonRows(
      "[[" + one("L_10") + "," + one("L_2") + "," + one("b") + "," + one("K_3") + "," + one("b2") + "]]",
      JsonShape::Array, true, 10);
  ASSERT_EQ(rows.size(), 1U);
  std::vector<std::string> paths;
  for (const JsonCell& cell : rows[0]) paths.push_back(cell.path);
  EXPECT_EQ(paths, (std::vector<std::string>{"score.K_3", "score.L_2", "score.L_10", "score.b", "score.b2"}));
}

}  // namespace
}  // namespace losskit
