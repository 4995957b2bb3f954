// E01, SWIM's load: what a member sends in a period where nothing happens, by the size of the
// group.
#include <cmath>

#include "bench/protocol/cluster.hpp"
#include "bench/protocol/experiments.hpp"
#include "bench/protocol/statistics.hpp"

namespace swim::bench {

namespace {

constexpr int periods = 50;

struct Idle {
  std::size_t nodes{};
  double loss_percent{};
};

// counts: datagrams sent by one member in one period; more_counts: received.
Measured run(const Idle& idle, const Config& config, std::uint64_t seed) {
  Measured measured;
  Cluster cluster(seed, idle.nodes, config);
  if (!cluster.form(lan_conditions(250us, 750us, idle.loss_percent)) || !cluster.wait_quiet(120s)) {
    ++measured.unsettled;
    return measured;
  }
  World& world = cluster.world();
  struct Seen {
    double sent, received;
  };
  const auto seen = [&](NodeId node) {
    const Stats& stats = world.at(node).engine().stats();
    return Seen{static_cast<double>(stats.datagrams_sent),
                static_cast<double>(stats.datagrams_received)};
  };
  cluster.begin_load();
  for (int period = 0; period < periods; ++period) {
    std::vector<Seen> before;
    for (const NodeId node : world.nodes()) {
      before.push_back(seen(node));
    }
    world.run_for(config.probe_interval);
    for (const NodeId node : world.nodes()) {
      const Seen after = seen(node);
      measured.counts.push_back(after.sent - before[index_of(node)].sent);
      measured.more_counts.push_back(after.received - before[index_of(node)].received);
    }
  }
  cluster.verdicts().count(measured);
  cluster.end_load(measured);
  return measured;
}

std::string cell_name(const Idle& idle) {
  return std::to_string(idle.nodes) + " nodes, " +
         std::to_string(static_cast<int>(idle.loss_percent)) + " % loss";
}

Report report(std::span<const Result> results) {
  Table table{
      "Datagrams of one member in one period (1 s, or 100 ms at lan), and its bytes a second",
      {"", "", "runs", "sent mean", "p99", "max", "received mean", "p99", "max", "FP", "msg/s",
       "B/s", "stream B/s", "max B/s"},
      2,
      {}};
  for (const Result& result : results) {
    const Measured& m = result.measured;
    std::vector<Cell> cells{words(result.cell), words(result.configuration), whole(m.runs)};
    for (const auto* values : {&m.counts, &m.more_counts}) {
      cells.push_back(decimals(mean(*values), 3));
      cells.push_back(decimals(percentile(*values, 0.99), 0));
      cells.push_back(decimals(greatest(*values), 0));
    }
    cells.push_back(whole(m.false_positives.all));
    for (Cell& cell : load_cells(m)) {
      cells.push_back(std::move(cell));
    }
    cells.push_back(whole(m.load.bytes_max));
    table.rows.push_back({std::move(cells)});
  }
  table.rows.push_back(
      anchor_row({"6–55 nodes", "SWIM (paper)", "", "≈2.0", "< 5 at 28", "", "≈2.0"}));
  table.rows.push_back(anchor_row({"50–200 nodes", "memberlist 0.7 (virtual)", "", "2.00", "", "",
                                   "", "", "", "", "2.0", "154", "31–36"}));
  std::vector<double> sizes;
  std::vector<double> sent;
  for (const Result& result : results) {
    if (result.configuration == ours().name && result.cell.ends_with(" 0 % loss")) {
      sizes.push_back(std::log10(std::stod(result.cell)));
      sent.push_back(mean(result.measured.counts));
    }
  }
  Report report{.tables = {std::move(table)}};
  report.goals = {at_most("ours, 0 % loss: messages more for ten times the members, in a period",
                          slope(sizes, sent), 0.05, "", 3),
                  at_most("ours, 0 % loss: messages a member and period, mean of the largest group",
                          sent.empty() ? Anchor::unknown : sent.back(), 2.1, "", 3)};
  return report;
}

}  // namespace

Experiment make_e01(const Extent& extent) {
  Experiment experiment{"E01", "load of a quiet group, by its size (SWIM, figure 2)", {}, report};
  if (extent.effort != Effort::full) {
    experiment.left_out = {"16, 24, 32, 40, 500 and 1,000 nodes", parts_left_out};
  }
  for (const std::size_t nodes :
       extent.of<std::vector<std::size_t>>({6, 28, 100}, {6, 12, 28, 55, 100, 200},
                                           {6, 12, 16, 24, 28, 32, 40, 55, 100, 500, 1000})) {
    for (const double loss : {0.0, 1.0}) {
      const Idle idle{nodes, loss};
      for (const Configuration& configuration : compared(extent)) {
        experiment.setups.push_back({cell_name(idle), configuration.name, extent.seeds(1, 1, 3),
                                     [idle, config = configuration.config](std::uint64_t seed) {
                                       return run(idle, config, seed);
                                     },
                                     nodes >= 500});
      }
    }
  }
  return experiment;
}

}  // namespace swim::bench
