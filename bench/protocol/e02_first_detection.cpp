// E02, SWIM's first detection: from the end of a host, at a random phase, until somebody suspects
// it, in periods. The time that a probe waits is taken off; what remains is the waiting for a
// probe.
#include <cmath>
#include <optional>

#include "bench/protocol/cluster.hpp"
#include "bench/protocol/experiments.hpp"
#include "bench/protocol/statistics.hpp"
#include "core/sim/chance.hpp"

namespace swim::bench {

namespace {

constexpr int crashes = 20;

// counts: periods until the first suspicion, less the probe's own time; settled: all of it, in
// seconds.
Measured run(std::size_t nodes, double loss_percent, const Config& config, std::uint64_t seed) {
  Measured measured;
  Cluster cluster(seed, nodes, config);
  if (!cluster.form(lan_conditions(250us, 750us, loss_percent))) {
    ++measured.unsettled;
    return measured;
  }
  World& world = cluster.world();
  std::string wanted;
  std::optional<TimePoint> suspected;
  cluster.listen([&](NodeId, const MemberEvent& event) {
    if (event.type == EventType::suspected && event.member->name == wanted && !suspected) {
      suspected = world.now();
    }
  });
  for (int i = 0; i < crashes; ++i) {
    const NodeId victim = cluster.some(1).front();
    world.run_for(
        sim::between(cluster.prng(), Duration::zero(), Duration(5 * config.probe_interval)));
    wanted = world.at(victim).name();
    suspected.reset();
    const TimePoint since = world.now();
    cluster.kill(victim, true);
    if (!cluster.wait([&] { return suspected.has_value(); },
                      static_cast<int>(3 * nodes) * config.probe_interval, 1ms)) {
      ++measured.missed;
    } else {
      measured.settled.push_back(seconds(*suspected - since));
      measured.counts.push_back(seconds(*suspected - since - config.probe_deadline) /
                                seconds(config.probe_interval));
    }
    cluster.revive(victim);
    measured.unsettled += cluster.wait_complete(120s) ? 0 : 1;
  }
  cluster.verdicts().count(measured);
  return measured;
}

Report report(std::span<const Result> results) {
  Table table{"Periods from the end of a host to the first suspicion, without the probe's own time",
              {"", "", "crashes", "mean", "95 %", "p50", "p99", "max", "2N−1", "KS to Exp(1)",
               "limit", "in all, p50 s", "p99", "max", "missed"},
              2,
              {}};
  for (const Result& result : results) {
    const Measured& m = result.measured;
    const Interval interval = mean_interval(m.counts);
    const auto exponential = [](double x) { return x <= 0 ? 0 : 1 - std::exp(-x); };
    table.rows.push_back(
        {{words(result.cell), words(result.configuration), whole(m.counts.size()),
          decimals(mean(m.counts), 2),
          words(decimals(interval.low, 2).text + "–" + decimals(interval.high, 2).text),
          decimals(percentile(m.counts, 0.5), 2), decimals(percentile(m.counts, 0.99), 2),
          decimals(greatest(m.counts), 2), whole(2 * std::stod(result.cell) - 1),
          decimals(ks_distance(m.counts, exponential), 3), decimals(ks_limit(m.counts.size()), 3),
          decimals(percentile(m.settled, 0.5), 2), decimals(percentile(m.settled, 0.99), 2),
          decimals(greatest(m.settled), 2), whole(m.missed)}});
  }
  table.rows.push_back(anchor_row({"6–55 nodes", "SWIM (paper, periods in step)", "", "1.1–3.3"}));
  table.rows.push_back(anchor_row({"", "theory, periods in step", "", "1.58"}));
  table.rows.push_back(
      anchor_row({"", "theory, random phases: Exp(1)", "", "1.00", "", "0.69", "4.61"}));
  double worst = 0;
  Measured all;
  for (const Result& result : results) {
    const Measured& m = result.measured;
    worst = std::max(worst, greatest(m.counts) / (2 * std::stod(result.cell) - 1));
    all += m;
  }
  Report report{.tables = {std::move(table)}};
  report.goals = {
      at_most("greatest wait, in shares of 2N−1 periods", where_all(all, worst), 1, "")};
  report.notes = {
      "Nothing after the first suspicion is looked at, so that suspicion might as well be off.",
      "Where the mean is below 0 a suspicion needs less than the probe's full time."};
  return report;
}

}  // namespace

Experiment make_e02(const Extent& extent) {
  Experiment experiment{
      "E02", "first detection, by the size of the group (SWIM, figure 3a)", {}, report};
  for (const std::size_t nodes : extent.of<std::vector<std::size_t>>(
           {28}, {6, 28, 100, 500}, {6, 12, 16, 24, 32, 40, 55, 100, 500, 1000})) {
    for (const double loss : {0.0, 1.0}) {
      for (const Configuration& configuration : compared(extent)) {
        experiment.setups.push_back(
            {std::to_string(nodes) + " nodes, " + std::to_string(static_cast<int>(loss)) +
                 " % loss",
             configuration.name, nodes > 100 ? extent.seeds(1, 1, 50) : extent.seeds(5, 10, 50),
             [nodes, loss, config = configuration.config](std::uint64_t seed) {
               return run(nodes, loss, config, seed);
             },
             nodes >= 1000});
      }
    }
  }
  if (extent.effort != Effort::full) {
    experiment.left_out = {
        "12, 16, 24, 32, 40, 55 and 1,000 nodes; 1,000 crashes of each, not 200, and 20 at 500",
        parts_left_out};
  }
  return experiment;
}

}  // namespace swim::bench
