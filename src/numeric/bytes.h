// State as bytes, little-endian on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace losskit {

class ByteWriter {
 public:
  void write(std::uint64_t value);
  /// Two words of 32 bits to one of 64, the first of them low, and 0 behind the last one of an odd number.
  void writeHalves(const std::uint32_t* halves, std::size_t count);
  /// For so many more bytes.
  void reserve(std::size_t size) { bytes_.reserve(bytes_.size() + size); }

  [[nodiscard]] const std::uint8_t* data() const { return bytes_.data(); }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] std::vector<std::uint8_t> take() { return std::move(bytes_); }

 private:
  std::vector<std::uint8_t> bytes_;
};

/// Reads what ByteWriter wrote; `ok()` is false once more was asked for than there is.
class ByteReader {
 public:
  ByteReader(const std::uint8_t* bytes, std::size_t size) : bytes_(bytes), size_(size) {}

  /// A reader that is not ok() from the start.
  static ByteReader failed() {
    ByteReader reader(nullptr, 0);
    reader.ok_ = false;
    return reader;
  }

  std::uint64_t read();
  /// As writeHalves has them.
  void readHalves(std::uint32_t* halves, std::size_t count);

  [[nodiscard]] bool ok() const { return ok_; }
  /// True when everything has been read and nothing was missing.
  [[nodiscard]] bool isAtEnd() const { return ok_ && position_ == size_; }

 private:
  const std::uint8_t* bytes_;
  std::size_t size_;
  std::size_t position_ = 0;
  bool ok_ = true;
};

}  // namespace losskit
