// The order in which updates travel: most transmissions left first, then first in, first out.
#include "core/engine/level_queue.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace swim {
namespace {

std::vector<std::uint32_t> order(const LevelQueue& queue) {
  std::vector<std::uint32_t> items;
  for (std::uint32_t item = queue.first(); item != LevelQueue::none; item = queue.after(item)) {
    items.push_back(item);
  }
  return items;
}

using Items = std::vector<std::uint32_t>;

TEST(LevelQueueTest, test_broadcast_queue_fifo) {
  LevelQueue queue;
  for (const std::uint32_t item : {5U, 1U, 9U}) {
    queue.set(item, 3);
  }
  EXPECT_EQ(order(queue), (Items{5, 1, 9}));
}

TEST(LevelQueueTest, test_broadcast_queue_transmit_counting) {
  LevelQueue queue;
  queue.set(1, 3);
  queue.set(2, 1);
  queue.set(1, 2);  // sent once
  EXPECT_EQ(order(queue), (Items{1, 2}));
  queue.set(1, 1);  // twice: behind the one that waits at this level
  EXPECT_EQ(order(queue), (Items{2, 1}));
  queue.set(2, 0);  // the last time
  EXPECT_EQ(order(queue), (Items{1}));
  queue.set(1, 0);
  EXPECT_TRUE(queue.empty());
}

TEST(LevelQueueTest, test_broadcast_queue_invalidation) {
  LevelQueue queue;
  queue.set(1, 3);
  queue.set(2, 3);
  queue.erase(1);
  EXPECT_EQ(order(queue), (Items{2}));
  queue.erase(1);
  queue.erase(77);
  EXPECT_EQ(queue.size(), 1U);
}

TEST(LevelQueueTest, depth_counts_each_that_waits_once) {
  LevelQueue queue;
  EXPECT_EQ(queue.size(), 0U);
  for (std::uint32_t item = 0; item < 200; ++item) {
    queue.set(item, item % 3 + 1);
    EXPECT_EQ(queue.size(), item + 1);
  }
  queue.set(7, 5);  // newer
  queue.set(8, 1);  // sent once more
  EXPECT_EQ(queue.size(), 200U);
  EXPECT_EQ(order(queue).size(), 200U);
  for (std::uint32_t item = 0; item < 200; ++item) {
    queue.set(item, 0);
    EXPECT_EQ(queue.size(), 199 - item);
  }
  EXPECT_TRUE(queue.empty());
}

TEST(LevelQueueTest, something_newer_about_the_same_member_takes_its_one_place) {
  LevelQueue queue;
  queue.set(1, 2);
  queue.set(2, 4);
  queue.set(1, 4);  // newer: its full number again
  EXPECT_EQ(order(queue), (Items{2, 1}));
  EXPECT_EQ(queue.size(), 2U);
}

TEST(LevelQueueTest, the_last_is_what_has_travelled_most) {
  LevelQueue queue;
  EXPECT_EQ(queue.last(), LevelQueue::none);
  queue.set(1, 5);
  queue.set(2, 1);
  queue.set(3, 1);
  EXPECT_EQ(queue.last(), 2U);
}

TEST(LevelQueueTest, more_than_the_top_level_is_kept_at_the_top) {
  LevelQueue queue;
  queue.set(1, 100'000);
  queue.set(2, LevelQueue::levels - 1);
  EXPECT_EQ(order(queue), (Items{1, 2}));
}

}  // namespace
}  // namespace swim
