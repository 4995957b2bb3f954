// The engine's timers: what is due, in order, and one deadline for the driver.
#include "core/engine/timers.hpp"

#include <gtest/gtest.h>

namespace swim::engine {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint at(Duration since) {
  return TimePoint(since);
}

TEST(TimersTest, the_earliest_is_the_deadline) {
  Timers timers;
  EXPECT_EQ(timers.next(), std::nullopt);
  TimerId late = no_timer;
  TimerId early = no_timer;
  timers.set(late, TimerKind::probe, 1, at(2s));
  timers.set(early, TimerKind::relay, 2, at(1s));
  EXPECT_EQ(timers.next(), at(1s));
  EXPECT_EQ(timers.armed(), 2U);
}

TEST(TimersTest, only_what_is_due_is_taken_and_once) {
  Timers timers;
  TimerId first = no_timer;
  TimerId second = no_timer;
  timers.set(first, TimerKind::suspicion, 11, at(1s));
  timers.set(second, TimerKind::stream, 22, at(2s));
  EXPECT_FALSE(timers.take_due(at(999ms)));
  const auto due = timers.take_due(at(1s));
  ASSERT_TRUE(due);
  EXPECT_EQ(due->kind, TimerKind::suspicion);
  EXPECT_EQ(due->argument, 11U);
  EXPECT_FALSE(timers.take_due(at(1s)));
  EXPECT_EQ(timers.take_due(at(5s))->argument, 22U);
  EXPECT_EQ(timers.armed(), 0U);
}

TEST(TimersTest, a_timer_can_be_moved_and_cancelled) {
  Timers timers;
  TimerId id = no_timer;
  timers.set(id, TimerKind::probe, 1, at(1s));
  const TimerId before = id;
  timers.set(id, TimerKind::probe, 1, at(3s));
  EXPECT_EQ(id, before);
  EXPECT_FALSE(timers.take_due(at(2s)));
  timers.cancel(id);
  EXPECT_EQ(id, no_timer);
  EXPECT_EQ(timers.next(), std::nullopt);
  timers.cancel(id);  // harmless
}

TEST(TimersTest, ids_are_used_again) {
  Timers timers;
  for (int i = 0; i < 1'000; ++i) {
    TimerId id = no_timer;
    timers.set(id, TimerKind::probe, 1, at(1s));
    EXPECT_EQ(id, 0U);
    if (i % 2 == 0) {
      timers.cancel(id);
    } else {
      EXPECT_TRUE(timers.take_due(at(1s)));
    }
  }
  EXPECT_EQ(timers.armed(), 0U);
}

}  // namespace
}  // namespace swim::engine
