// Pure state transitions of one member: the seed's protocol_pure, on the one order of
// precedence.hpp. The engine's membership applies exactly these; nothing here knows time, sockets
// or randomness.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "core/wire/claim.hpp"
#include "core/wire/message.hpp"

namespace swim {

// What decides about one member: the two maxima of DESIGN §4.1, merged separately.
struct MemberState {
  Claim claim;
  Incarnation descriptor;  // boot 0: none yet
  friend bool operator==(const MemberState&, const MemberState&) = default;
};

struct Transition {
  MemberState state;
  bool claim_changed{};
  bool descriptor_changed{};
  // An accusation equal to what is known: news only in that another run makes it.
  bool confirms{};
};

Transition handle_alive(const MemberState& state, const wire::Alive& message);
Transition handle_suspect(const MemberState& state, const wire::Suspect& message);
Transition handle_dead(const MemberState& state, const wire::Dead& message);

// Commutative, associative, idempotent.
MemberState merge_member_state(const MemberState& local, const MemberState& remote);

// The claim runs ahead of what is known of the member itself (DESIGN §4.1): not probed, not
// accused, not listed under the new boot.
bool is_behind(const MemberState& state);

// An ack answers a probe only with the pending sequence, from the run that was asked.
struct PendingProbe {
  std::uint32_t seq{};
  std::string_view target;
  std::uint64_t target_boot{};
};
bool handle_ack(const PendingProbe& probe, const wire::Ack& ack);

// `newer` makes it pointless to send `older`: the same member, and a greater claim.
bool invalidates(const wire::Message& newer, const wire::Message& older);

// Round-robin with wrap-around over `eligible` (false: self, terminal, behind). Returns the index
// to probe and the one to go on from; nullopt when nobody is eligible.
std::optional<std::pair<std::size_t, std::size_t>> next_probe_target(
    std::size_t from, std::span<const bool> eligible);

}  // namespace swim
