// The parts of a JSON value that is there as a whole.
#pragma once

#include <string>
#include <string_view>

#include "tables/json_cursor.h"

namespace losskit {

/// Calls `use(key, value)` for each member of an object: its key without the quotes, its value as it is
/// written.
template <class Use>
void eachJsonMember(std::string_view object, const Use& use) {
  JsonCursor cursor(object.substr(1, object.size() - 2));
  while (cursor.peek() == '"') {
    std::string_view key;
    std::string_view value;
    const bool isMember = cursor.readValue(true, &key) == JsonCursor::Status::Ok && cursor.take(':') &&
                          cursor.readValue(true, &value) == JsonCursor::Status::Ok;
    if (!isMember) return;
    use(key.substr(1, key.size() - 2), value);
    if (!cursor.take(',')) return;
  }
}

/// Calls `use(value)` for each element of an array.
template <class Use>
void eachJsonElement(std::string_view array, const Use& use) {
  JsonCursor cursor(array.substr(1, array.size() - 2));
  std::string_view value;
  while (cursor.readValue(true, &value) == JsonCursor::Status::Ok) {
    use(value);
    if (!cursor.take(',')) return;
  }
}

/// A class and its score, as pipelines write them: {"label": "cat", "score": 0.9}.
struct LabelledScore {
  /// In quotes; empty where the value is something else, of which the score then says nothing.
  std::string_view label;
  std::string_view score;
};

LabelledScore labelledScore(std::string_view value);

/// Whether a value is an array of classes with their scores: of several, as one alone is the best of a row.
bool hasLabelledScores(std::string_view value);

/// What a key says.
inline std::string jsonKey(std::string_view key) {
  return hasJsonEscapes(key) ? jsonText('"' + std::string(key) + '"') : std::string(key);
}

}  // namespace losskit
