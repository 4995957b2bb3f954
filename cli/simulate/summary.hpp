// What many runs say together. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/sim/trial.hpp"

namespace swim::cli {

struct Spread {
  std::size_t count{};
  Duration p50{}, p99{}, max{};
};

// Percentiles by nearest rank, so that each is a time that was measured; nullopt: there are none.
std::optional<Spread> spread(std::vector<Duration> times);

struct SimulationSummary {
  std::uint64_t runs{};
  std::optional<Spread> convergence, first, all;
  std::uint64_t never_converged{};
  std::uint64_t deaths{}, unseen{};  // not shown FAILED by every survivor in time
  std::uint64_t false_positives{}, false_views{};
  std::uint64_t stalled{}, stalled_failed{};
  double datagrams_per_second{};  // of each member, sent
  double bytes_per_second{};      // UDP payloads and streams
  double member_hours{};
};

SimulationSummary summarise(std::span<const sim::TrialResult> results);

}  // namespace swim::cli
