// Scenarios that have a goal of their own: many killed at once, and members that are stopped for
// seconds again and again.
#include "bench/protocol/cluster.hpp"
#include "bench/protocol/experiments.hpp"
#include "bench/protocol/runs.hpp"
#include "bench/protocol/statistics.hpp"
#include "core/sim/chance.hpp"

namespace swim::bench {

namespace {

constexpr std::size_t nodes = 50;
const std::string kill_many = "15 of 50 killed at once";
const std::string storm = "4 of 50 stopped for 1–5 s, again and again";

}  // namespace

Measured run_kill_many(const Config& config, std::uint64_t seed) {
  Measured measured;
  Cluster cluster(seed, nodes, config);
  if (!cluster.form(lan_conditions(250us, 750us, 0))) {
    ++measured.unsettled;
    return measured;
  }
  cluster.world().run_for(
      sim::between(cluster.prng(), Duration::zero(), Duration(2 * config.probe_interval)));
  const auto victims = cluster.some(15);
  for (const NodeId victim : victims) {
    cluster.mark_faulty(victim);  // first all: none of them is to observe the others
  }
  for (const NodeId victim : victims) {
    cluster.kill(victim);
  }
  const TimePoint since = cluster.world().now();
  if (cluster.wait([&] { return cluster.verdicts().all_found(); }, 120s)) {
    measured.settled.push_back(seconds(cluster.world().now() - since));
  } else {
    ++measured.unsettled;
  }
  cluster.verdicts().conclude(measured);
  cluster.world().run_for(5s);
  cluster.verdicts().count(measured);
  cluster.end_load(measured);
  return measured;
}

Measured run_pause_storm(const Config& config, std::uint64_t seed) {
  constexpr Duration longest = std::chrono::seconds(5);
  Measured measured;
  Cluster cluster(seed, nodes, config);
  if (!cluster.form(lan_conditions(250us, 750us, 0))) {
    ++measured.unsettled;
    return measured;
  }
  World& world = cluster.world();
  const TimePoint end = world.now() + 120s;
  const auto draw = [&] { return sim::between(cluster.prng(), Duration(1s), longest); };
  std::function<void(NodeId)> stop = [&](NodeId node) {
    if (world.now() >= end) {
      return;
    }
    cluster.pause(node);
    world.after(draw(), [&, node] {
      cluster.resume(node, longest);
      world.after(draw(), [&, node] { stop(node); });
    });
  };
  for (const NodeId node : cluster.some(4)) {
    stop(node);
  }
  world.run_for(130s);
  cluster.verdicts().count(measured);
  cluster.end_load(measured);
  return measured;
}

namespace {

Report report(std::span<const Result> results) {
  Table table{"Named scenarios",
              {"", "", "runs", "FP", "FP−", "healthy failed", "running failed/run", "susp./run",
               "first p50", "all agree p50", "p99", "max", "never", "msg/s", "B/s"},
              2,
              {}};
  for (const Result& result : results) {
    const Measured& m = result.measured;
    const auto runs = static_cast<double>(m.runs);
    table.rows.push_back(
        {{words(result.cell), words(result.configuration), whole(runs),
          whole(m.false_positives.all), whole(m.false_positives.at_healthy),
          whole(m.false_positives.members), decimals(static_cast<double>(m.deaths) / runs, 2),
          decimals(static_cast<double>(m.suspicions) / runs, 1),
          decimals(percentile(m.first, 0.5), 2), decimals(percentile(m.settled, 0.5), 2),
          decimals(percentile(m.settled, 0.99), 2), decimals(greatest(m.settled), 2),
          whole(m.unsettled), load_cells(m)[0], load_cells(m)[1]}});
  }
  table.rows.push_back({{words(kill_many), words("memberlist tuned fast"), words(""), words(""),
                         words(""), words(""), words(""), words(""), words(""), words("2.6")},
                        true});
  const Measured many = sum_of(results, ours().name, kill_many);
  const Measured pauses = sum_of(results, ours().name, storm);
  Report report{.tables = {std::move(table)}};
  report.goals = {
      at_most(kill_many + ": all agree",
              many.unsettled > 0 ? Anchor::unknown : greatest(many.settled), 2, "s"),
      at_most(storm + ": healthy members declared failed",
              where_run(pauses, static_cast<double>(pauses.false_positives.members)), 0, "", 0)};
  return report;
}

}  // namespace

Experiment make_named(const Extent& extent) {
  Experiment experiment{"named", "many killed at once; a storm of pauses", {}, report};
  if (extent.effort != Effort::full) {
    experiment.left_out = {"100 runs of each, not 20"};
  }
  const std::uint64_t seeds = extent.seeds(3, 20, 100);
  for (const Configuration& configuration : main_configurations()) {
    experiment.setups.push_back(
        {kill_many, configuration.name, seeds, [config = configuration.config](std::uint64_t seed) {
           return run_kill_many(config, seed);
         }});
  }
  for (const Configuration& configuration : main_configurations()) {
    experiment.setups.push_back(
        {storm, configuration.name, seeds, [config = configuration.config](std::uint64_t seed) {
           return run_pause_storm(config, seed);
         }});
  }
  return experiment;
}

}  // namespace swim::bench
