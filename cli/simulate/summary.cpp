#include "cli/simulate/summary.hpp"

#include <algorithm>
#include <chrono>

namespace swim::cli {
namespace {

Duration ranked(const std::vector<Duration>& sorted, std::size_t percent) {
  return sorted[(sorted.size() * percent + 99) / 100 - 1];
}

}  // namespace

std::optional<Spread> spread(std::vector<Duration> times) {
  if (times.empty()) {
    return std::nullopt;
  }
  std::ranges::sort(times);
  return Spread{times.size(), ranked(times, 50), ranked(times, 99), times.back()};
}

SimulationSummary summarise(std::span<const sim::TrialResult> results) {
  SimulationSummary sum;
  std::vector<Duration> convergence, first, all;
  std::uint64_t datagrams = 0, bytes = 0;
  Duration node_time{};
  for (const sim::TrialResult& result : results) {
    ++sum.runs;
    if (result.convergence) {
      convergence.push_back(*result.convergence);
    } else {
      ++sum.never_converged;
    }
    for (const sim::TrialDeath& death : result.deaths) {
      ++sum.deaths;
      sum.unseen += death.all ? 0 : 1;
      if (death.first) {
        first.push_back(*death.first);
      }
      if (death.all) {
        all.push_back(*death.all);
      }
    }
    sum.false_positives += result.false_positives;
    sum.false_views += result.false_views;
    sum.stalled += result.stalled;
    sum.stalled_failed += result.stalled_failed;
    datagrams += result.datagrams;
    bytes += result.datagram_bytes + result.stream_bytes;
    node_time += result.node_time;
  }
  sum.convergence = spread(std::move(convergence));
  sum.first = spread(std::move(first));
  sum.all = spread(std::move(all));
  const double seconds = std::chrono::duration<double>(node_time).count();
  if (seconds > 0) {
    sum.datagrams_per_second = static_cast<double>(datagrams) / seconds;
    sum.bytes_per_second = static_cast<double>(bytes) / seconds;
    sum.member_hours = seconds / 3600;
  }
  return sum;
}

}  // namespace swim::cli
