#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "tables/json_cursor.h"

namespace losskit {

/// A row that is a sequence: some of its cells are lists with a value for each token, the others hold for all
/// of them. It is read as a row for each token.
class JsonSequence {
 public:
  /// What is wrong with the cells of a row.
  struct Fault {
    enum class Kind : std::uint8_t {
      None,
      NoList,
      /// The list has another number of values than there are tokens.
      OtherCount,
    };
    Kind kind = Kind::None;
    std::size_t column = 0;
    /// Of the list.
    std::size_t values = 0;
  };

  /// Of a table of so many columns; to be said before the first row.
  void spread(std::size_t column, std::size_t columns);
  /// Whether rows are sequences.
  bool isUsed() const { return !cells_.empty(); }
  bool isSpread(std::size_t column) const { return cells_[column].isSpread; }

  /// Forgets the row: the cells of another one will come, or the same again.
  void clear();
  /// A cell as it is written.
  void setCell(std::size_t column, std::string_view raw);
  /// All cells have come, of a row of which so many tokens have been read already.
  Fault start(std::size_t read);

  /// 1 where all that there could be of them is missing.
  std::size_t tokens() const { return tokens_; }
  /// The token at hand, from 1.
  std::size_t token() const { return token_; }
  bool hasNext() const { return token_ < tokens_; }
  void next();
  /// Of the row.
  std::string_view raw(std::size_t column) const { return cells_[column].raw; }
  /// Of the token at hand, as it is written; of no bytes where it is missing.
  std::string_view value(std::size_t column) const { return cells_[column].value; }

 private:
  struct Cell {
    bool isSpread = false;
    /// Null where the row has none.
    std::string_view raw = {};
    std::string_view value = {};
    /// What is left of the list.
    JsonCursor rest = JsonCursor({});

    bool isList() const { return isSpread && raw.data() != nullptr; }
  };

  std::vector<Cell> cells_;
  std::size_t tokens_ = 0;
  std::size_t token_ = 0;
};

}  // namespace losskit
