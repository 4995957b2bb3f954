#include "core/base/slab.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/support/alloc_counter.hpp"

namespace swim {
namespace {

TEST(Slab, finds_what_was_put_in) {
  Slab<std::string> slab(2);
  const auto a = slab.emplace("a");
  const auto b = slab.emplace(3U, 'b');
  ASSERT_TRUE(a && b);
  EXPECT_EQ(*slab.get(*a), "a");
  EXPECT_EQ(*slab.get(*b), "bbb");
  EXPECT_EQ(slab.size(), 2U);
}

TEST(Slab, refuses_when_full) {
  Slab<std::unique_ptr<int>> slab(1);
  ASSERT_TRUE(slab.emplace(nullptr));
  auto item = std::make_unique<int>(1);
  EXPECT_FALSE(slab.emplace(std::move(item)));
  EXPECT_NE(item, nullptr);
}

TEST(Slab, a_stale_handle_finds_nothing_whoever_lives_there_now) {
  Slab<int> slab(1);
  const auto old = *slab.emplace(1);
  EXPECT_TRUE(slab.erase(old));
  EXPECT_EQ(slab.get(old), nullptr);
  const auto fresh = *slab.emplace(2);
  EXPECT_EQ(fresh.place, old.place);
  EXPECT_EQ(slab.get(old), nullptr);
  EXPECT_FALSE(slab.erase(old));
  EXPECT_EQ(*slab.get(fresh), 2);
}

TEST(Slab, a_handle_from_nowhere_finds_nothing) {
  Slab<int> slab(1);
  const auto real = *slab.emplace(1);
  EXPECT_EQ(slab.get({}), nullptr);
  EXPECT_EQ(slab.get({.place = 77, .generation = 1}), nullptr);
  EXPECT_EQ(slab.get({.place = real.place, .generation = real.generation + 1}), nullptr);
  EXPECT_FALSE(slab.erase({.place = UINT32_MAX, .generation = UINT32_MAX}));
}

TEST(Slab, a_place_whose_generations_are_used_up_is_never_let_again) {
  Slab<int, std::uint8_t> slab(1);
  const auto first = *slab.emplace(0);
  slab.erase(first);
  int let = 1;
  while (const auto handle = slab.emplace(let)) {
    EXPECT_NE(*handle, first);
    slab.erase(*handle);
    ++let;
  }
  EXPECT_EQ(let, 255);
  EXPECT_TRUE(slab.full());
  EXPECT_TRUE(slab.empty());
  EXPECT_EQ(slab.get(first), nullptr);
}

struct Fixed {
  explicit Fixed(int n) : number(n) {}
  Fixed(const Fixed&) = delete;
  Fixed& operator=(const Fixed&) = delete;
  int number;
};

TEST(Slab, an_object_never_moves) {
  Slab<Fixed> slab(100);
  const auto handle = *slab.emplace(1);
  const Fixed* address = slab.get(handle);
  for (int i = 0; i < 99; ++i) {
    slab.emplace(i);
  }
  EXPECT_EQ(slab.get(handle), address);
  EXPECT_EQ(address->number, 1);
}

TEST(Slab, an_object_is_destroyed_when_it_is_erased) {
  const auto item = std::make_shared<int>(1);
  Slab<std::shared_ptr<int>> slab(1);
  const auto handle = *slab.emplace(item);
  EXPECT_EQ(item.use_count(), 2);
  slab.erase(handle);
  EXPECT_EQ(item.use_count(), 1);
}

TEST(Slab, is_walked_in_the_order_of_places_and_may_lose_the_one_in_hand) {
  Slab<int> slab(4);
  for (int i = 0; i < 4; ++i) {
    slab.emplace(i);
  }
  std::vector<int> seen;
  slab.for_each([&](Slab<int>::Handle handle, int value) {
    seen.push_back(value);
    if (value % 2 == 0) {
      slab.erase(handle);
    }
  });
  EXPECT_EQ(seen, (std::vector<int>{0, 1, 2, 3}));
  EXPECT_EQ(slab.size(), 2U);
}

TEST(Slab, allocates_nothing_after_construction) {
  Slab<std::uint64_t> slab(16);
  const test::AllocationCount allocations;
  for (std::uint64_t i = 0; i < 100; ++i) {
    const auto handle = slab.emplace(i);
    slab.erase(*handle);
  }
  const auto count = allocations.count();
  EXPECT_EQ(count, 0U);
}

}  // namespace
}  // namespace swim
