// The settings of swimd that a simulated member can have, by the names that swimd knows them by.
// A test compares them with swimd's own table. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/failure.hpp"
#include "core/engine/config.hpp"

namespace swim::cli {

std::vector<std::string> simulated_settings();

// Takes "gossip.probe-interval=200ms" into `config`, which need not be valid then: settings may
// fit only together.
Result<> apply_setting(std::string_view assignment, Config& config);

}  // namespace swim::cli
