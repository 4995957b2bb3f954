// E05, crash detection: one member is killed at a random time, everybody else should find out.
#include "bench/protocol/cluster.hpp"
#include "bench/protocol/experiments.hpp"
#include "bench/protocol/runs.hpp"
#include "bench/protocol/statistics.hpp"
#include "core/sim/chance.hpp"

namespace swim::bench {

namespace {
constexpr Duration patience = std::chrono::seconds(120);
}  // namespace

Measured run_crash(const Crash& crash, const Config& config, std::uint64_t seed) {
  Measured measured;
  Cluster cluster(seed, crash.nodes, config);
  if (!cluster.form(lan_conditions(1ms, 3ms, crash.loss_percent))) {
    ++measured.unsettled;
    return measured;
  }
  for (int kill = 0; kill < crash.kills; ++kill) {
    const NodeId victim = cluster.some(1).front();
    cluster.world().run_for(
        sim::between(cluster.prng(), Duration::zero(), Duration(2 * config.probe_interval)));
    const TimePoint next = cluster.world().now() + crash.every;
    cluster.kill(victim, crash.host_too);
    cluster.wait([&] { return cluster.verdicts().all_found(); }, patience);
    cluster.verdicts().conclude(measured);
    cluster.revive(victim);
    measured.unsettled += cluster.wait_complete(patience) ? 0 : 1;
    cluster.world().run_for(std::max(Duration(2s), next - cluster.world().now()));
  }
  cluster.verdicts().count(measured);
  cluster.end_load(measured);
  return measured;
}

namespace {

std::string cell_name(const Crash& crash) {
  return std::to_string(crash.nodes) + " nodes, " + (crash.host_too ? "host lost" : "killed");
}

Report report(std::span<const Result> results) {
  Table table =
      detection_table("Seconds from the end of a member, 1 % loss, latency 1–3 ms", results);
  table.rows.push_back(detection_anchor({.cell = "100 nodes, killed",
                                         .who = "memberlist 0.7 (real, 30 runs)",
                                         .observer_p50 = 9.857,
                                         .observer_p99 = 11.980,
                                         .observer_max = 12.106,
                                         .full_p50 = 10.020,
                                         .spread = 0.38}));
  table.rows.push_back(detection_anchor({.cell = "100 nodes, killed",
                                         .who = "kinship (real, 30 runs)",
                                         .observer_p50 = 9.522,
                                         .observer_p99 = 12.500,
                                         .observer_max = 12.568,
                                         .full_p50 = 9.587,
                                         .spread = 0.09}));
  table.rows.push_back(detection_anchor({.cell = "100 nodes, killed",
                                         .who = "memberlist 0.7 (virtual)",
                                         .first_p50 = 9.51,
                                         .first_p99 = 13.62,
                                         .full_p50 = 9.98,
                                         .full_max = 14.04}));
  table.rows.push_back(detection_anchor({.cell = "50 nodes, killed",
                                         .who = "memberlist tuned fast (virtual)",
                                         .first_p50 = 1.68,
                                         .first_p99 = 2.22,
                                         .full_p50 = 1.75,
                                         .full_max = 2.30}));
  table.rows.push_back(detection_anchor({.cell = "500 nodes, killed",
                                         .who = "memberlist 0.7 (virtual, 10 at once)",
                                         .observer_p50 = 13.19,
                                         .observer_p99 = 14.81,
                                         .full_max = 15.09}));
  table.rows.push_back(detection_anchor({.cell = "1000 nodes, killed",
                                         .who = "memberlist 0.7 (virtual, 10 at once)",
                                         .observer_p50 = 14.12,
                                         .observer_p99 = 15.04,
                                         .full_max = 15.23}));
  const Measured wanted = sum_of(results, ours().name, cell_name({.nodes = 100}));
  Report report{.tables = {std::move(table)}};
  report.goals = {
      at_most("100 nodes, killed: all survivors know, p50",
              where_all(wanted, percentile(wanted.full, 0.5)), 0.6, "s"),
      at_most("100 nodes, killed: all survivors know, p99",
              where_all(wanted, percentile(wanted.full, 0.99)), 1.0, "s"),
      at_most("100 nodes, killed: false positives",
              where_run(wanted, static_cast<double>(wanted.false_positives.all)), 0, "", 0),
      at_most("100 nodes, killed: spread between the first and the last observer, mean",
              mean(wanted.spread), 0.09, "s", 3)};
  return report;
}

}  // namespace

Experiment make_e05(const Extent& extent) {
  Experiment experiment{"E05", "crash detection (kinship's cell)", {}, report};
  if (extent.effort != Effort::full) {
    experiment.left_out = {"500 and 1,000 nodes; 1,000 kills of each, not 200", parts_left_out};
  }
  const std::uint64_t seeds = extent.seeds(2, 20, 100);
  for (const std::size_t nodes : extent.of<std::vector<std::size_t>>(
           {50, 100}, {10, 50, 100, 200}, {10, 50, 100, 200, 500, 1000})) {
    for (const bool host_too : {false, true}) {
      const Crash crash{.nodes = nodes, .loss_percent = 1, .host_too = host_too};
      for (const Configuration& configuration : compared(extent)) {
        experiment.setups.push_back(
            {cell_name(crash), configuration.name,
             std::max<std::uint64_t>(1, seeds * 100 / std::max<std::size_t>(100, nodes)),
             [crash, config = configuration.config](std::uint64_t seed) {
               return run_crash(crash, config, seed);
             }});
      }
    }
  }
  return experiment;
}

}  // namespace swim::bench
