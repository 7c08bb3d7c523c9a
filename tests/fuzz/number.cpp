// The fast ways to read a number: what they take is what parseFloat and parseInteger make of it, bit for bit.
// Input: decimal comma or point, text.
#include "tables/number.h"

#include <bit>
#include <cstring>

#include "check.h"
#include "tables/input_buffer.h"

namespace {

using losskit::fuzz::require;

bool sameBits(float a, float b) {
  return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  losskit::fuzz::Input input(data, size);
  const char point = input.next() == ',' ? ',' : '.';
  const std::string_view text = input.rest();
  losskit::InputBuffer buffer;
  if (!text.empty()) std::memcpy(buffer.reserve(text.size()), text.data(), text.size());
  buffer.append(text.size());

  float exact = 0;
  const bool isNumber = losskit::parseFloat(text, point, &exact);
  float value = 0;
  losskit::PlainNumber plain;
  if (losskit::readPlainNumber(buffer.begin(), buffer.end(), point, &plain)) {
    if (losskit::toFloat(plain, &value)) require(isNumber && sameBits(value, exact));
    std::int32_t fast = 0;
    std::int32_t whole = 0;
    if (losskit::toInteger(plain, &fast))
      require(losskit::parseInteger(text, point, &whole) && fast == whole);
  }
  if (losskit::readLongFloat(buffer.begin(), buffer.end(), point, &value))
    require(isNumber && sameBits(value, exact));
  return 0;
}
