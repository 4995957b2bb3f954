// Every rule bites: each is shown a history that breaks it, and the same history unbroken.
#include "core/sim/checkers.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <utility>

namespace swim::sim {
namespace {

constexpr RunId observer{NodeId{1}, 1};

// Tells a story of one observer: every event follows from the one before, unless a test bends it.
class Story {
 public:
  MemberEvent next(EventType type, EventReason reason, MemberStatus status, Incarnation incarnation,
                   std::optional<MemberStatus> previous) {
    MemberInfo member;
    member.name = name;
    member.status = status;
    member.incarnation = incarnation;
    member.address = Endpoint::v4(10, 0, 0, 1, port);
    member.metadata = to_vector(as_bytes(metadata));
    member.zone = zone;
    member.local = local;
    member.revision = ++revision;
    return {revision, type, reason, std::make_shared<const MemberInfo>(member), previous, "", {}};
  }
  MemberEvent joined(Incarnation incarnation) {
    return next(EventType::joined, EventReason::first_seen, MemberStatus::alive, incarnation, {});
  }

  std::string name{"m"};
  std::string metadata{};
  std::string zone{};
  std::uint16_t port{7946};
  bool local{};
  std::uint64_t revision{};
};

constexpr Incarnation first_life{100, 7, 0};
constexpr Incarnation refuted{100, 7, 1};
constexpr Incarnation second_life{101, 7, 0};
constexpr Incarnation other_run{200, 9, 0};

template <class Rule>
Violations judge(const std::vector<MemberEvent>& events) {
  Rule rule;
  Violations violations;
  for (const MemberEvent& event : events) {
    rule.on_event(observer, event, violations);
  }
  return violations;
}

TEST(ClaimOrderTest, a_refuted_suspicion_is_in_order) {
  Story s;
  EXPECT_TRUE(judge<ClaimOrder>({s.joined(first_life),
                                 s.next(EventType::suspected, EventReason::probe_silent,
                                        MemberStatus::suspect, first_life, MemberStatus::alive),
                                 s.next(EventType::refuted, EventReason::none, MemberStatus::alive,
                                        refuted, MemberStatus::suspect)})
                  .empty());
}

TEST(ClaimOrderTest, an_old_alive_after_a_suspicion_breaks_it) {
  Story s;
  EXPECT_FALSE(judge<ClaimOrder>({s.joined(first_life),
                                  s.next(EventType::suspected, EventReason::probe_silent,
                                         MemberStatus::suspect, first_life, MemberStatus::alive),
                                  s.next(EventType::refuted, EventReason::none, MemberStatus::alive,
                                         first_life, MemberStatus::suspect)})
                   .empty());
}

TEST(ClaimOrderTest, a_lower_count_breaks_it) {
  Story s;
  EXPECT_FALSE(judge<ClaimOrder>({s.joined(refuted),
                                  s.next(EventType::updated, EventReason::labels,
                                         MemberStatus::alive, first_life, MemberStatus::alive)})
                   .empty());
}

TEST(ClaimOrderTest, a_dead_life_that_comes_back_breaks_it_even_with_a_higher_count) {
  Story s;
  const Violations found =
      judge<ClaimOrder>({s.joined(first_life),
                         s.next(EventType::failed, EventReason::probe_silent, MemberStatus::failed,
                                first_life, MemberStatus::alive),
                         s.next(EventType::joined, EventReason::recovered, MemberStatus::alive,
                                refuted, MemberStatus::failed)});
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found.back().rule, "no dead life comes back");
}

TEST(ClaimOrderTest, a_new_life_after_death_is_in_order) {
  Story s;
  EXPECT_TRUE(judge<ClaimOrder>({s.joined(first_life),
                                 s.next(EventType::failed, EventReason::probe_silent,
                                        MemberStatus::failed, first_life, MemberStatus::alive),
                                 s.next(EventType::joined, EventReason::recovered,
                                        MemberStatus::alive, second_life, MemberStatus::failed)})
                  .empty());
}

TEST(ClaimOrderTest, a_dead_life_is_remembered_after_it_expired) {
  Story s;
  const Violations found =
      judge<ClaimOrder>({s.joined(first_life),
                         s.next(EventType::failed, EventReason::probe_silent, MemberStatus::failed,
                                first_life, MemberStatus::alive),
                         s.next(EventType::expired, EventReason::retention, MemberStatus::failed,
                                first_life, MemberStatus::failed),
                         s.joined(first_life)});
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found.back().rule, "no dead life comes back");
}

