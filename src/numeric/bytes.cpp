#include "numeric/bytes.h"

#include <bit>
#include <cstring>

namespace losskit {

namespace {

constexpr std::size_t kWord = sizeof(std::uint64_t);

/// As it is in memory, or from there.
std::uint64_t littleEndian(std::uint64_t value) {
  return std::endian::native == std::endian::big ? __builtin_bswap64(value) : value;
}

}  // namespace

void ByteWriter::write(std::uint64_t value) {
  value = littleEndian(value);
  const std::size_t at = bytes_.size();
  bytes_.resize(at + kWord);
  std::memcpy(bytes_.data() + at, &value, kWord);
}

void ByteWriter::writeHalves(const std::uint32_t* halves, std::size_t count) {
  const std::size_t at = bytes_.size();
  bytes_.resize(at + (count + 1) / 2 * kWord);
  std::uint8_t* to = bytes_.data() + at;
  for (std::size_t i = 0; i < count; i += 2, to += kWord) {
    const std::uint64_t second = i + 1 < count ? halves[i + 1] : 0;
    const std::uint64_t word = littleEndian(halves[i] | second << 32);
    std::memcpy(to, &word, kWord);
  }
}

std::uint64_t ByteReader::read() {
  std::uint64_t value = 0;
  if (size_ - position_ < kWord) {
    ok_ = false;
    return 0;
  }
  std::memcpy(&value, bytes_ + position_, kWord);
  position_ += kWord;
  return littleEndian(value);
}

void ByteReader::readHalves(std::uint32_t* halves, std::size_t count) {
  for (std::size_t i = 0; i < count; i += 2) {
    const std::uint64_t word = read();
    halves[i] = static_cast<std::uint32_t>(word);
    if (i + 1 < count) halves[i + 1] = static_cast<std::uint32_t>(word >> 32);
  }
}

}  // namespace losskit
