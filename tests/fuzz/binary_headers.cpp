// The headers of .npy, zip and safetensors files and the pickles of torch: whatever stands in them, what is
// found lies where it may. Input: the format, then the bytes.
#include <string_view>

#include "check.h"
#include "tables/npy.h"
#include "tables/safetensors.h"
#include "tables/torch_pickle.h"
#include "tables/zip.h"

namespace {

using losskit::ArrayInfo;
using losskit::ArrayList;
using losskit::fuzz::Input;
using losskit::fuzz::require;

void requireWhole(const ArrayInfo& array) {
  std::uint64_t bytes = 0;
  require(array.begin <= array.end);
  require(array.type.empty() || (losskit::arrayBytes(array, &bytes) && array.end - array.begin == bytes));
}

void npy(std::string_view bytes) {
  const losskit::NpyHeader header = losskit::readNpyHeader(bytes);
  require(header.needed == 0 || header.needed > bytes.size());
  if (header.needed == 0 && header.problem.empty()) requireWhole(header.array);
}

void zip(std::string_view bytes) {
  losskit::readZipDirectory(bytes);
  losskit::zipLocalHeaderSize(bytes);
  const losskit::ZipDirectoryPlace place = losskit::findZipDirectory(bytes, bytes.size());
  if (!place.problem.empty()) return;
  require(place.begin + place.size <= bytes.size());
  losskit::readZipDirectory(bytes.substr(place.begin, place.size));
}

void safetensors(std::string_view bytes) {
  const std::uint64_t size = 8 + bytes.size() + 64;
  const ArrayList list = losskit::readSafetensorsHeader(bytes, 8 + bytes.size(), size);
  if (!list.problem.empty()) return;
  for (const ArrayInfo& array : list.arrays) {
    requireWhole(array);
    require(array.end <= size);
  }
}

void pickle(std::string_view bytes) {
  const ArrayList list = losskit::readTorchPickle(bytes);
  if (!list.problem.empty()) return;
  for (const ArrayInfo& array : list.arrays) requireWhole(array);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  const unsigned format = input.next() % 4;
  const std::string_view bytes = input.rest();
  if (format == 0) npy(bytes);
  if (format == 1) zip(bytes);
  if (format == 2) safetensors(bytes);
  if (format == 3) pickle(bytes);
  return 0;
}
