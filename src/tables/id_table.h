#pragma once

#include <cstddef>
#include <cstdint>
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
  std::size_t place(std::uint64_t hash) const;
  void grow();

  std::size_t size_ = 0;
  /// By the lowest bits of the hash, then the next free place; as many as a power of two.
  std::vector<std::uint64_t> hashes_;
  std::vector<std::uint32_t> numbers_;
};

}  // namespace losskit
