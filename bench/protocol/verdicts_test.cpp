// Made-up histories: what is counted, and what is not.
#include "bench/protocol/verdicts.hpp"

#include <gtest/gtest.h>

namespace swim::bench {
namespace {

using namespace std::chrono_literals;

class VerdictsTest : public testing::Test {
 protected:
  void says(Duration at, std::uint32_t observer, std::uint32_t subject,
            EventType type = EventType::failed, bool exists = true, std::uint32_t count = 0) {
    verdicts.on_event({.at = start + at,
                       .observer = observer,
                       .subject = subject,
                       .type = type,
                       .incarnation = {1, subject + 1, count},
                       .exists = exists});
  }
  Measured counted() const {
    Measured out;
    verdicts.count(out);
    return out;
  }

  const TimePoint start{1h};
  Verdicts verdicts{4};
};

TEST_F(VerdictsTest, a_healthy_member_called_failed_is_false_once_an_observer) {
  says(1s, 0, 3);
  says(2s, 1, 3);
  const Measured out = counted();
  EXPECT_EQ(out.false_positives.all, 2U);
  EXPECT_EQ(out.false_positives.at_healthy, 2U);
  EXPECT_EQ(out.false_positives.members, 1U);
  EXPECT_EQ(out.runs_with_false, 1U);
  EXPECT_EQ(out.runs, 1U);
}

TEST_F(VerdictsTest, a_run_that_is_over_may_be_called_failed) {
  says(1s, 0, 3, EventType::failed, false);
  EXPECT_EQ(counted().false_positives.all, 0U);
}

TEST_F(VerdictsTest, a_suspicion_is_not_false) {
  says(1s, 0, 3, EventType::suspected);
  EXPECT_EQ(counted().false_positives.all, 0U);
  EXPECT_EQ(counted().suspicions, 1U);
}

TEST_F(VerdictsTest, what_a_faulty_observer_says_is_false_but_not_at_healthy) {
  verdicts.fault_begins(0);
  says(1s, 0, 3);
  EXPECT_EQ(counted().false_positives.all, 1U);
  EXPECT_EQ(counted().false_positives.at_healthy, 0U);
}

TEST_F(VerdictsTest, a_faulty_member_is_not_healthy_again_before_its_grace_is_over) {
  verdicts.fault_begins(3);
  says(1s, 0, 3);
  verdicts.fault_ends(3, start + 2s, 5s);
  says(6999ms, 0, 3);
  EXPECT_EQ(counted().false_positives.all, 0U);
  says(7s, 0, 3);
  EXPECT_EQ(counted().false_positives.all, 1U);
}

TEST_F(VerdictsTest, a_death_counts_once_an_incarnation_and_only_of_what_runs) {
  verdicts.fault_begins(3);
  says(1s, 0, 3);
  says(1s, 1, 3);
  says(2s, 0, 3, EventType::failed, true, 1);
  says(3s, 0, 2, EventType::failed, false);
  EXPECT_EQ(counted().deaths, 2U);
  EXPECT_EQ(counted().runs_with_death, 1U);
}

TEST_F(VerdictsTest, detection_is_from_the_fault_to_the_first_and_to_the_last_observer) {
  verdicts.fault_begins(3);
  verdicts.expect(3, start, {0, 1, 2});
  says(1s, 1, 3, EventType::failed, false);
  says(3s, 0, 3, EventType::failed, false);
  says(4s, 1, 3, EventType::failed, false);  // the second time says nothing new
  EXPECT_FALSE(verdicts.all_found());
  says(5s, 2, 3, EventType::failed, false);
  EXPECT_TRUE(verdicts.all_found());
  Measured out;
  verdicts.conclude(out);
  EXPECT_EQ(out.first, std::vector<double>{1});
  EXPECT_EQ(out.full, std::vector<double>{5});
  EXPECT_EQ(out.spread, std::vector<double>{4});
  EXPECT_EQ(out.observers, (std::vector<double>{3, 1, 5}));
  EXPECT_EQ(out.missed, 0U);
}

TEST_F(VerdictsTest, who_is_not_found_by_all_is_missed) {
  verdicts.expect(3, start, {0, 1});
  says(1s, 1, 3, EventType::failed, false);
  Measured out;
  verdicts.conclude(out);
  EXPECT_EQ(out.missed, 1U);
  EXPECT_EQ(out.first.size(), 1U);
  EXPECT_TRUE(out.full.empty());
  EXPECT_TRUE(verdicts.all_found());
}

}  // namespace
}  // namespace swim::bench
