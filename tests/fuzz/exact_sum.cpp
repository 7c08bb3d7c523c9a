// Exact sums: the same values in any split and order give the same bytes, which give the same sum again.
// Input: where to split, floats.
#include "numeric/exact_sum.h"

#include <bit>
#include <cstring>
#include <vector>

#include "check.h"

namespace {

using losskit::ByteReader;
using losskit::ByteWriter;
using losskit::ExactSum;
using losskit::fuzz::require;

template <class T>
std::vector<std::uint8_t> bytesOf(const ExactSum<T>& sum) {
  ByteWriter to;
  sum.write(to);
  return to.take();
}

template <class T>
void requireExact(const std::vector<T>& values, std::size_t split) {
  ExactSum<T> whole;
  whole.add(values.data(), values.size());
  ExactSum<T> front;
  ExactSum<T> back;
  front.add(values.data(), split);
  for (std::size_t i = values.size(); i > split; --i) back.add(values[i - 1]);
  back.merge(front);
  const std::vector<std::uint8_t> bytes = bytesOf(whole);
  require(bytesOf(back) == bytes);
  ByteReader from(bytes.data(), bytes.size());
  ExactSum<T> again;
  require(again.read(from) && from.isAtEnd());
  require(std::bit_cast<std::uint64_t>(again.value()) == std::bit_cast<std::uint64_t>(whole.value()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  losskit::fuzz::Input input(data, size);
  const std::size_t split = input.next();
  std::vector<float> floats(input.rest().size() / sizeof(float));
  std::vector<double> doubles(input.rest().size() / sizeof(double));
  if (!floats.empty()) std::memcpy(floats.data(), input.rest().data(), floats.size() * sizeof(float));
  if (!doubles.empty()) std::memcpy(doubles.data(), input.rest().data(), doubles.size() * sizeof(double));
  requireExact(floats, std::min(split, floats.size()));
  requireExact(doubles, std::min(split, doubles.size()));
  return 0;
}
