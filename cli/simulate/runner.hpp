// Runs a simulation's seeds beside each other on threads of its own. What comes out depends on the
// job alone, not on the number of threads.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "cli/simulate/job.hpp"

namespace swim::cli {

struct SimulationProgress {
  std::uint32_t thousandths{};  // of all the virtual time
  std::uint32_t done{};         // runs
};

// `report` is called by the calling thread, about five times a second. Results by seed.
std::vector<sim::TrialResult> run_simulation(
    const SimulateJob& job, std::uint32_t threads,
    const std::function<void(const SimulationProgress&)>& report);

}  // namespace swim::cli
