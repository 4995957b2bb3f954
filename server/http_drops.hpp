// What was received or to be sent and came to nothing, by reason, as operators are told of it.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "core/runtime/runtime.hpp"

namespace swim::server {

// Of another key or another cluster label. A key that this node doesn't have is told apart only by
// one byte in the clear, so one cause would be counted under two reasons by chance.
std::uint64_t auth_drops(const Stats& stats);

// Each drop is in one reason.
std::vector<std::pair<const char*, std::uint64_t>> receive_drops(const runtime::NodeView& view);

}  // namespace swim::server
