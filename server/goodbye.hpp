// The last word to the other members.
#pragma once

#include "core/base/time.hpp"
#include "core/runtime/runtime.hpp"
#include "server/logger.hpp"

namespace swim::server {

// Leaves the cluster and waits for the others to confirm, in all no longer than `patience`. Where
// too many commands wait it tries again until then. Not on the engine's thread.
void say_goodbye(runtime::Runtime& node, Duration patience, Logger& logger);

}  // namespace swim::server
