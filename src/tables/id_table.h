#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace losskit {

/// Rows of a file by their ids. Only a hash of 64 bits is kept of an id: of ten million different ids two
/// have the same one with a probability of 3e-6, which then counts as a repeated id.
class IdTable {
 public:
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  /// Adds ids, the UTF-8 of id i standing from offsets[i] to offsets[i + 1], for the row numbers[i] each.
  /// Returns the first id that is there already, `count` when none is.
  std::size_t add(const char* bytes, const std::uint32_t* offsets, const std::uint32_t* numbers,
                  std::size_t count);

  /// Writes the rows of ids; kNone where there is none.
  void find(std::uint32_t* numbers, const char* bytes, const std::uint32_t* offsets, std::size_t count) const;

  std::size_t size() const { return size_; }

 private:
  /// Side by side, so that an id is looked for in one line of the cache, mostly.
  struct Entry {
    std::uint32_t low = ~0U;
    std::uint32_t high = ~0U;
    /// kNone: the entry is free.
    std::uint32_t number = kNone;

    std::uint64_t hash() const { return std::uint64_t{high} << 32 | low; }
    bool isFree() const { return number == kNone; }
  };
  /// Places are taken and given back by so many, so that a larger table needs no room beside that of the
  /// smaller one.
  static constexpr std::size_t kChunk = 4096;
  using Chunk = std::array<Entry, kChunk>;
  struct Sought;

  Entry& at(std::size_t place) { return (*chunks_[place / kChunk])[place % kChunk]; }
  const Entry& at(std::size_t place) const { return (*chunks_[place / kChunk])[place % kChunk]; }
  std::size_t places() const { return kChunk * chunks_.size(); }
  Chunk* addChunk() { return chunks_.emplace_back(std::make_unique<Chunk>()).get(); }
  std::size_t home(std::uint64_t hash) const;
  std::size_t place(std::size_t from, std::uint64_t hash) const;
  Sought seek(const char* bytes, const std::uint32_t* offsets, std::size_t count) const;
  void makeRoom(std::size_t count);
  void grow();
  bool insert(std::size_t from, std::uint64_t hash, std::uint32_t number);

  std::size_t size_ = 0;
  /// Places that are the home of a hash, in proportion to it.
  std::size_t homes_ = 0;
  /// Entries in the order of their hashes, each as close behind its home as there is place. Behind all homes
  /// there are some places more, the last of which is always free.
  std::vector<std::unique_ptr<Chunk>> chunks_;
};

}  // namespace losskit
