#include "core/base/ring.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/support/alloc_counter.hpp"

namespace swim {
namespace {

TEST(Ring, gives_back_in_the_order_of_pushing) {
  Ring<int> ring(3);
  EXPECT_TRUE(ring.empty());
  for (int i = 1; i <= 3; ++i) {
    EXPECT_TRUE(ring.try_push(i));
  }
  EXPECT_TRUE(ring.full());
  for (int i = 1; i <= 3; ++i) {
    EXPECT_EQ(ring.pop(), i);
  }
  EXPECT_TRUE(ring.empty());
}

TEST(Ring, refuses_when_full_and_leaves_the_item_with_the_caller) {
  Ring<std::unique_ptr<int>> ring(1);
  EXPECT_TRUE(ring.try_push(std::make_unique<int>(1)));
  auto item = std::make_unique<int>(2);
  EXPECT_FALSE(ring.try_push(std::move(item)));
  ASSERT_NE(item, nullptr);
  EXPECT_EQ(*item, 2);
  EXPECT_EQ(*ring.front(), 1);
}

TEST(Ring, makes_room_when_told_to_and_says_who_had_to_go) {
  Ring<int> ring(2);
  EXPECT_EQ(ring.push_over_oldest(1), std::nullopt);
  EXPECT_EQ(ring.push_over_oldest(2), std::nullopt);
  EXPECT_EQ(ring.push_over_oldest(3), 1);
  EXPECT_EQ(ring.size(), 2U);
  EXPECT_EQ(ring.front(), 2);
  EXPECT_EQ(ring.back(), 3);
}

TEST(Ring, is_indexed_by_age_across_the_seam) {
  Ring<int> ring(3);
  for (int i = 0; i < 5; ++i) {
    ring.push_over_oldest(i);
  }
  const Ring<int>& view = ring;
  EXPECT_EQ(view[0], 2);
  EXPECT_EQ(view[1], 3);
  EXPECT_EQ(view[2], 4);
  EXPECT_EQ(view.front(), 2);
  EXPECT_EQ(view.back(), 4);
}

// Its move leaves something behind, as a copy does: only destruction lets it go.
struct Kept {
  explicit Kept(std::shared_ptr<int> item) : held(std::move(item)) {}
  Kept(const Kept&) = default;
  std::shared_ptr<int> held;
};

TEST(Ring, an_item_is_destroyed_when_it_leaves) {
  const auto item = std::make_shared<int>(1);
  Ring<Kept> ring(2);
  ring.try_push(item);
  ring.try_push(item);
  EXPECT_EQ(item.use_count(), 3);
  ring.pop();
  EXPECT_EQ(item.use_count(), 2);
  ring.clear();
  EXPECT_EQ(item.use_count(), 1);
  EXPECT_TRUE(ring.empty());
}

TEST(Ring, allocates_nothing_after_construction) {
  Ring<std::uint64_t> ring(8);
  const test::AllocationCount allocations;
  for (std::uint64_t i = 0; i < 100; ++i) {
    ring.push_over_oldest(i);
    if (i % 3 == 0) {
      ring.pop();
    }
    ring.try_push(i);
  }
  const auto count = allocations.count();
  EXPECT_EQ(count, 0U);
}

TEST(Ring, what_is_not_there_is_the_callers_bug) {
  Ring<int> ring(2);
  ring.try_push(1);
  EXPECT_DEATH(ring[1], "assertion failed");
  ring.pop();
  EXPECT_DEATH(ring.pop(), "assertion failed");
  EXPECT_DEATH(ring.front(), "assertion failed");
  EXPECT_DEATH(ring.back(), "assertion failed");
  EXPECT_DEATH(Ring<int>(0), "assertion failed");
}

}  // namespace
}  // namespace swim