Violations judge_self(Story& story, MemberStatus status, bool left) {
  SelfBelief rule;
  Violations violations;
  rule.on_start(observer, "me");
  if (left) {
    rule.on_leave(observer);
  }
  rule.on_event(observer,
                story.next(EventType::updated, EventReason::labels, status, first_life, {}),
                violations);
  return violations;
}

TEST(SelfBeliefTest, a_running_node_that_shows_itself_as_failed_breaks_it) {
  Story s{.name = "me", .local = true};
  EXPECT_TRUE(judge_self(s, MemberStatus::alive, false).empty());
  EXPECT_FALSE(judge_self(s, MemberStatus::failed, false).empty());
  EXPECT_FALSE(judge_self(s, MemberStatus::failed, true).empty());
}

TEST(SelfBeliefTest, left_is_allowed_only_after_a_leave) {
  Story s{.name = "me", .local = true};
  EXPECT_FALSE(judge_self(s, MemberStatus::left, false).empty());
  EXPECT_TRUE(judge_self(s, MemberStatus::left, true).empty());
}

TEST(SelfBeliefTest, a_stranger_taken_for_this_node_breaks_it) {
  Story s{.name = "other", .local = true};
  EXPECT_FALSE(judge_self(s, MemberStatus::alive, false).empty());
}

class OneDescriptorTest : public testing::Test {
 protected:
  void tell(RunId who, Story& story, Incarnation incarnation, const std::string& metadata) {
    story.metadata = metadata;
    rule.on_event(who,
                  story.next(EventType::updated, EventReason::labels, MemberStatus::alive,
                             incarnation, MemberStatus::alive),
                  violations);
  }
  OneDescriptor rule;
  Violations violations;
  RunId self{NodeId{0}, 1};
  Story own{.local = true};
  Story seen;
};

TEST_F(OneDescriptorTest, what_a_run_said_may_be_shown) {
  tell(self, own, first_life, "a");
  tell(observer, seen, first_life, "a");
  tell(self, own, refuted, "b");
  tell(observer, seen, refuted, "a");  // the claim ran ahead of the descriptor
  tell(observer, seen, refuted, "b");
  EXPECT_TRUE(violations.empty());
}

TEST_F(OneDescriptorTest, two_things_in_one_incarnation_break_it) {
  tell(self, own, first_life, "a");
  tell(self, own, first_life, "b");
  EXPECT_FALSE(violations.empty());
}

TEST_F(OneDescriptorTest, a_zone_belongs_to_it) {
  own.zone = seen.zone = "here";
  tell(self, own, first_life, "a");
  tell(observer, seen, first_life, "a");
  EXPECT_TRUE(violations.empty());
  seen.zone = "there";
  tell(observer, seen, first_life, "a");
  EXPECT_FALSE(violations.empty());
}

TEST_F(OneDescriptorTest, an_address_belongs_to_it) {
  tell(self, own, first_life, "a");
  seen.port = 7947;
  tell(observer, seen, first_life, "a");
  EXPECT_EQ(violations.size(), 1U) << "never said";
  own.port = 7947;
  tell(self, own, first_life, "a");
  EXPECT_EQ(violations.size(), 2U) << "two in one incarnation";
}

TEST_F(OneDescriptorTest, what_a_run_never_said_breaks_it) {
  tell(self, own, first_life, "a");
  tell(observer, seen, first_life, "x");
  EXPECT_FALSE(violations.empty());
}

TEST_F(OneDescriptorTest, going_back_breaks_it) {
  tell(self, own, first_life, "a");
  tell(self, own, refuted, "b");
  tell(observer, seen, refuted, "b");
  EXPECT_TRUE(violations.empty());
  tell(observer, seen, refuted, "a");
  EXPECT_FALSE(violations.empty());
}

