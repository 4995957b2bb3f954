// What a scenario exercised: the ways through the protocol that a swarm must not miss, each with
// how often it was gone. A run in which one of them is 0 has not tested it. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/engine/event.hpp"
#include "core/engine/stats.hpp"

namespace swim::sim {

struct NetworkCounts;
struct StreamCounts;

// How often what happened.
struct Coverage {
  std::uint64_t starts{}, stops{}, joins{}, joins_failed{};
  std::uint64_t names_unresolved{};  // seeds looked up while no name led anywhere
  std::uint64_t peers_asked{};       // lookups that went to remembered peers
  std::uint64_t messages_delivered{}, operations{}, operations_failed{};
  std::array<std::uint64_t, 16> member_events{};  // by EventType
  std::uint64_t failures_of_running{};  // FAILED shown of a run that runs: false positives
  std::uint64_t refutations{}, new_lives{}, stalls_noticed{}, relays_run{}, stream_acks{};

  Stats stats{};  // of all runs together; gauges in it mean nothing
  static constexpr std::size_t reasons = static_cast<std::size_t>(EventReason::app_broken) + 1;
  std::array<std::array<std::uint64_t, reasons>, 16> told{};  // events by type and reason
  std::uint64_t failed_while_leaving{};

  void add(const Stats& of_one_run);
  void add(const MemberEvent& event);
};

// By name, in a fixed order.
using Paths = std::vector<std::pair<std::string, std::uint64_t>>;
Paths paths_of(const Coverage& coverage, const NetworkCounts& network, const StreamCounts& streams);

}  // namespace swim::sim
