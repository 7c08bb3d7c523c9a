#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tables/input_buffer.h"
#include "tables/json_cursor.h"
#include "tables/json_place.h"
#include "tables/json_sequence.h"
#include "tables/row_batch.h"
#include "tables/scan_error.h"

namespace losskit {

/// How rows stand in a JSON text.
enum class JsonShape : std::uint8_t {
  /// One behind the other, as in JSON Lines.
  Lines,
  /// In one array or object. In an object the row's key is a cell of it, in front of the others, whose path
  /// is
  /// empty.
  Array,
  /// In one array or object, each value being the row's only cell.
  Cells,
};

/// The path of a cell in a row, its keys joined by points, and its text.
struct JsonCell {
  std::string path;
  std::string text;
};

/// Reads rows of JSON as a stream, as DelimitedScanner reads delimited text. A row is an object, whose
/// columns are known by their paths ("label", "probs.cat"), or an array, whose columns are known by their
/// places. An array of {"label": "cat", "score": 0.9}, in any order, is read as an object with a member for
/// each label; as a row of its own, by the path "score.cat".
class JsonScanner {
 public:
  static constexpr std::size_t kMaxRowBytes = std::size_t{1} << 24;

  /// `columns`: of the table; rows that are arrays must have as many cells.
  JsonScanner(JsonShape shape, std::size_t columns) : shape_(shape), batch_(columns, '.') {}

  /// Which columns are read, to be said before the first read(); afterwards the rows of the last read().
  RowBatch& batch() { return batch_; }
  const RowBatch& batch() const { return batch_; }
  /// In objects the column is found by its path.
  void setPath(std::size_t column, std::string_view path);
  /// The column's cells are lists with a value for each token: rows are sequences, and what is read are their
  /// tokens. The id of one is that of its sequence with its own number behind a colon, both from 1; where the
  /// column of ids has no path, with the number of the sequence.
  void setSpread(std::size_t column) { sequence_.spread(column, batch_.columns()); }
  /// A column that the rows do not have, such as that of the ids; it is the last one.
  void setAddedColumn() { added_ = 1; }
  /// The number, from 1, of the sequence that each row of the batch is of, where rows are tokens.
  const std::uint32_t* sequenceNumbers() const { return sequenceNumbers_.data(); }
  /// What is read stands in a file behind so many lines.
  void setLinesBefore(std::uint64_t lines) { line_ = lines + 1; }

  char* reserve(std::size_t size) { return input_.reserve(size); }
  void append(std::size_t size) { input_.append(size); }
  void finish() { input_.finish(); }

  // Lines may be read in pieces, as those of DelimitedScanner are. The codes of places take the place of its
  // states.

  JsonPiece measure(std::uint32_t place) const;
  /// The place that is likely in front of the appended bytes.
  std::uint32_t likelyPlace() const;
  void startLines(std::size_t begin, std::size_t end, std::uint64_t rows, std::uint64_t lineFeeds);

  std::size_t read();

  /// What stands behind the last row is no error: the text given is cut at a row.
  const ScanErrors& errors() const { return errors_; }

 private:
  enum class Step : std::uint8_t { Row, NoRow, Stop };
  struct Path {
    std::string text;
    std::size_t column;
  };

  Step start(JsonCursor& cursor);
  Step scanRow();
  Step readSequence(std::size_t read);
  void endRow();
  void readToken();
  void rejectSequence(const JsonSequence::Fault& fault);
  void takeTokenId(std::size_t column);
  JsonCursor::Status readKey(JsonCursor& cursor, std::string_view* key) const;
  Step endArray(const char* position);
  void readRow(std::string_view key, std::string_view raw);
  void readObject(std::string_view raw, const std::string& prefix);
  void readLabelled(std::string_view raw, std::string_view name);
  void readArray(std::string_view raw);
  void readCell(std::size_t column, std::string_view raw);
  void takeCell(std::size_t column, std::string_view raw);
  void checkMissing();
  const Path* find(std::string_view path);
  void reject(ScanErrorKind kind, std::size_t column, std::string_view text);
  Step failAt(const char* position, const char* begin);
  Step failHere(const char* position);
  Step fail(ScanErrorKind kind, const char* position, std::string_view text);
  void note(ScanErrorKind kind);
  void consume(const char* position);

  JsonShape shape_;
  RowBatch batch_;
  std::vector<Path> paths_;
  /// The path that is likely to come next: rows mostly have their keys in one order.
  std::size_t nextPath_ = 0;
  /// Row in which a column was met last.
  std::vector<std::uint64_t> met_;
  std::uint64_t attempts_ = 0;

  JsonSequence sequence_;
  std::uint32_t sequences_ = 0;
  std::vector<std::uint32_t> sequenceNumbers_;
  /// A sequence that did not go into the batch as a whole stands at the beginning of the input.
  std::string openKey_;
  std::size_t openSize_ = 0;
  std::size_t added_ = 0;

  InputBuffer input_;
  /// A byte order mark stands at the beginning of the file only.
  bool passedMark_ = false;
  bool started_ = false;
  /// The cells are members of an object.
  bool isObject_ = false;
  bool ended_ = false;
  bool hasRows_ = false;
  ScanErrorKind rejected_ = ScanErrorKind::None;
  std::size_t rejectedColumn_ = 0;
  std::uint64_t line_ = 1;
  /// What is known of the row at hand.
  ScanError error_;
  ScanErrors errors_;
};

/// The cells of the first rows, as many as `maxRows`, objects in objects taken apart. When the text is only
/// the beginning of a file (`complete` is false), its last row counts only when it is there as a whole.
std::vector<std::vector<JsonCell>> splitJsonRows(std::string_view text, JsonShape shape, bool complete,
                                                 std::size_t maxRows);

}  // namespace losskit
