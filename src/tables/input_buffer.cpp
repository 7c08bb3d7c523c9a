#include "tables/input_buffer.h"

#include <cstring>

namespace losskit {

InputBuffer::InputBuffer() : bytes_(2 * kPadding + 1) {
  append(0);
}

char* InputBuffer::reserve(std::size_t size) {
  const std::size_t unused = end_ - begin_;
  std::memmove(bytes_.data() + kPadding, bytes_.data() + begin_, unused);
  begin_ = kPadding;
  end_ = begin_ + unused;
  const std::size_t needed = end_ + size + 1 + kPadding;
  if (bytes_.size() < needed) bytes_.resize(needed);
  return bytes_.data() + end_;
}

void InputBuffer::keep(std::size_t begin, std::size_t end) {
  end_ = begin_;
  begin_ += begin;
  append(end);
  finished_ = false;
}

void InputBuffer::append(std::size_t size) {
  end_ += size;
  bytes_[end_] = '\n';
}

}  // namespace losskit
