// What `swimctl simulate` was asked for, as typed and as understood. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/failure.hpp"
#include "core/sim/trial.hpp"

namespace swim::cli {

struct SimulateArguments {
  std::uint32_t nodes{100};
  std::string loss{"0%"};
  std::string latency{};  // empty: what the preset is made for
  std::string preset{"lan"};
  std::vector<std::string> settings{};  // NAME=VALUE
  std::uint32_t kill{1};
  bool together{};
  bool with_host{};
  std::string stalls{};  // empty: none
  Duration duration{std::chrono::minutes(1)};
  std::uint32_t seeds{10};
  std::uint64_t seed{1};  // of the first run
};

struct SimulateJob {
  sim::TrialPlan plan;
  std::uint32_t runs{};
  std::uint64_t first_seed{};
  std::string preset;
  std::vector<std::string> settings;
};

// Errors name the flag, what is wrong with it and what to write.
Result<SimulateJob> understand(const SimulateArguments& arguments);

// "1%", "0.5%", in parts per million.
Result<std::uint32_t> parse_loss(std::string_view text);
// "2ms" or "0.5ms-2ms".
Result<std::pair<Duration, Duration>> parse_span(std::string_view flag, std::string_view text);

// Memory that one run takes, in bytes: what members know of each other is what counts.
std::uint64_t memory_of_run(std::uint32_t nodes);
// How many runs may go on beside each other; the error says how many members would fit.
Result<std::uint32_t> runs_at_once(const SimulateJob& job, std::uint32_t cores,
                                   std::uint64_t free_memory);

}  // namespace swim::cli
