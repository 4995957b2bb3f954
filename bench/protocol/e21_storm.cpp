// E21, consul #5567: one member is half detached: it hears everything, and one of twenty datagrams
// that it sends arrives. What that costs all others.
#include "bench/protocol/cluster.hpp"
#include "bench/protocol/experiments.hpp"
#include "bench/protocol/statistics.hpp"

namespace swim::bench {

namespace {

struct HalfDetached {
  std::size_t nodes{};
  Duration lasting{};
};

// counts: messages a second in relation to the same group before; more_counts: bytes.
Measured run(const HalfDetached& setup, const Config& config, std::uint64_t seed) {
  Measured measured;
  Cluster cluster(seed, setup.nodes, config);
  if (!cluster.form(lan_conditions(250us, 750us, 0)) || !cluster.wait_quiet(120s)) {
    ++measured.unsettled;
    return measured;
  }
  World& world = cluster.world();
  cluster.begin_load();
  world.run_for(10s);
  Measured idle;
  cluster.end_load(idle);
  const NodeId half = cluster.some(1).front();
  cluster.mark_faulty(half);
  world.topology().lose_outgoing(half, sim::percent(95));
  cluster.begin_load();
  world.run_for(setup.lasting);
  cluster.end_load(measured);
  cluster.verdicts().count(measured);
  const auto a_second = [](const Measured& of, double all) { return all / of.load.member_seconds; };
  measured.counts.push_back(a_second(measured, measured.load.datagrams) /
                            a_second(idle, idle.load.datagrams));
  measured.more_counts.push_back(a_second(measured, measured.load.bytes) /
                                 a_second(idle, idle.load.bytes));
  return measured;
}

Report report(std::span<const Result> results) {
  Table table{"One member hears all and is hardly heard (95 % of what it sends is lost)",
              {"", "", "runs", "messages, times idle", "bytes, times idle", "FP", "FP−", "FP-nodes",
               "susp./run", "msg/s", "B/s", "stream B/s", "max B/s"},
              2,
              {}};
  double worst = 0;
  std::uint64_t false_positives = 0;
  for (const Result& result : results) {
    const Measured& m = result.measured;
    std::vector<Cell> cells{
        words(result.cell),
        words(result.configuration),
        whole(m.runs),
        decimals(mean(m.counts), 2),
        decimals(mean(m.more_counts), 2),
        whole(m.false_positives.all),
        whole(m.false_positives.at_healthy),
        whole(m.false_positives.members),
        decimals(static_cast<double>(m.suspicions) / static_cast<double>(m.runs), 1)};
    for (Cell& cell : load_cells(m)) {
      cells.push_back(std::move(cell));
    }
    cells.push_back(whole(m.load.bytes_max));
    table.rows.push_back({std::move(cells)});
    if (result.configuration == ours().name) {
      worst = std::max(worst, greatest(m.counts));
      false_positives += m.false_positives.at_healthy;
    }
  }
  table.rows.push_back(anchor_row({"", "Consul #5567, #5928, #6289", "", "storms"}));
  Report report{.tables = {std::move(table)}};
  const Measured own = sum_of(results, ours().name);
  report.goals = {at_most("ours: messages, times idle", where_run(own, worst), 1.5, ""),
                  at_most("ours: false positives of healthy observers",
                          where_run(own, static_cast<double>(false_positives)), 0, "", 0)};
  return report;
}

}  // namespace

Experiment make_e21(const Extent& extent) {
  Experiment experiment{"E21", "a half-detached member (Consul's gossip storms)", {}, report};
  if (extent.effort != Effort::full) {
    experiment.left_out = {"an hour, and 1,000 nodes", parts_left_out};
  }
  for (const HalfDetached& setup : extent.of<std::vector<HalfDetached>>(
           {{100, 30s}}, {{100, 120s}, {200, 60s}}, {{100, 3600s}, {1000, 3600s}})) {
    for (const Configuration& configuration : compared(extent)) {
      experiment.setups.push_back({std::to_string(setup.nodes) + " nodes, " +
                                       std::to_string(static_cast<int>(seconds(setup.lasting))) +
                                       " s",
                                   configuration.name, extent.seeds(1, 1, 3),
                                   [setup, config = configuration.config](std::uint64_t seed) {
                                     return run(setup, config, seed);
                                   },
                                   setup.nodes >= 1000});
    }
  }
  return experiment;
}

}  // namespace swim::bench
