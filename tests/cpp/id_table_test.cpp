#include "tables/id_table.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <string>
#include <unordered_map>
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

std::size_t addTo(IdTable& table, const Ids& ids, std::size_t begin = 0) {
  return begin + table.add(ids.bytes.data(), ids.offsets.data() + begin, ids.numbers.data() + begin,
                           ids.numbers.size() - begin);
}

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
  ASSERT_EQ(addTo(table, ids), ids.numbers.size());
  EXPECT_EQ(table.size(), ids.numbers.size());
  EXPECT_EQ(find(table, ids), ids.numbers);
  for (const std::uint32_t number : find(table, others)) ASSERT_EQ(number, IdTable::kNone);
}

TEST(IdTable, TellsTheFirstIdThatIsThereAlready) {
  Ids ids;
  for (const char* id : {"a", "", "aaaaaaaa", "aaaaaaaaa", "b", "aaaaaaaa", "a"}) ids.add(id);
  IdTable table;
  EXPECT_EQ(addTo(table, ids), 5U);
  EXPECT_EQ(table.size(), 5U);
}

TEST(IdTable, TellsIdsApartByEachOfTheirBytesAndTheirLength) {
  Ids ids;
  for (std::size_t size = 0; size < 40; ++size) {
    ids.add(std::string(size, 'a'));
    ids.add(std::string(size, '\0') + '\0');
    for (std::size_t i = 0; i < size; ++i) {
      std::string id(size, 'a');
      id[i] = 'b';
      ids.add(id);
    }
  }
  IdTable table;
  EXPECT_EQ(addTo(table, ids), ids.numbers.size());
  EXPECT_EQ(find(table, ids), ids.numbers);
}

/// One batch after another, those that were there already among them.
TEST(IdTable, IsWhatAMapIs) {
  std::mt19937 random(3);
  std::unordered_map<std::string, std::uint32_t> map;
  IdTable table;
  for (std::uint32_t batch = 0; batch < 60; ++batch) {
    Ids ids;
    for (std::size_t size = random() % 3000; size > 0; --size) {
      ids.add(std::to_string(random() % 300'000));
      ids.numbers.back() += 10'000 * batch;
    }
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < ids.numbers.size(); ++i) {
      texts.push_back(ids.bytes.substr(ids.offsets[i], ids.offsets[i + 1] - ids.offsets[i]));
    }
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const std::size_t fault = addTo(table, ids, i);
      for (; i < fault; ++i) ASSERT_TRUE(map.emplace(texts[i], ids.numbers[i]).second) << texts[i];
      ASSERT_TRUE(i == texts.size() || map.contains(texts[i])) << texts[i];
    }
    ASSERT_EQ(table.size(), map.size());
  }
  Ids all;
  for (int i = 0; i < 300'000; ++i) all.add(std::to_string(i));
  const std::vector<std::uint32_t> found = find(table, all);
  for (int i = 0; i < 300'000; ++i) {
    const auto expected = map.find(std::to_string(i));
    ASSERT_EQ(found[static_cast<std::size_t>(i)], expected == map.end() ? IdTable::kNone : expected->second)
        << i;
  }
}

/// The value that the finalizer of splitmix64 makes this of.
std::uint64_t unmixed(std::uint64_t value) {
  value = (value ^ value >> 31 ^ value >> 62) * 0x319642B2D24D8EC3;
  value = (value ^ value >> 27 ^ value >> 54) * 0x96DE1B173F119089;
  return value ^ value >> 30 ^ value >> 60;
}

std::uint64_t mixed(std::uint64_t value) {
  value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9;
  value = (value ^ value >> 27) * 0x94D049BB133111EB;
  return value ^ value >> 31;
}

/// Ids of eight bytes whose hashes are the greatest, or the least, but for their lowest bits.
TEST(IdTable, HoldsIdsThatAllBelongInOnePlace) {
  for (const std::uint64_t high : {0xFFFFFFFF00000000, std::uint64_t{0}}) {
    Ids ids;
    for (std::uint64_t low = 0; low < 3000; ++low) {
      const std::uint64_t word = unmixed(high | low * 1'431'655 % 0xFFFFFFFF) - 0x9E3779B97F4A7C15 - mixed(8);
      std::string id(sizeof word, '\0');
      std::memcpy(id.data(), &word, sizeof word);
      ids.add(id);
    }
    IdTable table;
    ASSERT_EQ(addTo(table, ids), ids.numbers.size());
    EXPECT_EQ(find(table, ids), ids.numbers);
    for (std::size_t i = 0; i < ids.numbers.size(); ++i) ASSERT_EQ(addTo(table, ids, i), i);
  }
}

}  // namespace
}  // namespace losskit
