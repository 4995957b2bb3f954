#include "core/base/deadline_heap.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "core/base/prng.hpp"
#include "tests/support/alloc_counter.hpp"

namespace swim {
namespace {

using Index = DeadlineHeap::Index;

TimePoint at(std::int64_t ns) {
  return TimePoint(Duration(ns));
}

std::vector<Index> drained(DeadlineHeap& heap) {
  std::vector<Index> order;
  while (const auto earliest = heap.earliest()) {
    order.push_back(earliest->second);
    heap.clear(earliest->second);
  }
  return order;
}

TEST(DeadlineHeap, an_empty_one_has_no_earliest) {
  DeadlineHeap heap;
  EXPECT_EQ(heap.earliest(), std::nullopt);
  EXPECT_TRUE(heap.empty());
  EXPECT_FALSE(heap.contains(0));
  EXPECT_EQ(heap.deadline_of(0), std::nullopt);
}

TEST(DeadlineHeap, the_earliest_deadline_comes_first) {
  DeadlineHeap heap;
  heap.set(0, at(30));
  heap.set(7, at(10));
  heap.set(3, at(20));
  EXPECT_EQ(heap.earliest(), std::pair(at(10), Index{7}));
  EXPECT_EQ(heap.size(), 3U);
  EXPECT_EQ(drained(heap), (std::vector<Index>{7, 3, 0}));
}

TEST(DeadlineHeap, equal_deadlines_come_in_the_order_of_indices) {
  DeadlineHeap heap;
  for (const Index index : {5U, 1U, 9U, 0U, 4U, 8U, 2U}) {
    heap.set(index, at(1));
  }
  EXPECT_EQ(drained(heap), (std::vector<Index>{0, 1, 2, 4, 5, 8, 9}));
}

TEST(DeadlineHeap, setting_again_moves_a_deadline_either_way) {
  DeadlineHeap heap;
  heap.set(0, at(10));
  heap.set(1, at(20));
  heap.set(0, at(30));
  EXPECT_EQ(heap.earliest(), std::pair(at(20), Index{1}));
  heap.set(0, at(5));
  EXPECT_EQ(heap.earliest(), std::pair(at(5), Index{0}));
  EXPECT_EQ(heap.size(), 2U);
  EXPECT_EQ(heap.deadline_of(0), at(5));
}

TEST(DeadlineHeap, clearing_forgets_one_and_only_one) {
  DeadlineHeap heap;
  heap.set(0, at(10));
  heap.set(1, at(20));
  heap.clear(0);
  heap.clear(0);
  heap.clear(99);
  EXPECT_FALSE(heap.contains(0));
  EXPECT_TRUE(heap.contains(1));
  EXPECT_EQ(heap.earliest(), std::pair(at(20), Index{1}));
}

// The last entry, put into the hole, may belong above it: only then does the heap have to look up.
TEST(DeadlineHeap, clearing_in_another_branch_lets_the_last_one_rise) {
  DeadlineHeap heap;
  const std::int64_t times[] = {0, 50, 10, 60, 70, 80, 90, 100, 110, 20};
  for (Index index = 0; index < std::size(times); ++index) {
    heap.set(index, at(times[index]));
  }
  heap.clear(5);
  EXPECT_TRUE(heap.is_consistent());
  EXPECT_EQ(drained(heap), (std::vector<Index>{0, 2, 9, 1, 3, 4, 6, 7, 8}));
}

TEST(DeadlineHeap, clear_all_forgets_everything) {
  DeadlineHeap heap;
  heap.set(3, at(1));
  heap.set(1, at(2));
  heap.clear_all();
  EXPECT_TRUE(heap.empty());
  EXPECT_FALSE(heap.contains(3));
  EXPECT_TRUE(heap.is_consistent());
}

TEST(DeadlineHeap, takes_the_ends_of_time) {
  DeadlineHeap heap;
  heap.set(0, TimePoint::max());
  heap.set(1, TimePoint::min());
  EXPECT_EQ(drained(heap), (std::vector<Index>{1, 0}));
}

TEST(DeadlineHeap, allocates_nothing_once_its_indices_were_seen) {
  constexpr std::uint64_t indices = 300;
  DeadlineHeap heap;
  // One after the other, so that the index has grown and the heap itself has never been full.
  for (Index index = 0; index < indices; ++index) {
    heap.set(index, at(1));
    heap.clear(index);
  }
  Prng prng(1);
  const test::AllocationCount allocations;
  for (Index index = 0; index < indices; ++index) {
    heap.set(index, at(static_cast<std::int64_t>(prng.below(50))));
  }
  for (int i = 0; i < 10'000; ++i) {
    const auto index = static_cast<Index>(prng.below(indices));
    if (prng.chance(1, 3)) {
      heap.clear(index);
    } else {
      heap.set(index, at(static_cast<std::int64_t>(prng.below(50))));
    }
  }
  const auto count = allocations.count();
  EXPECT_EQ(count, 0U);
  EXPECT_TRUE(heap.is_consistent());
}

TEST(DeadlineHeap, reserve_takes_the_memory_early) {
  DeadlineHeap heap;
  heap.reserve(100);
  const test::AllocationCount allocations;
  for (Index index = 0; index < 100; ++index) {
    heap.set(index, at(100 - index));
  }
  const auto count = allocations.count();
  EXPECT_EQ(count, 0U);
  EXPECT_EQ(heap.earliest(), std::pair(at(1), Index{99}));
}

}  // namespace
}  // namespace swim
