// Runs experiments, several worlds at a time. The result does not depend on how many.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "bench/protocol/experiment.hpp"

namespace swim::bench {

// One result a setup, in their order. `progress` is called by one thread at a time, after each run.
struct Progress {
  std::size_t done{};
  std::size_t all{};
};
std::vector<Result> run(const Experiment& experiment, std::size_t jobs,
                        const std::function<void(const Progress&)>& progress);

}  // namespace swim::bench
