// Whom a newcomer's connection displaces where all places of strangers are taken
// (limits::strangers_max). Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "core/base/endpoint.hpp"

namespace swim::engine {

// What whoever connects can't choose: neither the port, nor the last half of an IPv6 address, since
// a host may well have a /64 to itself.
using HostId = std::array<std::uint8_t, 16>;
HostId host_of(const Endpoint& from);

// An accepted stream whose peer has not proved that it has the key.
struct StrangerPlace {
  std::uint64_t stream{};
  HostId host{};
};

// The oldest of the host that holds most places, if it holds at least two more than the newcomer's
// host does; of several such hosts the one whose oldest is oldest. So one host that connects again
// and again without the key, which takes no spoofing, keeps out nobody but itself, and no place
// ever goes back and forth. nullopt: the newcomer is refused. `by_age`: the oldest first.
std::optional<std::uint64_t> who_makes_room(std::span<const StrangerPlace> by_age,
                                            const HostId& newcomer);

}  // namespace swim::engine
