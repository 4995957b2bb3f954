// The protocol's arithmetic, pure and tested against hand-computed tables (DESIGN §4.2).
// Natural logarithms throughout. Durations in nanoseconds.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/base/time.hpp"
#include "core/engine/config.hpp"

namespace swim {

// The unconfirmed, longest suspicion: suspicion_mult · max(1, ln n) · probe_interval, at most
// suspicion_max_timeout. `nodes` counts this node too.
Duration suspicion_timeout(const Config& config, std::size_t nodes);

// The least that confirmations leave of it: suspicion_min_mult · max(1, ln n) · probe_interval.
Duration suspicion_floor(const Config& config, std::size_t nodes);

// How many transmissions an update gets: retransmit_mult · ⌈ln(n + 1)⌉.
std::uint32_t retransmit_limit(const Config& config, std::size_t nodes);

// Lifeguard's dynamic suspicion (§IV-B): from `longest` at no confirmation down to `shortest` at
// `wanted` of them, logarithmically. Where nobody can confirm (wanted = 0): min(longest, 1 s).
Duration suspicion_after(Duration longest, Duration shortest, std::uint32_t confirmations,
                         std::uint32_t wanted);

// Independent accusers that can still speak: min(setting, non-terminal others − suspect − first
// accuser).
std::uint32_t confirmations_wanted(const Config& config, std::size_t others);

// How often a probe asks, its first ping included, before it accuses: as few times as keep the
// false suspicions of all `nodes` together to one in ten seconds, where a ping stays without an
// answer in time with probability `missed` and each question has `helpers` ask as well. At most
// limits::probe_questions_max.
std::uint32_t questions_wanted(const Config& config, double missed, std::size_t helpers,
                               std::size_t nodes);

}  // namespace swim
