#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace losskit {

/// The bytes of a stream that are not used up yet. The owner of the stream writes into reserve() and says
/// append(); the reader takes them from begin() and gives back what it has used up by consume().
///
/// The byte at end() is always a line feed, and kPadding bytes before begin() and behind end() may be read,
/// so that loops need no check for the end: whoever stops at end() has met the end of what is there so far,
/// not of a line.
class InputBuffer {
 public:
  static constexpr std::size_t kPadding = 1152;

  InputBuffer();

  /// Room for `size` bytes behind the unused ones. Every pointer into the buffer is void afterwards.
  char* reserve(std::size_t size);
  /// The first `size` bytes of the room are written now.
  void append(std::size_t size);
  /// No byte follows: what stands before end() is complete.
  void finish() { finished_ = true; }
  /// Another stream begins, of the bytes from `begin` to before `end` among those that are there.
  void keep(std::size_t begin, std::size_t end);
  void consume(const char* position) { begin_ = static_cast<std::size_t>(position - bytes_.data()); }

  const char* begin() const { return bytes_.data() + begin_; }
  const char* end() const { return bytes_.data() + end_; }
  bool finished() const { return finished_; }

 private:
  std::vector<char> bytes_;
  std::size_t begin_ = kPadding;
  std::size_t end_ = kPadding;
  bool finished_ = false;
};

/// A copy of a text that may be read around as the data of an InputBuffer.
class PaddedText {
 public:
  explicit PaddedText(std::string_view text) {
    text.copy(buffer_.reserve(text.size()), text.size());
    buffer_.append(text.size());
  }
  const char* begin() const { return buffer_.begin(); }
  const char* end() const { return buffer_.end(); }

 private:
  InputBuffer buffer_;
};

}  // namespace losskit
