#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace losskit {

/// A member of the object that a JSON file is: what it is called and where its value stands.
struct JsonMember {
  std::string name;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  /// First byte of the value.
  char first = '\0';
  /// Of an array or object: how many values it has, and the first byte of the first one.
  std::uint64_t elements = 0;
  char inner = '\0';
  /// Line feeds in front of the value.
  std::uint64_t lineFeeds = 0;
};

/// Finds the members of one large object without reading their values, in pieces of any size.
class JsonIndex {
 public:
  /// The next bytes of the file.
  void add(std::string_view bytes);
  const std::vector<JsonMember>& members() const { return members_; }
  /// The object has ended.
  bool isComplete() const { return isComplete_; }

 private:
  const char* passInside(const char* p, const char* end);
  void addByte(char c);
  void addOutside(char c);
  void addInside(char c);

  static constexpr std::size_t kMaxNameBytes = std::size_t{1} << 16;
  static constexpr std::size_t kMaxMembers = std::size_t{1} << 16;

  std::uint64_t offset_ = 0;
  std::uint64_t depth_ = 0;
  bool isInText_ = false;
  bool isEscaped_ = false;
  bool isComplete_ = false;
  /// A colon was met, its value not yet ended.
  bool isInValue_ = false;
  /// The last byte in an object that is a value was a colon.
  bool isBehindColon_ = false;
  std::uint64_t lineFeeds_ = 0;
  std::string name_;
  std::vector<JsonMember> members_;
};

}  // namespace losskit
