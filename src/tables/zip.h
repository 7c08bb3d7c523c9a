#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace losskit {

/// Where the directory of a zip archive stands (PKWARE's APPNOTE.TXT, 4.3.12 to 4.3.16, with zip64).
struct ZipDirectoryPlace {
  std::uint64_t begin = 0;
  std::uint64_t size = 0;
  /// For people; empty when it was found.
  std::string problem;
};

struct ZipEntry {
  std::string name;
  /// 0 is stored, 8 is deflated.
  std::uint16_t method = 0;
  bool isEncrypted = false;
  /// CRC-32 of what is packed.
  std::uint32_t checksum = 0;
  std::uint64_t compressedSize = 0;
  std::uint64_t size = 0;
  /// Where its local header begins.
  std::uint64_t header = 0;
};

struct ZipDirectory {
  std::vector<ZipEntry> entries;
  std::string problem;
};

/// So many last bytes of a file hold the end of the directory.
inline constexpr std::size_t kZipTailBytes = 0xFFFF + 22 + 20 + 56;
inline constexpr std::size_t kZipLocalHeaderBytes = 30;

/// `tail`: the last bytes of the file, kZipTailBytes of them or all.
ZipDirectoryPlace findZipDirectory(std::string_view tail, std::uint64_t fileSize);

/// `directory`: the bytes at the place.
ZipDirectory readZipDirectory(std::string_view directory);

/// Bytes from the beginning of the local header to the data; 0 when it is none.
std::size_t zipLocalHeaderSize(std::string_view header);

}  // namespace losskit
