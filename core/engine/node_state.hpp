// What a node's own state says of it. Pure, any thread.
#pragma once

#include "core/engine/snapshot.hpp"

namespace swim {

// Nobody let it in yet: it is no member by its own account, whomever it knows and whoever knows it.
inline bool is_outside(NodeState state) {
  return state == NodeState::starting || state == NodeState::joining;
}

}  // namespace swim
