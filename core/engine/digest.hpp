// Short names for what is held, so that two members can compare all of it for little: a hash of a
// name, and a number for the claim and the descriptor's incarnation held under it. The same on
// every machine: both are part of the protocol (DESIGN §4.3, §4.4). Pure, any thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/engine/transitions.hpp"

namespace swim {

std::uint64_t name_hash(std::string_view name);

// What one record adds to the digest of a membership, which is the sum (mod 2^64) over all records:
// so order does not matter, and a change of one record is one subtraction and one addition.
// 0 for a record without a run, and for a terminal one: who is gone is compared by syncs alone.
std::uint64_t record_digest(std::string_view name, const MemberState& state);

}  // namespace swim
