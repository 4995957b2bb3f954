// What a user of the `lan` preset gets: detection by size and loss; and a day without faults, in
// which nobody may be called failed.
#include "bench/protocol/cluster.hpp"
#include "bench/protocol/experiments.hpp"
#include "bench/protocol/runs.hpp"
#include "bench/protocol/statistics.hpp"

namespace swim::bench {

namespace {

std::string percent_name(double loss) {
  return std::to_string(static_cast<int>(loss)) + " % loss";
}

Report report_detection(std::span<const Result> results) {
  Report report{
      .tables = {detection_table(
          "Seconds from the end of a process at the lan preset, latency 1–3 ms", results)}};
  for (const Result& result : results) {
    const Measured& m = result.measured;
    const bool promised = result.cell.find(" 0 % loss") != std::string::npos ||
                          result.cell.find(" 1 % loss") != std::string::npos;
    if (!promised) {
      continue;
    }
    if (result.cell.starts_with("100 nodes")) {
      report.goals.push_back(
          at_most(result.cell + ": all know, p99", where_all(m, percentile(m.full, 0.99)), 1, "s"));
    } else if (result.cell.starts_with("1000 nodes")) {
      report.goals.push_back(
          at_most(result.cell + ": all know, p99", where_all(m, percentile(m.full, 0.99)), 2, "s"));
    }
  }
  return report;
}

// Hours of virtual time without a fault; counts: those hours.
Measured run_day(double loss_percent, Duration lasting, const Config& config, std::uint64_t seed) {
  Measured measured;
  Cluster cluster(seed, 100, config);
  if (!cluster.form(lan_conditions(1ms, 3ms, loss_percent))) {
    ++measured.unsettled;
    return measured;
  }
  cluster.world().run_for(lasting);
  measured.counts.push_back(seconds(lasting) / 3600);
  cluster.verdicts().count(measured);
  cluster.end_load(measured);
  return measured;
}

Report report_day(std::span<const Result> results) {
  Table table{"100 members at the lan preset, no faults but loss",
              {"", "", "hours", "FP", "FP-nodes", "a day, at most (95 %)", "suspicions an hour",
               "msg/s", "B/s", "stream B/s"},
              2,
              {}};
  Report report;
  for (const Result& result : results) {
    const Measured& m = result.measured;
    double hours = 0;
    for (const double each : m.counts) {
      hours += each;
    }
    std::vector<Cell> cells{
        words(result.cell),
        words(result.configuration),
        decimals(hours, 1),
        whole(m.false_positives.all),
        whole(m.false_positives.members),
        m.false_positives.members == 0 ? decimals(3 * 24 / hours, 1) : words("–"),
        decimals(static_cast<double>(m.suspicions) / hours, 1)};
    for (Cell& cell : load_cells(m)) {
      cells.push_back(std::move(cell));
    }
    table.rows.push_back({std::move(cells)});
    report.goals.push_back(at_most(
        result.cell + ": false positives in " + decimals(hours, 1).text + " hours",
        hours > 0 ? static_cast<double>(m.false_positives.all) : Anchor::unknown, 0, "", 0));
  }
  report.tables.push_back(std::move(table));
  return report;
}

}  // namespace

Experiment make_lan(const Extent& extent) {
  Experiment experiment{
      "lan", "detection at the lan preset, by size and loss", {}, report_detection};
  if (extent.effort != Effort::full) {
    experiment.left_out = {"1,000 and 5,000 nodes; 1,000 kills of each, not 50"};
  }
  for (const std::size_t nodes :
       extent.of<std::vector<std::size_t>>({10, 100}, {10, 100}, {10, 100, 1000, 5000})) {
    for (const double loss : {0.0, 1.0, 5.0, 20.0}) {
      const Crash crash{.nodes = nodes, .loss_percent = loss, .kills = nodes > 100 ? 5 : 10};
      const std::uint64_t seeds =
          nodes <= 100 ? extent.seeds(1, 5, 100) : extent.seeds(1, 1, nodes == 1000 ? 5 : 2);
      experiment.setups.push_back({std::to_string(nodes) + " nodes, " + percent_name(loss),
                                   ours().name, seeds,
                                   [crash, config = ours().config](std::uint64_t seed) {
                                     return run_crash(crash, config, seed);
                                   },
                                   nodes >= 1000});
    }
  }
  return experiment;
}

Experiment make_day(const Extent& extent) {
  Experiment experiment{"day", "24 hours without a fault", {}, report_day};
  const Duration lasting = extent.of<Duration>(1min, 10min, 24h);
  if (extent.effort != Effort::full) {
    experiment.left_out = {"24 hours of each, not ten minutes; no loss at all"};
  }
  for (const double loss : extent.of<std::vector<double>>({5}, {1, 5}, {0, 1, 5})) {
    experiment.setups.push_back({percent_name(loss), ours().name, extent.seeds(1, 1, 1),
                                 [loss, lasting, config = ours().config](std::uint64_t seed) {
                                   return run_day(loss, lasting, config, seed);
                                 }});
  }
  return experiment;
}

}  // namespace swim::bench
