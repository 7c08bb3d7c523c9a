#include "evaluation/state_header.h"

#include <bit>

namespace losskit {

namespace {

constexpr std::uint64_t kStateMagic = 0x54534b4c;  // "LKST"
constexpr std::uint64_t kStateVersion = 3;

constexpr std::size_t kWord = sizeof(std::uint64_t);

std::uint64_t stateHeader(StateKind kind) {
  return kStateMagic | (kStateVersion << 32) | (static_cast<std::uint64_t>(kind) << 48);
}

}  // namespace

std::uint64_t checksum(const std::uint8_t* bytes, std::size_t size) {
  std::uint64_t hash = 0xcbf29ce484222325;
  ByteReader from(bytes, size);
  for (std::size_t left = size / kWord; left > 0; --left)
    hash = std::rotl((hash ^ from.read()) * 0x9e3779b97f4a7c15, 32);
  return hash;
}

ByteWriter beginState(StateKind kind, std::uint64_t settings) {
  ByteWriter to;
  to.write(stateHeader(kind));
  to.write(settings);
  return to;
}

std::vector<std::uint8_t> endState(ByteWriter& to) {
  to.write(checksum(to.data(), to.size()));
  return to.take();
}

ByteReader openState(const std::uint8_t* bytes, std::size_t size, StateKind kind, std::uint64_t settings) {
  if (size < kWord || size % kWord != 0 ||
      ByteReader(bytes + size - kWord, kWord).read() != checksum(bytes, size - kWord)) {
    return ByteReader::failed();
  }
  ByteReader from(bytes, size - kWord);
  const bool isOurs = from.read() == stateHeader(kind) && from.read() == settings;
  return isOurs ? from : ByteReader::failed();
}

}  // namespace losskit
