#include "tables/cell.h"

namespace losskit {

void ManyCellEnds::find() {
  const auto moved = static_cast<std::int32_t>(next_ - base_);
  for (std::size_t i = 0; i < kBefore; ++i) places_[i] = places_[count_ - kBefore + i] - moved;
  base_ = next_;
  std::size_t count = kBefore;
  // Whole windows, until one has an end. Behind the last one of the data it is found again and again.
  while (count == kBefore) {
    if (next_ > end_) places_[count++] = static_cast<std::int32_t>(end_ - base_);
    for (std::size_t block = 0; block < kWindow / EndFinder::kBlock && next_ <= end_; ++block) {
      std::uint64_t ends = finder_.in(next_);
      const auto first = static_cast<std::int32_t>(next_ - base_);
      const auto found = static_cast<std::size_t>(std::popcount(ends));
      for (std::size_t done = 0; done < found; done += kStep) {
        for (int i = 0; i < kStep; ++i, ends &= ends - 1) {
          places_[count + done + static_cast<std::size_t>(i)] = first + std::countr_zero(ends);
        }
      }
      count += found;
      next_ += EndFinder::kBlock;
    }
  }
  at_ = kBefore;
  count_ = count;
}

Cell readQuotedCell(const char* p, const char* end, char delimiter) {
  const char* begin = p;
  Cell::Form form = Cell::Form::Quoted;
  for (;;) {
    const void* found = std::memchr(p, '"', static_cast<std::size_t>(end - p));
    if (found == nullptr) return {begin, end, end, Cell::Form::Unclosed};
    p = static_cast<const char*>(found);
    if (p[1] != '"' || p + 1 == end) break;
    form = Cell::Form::Escaped;
    p += 2;
  }
  const char* next = skipPadding(p + 1, delimiter);
  if (*next == delimiter || *next == '\n') return {begin, p, next, form};
  return {begin, p, CellEnds(next, delimiter).next(), Cell::Form::Overrun};
}

std::string cellText(const Cell& cell) {
  if (cell.form == Cell::Form::Plain) return std::string(trimmed(cell.begin, cell.end));
  std::string text;
  for (const char* p = cell.begin; p < cell.end; ++p) {
    text += *p;
    if (cell.form == Cell::Form::Escaped && *p == '"') ++p;
  }
  return text;
}

}  // namespace losskit