TEST(EventStoryTest, a_whole_life_is_a_possible_story) {
  Story s;
  const Violations found =
      judge<EventStory>({s.joined(first_life),
                         s.next(EventType::suspected, EventReason::probe_silent,
                                MemberStatus::suspect, first_life, MemberStatus::alive),
                         s.next(EventType::refuted, EventReason::none, MemberStatus::alive, refuted,
                                MemberStatus::suspect),
                         s.next(EventType::leaving, EventReason::goodbye, MemberStatus::leaving,
                                {100, 7, 2}, MemberStatus::alive),
                         s.next(EventType::updated, EventReason::drain_cancelled,
                                MemberStatus::alive, {100, 7, 3}, MemberStatus::leaving),
                         s.next(EventType::failed, EventReason::probe_silent, MemberStatus::failed,
                                {100, 7, 3}, MemberStatus::alive),
                         s.next(EventType::left, EventReason::forced, MemberStatus::left,
                                {100, 7, 3}, MemberStatus::failed),
                         s.next(EventType::joined, EventReason::rejoined, MemberStatus::alive,
                                other_run, MemberStatus::left),
                         s.next(EventType::replaced, EventReason::new_boot, MemberStatus::alive,
                                {300, 11, 0}, MemberStatus::alive),
                         s.next(EventType::left, EventReason::goodbye, MemberStatus::left,
                                {300, 11, 0}, MemberStatus::alive),
                         s.next(EventType::expired, EventReason::retention, MemberStatus::left,
                                {300, 11, 0}, MemberStatus::left)});
  EXPECT_TRUE(found.empty()) << found.front().text;
}

TEST(EventStoryTest, a_skipped_revision_breaks_it) {
  Story s;
  const MemberEvent joined = s.joined(first_life);
  ++s.revision;
  EXPECT_FALSE(
      judge<EventStory>({joined, s.next(EventType::failed, EventReason::probe_silent,
                                        MemberStatus::failed, first_life, MemberStatus::alive)})
          .empty());
}

TEST(EventStoryTest, a_member_that_joins_twice_breaks_it) {
  Story s;
  const MemberEvent joined = s.joined(first_life);
  EXPECT_FALSE(judge<EventStory>({joined, s.joined(first_life)}).empty());
}

TEST(EventStoryTest, a_refutation_without_a_suspicion_breaks_it) {
  Story s;
  const MemberEvent joined = s.joined(first_life);
  EXPECT_FALSE(
      judge<EventStory>({joined, s.next(EventType::refuted, EventReason::none, MemberStatus::alive,
                                        refuted, MemberStatus::alive)})
          .empty());
}

TEST(EventStoryTest, a_wrong_previous_status_breaks_it) {
  Story s;
  const MemberEvent joined = s.joined(first_life);
  EXPECT_FALSE(
      judge<EventStory>({joined, s.next(EventType::failed, EventReason::probe_silent,
                                        MemberStatus::failed, first_life, MemberStatus::suspect)})
          .empty());
}

TEST(EventStoryTest, a_run_that_changes_without_being_replaced_breaks_it) {
  Story s;
  const MemberEvent joined = s.joined(first_life);
  EXPECT_FALSE(
      judge<EventStory>({joined, s.next(EventType::updated, EventReason::labels,
                                        MemberStatus::alive, other_run, MemberStatus::alive)})
          .empty());
}

TEST(EventStoryTest, replaced_by_the_same_run_breaks_it) {
  Story s;
  const MemberEvent joined = s.joined(first_life);
  EXPECT_FALSE(
      judge<EventStory>({joined, s.next(EventType::replaced, EventReason::new_boot,
                                        MemberStatus::alive, second_life, MemberStatus::alive)})
          .empty());
}

Snapshot snapshot_of(const std::vector<MemberEvent>& events) {
  Snapshot snapshot;
  for (const MemberEvent& event : events) {
    snapshot.revision = event.revision;
    snapshot.members = {event.member};
    snapshot.local = event.member;
  }
  return snapshot;
}

