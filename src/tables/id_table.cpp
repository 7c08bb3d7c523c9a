#include "tables/id_table.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

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

template <class Word>
std::uint64_t load(const char* begin) {
  Word word;
  std::memcpy(&word, begin, sizeof word);
  return word;
}

/// All of a text of less than eight bytes, some of them perhaps twice.
std::uint64_t shortWord(const char* begin, std::size_t size) {
  using Half = std::uint32_t;
  if (size >= sizeof(Half)) return load<Half>(begin) | load<Half>(begin + size - sizeof(Half)) << 32;
  using Byte = unsigned char;
  if (size == 0) return 0;
  return load<Byte>(begin) | load<Byte>(begin + size / 2) << 8 | load<Byte>(begin + size - 1) << 16;
}

/// By words, the last of which begins in the one before it, where they do not come out even.
std::uint64_t hashOf(const char* begin, const char* end) {
  using Word = std::uint64_t;
  const auto size = static_cast<std::size_t>(end - begin);
  const auto hashed = [](std::uint64_t hash, Word word) { return mix(hash + kFirst + word); };
  std::uint64_t hash = mix(size);
  if (size < sizeof(Word)) return hashed(hash, shortWord(begin, size));
  const char* last = end - sizeof(Word);
  for (; begin < last; begin += sizeof(Word)) hash = hashed(hash, load<Word>(begin));
  return hashed(hash, load<Word>(last));
}

/// So many ids are looked for together.
constexpr std::size_t kBlock = 64;

}  // namespace

/// Ids that are looked for: where each is, or is to be looked for further.
struct IdTable::Sought {
  std::array<std::uint64_t, kBlock> hashes;
  std::array<std::size_t, kBlock> places;
};

std::size_t IdTable::home(std::uint64_t hash) const {
  return static_cast<std::size_t>((hash >> 32) * homes_ >> 32);
}

/// Where the hash is, or where it belongs; from there on.
std::size_t IdTable::place(std::size_t from, std::uint64_t hash) const {
  while (at(from).hash() < hash) ++from;
  return from;
}

/// Looks at the home of each, and needs no branch for it: their memory is waited for together.
IdTable::Sought IdTable::seek(const char* bytes, const std::uint32_t* offsets, std::size_t count) const {
  Sought sought;
  for (std::size_t i = 0; i < count; ++i)
    sought.hashes[i] = hashOf(bytes + offsets[i], bytes + offsets[i + 1]);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t place = home(sought.hashes[i]);
    sought.places[i] = place + (at(place).hash() < sought.hashes[i] ? 1 : 0);
  }
  return sought;
}

/// Room for so many more, at most kBlock: a quarter of the homes stays free, and the last place does.
void IdTable::makeRoom(std::size_t count) {
  if (4 * (size_ + count) > 3 * homes_) grow();
  if (!at(places() - 1 - kBlock).isFree()) addChunk();
}

/// As entries stay in their order, one pass does.
void IdTable::grow() {
  constexpr std::size_t least = 1024;
  homes_ = std::max(homes_ + homes_ / 2, least);
  std::vector<std::unique_ptr<Chunk>> chunks;
  chunks.swap(chunks_);
  Chunk* last = nullptr;
  std::size_t end = 0;
  std::size_t next = 0;
  for (std::unique_ptr<Chunk>& chunk : chunks) {
    for (const Entry& entry : *chunk) {
      // A free one, too, is written where there is none yet: that needs no branch.
      const std::size_t taken = entry.isFree() ? 0 : 1;
      const std::size_t place = std::max(next, taken * home(entry.hash()));
      for (; place >= end; end += kChunk) last = addChunk();
      (*last)[place % kChunk] = entry;
      next = place + taken;
    }
    chunk.reset();
  }
  while (places() <= homes_ + kBlock) addChunk();
}

/// False where it is there already.
bool IdTable::insert(std::size_t from, std::uint64_t hash, std::uint32_t number) {
  from = place(from, hash);
  Entry entry{static_cast<std::uint32_t>(hash), static_cast<std::uint32_t>(hash >> 32), number};
  if (at(from).hash() == hash && !at(from).isFree()) return false;
  for (; !entry.isFree(); ++from) std::swap(entry, at(from));
  ++size_;
  return true;
}

std::size_t IdTable::add(const char* bytes, const std::uint32_t* offsets, const std::uint32_t* numbers,
                         std::size_t count) {
  for (std::size_t begin = 0; begin < count; begin += kBlock) {
    const std::size_t taken = std::min(kBlock, count - begin);
    makeRoom(taken);
    // An entry that is added moves others back, never one in front of those that it was found behind.
    const Sought sought = seek(bytes, offsets + begin, taken);
    for (std::size_t i = 0; i < taken; ++i) {
      if (!insert(sought.places[i], sought.hashes[i], numbers[begin + i])) return begin + i;
    }
  }
  return count;
}

void IdTable::find(std::uint32_t* numbers, const char* bytes, const std::uint32_t* offsets,
                   std::size_t count) const {
  if (size_ == 0) {
    std::fill_n(numbers, count, kNone);
    return;
  }
  for (std::size_t begin = 0; begin < count; begin += kBlock) {
    const std::size_t taken = std::min(kBlock, count - begin);
    const Sought sought = seek(bytes, offsets + begin, taken);
    for (std::size_t i = 0; i < taken; ++i) {
      const Entry& entry = at(place(sought.places[i], sought.hashes[i]));
      numbers[begin + i] = entry.hash() == sought.hashes[i] ? entry.number : kNone;
    }
  }
}

}  // namespace losskit
