// Which event follows from what was last shown and what is known now: the table of DESIGN §4.1.
#include "core/engine/member_events.hpp"

#include <gtest/gtest.h>

#include "tests/support/described.hpp"

namespace swim::engine {
namespace {

constexpr Incarnation first_run{100, 7, 1};
constexpr Incarnation next_life{101, 7, 0};
constexpr Incarnation other_run{200, 9, 0};

class MemberEventsTest : public testing::Test {
 protected:
  void know(const Incarnation& incarnation, Terminal terminal = Terminal::none,
            bool leaving = false, bool suspect = false) {
    test::describe_at(record, incarnation);
    claim({incarnation, terminal, leaving, suspect});
  }
  void claim(const Claim& next) {
    record.set_claim(next);
    if (record.doubtful()) {
      record.doubted();
    }
  }
  void shown(MemberStatus status, const Incarnation& incarnation = first_run) {
    Description about;
    about.incarnation = incarnation;
    record.shown.about = share(std::move(about));
    record.shown.set_incarnation(incarnation);
    record.shown.status = status;
  }
  void expect(EventType type, EventReason reason, MemberStatus status) {
    const auto next = next_event(record, evidence);
    ASSERT_TRUE(next);
    EXPECT_EQ(next->type, type);
    EXPECT_EQ(next->reason, reason);
    EXPECT_EQ(next->status, status);
  }
  void expect_nothing() { EXPECT_FALSE(next_event(record, evidence)); }

