// Scenarios beside each other, each in a process of its own: one that ends by an assertion, or eats
// all memory, fails alone and by its seed.
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>

namespace swim::sim {

// Runs `run(seed)` for each of `seeds` seeds from `first` on, `jobs` at a time, and hands what it
// returned to `taken`, in the order of the seeds. Of a process that did not end well, the object
// has the fields seed, passed (false) and report. Says on stderr how far it is when it takes longer
// than two seconds.
void run_jobs(std::uint64_t first, std::uint64_t seeds, std::uint32_t jobs,
              const std::function<nlohmann::json(std::uint64_t seed)>& run,
              const std::function<void(const nlohmann::json&)>& taken);

}  // namespace swim::sim
