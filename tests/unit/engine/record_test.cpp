// What a record holds always, and what only while there is need.
#include "core/engine/record.hpp"

#include <gtest/gtest.h>

#include "tests/support/described.hpp"

namespace swim::engine {
namespace {

using namespace std::chrono_literals;

constexpr Incarnation run{100, 7, 1};

class RecordTest : public testing::Test {
 protected:
  RecordTest() { test::describe_at(record, run); }

  MemberEvent event(EventType type, EventReason reason) {
    return {.revision = ++revision,
            .type = type,
            .reason = reason,
            .member = {},
            .previous = {},
            .accuser = {},
            .time = {}};
  }
  void come() {
    record.remember(event(EventType::joined, EventReason::first_seen), false);
    record.shown.about = record.description;
    record.shown.revision = revision;
    record.shown.since = WallTime{5'000};
  }

  Record record;
  std::uint64_t revision{};
};

TEST_F(RecordTest, a_claim_comes_back_as_it_was_set) {
  const Claim claims[] = {{run},
                          {run, Terminal::dead, false, true},
                          {run, Terminal::left, true, false},
                          {{1ULL << 62, ~0ULL, UINT32_MAX}, Terminal::none, true, true}};
  for (const Claim& claim : claims) {
    record.set_claim(claim);
    EXPECT_EQ(record.claim(), claim);
    EXPECT_EQ(record.state(), (MemberState{claim, run}));
    EXPECT_EQ(record.terminal(), is_terminal(claim));
    EXPECT_EQ(record.behind(), claim.incarnation.boot != run.boot);
  }
}

TEST_F(RecordTest, a_doubt_goes_with_the_claim_that_needs_it) {
  record.set_claim({run});
  EXPECT_FALSE(record.doubtful());
  EXPECT_TRUE(record.accusers().empty());
  for (const Claim& claim :
       {Claim{run, Terminal::none, false, true}, Claim{run, Terminal::none, true, false},
        Claim{run, Terminal::dead}, Claim{run, Terminal::left}}) {
    record.set_claim(claim);
    record.doubted().accusers.push_back({.accuser = "a"});
    record.settle();
    ASSERT_TRUE(record.doubt);
    EXPECT_EQ(record.accusers().size(), 1U);
    record.set_claim({run});
    record.settle();
    EXPECT_FALSE(record.doubt);
  }
}

TEST_F(RecordTest, who_only_came_has_no_past_and_yet_a_story) {
  EXPECT_TRUE(record.last_events(false).empty());
  come();
  EXPECT_FALSE(record.past);
  const auto story = record.last_events(true);
  ASSERT_EQ(story.size(), 1U);
  EXPECT_EQ(story[0].type, EventType::joined);
  EXPECT_EQ(story[0].reason, EventReason::first_seen);
  EXPECT_EQ(story[0].revision, 1U);
  EXPECT_EQ(story[0].time, WallTime{5'000});
  EXPECT_EQ(story[0].previous, std::nullopt);
  EXPECT_TRUE(story[0].member->local);
  EXPECT_EQ(story[0].member->incarnation.boot, run.boot);
}

TEST_F(RecordTest, the_past_begins_with_the_arrival_and_is_bounded) {
  come();
  record.remember(event(EventType::suspected, EventReason::probe_silent), false);
  ASSERT_EQ(record.last_events(false).size(), 2U);
  EXPECT_EQ(record.last_events(false)[0].type, EventType::joined);
  for (std::size_t i = 0; i < limits::transitions_max; ++i) {
    record.remember(event(EventType::refuted, EventReason::none), false);
  }
  const auto story = record.last_events(false);
  ASSERT_EQ(story.size(), limits::transitions_max);
  EXPECT_EQ(story.front().type, EventType::refuted);
  EXPECT_EQ(story.back().revision, revision);
}

TEST_F(RecordTest, of_one_that_is_not_listed_any_more_only_that_is_kept) {
  come();
  record.remember(event(EventType::failed, EventReason::none), false);
  record.remember(event(EventType::expired, EventReason::retention), false);
  record.unlist();
  EXPECT_FALSE(record.listed());
  ASSERT_EQ(record.past->events.size(), 1U);
  EXPECT_EQ(record.past->events.capacity(), 1U);
  come();
  const auto story = record.last_events(false);
  ASSERT_EQ(story.size(), 2U);
  EXPECT_EQ(story[0].type, EventType::expired);
  EXPECT_EQ(story[1].type, EventType::joined);
}

TEST_F(RecordTest, an_arrival_after_expiry_is_told_after_what_was_before) {
  come();
  record.remember(event(EventType::expired, EventReason::retention), false);
  record.shown = {};
  come();
  const auto story = record.last_events(false);
  ASSERT_EQ(story.size(), 3U);
  EXPECT_EQ(story[1].type, EventType::expired);
  EXPECT_EQ(story[2].type, EventType::joined);
}

TEST_F(RecordTest, the_last_answer_is_known_to_the_millisecond_while_49_days_pass) {
  const TimePoint at(1'000h + 7ms);
  EXPECT_FALSE(record.acked);
  record.on_ack(at);
  EXPECT_TRUE(record.acked);
  EXPECT_EQ(since_ack(record, at + 3ms), 3ms);
  EXPECT_EQ(since_ack(record, at + 49 * 24h), 49 * 24h);
}

TEST_F(RecordTest, ages_are_told_of_a_doubt_alone) {
  record.set_claim({run, Terminal::none, true, false});
  record.doubted().note = {.drain_ms = 30'000, .drain_age_ms = 1'000};
  record.doubted().note_time = TimePoint(1h);
  EXPECT_EQ(drain_left(record, TimePoint(1h + 4s)), 25s);
  EXPECT_EQ(note_at(record, TimePoint(1h + 4s)).drain_age_ms, 5'000U);
  record.set_claim({run});
  record.settle();
  EXPECT_EQ(drain_left(record, TimePoint(1h)), 0s);
  EXPECT_EQ(note_at(record, TimePoint(1h)), ClaimNote{});
}

}  // namespace
}  // namespace swim::engine
