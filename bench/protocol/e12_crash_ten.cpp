// E12, Rapid's crash of ten at once: first and last removal, and the steps by which survivors'
// views shrink.
#include <algorithm>
#include <map>
#include <set>

#include "bench/protocol/cluster.hpp"
#include "bench/protocol/experiments.hpp"
#include "bench/protocol/statistics.hpp"
#include "core/sim/chance.hpp"

namespace swim::bench {

namespace {

constexpr std::size_t killed = 10;

// settled: seconds until the last survivor knows of the last; counts: steps of each survivor
// (removals at different instants); more_counts: distinct sizes over all survivors.
Measured run(std::size_t nodes, const Config& config, std::uint64_t seed) {
  Measured measured;
  Cluster cluster(seed, nodes, config);
  if (!cluster.form(lan_conditions(250us, 750us, 0))) {
    ++measured.unsettled;
    return measured;
  }
  World& world = cluster.world();
  std::map<NodeId, std::set<TimePoint>> steps;
  std::set<std::size_t> sizes;
  cluster.listen([&](NodeId observer, const MemberEvent& event) {
    if (event.type == EventType::failed) {
      steps[observer].insert(world.now());
      sizes.insert(cluster.listed(observer));
    }
  });
  world.run_for(
      sim::between(cluster.prng(), Duration::zero(), Duration(2 * config.probe_interval)));
  const auto victims = cluster.some(killed);
  for (const NodeId victim : victims) {
    cluster.mark_faulty(victim);
  }
  for (const NodeId victim : victims) {
    cluster.kill(victim);
  }
  const TimePoint since = world.now();
  if (cluster.wait([&] { return cluster.verdicts().all_found(); }, 120s)) {
    measured.settled.push_back(seconds(world.now() - since));
  } else {
    ++measured.unsettled;
  }
  cluster.verdicts().conclude(measured);
  for (const auto& [observer, times] : steps) {
    measured.counts.push_back(static_cast<double>(times.size()));
  }
  measured.more_counts.push_back(static_cast<double>(sizes.size()));
  cluster.verdicts().count(measured);
  cluster.end_load(measured);
  return measured;
}

Report report(std::span<const Result> results) {
  Table table{"Ten killed at once, seconds",
              {"", "", "runs", "first of all", "last p50", "last max", "never", "steps p50",
               "steps max", "distinct sizes", "FP", "msg/s", "B/s"},
              2,
              {}};
  for (const Result& result : results) {
    const Measured& m = result.measured;
    table.rows.push_back(
        {{words(result.cell), words(result.configuration), whole(m.runs),
          decimals(percentile(m.first, 1e-9), 2), decimals(percentile(m.settled, 0.5), 2),
          decimals(greatest(m.settled), 2), whole(m.unsettled),
          decimals(percentile(m.counts, 0.5), 0), decimals(greatest(m.counts), 0),
          decimals(mean(m.more_counts), 1), whole(m.false_positives.all), load_cells(m)[0],
          load_cells(m)[1]}});
  }
  using Texts = std::vector<std::string>;
  for (const Texts& texts : std::vector<Texts>{
           {"500 nodes", "memberlist 0.7 (virtual)", "1", "11.88", "15.09", "", "", "", "10", "7"},
           {"1000 nodes", "memberlist 0.7 (virtual)", "1", "13.14", "15.23", "", "", "", "10", "8"},
           {"1000 nodes", "Rapid (paper)", "", "", "≈ 25", "", "", "1", "1", ""}}) {
    table.rows.push_back(anchor_row(texts));
  }
  const Measured own = sum_of(results, ours().name);
  Report report{.tables = {std::move(table)}};
  report.goals = {at_most("ours: false positives",
                          where_run(own, static_cast<double>(own.false_positives.all)), 0, "", 0)};
  report.notes = {
      "A member's own client sees a step for each event; stable cuts are not built yet."};
  return report;
}

}  // namespace

Experiment make_e12(const Extent& extent) {
  Experiment experiment{"E12", "ten killed at once (Rapid, figure 8)", {}, report};
  if (extent.effort != Effort::full) {
    experiment.left_out = {"1,000 nodes; 50 runs at 100 and 5 at 500, not 10 and one",
                           parts_left_out};
  }
  for (const std::size_t nodes :
       extent.of<std::vector<std::size_t>>({100}, {100, 500}, {100, 500, 1000})) {
    for (const Configuration& configuration : compared(extent)) {
      experiment.setups.push_back({std::to_string(nodes) + " nodes", configuration.name,
                                   nodes == 100 ? extent.seeds(2, 10, 50) : extent.seeds(1, 1, 5),
                                   [nodes, config = configuration.config](std::uint64_t seed) {
                                     return run(nodes, config, seed);
                                   },
                                   nodes >= 500});
    }
  }
  return experiment;
}

}  // namespace swim::bench
