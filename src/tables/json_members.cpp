#include "tables/json_members.h"

namespace losskit {

LabelledScore labelledScore(std::string_view value) {
  LabelledScore found;
  if (value.front() != '{') return found;
  std::size_t members = 0;
  eachJsonMember(value, [&](std::string_view key, std::string_view member) {
    ++members;
    if (key == "label") found.label = member;
    if (key == "score") found.score = member;
  });
  const bool isOne =
      members == 2 && !found.score.empty() && !found.label.empty() && found.label.front() == '"';
  return isOne ? found : LabelledScore{};
}

bool hasLabelledScores(std::string_view value) {
  if (value.front() != '[') return false;
  JsonCursor cursor(value.substr(1, value.size() - 2));
  std::string_view first;
  return cursor.readValue(true, &first) == JsonCursor::Status::Ok && cursor.take(',') &&
         !labelledScore(first).label.empty();
}

}  // namespace losskit
