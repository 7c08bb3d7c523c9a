// The scanner of JSON: in pieces of any size, one after another or apart, it finds what it finds in one
// piece. Input: shape, flags, size of the pieces, text.
#include <algorithm>
#include <bit>
#include <string_view>

#include "../cpp/scan.h"
#include "check.h"
#include "tables/json_index.h"
#include "tables/json_scanner.h"

namespace {

using losskit::JsonScanner;
using losskit::JsonShape;
using losskit::fuzz::Input;
using losskit::fuzz::require;
using losskit::testing::cut;
using losskit::testing::readBatches;
using losskit::testing::Scanned;

struct Choices {
  JsonShape shape;
  bool leavesOutMissing;
  bool hasTags;
  bool areSequences;
};

JsonScanner scannerOf(const Choices& choices) {
  using enum losskit::ColumnRole;
  JsonScanner scanner(choices.shape, choices.shape == JsonShape::Cells ? 1 : 4);
  losskit::RowBatch& batch = scanner.batch();
  if (choices.shape == JsonShape::Cells) {
    batch.setColumn(0, ScoreList, 2);
    if (choices.areSequences) scanner.setSpread(0);
  } else {
    constexpr std::string_view paths[] = {"y", "s", "p.a", "i"};
    for (std::size_t i = 0; i < 4; ++i) scanner.setPath(i, paths[i]);
    batch.setColumn(0, choices.hasTags ? Tags : Label, 3);
    batch.setColumn(1, ScoreList, 2);
    batch.setColumn(2, Score, 1);
    batch.setColumn(3, Id, 1);
    for (std::size_t i = 0; choices.areSequences && i < 3; ++i) scanner.setSpread(i);
  }
  if (choices.leavesOutMissing) batch.setLeaveOutMissing();
  return scanner;
}

Scanned scanJson(std::string_view text, std::size_t size, const Choices& choices) {
  JsonScanner scanner = scannerOf(choices);
  Scanned scanned;
  for (const std::string_view piece : cut(text, size)) {
    std::copy(piece.begin(), piece.end(), scanner.reserve(piece.size()));
    scanner.append(piece.size());
    readBatches(scanner, scanned);
  }
  scanner.finish();
  readBatches(scanner, scanned);
  scanned.error = scanner.errors().first();
  scanned.isCutShort = scanner.errors().all().size() >= losskit::ScanErrors::kMost;
  return scanned;
}

Scanned scanJsonApart(std::string_view text, std::size_t size, const Choices& choices) {
  if (text.starts_with(losskit::kByteOrderMark)) text.remove_prefix(losskit::kByteOrderMark.size());
  return losskit::testing::ApartScan<JsonScanner>([&choices] { return scannerOf(choices); })(cut(text, size));
}

void requireSame(const Scanned& a, const Scanned& b) {
  const auto sameBits = [](float x, float y) {
    return std::bit_cast<std::uint32_t>(x) == std::bit_cast<std::uint32_t>(y);
  };
  const bool areTold =
      a.error.kind == b.error.kind && a.error.row == b.error.row && a.error.line == b.error.line;
  require(areTold);
  if (a.isCutShort || b.isCutShort) return;
  require(std::ranges::equal(a.scores, b.scores, sameBits) &&
          std::ranges::equal(a.targets, b.targets, sameBits));
  require(a.ids == b.ids && a.rows == b.rows && a.lines == b.lines);
}

void requireSameIndex(std::string_view text, std::size_t size) {
  losskit::JsonIndex whole;
  losskit::JsonIndex pieces;
  whole.add(text);
  for (const std::string_view piece : cut(text, size)) pieces.add(piece);
  require(whole.members().size() == pieces.members().size() && whole.isComplete() == pieces.isComplete());
  for (const losskit::JsonMember& member : whole.members())
    require(member.begin <= member.end && member.end <= text.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  const auto shape = static_cast<JsonShape>(input.next() % 3);
  const unsigned flags = input.next();
  const std::size_t piece = input.next() % 64 + 1;
  const std::string_view text = input.rest();
  const Choices choices = {shape, (flags & 1) != 0, (flags & 2) != 0, (flags & 8) != 0};
  const Scanned whole = scanJson(text, std::max<std::size_t>(text.size(), 1), choices);
  requireSame(scanJson(text, piece, choices), whole);
  if (shape == JsonShape::Lines && !choices.areSequences)
    requireSame(scanJsonApart(text, piece, choices), whole);
  requireSameIndex(text, piece);
  losskit::splitJsonRows(text, shape, (flags & 4) != 0, 100);
  return 0;
}
