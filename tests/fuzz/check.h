// What the fuzz programs share: claims that end the program when they do not hold, and the input as a stream.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace losskit::fuzz {

/// libFuzzer keeps the input that ended the program.
inline void require(bool claim) {
  if (!claim) __builtin_trap();
}

/// The input: settings, a byte each, then the text.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}

  /// The next byte; 0 when there is none.
  unsigned next() {
    if (rest_.empty()) return 0;
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    return byte;
  }

  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

}  // namespace losskit::fuzz
