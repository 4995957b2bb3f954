// What a node may say of itself. Pure.
#pragma once

#include <cstddef>

#include "core/base/error.hpp"
#include "core/engine/config.hpp"
#include "core/wire/message.hpp"

namespace swim::engine {

// A record that fits no datagram reaches others by full comparisons only, a minute late.
inline constexpr const char* own_record_too_large =
    "node.name, node.labels, node.zone and attached apps together do not fit gossip.datagram-bytes";

// Whether a datagram has room for this node's own record as it is, and as it is while it leaves.
bool fits_even_when_leaving(wire::Alive own, std::size_t datagram_bytes);

// Errors: invalid_argument, with the setting and what is wrong.
Expected<void> check_member(const LocalMember& member, std::size_t datagram_bytes);

}  // namespace swim::engine
