// The one order (DESIGN §4.1). Every decision about which of two statements wins calls these
// functions: merging, queue invalidation, sync, refutation. Nothing else in the code compares
// incarnations.
//
// Where the seed says "Alive with >= incarnation beats Suspect", the SWIM paper (§4.2: strictly
// greater) is followed, and that falls out of the order: suspect(c) > alive(c), alive(c+1) >
// suspect(c). Pure functions, any thread.
#pragma once

#include <compare>

#include "core/wire/claim.hpp"

namespace swim {

// life, boot, terminal (none < dead < left), count, leaving, suspect.
std::strong_ordering compare_claims(const Claim& a, const Claim& b);

// life, boot, count.
std::strong_ordering compare_descriptors(const Incarnation& a, const Incarnation& b);

// Commutative, associative and idempotent: the greater of the two.
Claim merge_claims(const Claim& a, const Claim& b);

// `heard` says something new against `known`.
inline bool supersedes(const Claim& heard, const Claim& known) {
  return compare_claims(heard, known) > 0;
}

inline bool is_terminal(const Claim& claim) {
  return claim.terminal != Terminal::none;
}

// The later of two runs of one name: by life, then by boot. Equal for one run in one life.
std::strong_ordering compare_runs(const Incarnation& a, const Incarnation& b);

// The accusations that a claim can be turned into; the incarnation stays, only the member raises
// it.
Claim suspected(Claim claim);
Claim declared(Claim claim, Terminal terminal);

}  // namespace swim
