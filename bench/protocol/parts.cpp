// What each part of ours is worth: ours without it, in the situations in which it is meant to help.
#include <algorithm>
#include <array>

#include "bench/protocol/cluster.hpp"
#include "bench/protocol/experiments.hpp"
#include "bench/protocol/runs.hpp"
#include "bench/protocol/statistics.hpp"

namespace swim::bench {

namespace {

struct Part {
  const char* name;
  bool Detection::*flag;
};

constexpr Part local_health_probe{"local health (probe)", &Detection::local_health_probe};
constexpr Part local_health_suspicion{"local health (suspicion)",
                                      &Detection::local_health_suspicion};
constexpr Part nack{"nack", &Detection::nacks};
constexpr Part buddy_system{"buddy", &Detection::buddy};
constexpr Part dynamic_suspicion{"dynamic suspicion", &Detection::confirmations};
constexpr Part stall_guard{"stall guard", &Detection::stall_guard};
constexpr Part brake{"correlated-failure brake", &Detection::brake};
constexpr Part adaptive_timeout{"adaptive probe timeout", &Detection::adaptive_timeout};
constexpr Part ask_again{"asking again", &Detection::ask_again};
constexpr Part urgent_lane{"urgent lane", &Detection::urgent_lane};
constexpr Part confirmation{"scheduled confirmation", &Detection::scheduled_confirmation};
constexpr Part stall_evidence{"stall evidence", &Detection::stall_evidence};
constexpr Part hearsay_check{"hearsay check", &Detection::hearsay_check};
constexpr Part crash_hint{"crash hint", &Detection::crash_hint};

constexpr std::array all_parts{local_health_probe,
                               local_health_suspicion,
                               nack,
                               buddy_system,
                               dynamic_suspicion,
                               stall_guard,
                               brake,
                               adaptive_timeout,
                               ask_again,
                               urgent_lane,
                               confirmation,
                               stall_evidence,
                               hearsay_check,
                               crash_hint};

Configuration without(const Part& part) {
  Configuration made = ours();
  made.name = std::string("without ") + part.name;
  made.config.detection.*part.flag = false;
  return made;
}

// A rack of 12 of 50 is cut off for less than a second, every ten seconds: a switch that starts
// again. None of them should be called failed. deaths: those that are.
Measured run_cut_off(const Config& config, std::uint64_t seed) {
  constexpr Duration cut = std::chrono::milliseconds(800);
  Measured measured;
  Cluster cluster(seed, 50, config);
  if (!cluster.form(lan_conditions(250us, 750us, 0))) {
    ++measured.unsettled;
    return measured;
  }
  World& world = cluster.world();
  const auto rack = cluster.some(12);
  for (int i = 0; i < 12; ++i) {
    for (const NodeId node : rack) {
      cluster.mark_faulty(node);
    }
    world.partition(rack);
    world.run_for(cut);
    world.heal();
    for (const NodeId node : rack) {
      cluster.mark_healthy(node, cut);
    }
    world.run_for(10s - cut);
  }
  cluster.verdicts().count(measured);
  cluster.end_load(measured);
  return measured;
}

struct Situation {
  const char* name;
  Measured (*run)(const Config&, std::uint64_t);
  std::vector<Part> meant;  // the parts that should help
  std::uint64_t normal, full;
};

std::vector<Situation> situations() {
  return {
      {"one of 100 killed, 1 % loss",
       [](const Config& config, std::uint64_t seed) {
         return run_crash({.nodes = 100, .loss_percent = 1}, config, seed);
       },
       {dynamic_suspicion, adaptive_timeout, urgent_lane, confirmation, crash_hint},
       8,
       50},
      {"one of 100 hosts lost, 1 % loss",
       [](const Config& config, std::uint64_t seed) {
         return run_crash({.nodes = 100, .loss_percent = 1, .host_too = true}, config, seed);
       },
       {dynamic_suspicion, adaptive_timeout, urgent_lane, confirmation},
       8,
       50},
      {"one of 50 hosts lost, 20 % loss",
       [](const Config& config, std::uint64_t seed) {
         return run_crash({.nodes = 50, .loss_percent = 20, .host_too = true}, config, seed);
       },
       {local_health_probe, local_health_suspicion, nack, buddy_system, ask_again, urgent_lane,
        confirmation, stall_evidence},
       6,
       50},
      {"5 of 50 starved, 5 % loss, one killed (E10)",
       [](const Config& config, std::uint64_t seed) {
         return run_starved({.nodes = 50, .loss_percent = 5, .starved_percent = 10}, config, seed);
       },
       {local_health_probe, local_health_suspicion, nack, buddy_system, dynamic_suspicion,
        adaptive_timeout, stall_evidence},
       4,
       50},
      {"32 of 128 blocked (E07, hardest)",
       [](const Config& config, std::uint64_t seed) {
         return run_interval(Anomaly::hardest(), config, seed);
       },
       {local_health_probe, local_health_suspicion, nack, buddy_system, stall_evidence,
        hearsay_check},
       1,
       10},
      {"4 of 50 stopped again and again",
       run_pause_storm,
       {local_health_probe, stall_guard, stall_evidence, hearsay_check},
       4,
       50},
      {"12 of 50 cut off for 0.8 s, again and again",
       run_cut_off,
       {brake, dynamic_suspicion},
       4,
       50},
      {"4 of 100 half mute (E14, egress)",
       [](const Config& config, std::uint64_t seed) {
         return run_half_mute({.nodes = 100, .egress = true, .until = 150s}, config, seed);
       },
       {nack, stall_evidence, hearsay_check},
       2,
       20},
      {"15 of 50 killed at once", run_kill_many, {brake, urgent_lane, confirmation}, 8, 50},
  };
}

Table table_of(const std::string& cell, std::span<const Result> results) {
  Table table{
      cell,
      {"", "runs", "first p50", "each p50", "p99", "full p50", "p99", "max", "missed",
       "running failed/run", "FP", "FP−", "FP-nodes", "susp./run", "msg/s", "B/s", "stream B/s"},
      1,
      {}};
  for (const Result& result : results) {
    if (result.cell != cell) {
      continue;
    }
    const Measured& m = result.measured;
    const auto runs = static_cast<double>(m.runs);
    std::vector<Cell> cells{words(result.configuration),
                            whole(m.runs),
                            decimals(percentile(m.first, 0.5), 2),
                            decimals(percentile(m.observers, 0.5), 2),
                            decimals(percentile(m.observers, 0.99), 2),
                            decimals(percentile(m.full, 0.5), 2),
                            decimals(percentile(m.full, 0.99), 2),
                            decimals(greatest(m.full), 2),
                            whole(m.missed),
                            decimals(static_cast<double>(m.deaths) / runs, 2),
                            whole(m.false_positives.all),
                            whole(m.false_positives.at_healthy),
                            whole(m.false_positives.members),
                            decimals(static_cast<double>(m.suspicions) / runs, 1)};
    for (Cell& value : load_cells(m)) {
      cells.push_back(std::move(value));
    }
    table.rows.push_back({std::move(cells)});
  }
  return table;
}

Report report(std::span<const Result> results) {
  Report report;
  for (const std::string& cell : cells_of(results)) {
    report.tables.push_back(table_of(cell, results));
  }
  report.notes = {
      "Seconds from the fault; running failed: members whose process ran, healthy or not, that",
      "somebody declared failed."};
  return report;
}

}  // namespace

Experiment make_parts(const Extent& extent) {
  Experiment experiment{"parts", "ours without each of its parts", {}, report};
  const bool all = extent.effort == Effort::full;
  for (const Situation& situation : situations()) {
    std::vector<Configuration> rows{ours()};
    std::ranges::transform(
        all ? std::vector<Part>(all_parts.begin(), all_parts.end()) : situation.meant,
        std::back_inserter(rows), without);
    for (const Configuration& configuration : rows) {
      experiment.setups.push_back(
          {situation.name, configuration.name, extent.seeds(1, situation.normal, situation.full),
           [run = situation.run, config = configuration.config](std::uint64_t seed) {
             return run(config, seed);
           }});
    }
  }
  if (!all) {
    experiment.left_out = {
        "parts in situations in which they are not meant to help; 50 runs of each"};
  }
  return experiment;
}

}  // namespace swim::bench
