#include "tables/json_scanner.h"

#include <algorithm>

#include "tables/byte_search.h"
#include "tables/cell.h"
#include "tables/json_members.h"
#include "tables/rows.h"

namespace losskit {

namespace {

bool isText(std::string_view raw) {
  return raw.size() >= 2 && raw.front() == '"';
}

/// Stands before the label in the paths of a row that has nothing else.
constexpr std::string_view kLabelledPrefix = "score";

std::string labelPath(std::string_view name, std::string_view label) {
  std::string path(name);
  path += '.';
  path += jsonText(label);
  return path;
}

std::string_view inside(std::string_view raw) {
  return raw.substr(1, raw.size() - 2);
}

}  // namespace

void JsonScanner::setPath(std::size_t column, std::string_view path) {
  paths_.push_back({std::string(path), column});
}

JsonPiece JsonScanner::measure(std::uint32_t place) const {
  return measureJson(input_.begin(), input_.end(), JsonPlace::of(place));
}

std::uint32_t JsonScanner::likelyPlace() const {
  return losskit::likelyPlace(input_.begin(), input_.end()).code();
}

void JsonScanner::startLines(std::size_t begin, std::size_t end, std::uint64_t rows,
                             std::uint64_t lineFeeds) {
  input_.keep(begin, end);
  // A byte order mark is at the beginning of a file only, and its reader has seen it.
  passedMark_ = true;
  batch_.setRowsBefore(rows);
  line_ = lineFeeds + 1;
}

std::size_t JsonScanner::read() {
  batch_.clear();
  sequenceNumbers_.clear();
  if (errors_.isOver()) return 0;
  if (met_.empty()) {
    met_.resize(batch_.columns());
    batch_.start();
  }
  while (!batch_.isFull() && scanRow() != Step::Stop) {
  }
  return batch_.rows();
}

JsonScanner::Step JsonScanner::start(JsonCursor& cursor) {
  const std::string_view text(input_.begin(), static_cast<std::size_t>(input_.end() - input_.begin()));
  if (!passedMark_) {
    if (text.size() < kByteOrderMark.size() && !input_.finished()) return Step::Stop;
    if (text.starts_with(kByteOrderMark)) {
      consume(input_.begin() + kByteOrderMark.size());
      cursor = JsonCursor(text.substr(kByteOrderMark.size()));
    }
    passedMark_ = true;
  }
  const char first = cursor.peek();
  if (cursor.position() == input_.end()) return Step::Stop;
  if (shape_ != JsonShape::Lines) {
    if (first != '[' && first != '{') return failHere(cursor.position());
    isObject_ = first == '{';
    cursor.take(first);
    consume(cursor.position());
  }
  started_ = true;
  return Step::NoRow;
}

JsonScanner::Step JsonScanner::scanRow() {
  if (openSize_ > 0) {
    const std::size_t read = sequence_.token();
    readRow(openKey_, {input_.begin(), openSize_});
    return readSequence(read);
  }
  const char* end = input_.end();
  JsonCursor cursor({input_.begin(), static_cast<std::size_t>(end - input_.begin())});
  if (!started_) {
    const Step step = start(cursor);
    if (!started_) return step;
  }
  const char first = cursor.peek();
  if (cursor.position() == end) {
    consume(cursor.position());
    const bool isCut = input_.finished() && shape_ != JsonShape::Lines && !ended_;
    return isCut ? fail(ScanErrorKind::JsonIsCut, cursor.position(), {}) : Step::Stop;
  }
  if (shape_ != JsonShape::Lines) {
    if (!ended_ && (first == ']' || first == '}')) return endArray(cursor.position() + 1);
    if (ended_ || (hasRows_ && !cursor.take(','))) return failHere(cursor.position());
  }
  cursor.peek();
  const char* begin = cursor.position();
  std::string_view key;
  std::string_view raw;
  auto last = JsonCursor::Status::Ok;
  if (isObject_) last = readKey(cursor, &key);
  if (last == JsonCursor::Status::Ok) last = cursor.readValue(input_.finished(), &raw);
  if (last == JsonCursor::Status::Broken) return failAt(cursor.position(), begin);
  if (last == JsonCursor::Status::Incomplete) {
    if (input_.finished()) return fail(ScanErrorKind::JsonIsCut, cursor.position(), {});
    const bool isTooLong = static_cast<std::size_t>(end - input_.begin()) > kMaxRowBytes;
    return isTooLong ? fail(ScanErrorKind::RowTooLong, cursor.position(), {}) : Step::Stop;
  }
  consume(raw.data());
  hasRows_ = true;
  readRow(key, raw);
  if (sequence_.isUsed()) {
    ++sequences_;
    openKey_ = key;
    openSize_ = raw.size();
    return readSequence(0);
  }
  endRow();
  consume(cursor.position());
  return errors_.isOver() ? Step::Stop : Step::Row;
}

/// Takes the row at hand, counts it among those left out, or tells what is wrong with it.
void JsonScanner::endRow() {
  const bool isLeftOut =
      rejected_ != ScanErrorKind::None && batch_.leaveOut(rejected_, batch_.column(rejectedColumn_));
  if (rejected_ == ScanErrorKind::None) reject(batch_.endRow(line_), 0, {});
  if (rejected_ != ScanErrorKind::None && !isLeftOut) note(rejected_);
}

/// The tokens, of which so many are in the batches before, of the row that stands at the beginning of the
/// input: those that there is room for.
JsonScanner::Step JsonScanner::readSequence(std::size_t read) {
  if (rejected_ == ScanErrorKind::None) rejectSequence(sequence_.start(read));
  if (rejected_ != ScanErrorKind::None) {
    endRow();
  } else {
    while (sequence_.hasNext() && !errors_.isOver()) {
      if (batch_.isFull()) return Step::Stop;
      sequence_.next();
      readToken();
    }
  }
  consume(input_.begin() + openSize_);
  openSize_ = 0;
  return errors_.isOver() ? Step::Stop : Step::Row;
}

void JsonScanner::rejectSequence(const JsonSequence::Fault& fault) {
  using enum JsonSequence::Fault::Kind;
  const std::string tokens = std::to_string(sequence_.tokens());
  if (fault.kind == NoList) reject(ScanErrorKind::NotTokens, fault.column, sequence_.raw(fault.column));
  if (fault.kind == OtherCount) reject(ScanErrorKind::TokenCount, fault.column, tokens);
  error_.cells = fault.values;
  for (std::size_t column = 0; column < batch_.columns(); ++column) {
    const ColumnRole role = batch_.column(column).role;
    const bool isOfToken = role == ColumnRole::Skip || role == ColumnRole::Id || sequence_.isSpread(column);
    // What has one value a row is of its only token.
    if (isOfToken || sequence_.tokens() == 1 || rejected_ != ScanErrorKind::None) continue;
    reject(ScanErrorKind::TokenCount, column, tokens);
    error_.cells = 1;
  }
}

void JsonScanner::readToken() {
  rejected_ = ScanErrorKind::None;
  for (std::size_t column = 0; column < batch_.columns(); ++column) {
    const ColumnRole role = batch_.column(column).role;
    const bool isSequenceId = role == ColumnRole::Id && !sequence_.isSpread(column);
    if (isSequenceId) takeTokenId(column);
    if (role != ColumnRole::Skip && !isSequenceId) takeCell(column, sequence_.value(column));
  }
  const std::size_t rows = batch_.rows();
  endRow();
  if (batch_.rows() > rows) sequenceNumbers_.push_back(sequences_);
}

void JsonScanner::takeTokenId(std::size_t column) {
  const std::string_view raw = sequence_.value(column);
  std::string id = raw.empty() ? std::to_string(sequences_) : jsonText(raw);
  id += ':' + std::to_string(sequence_.token());
  if (rejected_ == ScanErrorKind::None) batch_.take(batch_.column(column), id, &error_.cells);
}

JsonCursor::Status JsonScanner::readKey(JsonCursor& cursor, std::string_view* key) const {
  const auto status = cursor.readValue(input_.finished(), key);
  if (status != JsonCursor::Status::Ok || cursor.take(':')) return status;
  return cursor.position() == input_.end() ? JsonCursor::Status::Incomplete : JsonCursor::Status::Broken;
}

JsonScanner::Step JsonScanner::endArray(const char* position) {
  ended_ = true;
  consume(position);
  return Step::NoRow;
}

/// Of a cell in an object the key says nothing that is asked for.
void JsonScanner::readRow(std::string_view key, std::string_view raw) {
  rejected_ = ScanErrorKind::None;
  nextPath_ = 0;
  ++attempts_;
  sequence_.clear();
  if (shape_ == JsonShape::Cells) {
    readCell(0, raw);
  } else if (raw.front() == '{') {
    const Path* found = isObject_ ? find({}) : nullptr;
    if (found != nullptr) readCell(found->column, key);
    readObject(raw, {});
    checkMissing();
  } else if (hasLabelledScores(raw)) {
    readLabelled(raw, kLabelledPrefix);
    checkMissing();
  } else if (raw.front() == '[') {
    readArray(raw);
  } else {
    reject(ScanErrorKind::NotARow, 0, raw);
  }
}

void JsonScanner::readObject(std::string_view raw, const std::string& prefix) {
  eachJsonMember(raw, [&](std::string_view key, std::string_view value) {
    // Only what is nested or escaped needs a copy of the key.
    const bool isPlain = prefix.empty() && !hasJsonEscapes(key);
    const std::string copy = isPlain ? std::string() : prefix + jsonKey(key);
    const std::string_view path = isPlain ? key : std::string_view(copy);
    if (const Path* found = find(path)) return readCell(found->column, value);
    if (value.front() == '{') readObject(value, std::string(path) + '.');
    if (hasLabelledScores(value)) readLabelled(value, path);
  });
}

void JsonScanner::readLabelled(std::string_view raw, std::string_view name) {
  eachJsonElement(raw, [&](std::string_view value) {
    const auto [label, score] = labelledScore(value);
    if (label.empty()) return reject(ScanErrorKind::NotARow, 0, value);
    if (const Path* found = find(labelPath(name, label))) readCell(found->column, score);
  });
}

void JsonScanner::readArray(std::string_view raw) {
  const std::size_t expected = batch_.columns() - added_;
  std::size_t cells = 0;
  eachJsonElement(raw, [&](std::string_view value) {
    if (cells < expected) readCell(cells, value);
    ++cells;
  });
  if (cells == expected) return;
  rejected_ = ScanErrorKind::None;
  reject(ScanErrorKind::CellCount, 0, raw);
  error_.cells = cells;
}

void JsonScanner::readCell(std::size_t column, std::string_view raw) {
  met_[column] = attempts_;
  if (!sequence_.isUsed()) return takeCell(column, raw);
  // What nobody asks for may be of other tokens.
  if (batch_.column(column).role != ColumnRole::Skip) sequence_.setCell(column, raw);
}

/// `raw`: of no bytes where it is missing.
void JsonScanner::takeCell(std::size_t column, std::string_view raw) {
  const RowBatch::Column role = batch_.column(column);
  if (role.role == ColumnRole::Skip || rejected_ != ScanErrorKind::None) return;
  if (raw.empty()) {
    static const PaddedText null("null");
    const bool isId = role.role == ColumnRole::Id;
    return reject(batch_.take(role, {null.begin(), isId ? 0U : 4U}, &error_.cells), column, {});
  }
  if (isText(raw) && hasJsonEscapes(raw)) {
    const std::string text = jsonText(raw);
    const PaddedText padded(text);
    return reject(batch_.take(role, trimmed(padded.begin(), padded.end()), &error_.cells), column, text);
  }
  const std::string_view text = isText(raw) ? inside(raw) : raw;
  reject(batch_.take(role, trimmed(text.data(), text.data() + text.size()), &error_.cells), column, text);
}

/// What a row has no key for is missing in it; of sequences their tokens say so.
void JsonScanner::checkMissing() {
  if (sequence_.isUsed()) return;
  for (const auto& [path, column] : paths_) {
    if (met_[column] != attempts_) takeCell(column, {});
  }
}

const JsonScanner::Path* JsonScanner::find(std::string_view path) {
  for (std::size_t i = 0; i < paths_.size(); ++i) {
    const std::size_t at = (nextPath_ + i) % paths_.size();
    if (paths_[at].text != path) continue;
    nextPath_ = at + 1;
    return &paths_[at];
  }
  return nullptr;
}

void JsonScanner::reject(ScanErrorKind kind, std::size_t column, std::string_view text) {
  if (kind == ScanErrorKind::None || rejected_ != ScanErrorKind::None) return;
  rejected_ = kind;
  rejectedColumn_ = column;
  error_.text = errorText(text);
}

JsonScanner::Step JsonScanner::fail(ScanErrorKind kind, const char* position, std::string_view text) {
  consume(position);
  error_.text = errorText(text);
  note(kind);
  errors_.stop();
  return Step::Stop;
}

/// Told by what it is broken behind, up to there: that is the same wherever the text is cut.
JsonScanner::Step JsonScanner::failAt(const char* position, const char* begin) {
  if (position == begin) return failHere(position);
  const std::string_view text(begin, static_cast<std::size_t>(position - begin));
  return fail(ScanErrorKind::JsonIsBroken, position, errorEnd(text));
}

/// Once so much of the line is there that it tells the same wherever the text is cut.
JsonScanner::Step JsonScanner::failHere(const char* position) {
  const std::string_view rest(position, static_cast<std::size_t>(input_.end() - position));
  const std::size_t line = std::min(rest.find('\n'), rest.size());
  if (line == rest.size() && line <= kErrorTextBytes && !input_.finished()) return Step::Stop;
  return fail(ScanErrorKind::JsonIsBroken, position, rest.substr(0, line));
}

void JsonScanner::note(ScanErrorKind kind) {
  error_.kind = kind;
  error_.row = batch_.skipRow();
  error_.line = line_;
  error_.column = rejectedColumn_;
  error_.sequence = sequences_;
  error_.token = sequence_.token();
  errors_.add(error_);
}

void JsonScanner::consume(const char* position) {
  line_ += countLineFeeds(input_.begin(), position);
  input_.consume(position);
}

namespace {

std::string_view withoutNumber(std::string_view name) {
  while (!name.empty() && name.back() >= '0' && name.back() <= '9') name.remove_suffix(1);
  return name;
}

/// 'LABEL_2' stands before 'LABEL_10'.
bool isNameBefore(std::string_view a, std::string_view b) {
  const bool areNumbered = a.size() != b.size() && withoutNumber(a) == withoutNumber(b);
  return areNumbered ? a.size() < b.size() : a < b;
}

/// In the order of their labels: that in which they stand is of this row alone.
void addLabelled(std::string_view raw, std::string_view name, std::vector<JsonCell>& cells) {
  const std::size_t first = cells.size();
  eachJsonElement(raw, [&](std::string_view value) {
    const auto [label, score] = labelledScore(value);
    cells.push_back({labelPath(name, label), jsonText(score)});
    for (std::size_t i = cells.size() - 1; i > first && isNameBefore(cells[i].path, cells[i - 1].path); --i)
      std::swap(cells[i], cells[i - 1]);
  });
}

void addCells(std::string_view raw, const std::string& prefix, std::vector<JsonCell>& cells) {
  eachJsonMember(raw, [&](std::string_view key, std::string_view value) {
    const std::string path = prefix + jsonKey(key);
    if (value.front() == '{') {
      addCells(value, path + '.', cells);
    } else if (hasLabelledScores(value)) {
      addLabelled(value, path, cells);
    } else {
      cells.push_back({path, jsonText(value)});
    }
  });
}

/// `key`: in an object.
std::vector<JsonCell> rowCells(std::string_view key, std::string_view raw, JsonShape shape) {
  std::vector<JsonCell> cells;
  if (shape == JsonShape::Cells) {
    cells.push_back({"", jsonText(raw)});
  } else if (raw.front() == '{') {
    if (!key.empty()) cells.push_back({"", jsonText(key)});
    addCells(raw, {}, cells);
  } else if (hasLabelledScores(raw)) {
    addLabelled(raw, kLabelledPrefix, cells);
  } else if (raw.front() == '[') {
    eachJsonElement(raw, [&](std::string_view value) {
      cells.push_back({std::to_string(cells.size()), jsonText(value)});
    });
  }
  return cells;
}

}  // namespace

std::vector<std::vector<JsonCell>> splitJsonRows(std::string_view text, JsonShape shape, bool complete,
                                                 std::size_t maxRows) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  const PaddedText padded(text);
  JsonCursor cursor({padded.begin(), text.size()});
  std::vector<std::vector<JsonCell>> rows;
  const bool isObject = shape != JsonShape::Lines && cursor.take('{');
  if (shape != JsonShape::Lines && !isObject && !cursor.take('[')) return rows;
  std::string_view key;
  std::string_view raw;
  while (rows.size() < maxRows) {
    if (isObject && (cursor.readValue(complete, &key) != JsonCursor::Status::Ok || !cursor.take(':'))) break;
    if (cursor.readValue(complete, &raw) != JsonCursor::Status::Ok) break;
    rows.push_back(rowCells(key, raw, shape));
    if (shape != JsonShape::Lines && !cursor.take(',')) break;
  }
  return rows;
}

}  // namespace losskit
