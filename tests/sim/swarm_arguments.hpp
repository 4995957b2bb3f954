// The command line of swim_sim.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/sim/swarm.hpp"
#include "tests/sim/world_speed.hpp"

namespace swim::sim {

struct Arguments {
  std::uint64_t seeds{20};
  std::uint64_t first{1};
  SwarmBounds bounds;
  std::optional<std::uint64_t> replay;
  bool shrink{};
  bool json{};
  bool require_coverage{};
  std::uint32_t jobs{1};
  bool nodes_given{};
  bool speed{};
  SpeedOptions speed_options;
};

extern const std::string_view usage;

// nullopt: a word is unknown, or its value is not good.
std::optional<Arguments> parse(const std::vector<std::string_view>& words);

// What shows one scenario again.
std::string replay_command(std::string_view program, const Arguments& arguments,
                           std::uint64_t seed);

}  // namespace swim::sim
