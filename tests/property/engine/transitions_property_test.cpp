// The laws of the one order (DESIGN §4.1), under the seed's names. Where the seed says ">=" between
// an alive and a suspicion, the SWIM paper (§4.2: strictly greater) is followed; "incarnation" is
// the count within one life, and "higher incarnation wins" holds within a life among the non-dead.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/engine/formulas.hpp"
#include "core/engine/precedence.hpp"
#include "core/engine/transitions.hpp"
#include "tests/generators/wire_generators.hpp"

namespace swim {
namespace {

// Few values, so that equal and neighbouring ones meet often.
rc::Gen<Incarnation> gen_close_incarnation() {
  return rc::gen::apply(
      [](std::uint64_t life, std::uint64_t boot, std::uint32_t count) {
        return Incarnation{life, boot, count};
      },
      rc::gen::inRange<std::uint64_t>(1, 4), rc::gen::inRange<std::uint64_t>(1, 4),
      rc::gen::inRange<std::uint32_t>(0, 4));
}

rc::Gen<Claim> gen_close_claim() {
  return rc::gen::apply(
      [](Claim claim, Incarnation incarnation) {
        claim.incarnation = incarnation;
        return claim;
      },
      test::gen_member_state(), gen_close_incarnation());
}

rc::Gen<MemberState> gen_state() {
  return rc::gen::apply(
      [](Claim claim, Incarnation descriptor) {
        return MemberState{claim, descriptor};
      },
      gen_close_claim(), gen_close_incarnation());
}

wire::Alive alive_message(const Claim& claim, std::string_view name = "m") {
  wire::Alive message;
  message.descriptor.node.name = name;
  message.descriptor.incarnation = claim.incarnation;
  message.claim = claim;
  return message;
}

wire::Suspect suspect_message(Claim claim) {
  wire::Suspect message;
  message.node = "m";
  claim.suspect = true;
  claim.terminal = Terminal::none;
  message.claim = claim;
  return message;
}

wire::Dead dead_message(const Claim& claim, Terminal terminal = Terminal::dead) {
  wire::Dead message;
  message.node = "m";
  message.claim = declared(claim, terminal);
  return message;
}

wire::Message gen_statement() {
  const Claim claim = *gen_close_claim();
  switch (*rc::gen::inRange(0, 3)) {
    case 0:
      return alive_message({.incarnation = claim.incarnation, .leaving = claim.leaving});
    case 1:
      return suspect_message(claim);
    default:
      return dead_message(claim, *rc::gen::element(Terminal::dead, Terminal::left));
  }
}

Claim at_count(Claim claim, std::uint32_t count) {
  claim.incarnation.count = count;
  return claim;
}

RC_GTEST_PROP(PureTest, test_alive_dominates_suspect, ()) {
  const MemberState suspicious{suspected({.incarnation = *gen_close_incarnation()}), {}};
  const std::uint32_t count = *rc::gen::inRange<std::uint32_t>(0, 5);
  const Claim alive{.incarnation = at_count(suspicious.claim, count).incarnation};
  const Transition t = handle_alive(suspicious, alive_message(alive));
  RC_ASSERT(t.claim_changed == (count > suspicious.claim.incarnation.count));
}

RC_GTEST_PROP(PureTest, test_higher_incarnation_wins, ()) {
  const Claim known = *gen_close_claim();
  RC_PRE(!is_terminal(known));
  const Claim higher = at_count({.incarnation = known.incarnation}, known.incarnation.count + 1);
  RC_ASSERT(supersedes(higher, known));
  RC_ASSERT(supersedes(suspected(higher), known));
}

RC_GTEST_PROP(PureTest, test_dead_is_final, ()) {
  const MemberState dead{declared(*gen_close_claim(), Terminal::dead), {}};
  const Claim heard =
      at_count({.incarnation = dead.claim.incarnation}, *rc::gen::arbitrary<std::uint32_t>());
  RC_ASSERT(!handle_alive(dead, alive_message(heard)).claim_changed);
  RC_ASSERT(!handle_suspect(dead, suspect_message(heard)).claim_changed);
  // What comes back is another life.
  Claim reborn = heard;
  ++reborn.incarnation.life;
  RC_ASSERT(handle_alive(dead, alive_message(reborn)).claim_changed);
}

RC_GTEST_PROP(PureTest, test_invalidation_transitive, ()) {
  const wire::Message a = gen_statement();
  const wire::Message b = gen_statement();
  const wire::Message c = gen_statement();
  if (invalidates(a, b) && invalidates(b, c)) {
    RC_ASSERT(invalidates(a, c));
  }
  RC_ASSERT(!(invalidates(a, b) && invalidates(b, a)));
}

RC_GTEST_PROP(PureTest, test_alive_invalidates_suspect, ()) {
  const Claim claim{.incarnation = *gen_close_incarnation()};
  const Claim newer = at_count(claim, claim.incarnation.count + 1);
  RC_ASSERT(invalidates(alive_message(newer), suspect_message(claim)));
  RC_ASSERT(!invalidates(alive_message(claim), suspect_message(claim)));
  RC_ASSERT(!invalidates(alive_message(newer, "other"), suspect_message(claim)));
}

RC_GTEST_PROP(PureTest, test_dead_invalidates_all, ()) {
  const Claim claim{.incarnation = *gen_close_incarnation()};
  const Claim any_count = at_count(claim, *rc::gen::arbitrary<std::uint32_t>());
  RC_ASSERT(invalidates(dead_message(claim), alive_message(any_count)));
  RC_ASSERT(invalidates(dead_message(claim), suspect_message(any_count)));
}

RC_GTEST_PROP(PureTest, test_merge_commutative, ()) {
  const MemberState a = *gen_state();
  const MemberState b = *gen_state();
  RC_ASSERT(merge_member_state(a, b) == merge_member_state(b, a));
}

RC_GTEST_PROP(PureTest, test_merge_associative, ()) {
  const MemberState a = *gen_state();
  const MemberState b = *gen_state();
  const MemberState c = *gen_state();
  RC_ASSERT(merge_member_state(merge_member_state(a, b), c) ==
            merge_member_state(a, merge_member_state(b, c)));
}

RC_GTEST_PROP(PureTest, test_merge_idempotent, ()) {
  const MemberState a = *gen_state();
  RC_ASSERT(merge_member_state(a, a) == a);
}

RC_GTEST_PROP(PureTest, test_merge_respects_incarnation, ()) {
  const MemberState a = *gen_state();
  const MemberState b = *gen_state();
  const MemberState merged = merge_member_state(a, b);
  RC_ASSERT(std::is_gteq(compare_claims(merged.claim, a.claim)));
  RC_ASSERT(std::is_gteq(compare_claims(merged.claim, b.claim)));
  RC_ASSERT(merged.claim == a.claim || merged.claim == b.claim);
  RC_ASSERT(std::is_gteq(compare_descriptors(merged.descriptor, a.descriptor)));
  RC_ASSERT(std::is_gteq(compare_descriptors(merged.descriptor, b.descriptor)));
}

// Messages in any order, any number of times, lead to the same state: the greatest of what they
// say.
RC_GTEST_PROP(PureTest, handling_messages_is_merging, ()) {
  const MemberState start = *gen_state();
  const Claim claim = *gen_close_claim();
  const wire::Alive alive = alive_message({.incarnation = claim.incarnation});
  const wire::Suspect suspect = suspect_message(*gen_close_claim());
  const wire::Dead dead = dead_message(*gen_close_claim());
  const MemberState one =
      handle_dead(handle_suspect(handle_alive(start, alive).state, suspect).state, dead).state;
  const MemberState other =
      handle_alive(handle_suspect(handle_dead(start, dead).state, suspect).state, alive).state;
  RC_ASSERT(one == other);
  const MemberState told =
      merge_member_state({alive.claim, alive.descriptor.incarnation}, {suspect.claim, {}});
  RC_ASSERT(one == merge_member_state(start, merge_member_state(told, {dead.claim, {}})));
  RC_ASSERT(handle_dead(one, dead).state == one);
  RC_ASSERT(handle_alive(one, alive).state == one);
}

RC_GTEST_PROP(PureTest, the_order_of_claims_is_total, ()) {
  const Claim a = *gen_close_claim();
  const Claim b = *gen_close_claim();
  RC_ASSERT(std::is_eq(compare_claims(a, b)) == (a == b));
  RC_ASSERT(std::is_gt(compare_claims(a, b)) == std::is_lt(compare_claims(b, a)));
}

RC_GTEST_PROP(PureTest, test_suspicion_timeout_increases_with_nodes, ()) {
  const auto fewer = *rc::gen::inRange<std::size_t>(0, 100'000);
  const auto more = fewer + *rc::gen::inRange<std::size_t>(0, 100'000);
  RC_ASSERT(suspicion_timeout(Config{}, fewer) <= suspicion_timeout(Config{}, more));
  Config without_ceiling;
  without_ceiling.suspicion_max_timeout = std::chrono::hours(24);
  RC_ASSERT(suspicion_timeout(without_ceiling, fewer) <
            suspicion_timeout(without_ceiling, 2 * fewer + 3));
}

RC_GTEST_PROP(PureTest, test_suspicion_timeout_bounded, ()) {
  Config config;
  config.suspicion_mult = *rc::gen::inRange(1, 1000);
  RC_ASSERT(suspicion_timeout(config, *rc::gen::arbitrary<std::uint32_t>()) <=
            config.suspicion_max_timeout);
}

RC_GTEST_PROP(PureTest, retransmissions_increase_with_nodes, ()) {
  const auto fewer = *rc::gen::inRange<std::size_t>(0, 100'000);
  const auto more = fewer + *rc::gen::inRange<std::size_t>(0, 100'000);
  RC_ASSERT(retransmit_limit(Config{}, fewer) <= retransmit_limit(Config{}, more));
  RC_ASSERT(retransmit_limit(Config{}, fewer) >= 1U);
}

RC_GTEST_PROP(PureTest, more_confirmations_never_lengthen_a_suspicion, ()) {
  const Duration shortest(*rc::gen::inRange<std::int64_t>(0, 2'000'000'000));
  const Duration longest(*rc::gen::inRange<std::int64_t>(0, 2'000'000'000));
  const auto wanted = *rc::gen::inRange<std::uint32_t>(1, 10);
  const auto count = *rc::gen::inRange<std::uint32_t>(0, 12);
  RC_ASSERT(suspicion_after(longest, shortest, count + 1, wanted) <=
            suspicion_after(longest, shortest, count, wanted));
  RC_ASSERT(suspicion_after(longest, shortest, count, wanted) <= longest);
}

// From any index, one round visits everybody who is eligible once; whoever is not (this node)
// never.
void visits_all(std::vector<bool> wish) {
  std::unique_ptr<bool[]> eligible(new bool[wish.size() + 1]);
  std::copy(wish.begin(), wish.end(), eligible.get());
  std::vector<int> visits(wish.size());
  std::size_t index = *rc::gen::inRange<std::size_t>(0, wish.size());
  for (auto left = std::count(wish.begin(), wish.end(), true); left > 0; --left) {
    const auto next = next_probe_target(index, {eligible.get(), wish.size()});
    RC_ASSERT(next.has_value());
    ++visits[next->first];
    index = next->second;
  }
  for (std::size_t i = 0; i < wish.size(); ++i) {
    RC_ASSERT(visits[i] == (wish[i] ? 1 : 0));
  }
}

RC_GTEST_PROP(PureTest, test_probe_wraps_around, ()) {
  visits_all(*rc::gen::nonEmpty<std::vector<bool>>());
}

RC_GTEST_PROP(PureTest, test_probe_skips_self, ()) {
  std::vector<bool> eligible(*rc::gen::inRange<std::size_t>(2, 20), true);
  eligible[*rc::gen::inRange<std::size_t>(0, eligible.size())] = false;
  visits_all(eligible);
}

}  // namespace
}  // namespace swim
