// What swim_sim prints of its scenarios.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "core/sim/swarm.hpp"

namespace swim::sim {

nlohmann::json to_json(const SwarmResult& result);

// Adds the numbers of one scenario to the sum; what is text or belongs to one scenario stays out.
void add(nlohmann::json& sum, const nlohmann::json& one);

void print_sum(const nlohmann::json& sum, const std::string& indent = "");

}  // namespace swim::sim