TEST(SnapshotFoldTest, a_snapshot_that_is_not_the_fold_of_the_events_breaks_it) {
  Story s{.local = true};
  SnapshotFold rule;
  Violations violations;
  const MemberEvent joined = s.joined(first_life);
  rule.on_event(observer, joined, violations);
  rule.check(observer, snapshot_of({joined}), violations);
  EXPECT_TRUE(violations.empty());

  const MemberEvent untold = s.next(EventType::failed, EventReason::probe_silent,
                                    MemberStatus::failed, first_life, MemberStatus::alive);
  rule.check(observer, snapshot_of({joined, untold}), violations);
  EXPECT_FALSE(violations.empty());

  violations.clear();
  Snapshot empty = snapshot_of({joined});
  empty.members.clear();
  rule.check(observer, empty, violations);
  EXPECT_FALSE(violations.empty());
}

TEST(SnapshotFoldTest, an_event_that_tells_a_wrong_past_breaks_it) {
  Story s{.local = true};
  SnapshotFold rule;
  Violations violations;
  rule.on_event(observer, s.joined(first_life), violations);
  MemberEvent suspected = s.next(EventType::suspected, EventReason::accused, MemberStatus::suspect,
                                 first_life, MemberStatus::alive);
  rule.on_event(observer, suspected, violations);
  EXPECT_TRUE(violations.empty());
  rule.on_event(observer, suspected, violations);
  EXPECT_EQ(violations.size(), 1U) << "it was SUSPECT";
  suspected.previous = MemberStatus::suspect;
  suspected.previous_metadata = std::make_shared<const ByteVector>(ByteVector{1});
  rule.on_event(observer, suspected, violations);
  EXPECT_EQ(violations.size(), 2U) << "it had no labels";
}

TEST(SnapshotFoldTest, each_part_of_a_member_is_compared) {
  Story s{.local = true};
  SnapshotFold rule;
  const MemberEvent joined = s.joined(first_life);
  Violations none;
  rule.on_event(observer, joined, none);
  const auto differs = [&](auto change) {
    MemberInfo other = *joined.member;
    change(other);
    Snapshot snapshot = snapshot_of({joined});
    snapshot.members = {std::make_shared<const MemberInfo>(other)};
    Violations violations;
    rule.check(observer, snapshot, violations);
    return !violations.empty();
  };
  EXPECT_FALSE(differs([](MemberInfo&) {}));
  EXPECT_TRUE(differs([](MemberInfo& m) { m.status = MemberStatus::suspect; }));
  EXPECT_TRUE(differs([](MemberInfo& m) { m.incarnation = second_life; }));
  EXPECT_TRUE(differs([](MemberInfo& m) { m.address = Endpoint::v4(10, 0, 0, 2, 7946); }));
  EXPECT_TRUE(differs([](MemberInfo& m) { m.metadata = {1}; }));
  EXPECT_TRUE(differs([](MemberInfo& m) { m.apps = {{"web", false, 0}}; }));
  EXPECT_TRUE(differs([](MemberInfo& m) { m.zone = "z"; }));
  EXPECT_TRUE(differs([](MemberInfo& m) { m.left_reason = LeftReason::forced; }));
  EXPECT_TRUE(differs([](MemberInfo& m) { m.status_since = WallTime{7}; }));
  EXPECT_TRUE(differs([](MemberInfo& m) { m.revision = 99; }));
  EXPECT_TRUE(differs([](MemberInfo& m) { m.local = false; }));
}

TEST(SnapshotFoldTest, a_snapshot_without_this_node_breaks_it) {
  Story s;
  SnapshotFold rule;
  Violations violations;
  const MemberEvent joined = s.joined(first_life);
  rule.on_event(observer, joined, violations);
  Snapshot strange = snapshot_of({joined});
  MemberInfo other = *joined.member;
  other.name = "somebody else";
  strange.local = std::make_shared<const MemberInfo>(other);
  rule.check(observer, strange, violations);
  EXPECT_FALSE(violations.empty());
}

}  // namespace
}  // namespace swim::sim
