#include "tables/id_table.h"

#include <gtest/gtest.h>

#include <numeric>
#include <string>
#include <vector>

namespace losskit {
namespace {

/// Ids as batches have them.
struct Ids {
  std::string bytes;
  std::vector<std::uint32_t> offsets = {0};
  std::vector<std::uint32_t> numbers;

  void add(const std::string& id) {
    bytes += id;
    offsets.push_back(static_cast<std::uint32_t>(bytes.size()));
    numbers.push_back(static_cast<std::uint32_t>(numbers.size()));
  }
};

std::vector<std::uint32_t> find(const IdTable& table, const Ids& ids) {
  std::vector<std::uint32_t> found(ids.numbers.size());
  table.find(found.data(), ids.bytes.data(), ids.offsets.data(), found.size());
  return found;
}

TEST(IdTable, FindsEveryIdAndNoOther) {
  Ids ids;
  Ids others;
  for (int i = 0; i < 50'000; ++i) {
    ids.add("image_" + std::to_string(i) + ".png");
    others.add("image_" + std::to_string(i) + ".jpg");
  }
  IdTable table;
  EXPECT_EQ(find(table, ids).front(), IdTable::kNone);
  ASSERT_EQ(table.add(ids.bytes.data(), ids.offsets.data(), ids.numbers.data(), ids.numbers.size()),
            ids.numbers.size());
  EXPECT_EQ(table.size(), ids.numbers.size());
  EXPECT_EQ(find(table, ids), ids.numbers);
  for (const std::uint32_t number : find(table, others)) ASSERT_EQ(number, IdTable::kNone);
}

TEST(IdTable, TellsTheFirstIdThatIsThereAlready) {
  Ids ids;
  for (const char* id : {"a", "", "aaaaaaaa", "aaaaaaaaa", "b", "aaaaaaaa", "a"}) ids.add(id);
  IdTable table;
  EXPECT_EQ(table.add(ids.bytes.data(), ids.offsets.data(), ids.numbers.data(), ids.numbers.size()), 5U);
  EXPECT_EQ(table.size(), 5U);
}

}  // namespace
}  // namespace losskit
