#include "tables/row_batch.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "numeric/simd.h"
#include "tables/byte_search.h"
#include "tables/cell.h"
#include "tables/number.h"

namespace losskit {

namespace {

bool isListSpace(char c) {
  return isPadding(c) || c == '\n';
}

std::string_view withoutSpaces(std::string_view text) {
  while (!text.empty() && isListSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && isListSpace(text.back())) text.remove_suffix(1);
  return text;
}

bool isList(std::string_view text) {
  return text.size() >= 2 && text.front() == '[' && text.back() == ']';
}

/// Takes the next text between commas or spaces (what JSON and NumPy write) from the front of `list`; false
/// at the end of it.
bool nextElement(std::string_view* list, std::string_view* element) {
  const std::string_view rest = withoutSpaces(*list);
  if (rest.empty()) return false;
  const auto ends = [](char c) { return c == ',' || isListSpace(c); };
  const auto end = static_cast<std::size_t>(std::ranges::find_if(rest, ends) - rest.begin());
  *element = rest.substr(0, end);
  *list = withoutSpaces(rest.substr(end));
  if (list->starts_with(',')) list->remove_prefix(1);
  return true;
}

/// Where an element that begins there ends, if it is no longer than numbers are; in the data of an
/// InputBuffer.
const char* elementEnd(const char* begin) {
  constexpr std::ptrdiff_t kMost = 2 * sizeof(U8x16);
  return findMarked(begin, begin + kMost,
                    [](U8x16 bytes) { return (bytes == splatByte(',')) | (bytes == splatByte(']')); });
}

/// JavaScript writes 1e-7 where others write 1e-07.
bool readAnyFloat(const char* begin, const char* end, char decimalPoint, float* value) {
  const std::string_view text(begin, static_cast<std::size_t>(end - begin));
  return readFloat(begin, end, decimalPoint, value) ||
         (parseFloat(text, decimalPoint, value) && !std::isnan(*value));
}

bool isCut(std::string_view list) {
  return list.find("...") != std::string_view::npos || list.find("\xE2\x80\xA6") != std::string_view::npos;
}

std::string_view withoutQuotes(std::string_view text) {
  const bool isQuoted =
      text.size() >= 2 && text.front() == text.back() && (text.front() == '"' || text.front() == '\'');
  return isQuoted ? text.substr(1, text.size() - 2) : text;
}

ColumnRole missingRole(ColumnRole role) {
  using enum ColumnRole;
  if (role == ScoreList) return Score;
  return role == TargetList || role == Tags ? Target : role;
}

}  // namespace

std::int32_t oneHotLabel(const float* row, std::size_t width) {
  const float* end = row + width;
  if (std::any_of(row, end, [](float value) { return std::isnan(value); })) return kNoLabel;
  const float* one = std::find(row, end, 1.0F);
  const auto isZero = [](float value) { return value == 0; };
  const bool isOneHot = one != end && std::all_of(row, one, isZero) && std::all_of(one + 1, end, isZero);
  return isOneHot ? static_cast<std::int32_t>(one - row) : -1;
}

void RowBatch::setColumn(std::size_t column, ColumnRole role, std::size_t width) {
  using enum ColumnRole;
  const bool isScore = role == Score || role == ScoreList;
  const bool isTarget = role == Target || role == TargetList || role == Tags;
  std::size_t& total = isScore ? scoreWidth_ : targetWidth_;
  const bool isIn = isScore || isTarget;
  columns_[column] = {role, static_cast<std::uint32_t>(isIn ? total : 0), static_cast<std::uint32_t>(width)};
  if (isIn) total += width;
  hasIds_ = hasIds_ || role == Id;
  hasWeights_ = hasWeights_ || role == Weight;
}

void RowBatch::start() {
  const std::size_t rowBytes = sizeof(float) * std::max<std::size_t>(scoreWidth_ + targetWidth_, 1);
  capacity_ = std::clamp<std::size_t>(kMaxBytes / rowBytes, 1, kMaxRows);
  scores_.resize(capacity_ * scoreWidth_);
  doubles_.resize(hasDoubles_ ? scores_.size() : 0);
  targets_.resize(capacity_ * targetWidth_);
  weights_.resize(hasWeights_ ? capacity_ : 0);
  labels_.resize(capacity_);
  idOffsets_.resize(hasIds_ ? capacity_ + 1 : 0);
  numbers_.resize(capacity_);
  lines_.resize(capacity_);
}

float* RowBatch::numbers(Column column) {
  using enum ColumnRole;
  if (column.role == Weight) return weights_.data() + rows_;
  const bool isScore = column.role == Score || column.role == ScoreList;
  return (isScore ? scoreRow() : targetRow()) + column.slot;
}

template <class SetMissing>
ScanErrorKind RowBatch::takeMissing(ScanErrorKind kind, const SetMissing& setMissing) const {
  if (!missingIsNan_ || kind != ScanErrorKind::LabelIsMissing) return kind;
  setMissing();
  return ScanErrorKind::None;
}

ScanErrorKind RowBatch::take(Column column, std::string_view text, std::size_t* count) {
  using enum ColumnRole;
  switch (column.role) {
    case Skip:
      return ScanErrorKind::None;
    case Label:
      return takeMissing(takeLabel(text, label()), [&] { *label() = kNoLabel; });
    case Tags:
      return takeMissing(takeTags(column, text), [&] { setMissing(column); });
    case Id:
      takeId(text);
      return ScanErrorKind::None;
    case ScoreList:
    case TargetList:
      return takeList(column, text, count);
    default:
      return takeNumber(text, column.role, numbers(column));
  }
}

double* RowBatch::doubleOf(ColumnRole role, const float* value) {
  const bool isScore = role == ColumnRole::Score || role == ColumnRole::ScoreList;
  return hasDoubles_ && isScore ? doubles_.data() + (value - scores_.data()) : nullptr;
}

void RowBatch::setMissing(Column column) {
  float* values = numbers(column);
  std::fill_n(values, column.width, std::numeric_limits<float>::quiet_NaN());
  double* doubles = doubleOf(column.role, values);
  if (doubles != nullptr) std::fill_n(doubles, column.width, std::numeric_limits<double>::quiet_NaN());
}

ScanErrorKind RowBatch::takeNumber(std::string_view text, ColumnRole role, float* value) {
  const char* begin = text.data();
  double* exact = doubleOf(role, value);
  if (exact != nullptr || !readFloat(begin, begin + text.size(), decimalPoint_, value)) {
    const bool isNumber = parseFloat(text, decimalPoint_, value);
    if (!isNumber || std::isnan(*value)) {
      const bool isNone = isNumber || isMissing(text);
      *value = std::numeric_limits<float>::quiet_NaN();
      if (exact != nullptr) *exact = std::numeric_limits<double>::quiet_NaN();
      if (isNone && missingIsNan_) return ScanErrorKind::None;
      return isNone ? ScanErrorKind::NumberIsMissing : ScanErrorKind::NumberIsText;
    }
    if (exact != nullptr) parseDouble(text, decimalPoint_, exact);
  }
  const bool isTarget = role == ColumnRole::Target || role == ColumnRole::TargetList;
  if (isTarget && !(*value >= 0 && *value <= 1)) return ScanErrorKind::TargetIsOutside;
  if (role == ColumnRole::Weight && !(*value >= 0 && std::isfinite(*value)))
    return ScanErrorKind::WeightIsOutside;
  return ScanErrorKind::None;
}

/// Takes a list as it is mostly written: of as many numbers as are wanted, with a comma and perhaps a space
/// between them. False when it is to be looked at more closely.
bool RowBatch::takeUsualList(Column column, std::string_view list) {
  const bool isTarget = column.role == ColumnRole::TargetList;
  if (hasDoubles_ && !isTarget) return false;
  float* values = numbers(column);
  const char* end = list.data();
  for (std::uint32_t i = 0; i < column.width; ++i) {
    const char* begin = end + (end[1] == ' ' ? 2 : 1);
    end = elementEnd(begin);
    if (!readAnyFloat(begin, end, decimalPoint_, values + i)) return false;
    if (isTarget && !(values[i] >= 0 && values[i] <= 1)) return false;
    if (*end == ',' && i + 1 < column.width) continue;
    return i + 1 == column.width && end == list.data() + list.size() - 1;
  }
  return false;
}

ScanErrorKind RowBatch::takeList(Column column, std::string_view text, std::size_t* count) {
  std::string_view list = withoutSpaces(text);
  if (isMissing(list)) {
    setMissing(column);
    return missingIsNan_ ? ScanErrorKind::None : ScanErrorKind::NumberIsMissing;
  }
  if (!isList(list)) return ScanErrorKind::NotAList;
  if (takeUsualList(column, list)) return ScanErrorKind::None;
  if (isCut(list)) return ScanErrorKind::ListIsCut;
  list = list.substr(1, list.size() - 2);
  float* values = numbers(column);
  *count = 0;
  for (std::string_view element; nextElement(&list, &element); ++*count) {
    if (*count >= column.width) continue;
    const ScanErrorKind kind = takeNumber(element, column.role, values + *count);
    if (kind != ScanErrorKind::None) return kind;
  }
  return *count == column.width ? ScanErrorKind::None : ScanErrorKind::ListLength;
}

ScanErrorKind RowBatch::takeLabel(std::string_view text, std::int32_t* value) const {
  const bool isName = hasNames();
  if (isName ? labelNames_.find(text, value) : parseInteger(text, decimalPoint_, value))
    return ScanErrorKind::None;
  if (isMissing(text)) return ScanErrorKind::LabelIsMissing;
  return isName ? ScanErrorKind::LabelIsUnknown : ScanErrorKind::LabelIsNotInteger;
}

/// No tag at all is an empty cell, not a missing one.
ScanErrorKind RowBatch::takeTags(Column column, std::string_view text) {
  float* values = numbers(column);
  std::fill_n(values, column.width, 0.0F);
  const bool inList = isList(text);
  if (inList) text = text.substr(1, text.size() - 2);
  const char separator = inList ? ',' : separator_;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    const std::string_view tag = withoutQuotes(withoutSpaces(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (tag.empty()) continue;
    std::int32_t label = 0;
    const ScanErrorKind kind = takeLabel(tag, &label);
    if (kind != ScanErrorKind::None) return kind;
    if (label < 0 || static_cast<std::uint32_t>(label) >= column.width) return ScanErrorKind::LabelIsUnknown;
    values[label] = 1;
  }
  return ScanErrorKind::None;
}

/// What a row that was not taken has left is written over.
void RowBatch::takeId(std::string_view text) {
  const std::size_t at = idOffsets_[rows_];
  const std::size_t end = at + text.size();
  // More than it needs, so that those of the rows behind it are plain.
  if (end > idBytes_.size()) idBytes_.resize(std::max(2 * end, std::size_t{1} << 16));
  std::ranges::copy(text, idBytes_.begin() + static_cast<std::ptrdiff_t>(at));
  idOffsets_[rows_ + 1] = static_cast<std::uint32_t>(end);
}

ScanErrorKind RowBatch::endRow(std::uint64_t line) {
  if (oneHot_) {
    *label() = oneHotLabel(targetRow(), targetWidth_);
    if (*label() == -1) return ScanErrorKind::NotOneHot;
  }
  addRow(line);
  return ScanErrorKind::None;
}

bool RowBatch::leaveOut(ScanErrorKind kind, Column column) {
  const bool isMissingValue = kind == ScanErrorKind::NumberIsMissing || kind == ScanErrorKind::LabelIsMissing;
  if (!leaveOutMissing_ || !isMissingValue) return false;
  const ColumnRole role = missingRole(column.role);
  auto found = std::ranges::find(leftOut_, role, &LeftOut::role);
  if (found == leftOut_.end()) found = leftOut_.insert(found, LeftOut{role, 0, {}});
  ++dataRows_;
  ++found->rows;
  if (found->first.size() < LeftOut::kShownRows) found->first.push_back(dataRows_);
  return true;
}

}  // namespace losskit
