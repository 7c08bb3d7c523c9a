#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

#include "numeric/simd.h"

namespace losskit {

/// One cell of a row of delimited text, as it stands in the file.
struct Cell {
  enum class Form : std::uint8_t {
    Plain,
    Quoted,
    /// In quotes, with doubled quotes inside.
    Escaped,
    /// The closing quote is missing up to the end.
    Unclosed,
    /// Something other than spaces follows the closing quote.
    Overrun,
  };

  /// Content: without the quotes, but with the doubled quotes of an escaped cell and the padding of a plain
  /// one.
  const char* begin;
  const char* end;
  /// The delimiter or line feed that ends the cell, or the end of the data.
  const char* next;
  Form form;

  bool isBroken() const { return form == Form::Unclosed || form == Form::Overrun; }
};

/// Spaces and tabs around a cell are padding unless they are the delimiter; so is the CR of a CRLF.
inline bool isPadding(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

inline const char* skipPadding(const char* p, char delimiter) {
  while (isPadding(*p) && *p != delimiter) ++p;
  return p;
}

/// The first byte that a blank line does not have: also where spaces are the delimiter, a line of them is
/// blank.
inline const char* skipBlanks(const char* p, char delimiter) {
  while (isPadding(*p) && (*p != delimiter || delimiter == ' ')) ++p;
  return p;
}

inline std::string_view trimmed(const char* begin, const char* end) {
  while (begin < end && isPadding(*begin)) ++begin;
  while (begin < end && isPadding(end[-1])) --end;
  return {begin, static_cast<std::size_t>(end - begin)};
}

/// Finds delimiters and line feeds, 64 bytes at a time: bit i of the result is set where byte i is one.
class EndFinder {
 public:
  static constexpr int kBlock = 64;

  explicit EndFinder(char delimiter) : delimiter_(delimiter) {}

  [[nodiscard]] std::uint64_t in(const char* block) const {
    std::uint64_t ends = 0;
    for (int i = 0; i < kBlock; i += 16) {
      const U8x16 bytes = loadBytes(block + i);
      const auto found = (bytes == splatByte(delimiter_)) | (bytes == splatByte('\n'));
      ends |= std::uint64_t{highBits(reinterpret_cast<U8x16>(found))} << i;
    }
    return ends;
  }

 private:
  char delimiter_;
};

/// Walks the delimiters and line feeds of the data of an InputBuffer, those inside quotes too, which are no
/// cell ends. They are found independently of what the cells hold, so that a cell need not be understood
/// before the next one begins.
class CellEnds {
 public:
  CellEnds(const char* begin, char delimiter) : finder_(delimiter) { moveTo(begin); }

  void moveTo(const char* p) {
    block_ = p;
    ends_ = finder_.in(p);
  }

  /// The next one. There must be one before the padding of the buffer ends.
  const char* next() {
    while (ends_ == 0) moveTo(block_ + EndFinder::kBlock);
    const char* end = block_ + std::countr_zero(ends_);
    ends_ &= ends_ - 1;
    return end;
  }

 private:
  EndFinder finder_;
  const char* block_;
  std::uint64_t ends_;
};

/// The same for whoever walks over all of them: many are found at once, without a branch that depends on
/// where they are.
class ManyCellEnds {
 public:
  /// The data ends at `end`.
  ManyCellEnds(const char* begin, const char* end, char delimiter)
      : finder_(delimiter), end_(end), base_(begin), next_(begin) {}

  /// To a later place.
  void moveTo(const char* p) {
    while (at_ < count_ && base_ + places_[at_] < p) ++at_;
    if (at_ < count_ || p <= next_) return;
    at_ = count_;
    next_ = p;
  }

  /// As of CellEnds; behind the end of the data that end once more.
  const char* next() {
    if (at_ == count_) find();
    return base_ + places_[at_++];
  }
  /// Goes back by the last `count` ones, 2 at most.
  void goBack(std::size_t count) { at_ -= count; }

 private:
  static constexpr std::size_t kWindow = 2048;
  /// Written at once, whether there are so many or not.
  static constexpr int kStep = 8;
  /// In front of the found ones, the last ones of those before.
  static constexpr std::size_t kBefore = 2;

  void find();

  EndFinder finder_;
  const char* end_;
  /// Where places are counted from, and where the next ones are looked for.
  const char* base_;
  const char* next_;
  std::size_t at_ = kBefore;
  std::size_t count_ = kBefore;
  std::int32_t places_[kBefore + kWindow + kStep] = {};
};

/// The rest of readCell for a cell in quotes; `p` is behind the opening one.
Cell readQuotedCell(const char* p, const char* end, char delimiter);

/// Reads the cell that begins at `p`, in data of an InputBuffer that ends at `end`; `plainEnd` is the first
/// delimiter or line feed from there on. This is the one place that knows how quotes work. A cell whose
/// `next` is `end` may go on in bytes that are not there yet.
inline Cell readCell(const char* p, const char* plainEnd, const char* end, char delimiter) {
  p = skipPadding(p, delimiter);
  if (*p == '"') return readQuotedCell(p + 1, end, delimiter);
  return {p, plainEnd, plainEnd, Cell::Form::Plain};
}

inline Cell readCell(const char* p, const char* end, char delimiter) {
  return readCell(p, CellEnds(p, delimiter).next(), end, delimiter);
}

/// The cell's text: a plain one without its padding, an escaped one with its doubled quotes made single.
std::string cellText(const Cell& cell);

}  // namespace losskit
