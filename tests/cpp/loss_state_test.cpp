#include "evaluation/loss_state.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace losskit {
namespace {

TEST(LossState, DividesOnceAtTheEnd) {
  const float loss[] = {1.5F, 0, 2};
  const std::int32_t target[] = {1, -100, 0};
  const float weight[] = {3, 1};
  LossState state;
  state.addRows(loss, target, 3, weight, -100);
  EXPECT_EQ(state.sum(), 3.5);
  EXPECT_EQ(state.weight(), 4);
  EXPECT_EQ(state.mean(), 3.5 / 4);
  EXPECT_EQ(state.rows(), 3U);
  EXPECT_EQ(state.ignored(), 1U);
  EXPECT_TRUE(std::isnan(LossState().mean()));
}

TEST(LossState, SavedAndReadAgain) {
  const float loss[] = {0.1F, 0.2F};
  LossState state;
  state.addAll(loss, 2);
  const std::vector<std::uint8_t> bytes = state.toBytes();
  LossState again;
  ASSERT_TRUE(again.fromBytes(bytes.data(), bytes.size()));
  EXPECT_EQ(again.toBytes(), bytes);
  EXPECT_EQ(again.mean(), state.mean());
  std::vector<std::uint8_t> other = bytes;
  other[4] = 9;
  EXPECT_FALSE(again.fromBytes(other.data(), other.size())) << "another version";
  EXPECT_FALSE(again.fromBytes(bytes.data(), 0));
  EXPECT_EQ(again.toBytes(), bytes);
}

}  // namespace
}  // namespace losskit
