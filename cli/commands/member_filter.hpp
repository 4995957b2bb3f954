// --status and --selector, as members and watch take them.
#pragma once

#include <swim/v1/membership.pb.h>

#include <memory>

#include "cli/commands/commands.hpp"

namespace swim::cli {

// The filter is filled when the command line is parsed.
std::shared_ptr<v1::MemberFilter> add_filter(CLI::App& command);

}  // namespace swim::cli
