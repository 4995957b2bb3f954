// RFC 6298 by hand, and the choice of whose round trip counts.
#include "core/engine/round_trip.hpp"

#include <gtest/gtest.h>

namespace swim {
namespace {

using namespace std::chrono_literals;

TEST(RoundTripTest, the_first_sample_gives_three_times_itself) {
  RoundTrip trip;
  EXPECT_FALSE(trip.measured());
  EXPECT_EQ(trip.timeout(), 0ms);
  trip.add(8ms);
  EXPECT_TRUE(trip.measured());
  EXPECT_EQ(trip.smoothed(), 8ms);
  EXPECT_EQ(trip.timeout(), 24ms);  // 8 + 4 · 4
}

TEST(RoundTripTest, later_samples_move_it_as_the_rfc_says) {
  RoundTrip trip;
  trip.add(8ms);
  trip.add(16ms);
  // variation = 3/4 · 4 + 1/4 · |8 − 16| = 5; smoothed = 7/8 · 8 + 1/8 · 16 = 9
  EXPECT_EQ(trip.smoothed(), 9ms);
  EXPECT_EQ(trip.timeout(), 29ms);
}

TEST(RoundTripTest, a_steady_round_trip_leaves_no_variation) {
  RoundTrip trip;
  for (int i = 0; i < 100; ++i) {
    trip.add(2ms);
  }
  EXPECT_EQ(trip.smoothed(), 2ms);
  EXPECT_LT(trip.timeout(), 2100us);
}

TEST(RoundTripTest, extreme_samples_neither_wrap_nor_vanish) {
  RoundTrip trip;
  trip.add(0ns);
  EXPECT_TRUE(trip.measured());
  trip.add(std::chrono::hours(1000));
  EXPECT_GT(trip.smoothed(), 1min);
  trip.add(0ns);
  EXPECT_LT(trip.timeout(), std::chrono::hours(10));
}

TEST(RoundTripTest, the_members_own_comes_before_that_of_all_and_both_stay_in_bounds) {
  RoundTrip member;
  RoundTrip all;
  EXPECT_EQ(adaptive_timeout(member, all, 30ms, 100ms), 100ms);
  all.add(20ms);
  EXPECT_EQ(adaptive_timeout(member, all, 30ms, 100ms), 60ms);
  member.add(1ms);
  EXPECT_EQ(adaptive_timeout(member, all, 30ms, 100ms), 30ms);
  member.add(900ms);
  EXPECT_EQ(adaptive_timeout(member, all, 30ms, 100ms), 100ms);
}

}  // namespace
}  // namespace swim