  Record record;
  Evidence evidence{Evidence::unknown};
};

TEST_F(MemberEventsTest, whoever_was_never_listed_joins) {
  know(first_run);
  expect(EventType::joined, EventReason::first_seen, MemberStatus::alive);
}

TEST_F(MemberEventsTest, who_was_never_listed_and_is_gone_gives_no_event) {
  know(first_run, Terminal::dead);
  expect_nothing();
  know(first_run, Terminal::left);
  expect_nothing();
}

TEST_F(MemberEventsTest, who_is_not_described_yet_gives_no_event) {
  test::describe_at(record, {});
  claim({first_run});
  expect_nothing();
  shown(MemberStatus::alive);
  test::describe_at(record, first_run);
  claim({other_run});
  expect_nothing();
}

TEST_F(MemberEventsTest, the_end_of_a_run_that_was_not_described_is_told_of_the_run_shown) {
  shown(MemberStatus::alive);
  test::describe_at(record, first_run);
  claim({other_run, Terminal::dead, false, false});
  expect(EventType::failed, EventReason::accused, MemberStatus::failed);
  EXPECT_TRUE(next_event(record, evidence)->keep_run);
  shown(MemberStatus::failed);
  expect_nothing();
}

TEST_F(MemberEventsTest, suspicion_and_refutation) {
  shown(MemberStatus::alive);
  know(first_run, Terminal::none, false, true);
  evidence = Evidence::silent;
  expect(EventType::suspected, EventReason::probe_silent, MemberStatus::suspect);
  shown(MemberStatus::suspect);
  expect_nothing();
  know({100, 7, 2});
  expect(EventType::refuted, EventReason::none, MemberStatus::alive);
}

TEST_F(MemberEventsTest, a_failure_says_what_its_probe_found) {
  shown(MemberStatus::suspect);
  know(first_run, Terminal::dead);
  for (const auto& [found, reason] : {std::pair(Evidence::silent, EventReason::probe_silent),
                                      std::pair(Evidence::refused, EventReason::probe_refused),
                                      std::pair(Evidence::stalled, EventReason::probe_stalled),
                                      std::pair(Evidence::unknown, EventReason::accused)}) {
    evidence = found;
    expect(EventType::failed, reason, MemberStatus::failed);
  }
}

TEST_F(MemberEventsTest, each_way_to_leave_has_its_reason) {
  shown(MemberStatus::alive);
  know(first_run, Terminal::left);
  for (const auto& [way, reason] : {std::pair(LeftReason::goodbye, EventReason::goodbye),
                                    std::pair(LeftReason::silent, EventReason::silent),
                                    std::pair(LeftReason::forced, EventReason::forced)}) {
    record.doubted().note.left_reason = way;
    expect(EventType::left, reason, MemberStatus::left);
  }
}

TEST_F(MemberEventsTest, failed_may_become_left_but_not_the_other_way) {
  shown(MemberStatus::failed);
  know(first_run, Terminal::left);
  expect(EventType::left, EventReason::goodbye, MemberStatus::left);
  shown(MemberStatus::left);
  know(next_life, Terminal::dead);
  expect_nothing();
}

TEST_F(MemberEventsTest, the_same_run_in_a_new_life_recovers_or_refutes_or_is_no_news) {
  know(next_life);
  shown(MemberStatus::failed);
  expect(EventType::joined, EventReason::recovered, MemberStatus::alive);
  shown(MemberStatus::left);
  expect(EventType::joined, EventReason::recovered, MemberStatus::alive);
  shown(MemberStatus::suspect);
  expect(EventType::refuted, EventReason::none, MemberStatus::alive);
  shown(MemberStatus::alive);
  expect_nothing();
}

TEST_F(MemberEventsTest, another_run_rejoins_after_the_end_and_replaces_before_it) {
  know(other_run);
  for (const MemberStatus over : {MemberStatus::failed, MemberStatus::left}) {
    shown(over);
    expect(EventType::joined, EventReason::rejoined, MemberStatus::alive);
  }
  for (const MemberStatus there :
       {MemberStatus::alive, MemberStatus::suspect, MemberStatus::leaving}) {
    shown(there);
    expect(EventType::replaced, EventReason::new_boot, MemberStatus::alive);
  }
}

TEST_F(MemberEventsTest, another_run_that_is_gone_already_is_no_news_after_the_end) {
  shown(MemberStatus::failed);
  know(other_run, Terminal::dead);
  expect_nothing();
}

TEST_F(MemberEventsTest, a_drain_and_its_end) {
  shown(MemberStatus::alive);
  know(first_run, Terminal::none, true);
  expect(EventType::leaving, EventReason::goodbye, MemberStatus::leaving);
  shown(MemberStatus::leaving);
  expect_nothing();
  know(first_run, Terminal::none, true, true);
  expect_nothing();  // a suspicion of a member that drains is not shown
  know({100, 7, 3});
  expect(EventType::updated, EventReason::drain_cancelled, MemberStatus::alive);
}

TEST_F(MemberEventsTest, only_public_changes_are_updates) {
  shown(MemberStatus::alive);
  know({100, 7, 5});
  test::redescribe(record, [](Description& next) {
    next.inbox = 99;
    next.stall_ms = 7;
  });
  expect_nothing();
  test::redescribe(record, [](Description& next) { next.metadata = {1, 2}; });
  expect(EventType::updated, EventReason::labels, MemberStatus::alive);
  test::redescribe(record, [](Description& next) {
    next.metadata.clear();
    next.zone = "zone-b";
  });
  expect(EventType::updated, EventReason::labels, MemberStatus::alive);
  test::redescribe(record,
                   [](Description& next) { next.address = Endpoint::v4(10, 0, 0, 9, 7946); });
  expect(EventType::updated, EventReason::address, MemberStatus::alive);
}

class AppEventsTest : public MemberEventsTest {
 protected:
  void SetUp() override {
    shown(MemberStatus::alive);
    know(first_run);
  }
  void know_apps(const wire::AppStates& apps) {
    test::redescribe(record,
                     [&](Description& next) { next.apps = wire::encode_apps(apps).value(); });
  }
  void shown_apps(const wire::AppStates& apps) {
    Description about = *record.shown.about;
    about.apps = wire::encode_apps(apps).value();
    record.shown.about = share(std::move(about));
  }
  void expect_app(EventType type, EventReason reason, const std::string& app) {
    expect(type, reason, record.shown.status);
    const auto next = next_event(record, evidence);
    ASSERT_TRUE(next && next->app);
    EXPECT_EQ(next->app->name, app);
    shown_apps(next->app->after);
  }
};

TEST_F(AppEventsTest, an_app_comes_is_lost_is_back_and_says_goodbye) {
  know_apps({{"web", false, 0}});
  expect_app(EventType::updated, EventReason::app_attached, "web");
  expect_nothing();
  know_apps({{"web", true, 1}});
  expect_app(EventType::app_lost, EventReason::app_broken, "web");
  expect_nothing();
  know_apps({{"web", false, 1}});
  expect_app(EventType::app_back, EventReason::app_attached, "web");
  expect_nothing();
  know_apps({});
  expect_app(EventType::updated, EventReason::app_detached, "web");
  expect_nothing();
}

TEST_F(AppEventsTest, a_loss_that_was_mended_before_anybody_heard_of_it_is_told) {
  shown_apps({{"web", false, 0}});
  know_apps({{"web", false, 7}});
  expect_app(EventType::app_lost, EventReason::app_broken, "web");
  expect_app(EventType::app_back, EventReason::app_attached, "web");
  expect_nothing();
}

TEST_F(AppEventsTest, each_app_has_its_own_event) {
  shown_apps({{"a", false, 0}, {"b", false, 0}});
  know_apps({{"a", true, 1}, {"b", true, 2}});
  expect_app(EventType::app_lost, EventReason::app_broken, "a");
  expect_app(EventType::app_lost, EventReason::app_broken, "b");
  expect_nothing();
}

TEST_F(AppEventsTest, whoever_is_gone_or_new_gives_no_event_of_an_app) {
  shown_apps({{"web", false, 0}});
  know({100, 7, 2}, Terminal::dead);
  know_apps({{"web", true, 1}});
  expect(EventType::failed, EventReason::accused, MemberStatus::failed);
  record.shown.status = MemberStatus::failed;
  expect_nothing();
  // Another run starts with its own list, whatever the one before it had.
  shown(MemberStatus::alive);
  shown_apps({{"web", false, 0}});
  know(other_run);
  know_apps({});
  expect(EventType::replaced, EventReason::new_boot, MemberStatus::alive);
  EXPECT_FALSE(next_event(record, evidence)->app);
}

TEST_F(AppEventsTest, a_list_that_is_not_to_be_read_shows_no_app) {
  shown_apps({{"web", false, 0}});
  test::redescribe(record, [](Description& next) { next.apps = {1, 2, 3}; });
  expect_app(EventType::updated, EventReason::app_detached, "web");
  expect_nothing();
}

}  // namespace
}  // namespace swim::engine
