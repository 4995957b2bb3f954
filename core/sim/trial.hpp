// One run of the question that `swimctl simulate` answers: a cluster starts, some of its members
// die, some stand still for a while; what do the others notice, when, and what does it cost?
//
// Pure function of its plan and its seed. Times are virtual.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "core/base/time.hpp"
#include "core/engine/config.hpp"
#include "core/sim/network.hpp"

namespace swim::sim {

struct TrialPlan {
  std::uint32_t nodes{100};
  Config config{};  // of each node; valid
  Conditions network{};
  Duration duration{std::chrono::minutes(1)};  // measured, from when all see all
  // Members that die for good, spread over `duration`, or all in one moment. At least one other
  // survives.
  std::uint32_t deaths{1};
  bool together{};
  bool with_host{};  // the host is gone too: silence, where a dead process alone is refused
  // Members (others than those) whose process stands still once, each at a time of its own.
  std::uint32_t stalls{};
  Duration stall_min{std::chrono::seconds(1)};
  Duration stall_max{std::chrono::seconds(1)};
};

struct TrialDeath {
  std::optional<Duration> first{};  // from the death until one survivor shows it FAILED
  std::optional<Duration> all{};    // until each does; of those who run and are not stopped then
};

struct TrialResult {
  std::uint64_t seed{};
  std::uint64_t trace_hash{};
  std::optional<Duration>
      convergence;  // from the start of all until all see all; none: not in time
  std::vector<TrialDeath> deaths{};
  // Verdicts on members that ran all the time: how often one was called FAILED, and by how many.
  std::uint64_t false_positives{}, false_views{};
  // Members that only stood still and were called FAILED.
  std::uint64_t stalled{}, stalled_failed{};
  // While measured, of all nodes: UDP payloads as they were sent, and what went through streams.
  std::uint64_t datagrams{}, datagram_bytes{}, stream_bytes{};
  Duration node_time{};  // the time that each node ran while measured, together
  Duration virtual_time{};
};

// The longest that a cluster may take to start, and a death to be seen after the measured time.
inline constexpr Duration trial_start_limit = std::chrono::seconds(60);
inline constexpr Duration trial_patience = std::chrono::seconds(60);

// `progress`, if any, is told now and then how much of the virtual time is over, in thousandths.
// It returns false to give up: the result is incomplete then.
TrialResult run_trial(const TrialPlan& plan, std::uint64_t seed,
                      const std::function<bool(std::uint32_t thousandths)>& progress = {});

}  // namespace swim::sim
