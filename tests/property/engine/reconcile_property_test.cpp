// What a digest sync leaves out never matters: for any two records, sending what it would send and
// merging it makes both sides equal.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <utility>

#include "core/engine/digest.hpp"
#include "core/engine/precedence.hpp"
#include "core/engine/reconcile.hpp"
#include "tests/generators/wire_value_generators.hpp"

namespace swim::test {
namespace {

// Few values, so that equal ones meet often.
rc::Gen<Incarnation> gen_near_incarnation() {
  return rc::gen::exec([] {
    return Incarnation{*rc::gen::element<std::uint64_t>(1, 2),
                       *rc::gen::element<std::uint64_t>(1, 2),
                       *rc::gen::element<std::uint32_t>(0, 1)};
  });
}

rc::Gen<MemberState> gen_state() {
  return rc::gen::exec([] {
    MemberState state;
    state.claim.incarnation = *gen_near_incarnation();
    state.claim.terminal = *rc::gen::element(Terminal::none, Terminal::dead, Terminal::left);
    state.claim.leaving = *rc::gen::arbitrary<bool>();
    state.claim.suspect = *rc::gen::arbitrary<bool>();
    state.descriptor = *rc::gen::arbitrary<bool>() ? *gen_near_incarnation() : Incarnation{};
    return state;
  });
}

// As a record travels: of a terminal one only the claim.
MemberState received(const MemberState& own, const MemberState& sent) {
  MemberState merged = merge_member_state(own, sent);
  if (is_terminal(sent.claim)) {
    merged.descriptor = own.descriptor;
  }
  return merged;
}

bool alike(const MemberState& a, const MemberState& b) {
  return a.claim == b.claim && (is_terminal(a.claim) || a.descriptor == b.descriptor);
}

// One sync: each sends what the other lacks.
std::pair<MemberState, MemberState> synced(const MemberState& ours, const MemberState& theirs) {
  const Difference found =
      difference(ours, {.name_hash = 1, .claim = theirs.claim, .descriptor = theirs.descriptor});
  return {found.theirs_is_news ? received(ours, theirs) : ours,
          found.ours_is_news ? received(theirs, ours) : theirs};
}

// A second one for the descriptor of a tombstone that the first has brought back to life.
RC_GTEST_PROP(ReconcileProperty, what_is_sent_makes_both_sides_equal, ()) {
  const auto [ours, theirs] = synced(*gen_state(), *gen_state());
  const auto [ours_after, theirs_after] = synced(ours, theirs);
  RC_ASSERT(alike(ours_after, theirs_after));
}

RC_GTEST_PROP(ReconcileProperty, nothing_is_sent_of_what_is_equal, ()) {
  const MemberState state = *gen_state();
  const Difference found =
      difference(state, {.name_hash = 1, .claim = state.claim, .descriptor = state.descriptor});
  const bool suspected = state.claim.suspect && !is_terminal(state.claim);
  RC_ASSERT(found.ours_is_news == suspected);
  RC_ASSERT(found.theirs_is_news == suspected);
}

RC_GTEST_PROP(ReconcileProperty, different_states_have_different_digests, ()) {
  const MemberState a = *gen_state();
  const MemberState b = *gen_state();
  const std::string name = *gen_node_id();
  const bool gone = is_terminal(a.claim) && is_terminal(b.claim);
  RC_ASSERT((record_digest(name, a) == record_digest(name, b)) == (a == b || gone));
}

}  // namespace
}  // namespace swim::test
