// E09, the frontier: latency against false deaths against bytes, for SWIM's and Lifeguard's
// settings and for ours. Latency from E05's kills, false deaths from E10's starved readers, false
// positives from E07's hardest cell.
#include <algorithm>
#include <array>

#include "bench/protocol/cluster.hpp"
#include "bench/protocol/experiments.hpp"
#include "bench/protocol/runs.hpp"
#include "bench/protocol/statistics.hpp"

namespace swim::bench {

namespace {

constexpr std::size_t nodes = 50;
const std::string kills = "kills";
const std::string starved = "starved";
const std::string blocked = "blocked";

Configuration renamed(Configuration made, std::string name) {
  made.name = std::move(name);
  return made;
}

std::string number(double value) {
  std::string text = std::to_string(value);
  text.erase(text.find_last_not_of('0') + 1);
  return text.back() == '.' ? text.substr(0, text.size() - 1) : text;
}

// memberlist's default with another probe interval, everything in proportion.
Configuration probing_every(Duration interval) {
  Configuration made = lifeguard_lan();
  made.config.probe_interval = made.config.probe_deadline = interval;
  made.config.probe_timeout = interval / 2;
  made.config.hello_timeout = interval / 4;
  return renamed(std::move(made), "α=4 β=6 probe " + number(seconds(interval)) + " s");
}

std::vector<Configuration> field(Effort effort) {
  std::vector<Configuration> made{lifeguard_lan()};
  for (const double alpha :
       effort == Effort::quick ? std::vector<double>{2, 5} : std::vector<double>{1, 2, 3, 5, 6}) {
    Configuration other = lifeguard(alpha, 6);
    other.config.stream_probes = true;
    made.push_back(renamed(std::move(other), "α=" + number(alpha) + " β=6"));
  }
  if (effort == Effort::quick) {
    return made;
  }
  for (const double beta : {2.0, 4.0}) {
    Configuration other = lifeguard(4, beta);
    other.config.stream_probes = true;
    made.push_back(renamed(std::move(other), "α=4 β=" + number(beta)));
  }
  for (const std::uint32_t retransmit : {1U, 3U, 4U}) {
    Configuration other = lifeguard_lan();
    other.config.retransmit_mult = retransmit;
    made.push_back(
        renamed(std::move(other), "α=4 β=6 retransmit " + std::to_string(4 * retransmit / 2)));
  }
  for (const Duration interval : {Duration(200ms), Duration(500ms), Duration(750ms)}) {
    made.push_back(probing_every(interval));
  }
  return made;
}

std::vector<Configuration> own(Effort effort) {
  std::vector<Configuration> made{swim_at_lan(), ours()};
  if (effort == Effort::quick) {
    return made;
  }
  for (const Duration interval : {Duration(50ms), Duration(200ms), Duration(500ms)}) {
    Configuration other = ours();
    other.config.probe_interval = interval;
    other.config.probe_timeout = std::max(interval, Duration(100ms));
    other.config.probe_deadline = 3 * other.config.probe_timeout;
    made.push_back(renamed(std::move(other), "ours, probe " + number(seconds(interval)) + " s"));
  }
  for (const Duration longest : {Duration(600ms), Duration(2400ms), Duration(5s)}) {
    Configuration other = ours();
    other.config.suspicion_mult = 20;
    other.config.suspicion_max_timeout = longest;
    made.push_back(
        renamed(std::move(other), "ours, suspicion ≤ " + number(seconds(longest)) + " s"));
  }
  return made;
}

struct Point {
  std::string name;
  double p50, p99, deaths, positives, bytes;
  bool dominated_by(const Point& other) const {
    const std::array mine{p99, deaths, positives, bytes};
    const std::array theirs{other.p99, other.deaths, other.positives, other.bytes};
    bool better = false;
    for (std::size_t i = 0; i < mine.size(); ++i) {
      if (theirs[i] > mine[i]) {
        return false;
      }
      better = better || theirs[i] < mine[i];
    }
    return better;
  }
};

Point point_of(std::span<const Result> results, const std::string& name) {
  const Measured killed = sum_of(results, name, kills);
  const Measured late = sum_of(results, name, starved);
  const Measured held = sum_of(results, name, blocked);
  return {name,
          percentile(killed.observers, 0.5),
          percentile(killed.observers, 0.99),
          static_cast<double>(late.deaths) / static_cast<double>(late.runs),
          static_cast<double>(held.false_positives.all) / static_cast<double>(held.runs),
          killed.load.bytes / killed.load.member_seconds};
}

Report report(std::span<const Result> results) {
  std::vector<Point> points;
  for (const std::string& name : configurations_of(results)) {
    points.push_back(point_of(results, name));
  }
  Table table{
      "50 members: an observer's latency; deaths a run with 5 starved and 5 % loss; FP a run of "
      "E07's hardest cell",
      {"", "p50 s", "p99 s", "deaths/run", "FP/run", "B/s", "on the frontier"},
      1,
      {}};
  for (const Point& point : points) {
    const bool beaten =
        std::ranges::any_of(points, [&](const Point& other) { return point.dominated_by(other); });
    table.rows.push_back({{words(point.name), decimals(point.p50, 2), decimals(point.p99, 2),
                           decimals(point.deaths, 2), decimals(point.positives, 1),
                           whole(point.bytes), words(beaten ? "" : "yes")}});
  }
  for (const auto& row :
       std::vector<std::vector<std::string>>{{"kinship α=4 retransmit 4", "8.61", "12.94", "0.61"},
                                             {"kinship α=3 retransmit 6", "6.90", "11.36", "0.13"},
                                             {"kinship α=5", "10.31", "14.71", "0.11"},
                                             {"kinship α=2", "5.22", "9.36", "33.4"},
                                             {"kinship probe 500 ms", "4.36", "6.46", "24.27"},
                                             {"kinship probe 750 ms", "6.48", "9.54", "1.90"}}) {
    table.rows.push_back(anchor_row(row));
  }
  const Point mine = point_of(results, ours().name);
  const bool beaten =
      std::ranges::any_of(points, [&](const Point& other) { return mine.dominated_by(other); });
  Report report{.tables = {std::move(table)}};
  report.goals = {
      {"no other setting is as good in all of p99, deaths, FP and bytes, and better in one",
       beaten ? "there is one" : "none is", "none", !beaten}};
  report.notes = {"kinship's deaths are sums over its tuning cells, not a run of this one."};
  return report;
}

}  // namespace

Experiment make_e09(const Extent& extent) {
  Experiment experiment{"E09", "the frontier of latency, false deaths and bytes", {}, report};
  std::vector<Configuration> configurations = field(extent.effort);
  for (Configuration& made : own(extent.effort)) {
    configurations.push_back(std::move(made));
  }
  for (const Configuration& made : configurations) {
    const Config config = made.config;
    experiment.setups.push_back(
        {kills, made.name, extent.seeds(1, 2, 20), [config](std::uint64_t seed) {
           return run_crash({.nodes = nodes, .loss_percent = 1}, config, seed);
         }});
    experiment.setups.push_back(
        {starved, made.name, extent.seeds(1, 3, 100), [config](std::uint64_t seed) {
           return run_starved({.nodes = nodes, .loss_percent = 5, .starved_percent = 10}, config,
                              seed);
         }});
    experiment.setups.push_back(
        {blocked, made.name, extent.seeds(1, 1, 10),
         [config](std::uint64_t seed) { return run_interval(Anomaly::hardest(), config, seed); }});
  }
  return experiment;
}

}  // namespace swim::bench
