// The fast ways to read a number: what they take is what parseFloat and parseInteger make of it, bit for bit.
// Input: decimal comma or point, text.
#include "tables/number.h"

#include <bit>
#include <cstring>

#include "check.h"
#include "tables/input_buffer.h"
#include "tables/long_numbers.h"
#include "tables/usual_numbers.h"

namespace {

using losskit::fuzz::require;

bool sameBits(float a, float b) {
  return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
}

/// Up to the end of its cell; `count` of them, the first of which is the one.
template <class Numbers>
void readSideBySide(const losskit::InputBuffer& buffer, char point, std::size_t count) {
  losskit::CellEnds ends(buffer.end(), ';');
  ends.find(buffer.begin());
  float values[Numbers::kMost] = {};
  const Numbers numbers(';', point);
  if (!numbers.floats(buffer.begin() - 1, ends, count, 0, values).isUsual) return;
  const char* begin = buffer.begin();
  for (std::size_t i = 0; i < count; ++i) {
    const char* end = losskit::nextEnd(begin, ';');
    float exact = 0;
    require(losskit::parseFloat({begin, static_cast<std::size_t>(end - begin)}, point, &exact));
    require(sameBits(values[i], exact));
    begin = end + 1;
  }
  require(begin <= buffer.end() + 1);
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
  for (std::size_t count = 1; count <= losskit::UsualNumbers::kMost; ++count) {
    readSideBySide<losskit::UsualNumbers>(buffer, point, count);
    readSideBySide<losskit::LongNumbers>(buffer, point, count);
  }
  return 0;
}
