// E14, Rapid's 80 % loss, in one direction, at a few members: what such a member sends, or what is
// sent to it, is lost four times of five. Nobody else may be called failed.
#include <algorithm>

#include "bench/protocol/cluster.hpp"
#include "bench/protocol/experiments.hpp"
#include "bench/protocol/runs.hpp"
#include "bench/protocol/statistics.hpp"

namespace swim::bench {

namespace {

constexpr std::uint32_t lost = sim::percent(80);
constexpr Duration healthy_first = std::chrono::seconds(90);

}  // namespace

Measured run_half_mute(const HalfMute& setup, const Config& config, std::uint64_t seed) {
  Measured measured;
  Cluster cluster(seed, setup.nodes, config);
  if (!cluster.form(lan_conditions(250us, 750us, 0))) {
    ++measured.unsettled;
    return measured;
  }
  World& world = cluster.world();
  const TimePoint end = world.now() + setup.until;
  world.run_for(healthy_first);
  const auto chosen = cluster.some(setup.faulty);
  for (const NodeId node : chosen) {
    cluster.mark_faulty(node);
    setup.egress ? world.topology().lose_outgoing(node, lost)
                 : world.topology().lose_incoming(node, lost);
  }
  cluster.begin_load();
  double exact = 0;
  const TimePoint begin = world.now();
  while (world.now() < end) {
    world.run_for(1s);
    const bool all = std::ranges::all_of(world.nodes(), [&](NodeId node) {
      return std::ranges::find(chosen, node) != chosen.end() ||
             cluster.listed(node) == setup.nodes - setup.faulty;
    });
    if (all && exact == 0) {
      measured.settled.push_back(seconds(world.now() - begin));
    }
    exact += all ? 1 : 0;
  }
  measured.unsettled += exact == 0 ? 1 : 0;
  measured.counts.push_back(exact / seconds(end - begin));
  cluster.verdicts().count(measured);
  cluster.end_load(measured);
  return measured;
}

namespace {

std::string cell_name(const HalfMute& setup) {
  return std::string(setup.egress ? "egress" : "ingress") + ", " + std::to_string(setup.faulty) +
         " of " + std::to_string(setup.nodes);
}

Report report(std::span<const Result> results) {
  Table table{"80 % loss in one direction at some members, from 90 s on; seconds from then",
              {"", "", "runs", "FP", "FP−", "healthy failed", "runs with", "first exact s", "never",
               "exact", "susp./run", "msg/s", "B/s", "max B/s"},
              2,
              {}};
  for (const Result& result : results) {
    const Measured& m = result.measured;
    table.rows.push_back(
        {{words(result.cell), words(result.configuration), whole(m.runs),
          whole(m.false_positives.all), whole(m.false_positives.at_healthy),
          whole(m.false_positives.members), whole(m.runs_with_false),
          decimals(percentile(m.settled, 0.5), 1), whole(m.unsettled), percents(mean(m.counts), 0),
          decimals(static_cast<double>(m.suspicions) / static_cast<double>(m.runs), 1),
          load_cells(m)[0], load_cells(m)[1], whole(m.load.bytes_max)}});
  }
  table.rows.push_back(
      {{words("egress, 4 of 200"), words("memberlist 0.7 (virtual, 400 s, 4 runs)"), words("4"),
        words("3,619"), words(""), words("8–28"), words("4"), words(""), words(""),
        words("1–42 %")},
       true});
  table.rows.push_back(
      {{words("ingress, 4 of 200"), words("memberlist 0.7 (virtual, 400 s)"), words("1"),
        words("0"), words(""), words("0"), words("0"), words(""), words("1"), words("0 %")},
       true});
  table.rows.push_back(anchor_row(
      {"ingress, 10 of 1000", "Rapid (paper)", "", "", "", "0", "", "50–70", "", "then always"}));
  const Measured own = sum_of(results, ours().name, cell_name({.egress = true}));
  Report report{.tables = {std::move(table)}};
  report.goals = {at_most("ours, egress at 4 of 200: healthy members declared failed",
                          where_run(own, static_cast<double>(own.false_positives.members)), 0, "",
                          0)};
  return report;
}

}  // namespace

Experiment make_e14(const Extent& extent) {
  Experiment experiment{"E14", "80 % loss in one direction at a few members (Rapid)", {}, report};
  std::vector<HalfMute> setups;
  for (const bool egress : {true, false}) {
    setups.push_back({.egress = egress, .until = extent.of<Duration>(130s, 400s, 400s)});
    if (extent.effort == Effort::full) {
      setups.push_back({.nodes = 1000, .faulty = 10, .egress = egress, .until = 950s});
    }
  }
  for (const HalfMute& setup : setups) {
    const bool large = setup.nodes >= 1000;
    for (const Configuration& configuration : compared(extent)) {
      experiment.setups.push_back({cell_name(setup), configuration.name,
                                   large ? extent.seeds(1, 1, 3) : extent.seeds(1, 1, 20),
                                   [setup, config = configuration.config](std::uint64_t seed) {
                                     return run_half_mute(setup, config, seed);
                                   },
                                   large});
    }
  }
  if (extent.effort != Effort::full) {
    experiment.left_out = {"10 of 1,000 for 950 s; 20 runs of 4 of 200, not one", parts_left_out};
  }
  return experiment;
}

}  // namespace swim::bench
