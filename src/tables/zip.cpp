#include "tables/zip.h"

#include <algorithm>

#include "tables/little_endian.h"

namespace losskit {

namespace {

constexpr std::string_view kEnd = "PK\x05\x06";
constexpr std::string_view kEnd64 = "PK\x06\x06";
constexpr std::string_view kEnd64Locator = "PK\x06\x07";
constexpr std::string_view kEntry = "PK\x01\x02";
constexpr std::string_view kLocalHeader = "PK\x03\x04";
constexpr std::size_t kEndBytes = 22;
constexpr std::size_t kLocatorBytes = 20;
constexpr std::size_t kEntryBytes = 46;
constexpr std::uint32_t kIn64 = 0xFFFFFFFF;
constexpr std::uint16_t kZip64Field = 1;

/// The number at `offset`, 0 where the bytes end.
template <class T>
T numberAt(std::string_view bytes, std::size_t offset) {
  T value = 0;
  readAt(bytes, offset, &value);
  return value;
}

/// Takes the next 64-bit number of the zip64 field for one that does not fit in 32 bits.
bool widen(std::string_view* field, std::uint64_t* value) {
  if (*value != kIn64) return true;
  if (!readAt(*field, 0, value)) return false;
  field->remove_prefix(sizeof(std::uint64_t));
  return true;
}

/// The content of the extra field with the given id; empty when there is none.
std::string_view extraField(std::string_view extra, std::uint16_t wanted) {
  while (extra.size() >= 4) {
    const auto size = numberAt<std::uint16_t>(extra, 2);
    if (numberAt<std::uint16_t>(extra, 0) == wanted) return extra.substr(4, size);
    extra.remove_prefix(std::min<std::size_t>(extra.size(), 4 + std::size_t{size}));
  }
  return {};
}

bool readEntry(std::string_view bytes, std::size_t nameSize, std::size_t extraSize, ZipEntry* entry) {
  entry->isEncrypted = (numberAt<std::uint16_t>(bytes, 8) & 1) != 0;
  entry->method = numberAt<std::uint16_t>(bytes, 10);
  entry->checksum = numberAt<std::uint32_t>(bytes, 16);
  entry->compressedSize = numberAt<std::uint32_t>(bytes, 20);
  entry->size = numberAt<std::uint32_t>(bytes, 24);
  entry->header = numberAt<std::uint32_t>(bytes, 42);
  entry->name = bytes.substr(kEntryBytes, nameSize);
  std::string_view field = extraField(bytes.substr(kEntryBytes + nameSize, extraSize), kZip64Field);
  return widen(&field, &entry->size) && widen(&field, &entry->compressedSize) &&
         widen(&field, &entry->header);
}

}  // namespace

ZipDirectoryPlace findZipDirectory(std::string_view tail, std::uint64_t fileSize) {
  ZipDirectoryPlace place;
  const std::size_t end =
      tail.size() < kEndBytes ? std::string_view::npos : tail.rfind(kEnd, tail.size() - kEndBytes);
  if (end == std::string_view::npos) {
    place.problem = "the archive has no directory at its end: it is cut off";
    return place;
  }
  place.size = numberAt<std::uint32_t>(tail, end + 12);
  place.begin = numberAt<std::uint32_t>(tail, end + 16);
  if (end >= kLocatorBytes && tail.substr(end - kLocatorBytes).starts_with(kEnd64Locator)) {
    const std::uint64_t tailBegin = fileSize - tail.size();
    const auto end64 = numberAt<std::uint64_t>(tail, end - kLocatorBytes + 8) - tailBegin;
    if (end64 > end || !tail.substr(static_cast<std::size_t>(end64)).starts_with(kEnd64)) {
      place.problem = "the archive's directory cannot be found";
      return place;
    }
    place.size = numberAt<std::uint64_t>(tail, static_cast<std::size_t>(end64) + 40);
    place.begin = numberAt<std::uint64_t>(tail, static_cast<std::size_t>(end64) + 48);
  }
  if (place.size > fileSize || place.begin > fileSize - place.size)
    place.problem = "the archive's directory lies outside the file";
  return place;
}

ZipDirectory readZipDirectory(std::string_view directory) {
  ZipDirectory result;
  while (directory.starts_with(kEntry)) {
    const std::size_t nameSize = numberAt<std::uint16_t>(directory, 28);
    const std::size_t extraSize = numberAt<std::uint16_t>(directory, 30);
    const std::size_t size = kEntryBytes + nameSize + extraSize + numberAt<std::uint16_t>(directory, 32);
    ZipEntry entry;
    if (size > directory.size() || !readEntry(directory, nameSize, extraSize, &entry)) {
      result.problem = "the archive's directory is broken";
      return result;
    }
    result.entries.push_back(entry);
    directory.remove_prefix(size);
  }
  return result;
}

std::size_t zipLocalHeaderSize(std::string_view header) {
  if (header.size() < kZipLocalHeaderBytes || !header.starts_with(kLocalHeader)) return 0;
  return kZipLocalHeaderBytes + numberAt<std::uint16_t>(header, 26) + numberAt<std::uint16_t>(header, 28);
}

}  // namespace losskit
