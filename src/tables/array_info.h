#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace losskit {

/// One array of a binary file: what it is called, what it holds and where.
struct ArrayInfo {
  std::string name;
  /// What an element is, as NumPy writes it without the byte order: f2, f4, f8, i1 to i8, u1 to u8, b1, S5
  /// and U5 (texts of five bytes and of five characters of four bytes); bf2 is bfloat16.
  std::string type;
  bool isBigEndian = false;
  /// The first index runs fastest.
  bool isFortranOrder = false;
  std::vector<std::uint64_t> shape;
  /// Bytes of the file, or of the archive's member that `member` names.
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::string member;
};

/// Bytes of an element; 0 for what is not known.
std::size_t elementSize(const std::string& type);

/// Bytes of the whole array; false when they are more than a double counts exactly.
bool arrayBytes(const ArrayInfo& array, std::uint64_t* bytes);

}  // namespace losskit
