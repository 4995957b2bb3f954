// E04, SWIM's false positives under loss: 17 members join over 80 s, everything that arrives
// anywhere is lost with some probability; looked at after 175 s.
#include <algorithm>

#include "bench/protocol/cluster.hpp"
#include "bench/protocol/experiments.hpp"
#include "bench/protocol/statistics.hpp"

namespace swim::bench {

namespace {

constexpr std::size_t nodes = 17;
constexpr Duration joining = std::chrono::seconds(80);
constexpr Duration lasting = std::chrono::seconds(175);

// counts: the least number of members that a member lists at the end; more_counts: of each.
Measured run(std::uint32_t loss_percent, const Config& config, std::uint64_t seed) {
  Measured measured;
  Cluster cluster(seed, nodes, config);
  World& world = cluster.world();
  cluster.set_network(lan_conditions(250us, 750us, loss_percent));
  const TimePoint begin = world.now();
  for (std::size_t i = 0; i < nodes; ++i) {
    world.start(cluster.node(i));
    world.run_for(joining / static_cast<int>(nodes - 1));
  }
  cluster.begin_load();
  world.run_for(lasting - (world.now() - begin));
  double least = nodes;
  for (const NodeId node : world.nodes()) {
    const auto lists = static_cast<double>(cluster.listed(node));
    measured.more_counts.push_back(lists);
    least = std::min(least, lists);
  }
  measured.counts.push_back(least);
  cluster.verdicts().count(measured);
  cluster.end_load(measured);
  return measured;
}

Report report(std::span<const Result> results) {
  Table table{"17 members under loss, after 175 s",
              {"", "", "runs", "least listed", "mean listed", "FP", "FP-nodes/run", "runs with FP",
               "95 %", "susp./run", "msg/s", "B/s"},
              2,
              {}};
  for (const Result& result : results) {
    const Measured& m = result.measured;
    const auto runs = static_cast<double>(m.runs);
    const Interval share = share_interval(m.runs_with_false, m.runs);
    table.rows.push_back({{words(result.cell), words(result.configuration), whole(m.runs),
                           decimals(percentile(m.counts, 1e-9), 0),
                           decimals(mean(m.more_counts), 2), whole(m.false_positives.all),
                           decimals(static_cast<double>(m.false_positives.members) / runs, 2),
                           whole(m.runs_with_false),
                           words(decimals(100 * share.low, 0).text + "–" +
                                 decimals(100 * share.high, 0).text + " %"),
                           decimals(static_cast<double>(m.suspicions) / runs, 1), load_cells(m)[0],
                           load_cells(m)[1]}});
  }
  table.rows.push_back(
      anchor_row({"10 % loss", "SWIM (paper, with suspicion)", "", "12 (peak 14)"}));
  table.rows.push_back(anchor_row({"10 % loss", "memberlist, 20 members (real)", "", "", "", "0"}));
  const Measured ten = sum_of(results, ours().name, "10 % loss");
  const Measured twenty = sum_of(results, ours().name, "20 % loss");
  Report report{.tables = {std::move(table)}};
  report.goals = {
      {"10 % loss: members that everybody lists", decimals(percentile(ten.counts, 1e-9), 0).text,
       "17", !ten.counts.empty() && percentile(ten.counts, 1e-9) == nodes},
      at_most("20 % loss: false positives",
              where_run(twenty, static_cast<double>(twenty.false_positives.all)), 0, "", 0)};
  return report;
}

}  // namespace

Experiment make_e04(const Extent& extent) {
  Experiment experiment{"E04", "a small group under loss (SWIM, figure 4)", {}, report};
  if (extent.effort != Effort::full) {
    experiment.left_out = {"100 runs of each, not 10", parts_left_out};
  }
  for (const std::uint32_t loss : extent.of<std::vector<std::uint32_t>>(
           {10, 20}, {5, 10, 15, 20, 25, 30}, {5, 10, 15, 20, 25, 30})) {
    for (const Configuration& configuration : compared(extent)) {
      experiment.setups.push_back({std::to_string(loss) + " % loss", configuration.name,
                                   extent.seeds(3, 10, 100),
                                   [loss, config = configuration.config](std::uint64_t seed) {
                                     return run(loss, config, seed);
                                   }});
    }
  }
  return experiment;
}

}  // namespace swim::bench
