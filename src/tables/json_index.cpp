#include "tables/json_index.h"

#include <bit>

#include "numeric/simd.h"
#include "tables/json_cursor.h"

namespace losskit {

namespace {

bool isSpace(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

template <class Mask>
std::uint32_t marked(Mask mask) {
  return highBits(reinterpret_cast<U8x16>(mask));
}

}  // namespace

void JsonIndex::add(std::string_view bytes) {
  const char* p = bytes.data();
  const char* end = p + bytes.size();
  while (p < end) {
    const char* next = passInside(p, end);
    offset_ += static_cast<std::uint64_t>(next - p);
    if (next < end) {
      addByte(*next++);
      ++offset_;
    }
    p = next;
  }
}

/// To the next bracket or quote, or near to the end, where no other byte counts in front of it: but for line
/// feeds, and commas between the values of a member of which the first one is known.
const char* JsonIndex::passInside(const char* p, const char* end) {
  const bool isMember = depth_ == 2 && isInValue_;
  if (isInText_ || isComplete_ || depth_ < 2 || (isMember && members_.back().inner == '\0')) return p;
  constexpr std::ptrdiff_t kBlock = sizeof(U8x16);
  std::uint64_t commas = 0;
  std::uint32_t stops = 0;
  while (stops == 0 && end - p >= kBlock) {
    const U8x16 bytes = loadBytes(p);
    // With the bit of small letters set, brackets are braces.
    const U8x16 small = bytes | 0x20;
    stops = marked((bytes == splatByte('"')) | ((small >= splatByte('{')) & (small <= splatByte('}'))));
    const std::uint32_t before = (stops & -stops) - 1;
    lineFeeds_ += static_cast<std::uint64_t>(std::popcount(marked(bytes == splatByte('\n')) & before));
    commas += static_cast<std::uint64_t>(std::popcount(marked(bytes == splatByte(',')) & before));
    p += stops == 0 ? kBlock : std::countr_zero(stops);
  }
  if (isMember) members_.back().elements += commas;
  return p;
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
