#include "numeric/bytes.h"

namespace losskit {

void ByteWriter::write(std::uint64_t value) {
  for (int shift = 0; shift < 64; shift += 8) bytes_.push_back(static_cast<std::uint8_t>(value >> shift));
}

std::uint64_t ByteReader::read() {
  if (size_ - position_ < sizeof(std::uint64_t)) {
    ok_ = false;
    return 0;
  }
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof value; ++i)
    value |= static_cast<std::uint64_t>(bytes_[position_ + i]) << (8 * i);
  position_ += sizeof value;
  return value;
}

}  // namespace losskit
