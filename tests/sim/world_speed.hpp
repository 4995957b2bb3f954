// How fast and how large a simulated cluster is on this machine: one world, phase by phase.
#pragma once

#include <cstdint>

#include "core/base/time.hpp"

namespace swim::sim {

struct SpeedOptions {
  std::uint64_t seed{1};
  std::uint32_t nodes{100};
  Duration duration{std::chrono::minutes(10)};  // of the steady state
  std::uint32_t loss_ppm{};
  std::uint32_t crashes{};  // of nodes, all at once, after the steady state
  bool checks{true};
  bool plain{};       // nothing is encrypted
  bool acquainted{};  // nobody joins: all know all from the start
};

// Prints a line a phase (join, steady, crash). False where the nodes never came to agree.
bool measure_speed(const SpeedOptions& options);

}  // namespace swim::sim
