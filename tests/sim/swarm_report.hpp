// What swim_sim prints of its scenarios.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/sim/swarm.hpp"

namespace swim::sim {

nlohmann::json to_json(const SwarmResult& result);

// Adds the numbers of one scenario to the sum; what is text or belongs to one scenario stays out.
void add(nlohmann::json& sum, const nlohmann::json& one);

// The faults and ways through the protocol that no scenario of the sum tried.
std::vector<std::string> not_covered(const nlohmann::json& sum);

void print_sum(const nlohmann::json& sum, const std::string& indent = "");

}  // namespace swim::sim
