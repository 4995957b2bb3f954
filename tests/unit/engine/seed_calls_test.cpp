// When a node calls a seed.
#include "core/engine/seed_calls.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <utility>
#include <vector>

namespace swim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration refresh = seconds(10);

class SeedCallsTest : public ::testing::Test {
 protected:
  // The pause after a call that ended in this way.
  Duration call(bool reached) {
    calls_.begin();
    calls_.answered(reached, now_, prng_);
    return *calls_.due() - now_;
  }
  static bool is_about(Duration pause, Duration expected) {
    return pause >= expected * 4 / 5 && pause <= expected * 6 / 5;
  }

  TimePoint now_{seconds(1000)};
  Prng prng_{1};
  SeedCalls calls_{refresh, now_};
};

TEST_F(SeedCallsTest, the_first_call_is_due_at_once_and_none_while_it_is_called) {
  EXPECT_EQ(calls_.due(), now_);
  EXPECT_TRUE(calls_.is_due(now_));
  EXPECT_FALSE(calls_.is_due(now_ - milliseconds(1)));
  EXPECT_FALSE(calls_.tried());
  calls_.begin();
  EXPECT_EQ(calls_.due(), std::nullopt);
  EXPECT_FALSE(calls_.is_due(now_ + seconds(100)));
  calls_.put_off();
  EXPECT_TRUE(calls_.is_due(now_));
  EXPECT_TRUE(calls_.tried());
}

TEST_F(SeedCallsTest, who_was_reached_is_called_again_after_the_refresh_and_so_for_ever) {
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(is_about(call(true), refresh));
  }
}

TEST_F(SeedCallsTest, failures_are_repeated_ever_more_slowly_up_to_the_refresh) {
  for (Duration expected = milliseconds(250); expected < refresh; expected *= 2) {
    EXPECT_TRUE(is_about(call(false), expected)) << expected / milliseconds(1);
  }
  EXPECT_TRUE(is_about(call(false), refresh));
  EXPECT_TRUE(is_about(call(false), refresh));
  call(true);
  EXPECT_TRUE(is_about(call(false), milliseconds(250))) << "it begins anew";
}

TEST_F(SeedCallsTest, nodes_that_began_together_do_not_call_together) {
  std::set<Duration> pauses;
  for (int i = 0; i < 100; ++i) {
    pauses.insert(call(true));
  }
  EXPECT_EQ(pauses.size(), 100U);
}

TEST_F(SeedCallsTest, a_retry_is_never_later_than_the_refresh) {
  calls_ = SeedCalls(milliseconds(20), now_);
  EXPECT_TRUE(is_about(call(false), milliseconds(20)));
}

TEST_F(SeedCallsTest, whoever_hears_of_one_that_it_did_not_reach_calls_it_at_once) {
  call(false);
  now_ += milliseconds(10);
  ASSERT_FALSE(calls_.is_due(now_));
  calls_.heard_of(now_);
  EXPECT_TRUE(calls_.is_due(now_));
  EXPECT_EQ(calls_.due(), now_) << "no earlier, or its timer would be late";
  EXPECT_TRUE(is_about(call(false), milliseconds(500))) << "once, and the pauses go on growing";
}

TEST_F(SeedCallsTest, news_of_one_that_was_reached_are_no_reason_to_call_it) {
  const TimePoint due = now_ + call(true);
  calls_.heard_of(now_);
  EXPECT_EQ(calls_.due(), due);
}

TEST_F(SeedCallsTest, a_call_that_began_before_the_news_is_repeated_once_if_it_fails) {
  const auto call_with_news = [&](bool reached) {
    calls_.begin();
    calls_.heard_of(now_);
    calls_.answered(reached, now_, prng_);
  };
  call_with_news(false);
  EXPECT_TRUE(calls_.is_due(now_));
  EXPECT_TRUE(is_about(call(false), milliseconds(500)));
  call_with_news(true);
  EXPECT_TRUE(is_about(*calls_.due() - now_, refresh));
  EXPECT_TRUE(is_about(call(false), milliseconds(250))) << "the news were of the call before";
}

TEST_F(SeedCallsTest, an_overdue_call_is_not_put_off_by_news) {
  const TimePoint due = now_;
  calls_.heard_of(now_ + seconds(1));
  EXPECT_EQ(calls_.due(), due);
}

TEST(SeedCallsNewsTest, news_are_of_others_who_came) {
  const auto arrival = [](EventType type, EventReason reason = EventReason::none,
                          bool local = false) {
    MemberInfo member;
    member.local = local;
    MemberEvent event;
    event.type = type;
    event.reason = reason;
    event.member = std::make_shared<const MemberInfo>(member);
    return is_arrival(event);
  };
  EXPECT_TRUE(arrival(EventType::joined, EventReason::first_seen));
  EXPECT_TRUE(arrival(EventType::replaced, EventReason::new_boot));
  EXPECT_TRUE(arrival(EventType::refuted));
  EXPECT_TRUE(arrival(EventType::updated, EventReason::address));
  EXPECT_FALSE(arrival(EventType::updated, EventReason::labels));
  EXPECT_FALSE(arrival(EventType::updated, EventReason::app_attached));
  EXPECT_FALSE(arrival(EventType::app_lost, EventReason::app_broken));
  EXPECT_FALSE(arrival(EventType::suspected, EventReason::probe_silent));
  EXPECT_FALSE(arrival(EventType::expired, EventReason::forgotten));
  EXPECT_FALSE(arrival(EventType::joined, EventReason::first_seen, true)) << "itself";
}

}  // namespace
}  // namespace swim
