// The rules about broadcasts bite: each is shown a history that breaks it, and the same unbroken.
#include <gtest/gtest.h>

#include <array>
#include <memory>

#include "core/sim/checkers.hpp"

namespace swim::sim {
namespace {

constexpr RunId origin{NodeId{0}, 1};
constexpr RunId first{NodeId{1}, 1};
constexpr RunId second{NodeId{2}, 1};
constexpr std::uint64_t boot = 7;

class OrderedDeliveryTest : public testing::Test {
 protected:
  void sends(std::uint64_t sequence) { deliver(origin, sequence, true); }
  void hears(RunId receiver, std::uint64_t sequence) { deliver(receiver, sequence, false); }
  void misses(RunId receiver, std::uint64_t from, std::uint64_t to) {
    rule.on_lost(receiver, {"o", boot, from, to, {}}, found);
  }
  void shows(RunId observer, std::uint64_t run = boot) {
    MemberInfo member;
    member.name = "o";
    member.incarnation = {100, run, 0};
    rule.on_event(observer, {1,
                             EventType::joined,
                             EventReason::first_seen,
                             std::make_shared<const MemberInfo>(member),
                             {},
                             "",
                             {}});
  }
  Violations at_the_end() {
    rule.check_complete(std::array{first, second}, found);
    return found;
  }

  OrderedDelivery rule;
  Violations found;

 private:
  void deliver(RunId receiver, std::uint64_t sequence, bool own) {
    MessageReceived message;
    message.origin = "o";
    message.origin_boot = boot;
    message.sequence = sequence;
    message.broadcast = true;
    message.own = own;
    rule.on_message(receiver, message, found);
  }
};

TEST_F(OrderedDeliveryTest, once_and_in_order_from_the_first_on) {
  shows(first);
  shows(second);
  for (std::uint64_t sequence = 1; sequence <= 3; ++sequence) {
    sends(sequence);
    hears(first, sequence);
    hears(second, sequence);
  }
  EXPECT_TRUE(at_the_end().empty());
}

TEST_F(OrderedDeliveryTest, a_skipped_one_breaks_it) {
  sends(1);
  sends(2);
  sends(3);
  hears(first, 1);
  hears(first, 3);
  EXPECT_EQ(found.size(), 1U);
}

TEST_F(OrderedDeliveryTest, an_announced_one_is_not_skipped) {
  shows(first);
  for (std::uint64_t sequence = 1; sequence <= 4; ++sequence) {
    sends(sequence);
  }
  hears(first, 1);
  misses(first, 2, 3);
  hears(first, 4);
  EXPECT_TRUE(at_the_end().empty());
}

TEST_F(OrderedDeliveryTest, an_announced_one_that_comes_all_the_same_breaks_it) {
  sends(1);
  sends(2);
  misses(first, 1, 2);
  hears(first, 2);
  EXPECT_EQ(found.size(), 1U);
}

TEST_F(OrderedDeliveryTest, the_wrong_order_breaks_it) {
  sends(1);
  sends(2);
  hears(first, 2);
  hears(first, 1);
  EXPECT_EQ(found.size(), 1U);
}

TEST_F(OrderedDeliveryTest, one_again_breaks_it) {
  sends(1);
  hears(first, 1);
  hears(first, 1);
  EXPECT_EQ(found.size(), 1U);
}

TEST_F(OrderedDeliveryTest, one_that_was_never_sent_breaks_it) {
  sends(1);
  hears(first, 1);
  misses(first, 2, 9);
  EXPECT_EQ(found.size(), 1U);
}

TEST_F(OrderedDeliveryTest, who_comes_later_begins_where_the_origin_was_and_not_behind) {
  sends(1);
  sends(2);
  shows(first);
  sends(3);
  sends(4);
  hears(first, 3);
  EXPECT_TRUE(found.empty());
  shows(second);
  sends(5);
  sends(6);
  hears(second, 6);
  EXPECT_EQ(found.size(), 1U);
}

TEST_F(OrderedDeliveryTest, what_another_survivor_has_must_come_at_last) {
  shows(first);
  shows(second);
  sends(1);
  sends(2);
  hears(first, 1);
  hears(second, 1);
  hears(first, 2);
  EXPECT_EQ(at_the_end().size(), 1U);
}

TEST_F(OrderedDeliveryTest, so_must_the_very_first) {
  shows(first);
  shows(second);
  sends(1);
  hears(first, 1);
  EXPECT_EQ(at_the_end().size(), 1U);
}

TEST_F(OrderedDeliveryTest, what_nobody_has_who_survived_is_owed_to_nobody) {
  shows(first);
  shows(second);
  sends(1);
  EXPECT_TRUE(at_the_end().empty());
}

TEST_F(OrderedDeliveryTest, a_run_before_the_last_four_of_its_name_is_forgotten) {
  shows(first);
  shows(second);
  sends(1);
  hears(first, 1);
  for (std::uint64_t run = 8; run < 8 + limits::boots_remembered; ++run) {
    shows(second, run);
  }
  EXPECT_TRUE(at_the_end().empty());
}

}  // namespace
}  // namespace swim::sim
