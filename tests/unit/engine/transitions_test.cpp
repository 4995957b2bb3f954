// Single steps of the one order (DESIGN §4.1), each against what it should do. The laws that hold
// for all of them are in tests/property/engine.
#include "core/engine/transitions.hpp"

#include <gtest/gtest.h>

#include <array>

#include "core/engine/precedence.hpp"

namespace swim {
namespace {

constexpr Incarnation run(std::uint32_t count, std::uint64_t life = 100, std::uint64_t boot = 7) {
  return {life, boot, count};
}
constexpr Claim alive(Incarnation incarnation) {
  return {.incarnation = incarnation};
}
constexpr Claim suspect(Incarnation incarnation) {
  return {.incarnation = incarnation, .suspect = true};
}
constexpr Claim leaving(Incarnation incarnation) {
  return {.incarnation = incarnation, .leaving = true};
}
constexpr Claim dead(Incarnation incarnation) {
  return {.incarnation = incarnation, .terminal = Terminal::dead};
}
constexpr Claim left(Incarnation incarnation) {
  return {.incarnation = incarnation, .terminal = Terminal::left};
}

MemberState state(const Claim& claim) {
  return {claim, claim.incarnation};
}

wire::Alive alive_message(const Claim& claim) {
  wire::Alive message;
  message.descriptor.node.name = "m";
  message.descriptor.incarnation = claim.incarnation;
  message.claim = claim;
  return message;
}

wire::Suspect suspect_message(const Claim& claim) {
  wire::Suspect message;
  message.node = "m";
  message.claim = claim;
  return message;
}

wire::Dead dead_message(const Claim& claim) {
  wire::Dead message;
  message.node = "m";
  message.claim = claim;
  return message;
}

TEST(PrecedenceTest, the_order_of_claims_follows_the_table) {
  // Each is greater than all before it.
  const std::array ladder{
      alive(run(0)),         suspect(run(0)),      leaving(run(0)),       alive(run(1)),
      suspect(run(1)),       alive(run(9)),        dead(run(0)),          dead(run(9)),
      left(run(0)),          left(run(9)),         alive(run(0, 100, 8)), left(run(9, 100, 8)),
      alive(run(0, 101, 1)), dead(run(0, 101, 1)),
  };
  for (std::size_t i = 0; i < ladder.size(); ++i) {
    for (std::size_t j = 0; j < ladder.size(); ++j) {
      EXPECT_EQ(compare_claims(ladder[i], ladder[j]), i <=> j) << i << " and " << j;
    }
  }
}

TEST(PrecedenceTest, all_who_declare_a_death_say_the_same) {
  EXPECT_EQ(declared(alive(run(3)), Terminal::dead), declared(suspect(run(3)), Terminal::dead));
}

TEST(TransitionsTest, a_suspicion_of_the_same_incarnation_is_news) {
  const Transition t = handle_suspect(state(alive(run(2))), suspect_message(suspect(run(2))));
  EXPECT_TRUE(t.claim_changed);
  EXPECT_FALSE(t.descriptor_changed);
  EXPECT_TRUE(t.state.claim.suspect);
}

TEST(TransitionsTest, the_same_suspicion_from_another_confirms) {
  const Transition t = handle_suspect(state(suspect(run(2))), suspect_message(suspect(run(2))));
  EXPECT_FALSE(t.claim_changed);
  EXPECT_TRUE(t.confirms);
}

TEST(TransitionsTest, an_old_suspicion_is_nothing) {
  const Transition t = handle_suspect(state(alive(run(3))), suspect_message(suspect(run(2))));
  EXPECT_FALSE(t.claim_changed);
  EXPECT_FALSE(t.confirms);
}

TEST(TransitionsTest, an_alive_still_in_flight_does_not_cancel_a_suspicion) {
  const Transition t = handle_alive(state(suspect(run(2))), alive_message(alive(run(2))));
  EXPECT_FALSE(t.claim_changed);
  EXPECT_TRUE(t.state.claim.suspect);
}

TEST(TransitionsTest, a_raised_count_refutes) {
  const Transition t = handle_alive(state(suspect(run(2))), alive_message(alive(run(3))));
  EXPECT_TRUE(t.claim_changed);
  EXPECT_TRUE(t.descriptor_changed);
  EXPECT_FALSE(t.state.claim.suspect);
}

TEST(TransitionsTest, a_raised_count_does_not_wake_the_dead_but_a_new_life_does) {
  EXPECT_FALSE(handle_alive(state(dead(run(2))), alive_message(alive(run(99)))).claim_changed);
  EXPECT_TRUE(handle_alive(state(dead(run(2))), alive_message(alive(run(0, 101)))).claim_changed);
}

TEST(TransitionsTest, left_overrides_dead_of_the_same_life) {
  EXPECT_TRUE(handle_dead(state(dead(run(2))), dead_message(left(run(2)))).claim_changed);
  EXPECT_FALSE(handle_dead(state(left(run(2))), dead_message(dead(run(5)))).claim_changed);
}

TEST(TransitionsTest, a_drain_and_its_end_are_each_news) {
  const Transition drain = handle_alive(state(alive(run(1))), alive_message(leaving(run(2))));
  EXPECT_TRUE(drain.claim_changed);
  EXPECT_TRUE(handle_alive(drain.state, alive_message(alive(run(3)))).claim_changed);
}

TEST(TransitionsTest, claim_and_descriptor_are_merged_apart) {
  MemberState behind = state(suspect(run(5)));
  behind.descriptor = run(3);
  const Transition t = handle_alive(behind, alive_message(alive(run(4))));
  EXPECT_FALSE(t.claim_changed);
  EXPECT_TRUE(t.descriptor_changed);
  EXPECT_EQ(t.state.claim, suspect(run(5)));
  EXPECT_EQ(t.state.descriptor, run(4));
}

TEST(TransitionsTest, a_member_is_behind_while_its_run_is_not_described) {
  EXPECT_FALSE(is_behind(state(alive(run(1)))));
  const Transition t =
      handle_suspect(state(alive(run(1))), suspect_message(suspect(run(0, 101, 9))));
  EXPECT_TRUE(is_behind(t.state));
  EXPECT_TRUE(is_behind({alive(run(0)), {}})) << "never described";
}

TEST(TransitionsTest, an_ack_counts_from_the_run_that_was_asked_with_the_pending_number) {
  const PendingProbe probe{5, "m", 7};
  wire::Ack ack;
  ack.seq = 5;
  ack.responder = "m";
  ack.responder_boot = 7;
  EXPECT_TRUE(handle_ack(probe, ack));
  ack.responder_boot = 8;
  EXPECT_FALSE(handle_ack(probe, ack));
  ack.responder_boot = 7;
  ack.seq = 6;
  EXPECT_FALSE(handle_ack(probe, ack));
  ack.seq = 5;
  ack.responder = "stranger";
  EXPECT_FALSE(handle_ack(probe, ack));
}

TEST(TransitionsTest, nobody_is_probed_where_nobody_is_eligible) {
  EXPECT_EQ(next_probe_target(0, {}), std::nullopt);
  const std::array<bool, 3> none{};
  EXPECT_EQ(next_probe_target(1, none), std::nullopt);
}

TEST(TransitionsTest, an_update_about_another_member_invalidates_nothing) {
  wire::Dead other = dead_message(dead(run(9, 999)));
  other.node = "other";
  EXPECT_FALSE(invalidates(other, alive_message(alive(run(1)))));
  EXPECT_FALSE(invalidates(wire::Ping{}, alive_message(alive(run(1)))));
  EXPECT_FALSE(invalidates(dead_message(dead(run(1))), wire::UserMsg{}));
}

}  // namespace
}  // namespace swim
