#include "tables/json_cursor.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "tables/byte_search.h"
#include "tables/input_buffer.h"

namespace losskit {
namespace {

using Status = JsonCursor::Status;

struct Found {
  Status status;
  /// The value, where it is there; else where the cursor stands.
  std::string raw;
  std::size_t position;

  bool operator==(const Found&) const = default;
};

/// A walk byte by byte.
class Reference {
 public:
  explicit Reference(std::string_view text) : text_(text) {}

  Found read(bool isLast) {
    while (at_ < text_.size() && isSpace(text_[at_])) ++at_;
    const std::size_t begin = at_;
    if (at_ == text_.size()) return {Status::Incomplete, "", at_};
    const char first = text_[at_];
    const Status status = first == '"' ? text() : first == '{' || first == '[' ? nested() : word(isLast);
    const bool isThere = status == Status::Ok;
    return {status, isThere ? std::string(text_.substr(begin, at_ - begin)) : "", at_};
  }

 private:
  static bool isSpace(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

  static bool isWordByte(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("-+.").find(c) != std::string_view::npos;
  }

  Status text() {
    for (std::size_t i = at_ + 1; i < text_.size(); ++i) {
      if (text_[i] == '\\') {
        ++i;
      } else if (text_[i] == '"') {
        at_ = i + 1;
        return Status::Ok;
      }
    }
    return Status::Incomplete;
  }

  Status nested() {
    const std::size_t begin = at_;
    std::string open;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        if (text() == Status::Ok) continue;
        break;
      }
      ++at_;
      if (c == '{' || c == '[') {
        if (open.size() == JsonCursor::kMaxDepth) return Status::Broken;
        open += c;
      } else if (c == '}' || c == ']') {
        if (open.back() != (c == '}' ? '{' : '[')) return Status::Broken;
        open.pop_back();
        if (open.empty()) return Status::Ok;
      }
    }
    at_ = begin;
    return Status::Incomplete;
  }

  Status word(bool isLast) {
    std::size_t end = at_;
    while (end < text_.size() && isWordByte(text_[end])) ++end;
    if (end == at_) return Status::Broken;
    if (end == text_.size() && !isLast) return Status::Incomplete;
    at_ = end;
    return Status::Ok;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

/// All values up to the first that is none.
void expectSame(const std::string& text, bool isLast) {
  const PaddedText padded(text);
  JsonCursor cursor({padded.begin(), text.size()});
  Reference reference(text);
  for (std::size_t values = 0; values <= text.size(); ++values) {
    std::string_view raw;
    const Status status = cursor.readValue(isLast, &raw);
    const Found found{status, std::string(raw), static_cast<std::size_t>(cursor.position() - padded.begin())};
    const Found expected = reference.read(isLast);
    ASSERT_EQ(found.status, expected.status) << text;
    ASSERT_EQ(found.raw, expected.raw) << text;
    ASSERT_EQ(found.position, expected.position) << text;
    if (status != Status::Ok) return;
  }
  FAIL() << text;
}

TEST(JsonCursor, WalksAnyTextAsByteByByte) {
  std::mt19937 random(17);
  constexpr std::string_view parts[] = {"{",  "}",  "[",    "]",  "\"",  "\\",         ",",    ":",
                                        " ",  "\n", "null", "-1", "0.5", "1e-7",       "\\\"", "\\\\",
                                        "[1", "]}", "\xC3", "@",  "`",   "a long one", "\0",   "\"text\""};
  for (int i = 0; i < 200'000; ++i) {
    std::string text;
    for (std::size_t left = random() % 40; left > 0; --left) text += parts[random() % std::size(parts)];
    expectSame(text, random() % 2 == 0);
  }
}

TEST(JsonCursor, ReadsNoDeeperThanItMay) {
  for (const std::size_t depth : {63U, 64U, 65U}) {
    const std::string text = std::string(depth, '[') + std::string(depth, ']');
    expectSame(text, true);
    const PaddedText padded(text);
    std::string_view raw;
    const bool isGood = depth <= JsonCursor::kMaxDepth;
    EXPECT_EQ(JsonCursor({padded.begin(), text.size()}).readValue(true, &raw),
              isGood ? Status::Ok : Status::Broken);
  }
}

TEST(JsonCursor, EndsWhereItsTextDoes) {
  // What stands behind it would end a value.
  const std::string text = "{\"a\": \"bcd\", \"e\": [1, 2]}\"]} ";
  const PaddedText padded(text);
  for (std::size_t size = 1; size < 25; ++size) {
    std::string_view raw;
    JsonCursor cursor({padded.begin(), size});
    EXPECT_EQ(cursor.readValue(true, &raw), Status::Incomplete) << size;
  }
}

TEST(ByteSearch, CountsLineFeedsInsideAlone) {
  const std::string text(100, '\n');
  const PaddedText padded(text);
  for (std::size_t begin = 0; begin < 40; ++begin)
    for (std::size_t end = begin; end <= text.size(); ++end)
      EXPECT_EQ(countLineFeeds(padded.begin() + begin, padded.begin() + end), end - begin);
}

}  // namespace
}  // namespace losskit
