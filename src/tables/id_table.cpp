#include "tables/id_table.h"

#include <cstring>

namespace losskit {

namespace {

constexpr std::uint64_t kFirst = 0x9E3779B97F4A7C15;
constexpr std::uint64_t kSecond = 0xBF58476D1CE4E5B9;
constexpr std::uint64_t kThird = 0x94D049BB133111EB;

/// The finalizer of splitmix64: every bit of the result depends on every bit of the value.
std::uint64_t mix(std::uint64_t value) {
  value = (value ^ value >> 30) * kSecond;
  value = (value ^ value >> 27) * kThird;
  return value ^ value >> 31;
}

std::uint64_t hashOf(const char* begin, const char* end) {
  std::uint64_t hash = kFirst ^ static_cast<std::uint64_t>(end - begin);
  while (begin < end) {
    std::uint64_t word = 0;
    const auto size = static_cast<std::size_t>(end - begin);
    const std::size_t taken = size < sizeof word ? size : sizeof word;
    std::memcpy(&word, begin, taken);
    hash = mix(hash + kFirst + word);
    begin += taken;
  }
  return hash;
}

}  // namespace

/// Where the hash is, or where it belongs.
std::size_t IdTable::place(std::uint64_t hash) const {
  const std::size_t mask = hashes_.size() - 1;
  std::size_t place = static_cast<std::size_t>(hash) & mask;
  while (numbers_[place] != kNone && hashes_[place] != hash) place = (place + 1) & mask;
  return place;
}

void IdTable::grow() {
  constexpr std::size_t least = 1024;
  std::vector<std::uint64_t> hashes(hashes_.empty() ? least : 2 * hashes_.size());
  std::vector<std::uint32_t> numbers(hashes.size(), kNone);
  hashes.swap(hashes_);
  numbers.swap(numbers_);
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    if (numbers[i] == kNone) continue;
    const std::size_t to = place(hashes[i]);
    hashes_[to] = hashes[i];
    numbers_[to] = numbers[i];
  }
}

std::size_t IdTable::add(const char* bytes, const std::uint32_t* offsets, const std::uint32_t* numbers,
                         std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    if (4 * (size_ + 1) > 3 * hashes_.size()) grow();
    const std::uint64_t hash = hashOf(bytes + offsets[i], bytes + offsets[i + 1]);
    const std::size_t to = place(hash);
    if (numbers_[to] != kNone) return i;
    hashes_[to] = hash;
    numbers_[to] = numbers[i];
    ++size_;
  }
  return count;
}

void IdTable::find(std::uint32_t* numbers, const char* bytes, const std::uint32_t* offsets,
                   std::size_t count) const {
  for (std::size_t i = 0; i < count; ++i) {
    numbers[i] =
        hashes_.empty() ? kNone : numbers_[place(hashOf(bytes + offsets[i], bytes + offsets[i + 1]))];
  }
}

}  // namespace losskit
