// Whom a newcomer's connection displaces where all places of strangers are taken
// (limits::strangers_max). Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace swim::engine {

// An accepted stream whose peer has not proved that it has the key.
struct StrangerPlace {
  std::uint64_t stream{};
  std::array<std::uint8_t, 16> address{};  // without the port, which costs nothing to change
};

// The oldest of the address that holds most places, if it holds at least two more than the
// newcomer's address does; of several such addresses the one whose oldest is oldest. So one host
// that connects again and again without the key, which takes no spoofing, keeps out nobody but
// itself, and no place ever goes back and forth. nullopt: the newcomer is refused. `by_age`: the
// oldest first.
std::optional<std::uint64_t> who_makes_room(std::span<const StrangerPlace> by_age,
                                            const std::array<std::uint8_t, 16>& newcomer);

}  // namespace swim::engine
