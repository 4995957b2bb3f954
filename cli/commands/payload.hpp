// The DATA of broadcast and send.
#pragma once

#include <string>

#include "cli/failure.hpp"

namespace swim::cli {

// "-" is standard input to its end; anything else is itself.
Result<std::string> payload_of(const std::string& data);

}  // namespace swim::cli
