#include "core/engine/broadcast_order.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <vector>

namespace swim::engine {
namespace {

using namespace std::chrono_literals;
constexpr TimePoint start{1h};

class BroadcastOrderTest : public testing::Test {
 protected:
  bool take(std::uint64_t sequence, TimePoint now = start) {
    auto message = std::make_shared<BroadcastMessage>();
    message->sequence = sequence;
    return order.take(std::move(message), now, now + 10ms);
  }
  std::vector<std::uint64_t> popped() {
    std::vector<std::uint64_t> all;
    while (const auto message = order.pop()) {
      all.push_back(message->sequence);
    }
    return all;
  }
  using Sequences = std::vector<std::uint64_t>;

  BroadcastOrder order{10};
};

TEST_F(BroadcastOrderTest, begins_behind_the_baseline) {
  EXPECT_FALSE(order.wants(10));
  EXPECT_TRUE(order.wants(11));
  EXPECT_TRUE(order.complete());
  take(11);
  EXPECT_EQ(popped(), Sequences{11});
  EXPECT_FALSE(order.wants(11));
}

TEST_F(BroadcastOrderTest, what_comes_too_early_waits_for_what_is_missing) {
  take(13);
  EXPECT_FALSE(order.wants(13));
  EXPECT_TRUE(popped().empty());
  ASSERT_EQ(order.holes().size(), 1U);
  EXPECT_EQ(order.holes()[0].span, (wire::Span{11, 12}));
  EXPECT_EQ(order.holes()[0].ask_at, start + 10ms);
  take(12);
  take(11);
  EXPECT_EQ(popped(), (Sequences{11, 12, 13}));
  EXPECT_TRUE(order.complete());
}

TEST_F(BroadcastOrderTest, one_from_the_middle_parts_a_hole) {
  order.mark(20, start, start);
  take(15);
  ASSERT_EQ(order.holes().size(), 2U);
  EXPECT_EQ(order.holes()[0].span, (wire::Span{11, 14}));
  EXPECT_EQ(order.holes()[1].span, (wire::Span{16, 20}));
  EXPECT_EQ(order.missing(), 9U);
}

TEST_F(BroadcastOrderTest, a_mark_is_news_once) {
  EXPECT_TRUE(order.mark(12, start, start));
  EXPECT_FALSE(order.mark(12, start, start));
  EXPECT_FALSE(order.mark(9, start, start));
  EXPECT_FALSE(order.mark(BroadcastOrder::sequence_max + 1, start, start));
}

TEST_F(BroadcastOrderTest, giving_up_closes_the_oldest_hole_only) {
  take(13);
  take(15);
  const auto lost = order.give_up();
  ASSERT_TRUE(lost);
  EXPECT_EQ(*lost, (wire::Span{11, 12}));
  EXPECT_EQ(popped(), Sequences{13});
  EXPECT_FALSE(order.wants(12));
  EXPECT_TRUE(order.wants(14));
}

TEST_F(BroadcastOrderTest, what_is_in_front_of_a_hole_leaves_before_it_is_given_up) {
  take(11);
  take(13);
  EXPECT_FALSE(order.give_up());
  EXPECT_EQ(popped(), Sequences{11});
  EXPECT_EQ(order.give_up(), (wire::Span{12, 12}));
  EXPECT_EQ(popped(), Sequences{13});
}

TEST_F(BroadcastOrderTest, there_is_nothing_to_give_up_where_nothing_is_missing) {
  EXPECT_FALSE(order.give_up());
  take(11);
  EXPECT_FALSE(order.give_up());
}

TEST_F(BroadcastOrderTest, once_all_that_was_hoped_for_has_come_the_rest_is_asked_for_at_once) {
  order.mark(100, start, start);
  Hole& hole = order.holes().front();
  hole.asked_through = 12;
  hole.ask_at = start + 1s;
  EXPECT_TRUE(take(11));
  EXPECT_EQ(order.holes().front().ask_at, start + 1s);
  EXPECT_TRUE(take(12, start + 1ms));
  EXPECT_EQ(order.holes().front().ask_at, start + 1ms);
}

}  // namespace
}  // namespace swim::engine
