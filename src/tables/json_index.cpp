#include "tables/json_index.h"

#include "tables/json_cursor.h"

namespace losskit {

namespace {

bool isSpace(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

}  // namespace

void JsonIndex::add(std::string_view bytes) {
  for (const char c : bytes) {
    addByte(c);
    ++offset_;
  }
}

void JsonIndex::addByte(char c) {
  if (!isInText_) return addOutside(c);
  const bool isName = depth_ == 1 && !isInValue_;
  if (isName && name_.size() < kMaxNameBytes) name_ += c;
  if (isEscaped_) {
    isEscaped_ = false;
  } else if (c == '\\') {
    isEscaped_ = true;
  } else if (c == '"') {
    isInText_ = false;
    if (depth_ == 1 && isInValue_) members_.back().end = offset_ + 1;
  }
}

/// Takes a byte between the brackets of a member, of what is no text and not nested any deeper.
void JsonIndex::addInside(char c) {
  if (isSpace(c) || c == ']' || c == '}') return;
  JsonMember& member = members_.back();
  if (c == ',' || member.elements == 0) ++member.elements;
  if (member.inner == '\0' && (member.first == '[' || isBehindColon_)) member.inner = c;
  isBehindColon_ = c == ':';
}

void JsonIndex::addOutside(char c) {
  if (isComplete_) return;
  lineFeeds_ += c == '\n';
  if (depth_ == 2 && isInValue_) addInside(c);
  const bool isTop = depth_ == 1;
  if (isTop && isInValue_ && (c == ',' || c == '}')) isInValue_ = false;
  if (isTop && isInValue_ && !isSpace(c)) {
    JsonMember& member = members_.back();
    if (member.first == '\0') {
      member.first = c;
      member.begin = offset_;
      member.lineFeeds = lineFeeds_;
    }
    member.end = offset_ + 1;
  }
  switch (c) {
    case '"':
      isInText_ = true;
      if (isTop && !isInValue_) name_ = '"';
      break;
    case ':':
      if (isTop && !isInValue_ && members_.size() < kMaxMembers) {
        isInValue_ = true;
        members_.push_back({.name = jsonText(name_)});
        isBehindColon_ = false;
      }
      break;
    case '{':
    case '[':
      ++depth_;
      break;
    case '}':
    case ']':
      if (depth_ > 0) --depth_;
      isComplete_ = depth_ == 0;
      if (depth_ == 1 && isInValue_) members_.back().end = offset_ + 1;
      break;
    default:
      break;
  }
}

}  // namespace losskit
