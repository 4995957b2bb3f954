// E14, Rapid's 80 % loss, in one direction, at a few members: what such a member sends, or what is
// sent to it, is lost four times of five. Nobody else may be called failed.
#include <algorithm>

#include "bench/protocol/cluster.hpp"
#include "bench/protocol/experiments.hpp"
#include "bench/protocol/statistics.hpp"

namespace swim::bench {

namespace {

constexpr std::size_t nodes = 200;
constexpr std::size_t faulty = 4;
constexpr std::uint32_t lost = sim::percent(80);

struct HalfMute {
  bool egress{};
  Duration lasting{};
};

Measured run(const HalfMute& setup, const Config& config, std::uint64_t seed) {
  Measured measured;
  Cluster cluster(seed, nodes, config);
  if (!cluster.form(lan_conditions(250us, 750us, 0))) {
    ++measured.unsettled;
    return measured;
  }
  World& world = cluster.world();
  const auto chosen = cluster.some(faulty);
  for (const NodeId node : chosen) {
    cluster.mark_faulty(node);
    setup.egress ? world.topology().lose_outgoing(node, lost)
                 : world.topology().lose_incoming(node, lost);
  }
  double exact = 0;
  const TimePoint begin = world.now();
  for (const TimePoint end = begin + setup.lasting; world.now() < end;) {
    world.run_for(1s);
    const bool all = std::ranges::all_of(world.nodes(), [&](NodeId node) {
      return std::ranges::find(chosen, node) != chosen.end() ||
             world.count(node, MemberStatus::alive) == nodes - faulty;
    });
    if (all && exact == 0) {
      measured.settled.push_back(seconds(world.now() - begin));
    }
    exact += all ? 1 : 0;
  }
  measured.unsettled += exact == 0 ? 1 : 0;
  measured.counts.push_back(exact / seconds(setup.lasting));
  cluster.verdicts().count(measured);
  cluster.end_load(measured);
  return measured;
}

std::string cell_name(const HalfMute& setup) {
  return std::string(setup.egress ? "egress" : "ingress");
}

Report report(std::span<const Result> results) {
  Table table{"80 % loss in one direction at 4 of 200 members",
              {"", "", "runs", "FP", "FP−", "healthy failed", "runs with", "first exact s", "exact",
               "susp./run", "msg/s", "B/s", "max B/s"},
              2,
              {}};
  for (const Result& result : results) {
    const Measured& m = result.measured;
    table.rows.push_back(
        {{words(result.cell), words(result.configuration), whole(m.runs),
          whole(m.false_positives.all), whole(m.false_positives.at_healthy),
          whole(m.false_positives.members), whole(m.runs_with_false),
          decimals(percentile(m.settled, 0.5), 1), percents(mean(m.counts), 0),
          decimals(static_cast<double>(m.suspicions) / static_cast<double>(m.runs), 1),
          load_cells(m)[0], load_cells(m)[1], whole(m.load.bytes_max)}});
  }
  table.rows.push_back(
      {{words("egress"), words("memberlist 0.7 (virtual, 400 s, 4 runs)"), words("4"),
        words("3,619"), words(""), words("8–28"), words("4"), words(""), words("1–42 %")},
       true});
  table.rows.push_back(
      {{words("ingress"), words("memberlist 0.7 (virtual, 400 s)"), words("1"), words("0"),
        words(""), words("0"), words("0"), words("never"), words("0 %")},
       true});
  const Measured own = sum_of(results, ours().name, "egress");
  Report report{.tables = {std::move(table)}};
  report.goals = {at_most("egress: healthy members declared failed",
                          static_cast<double>(own.false_positives.members), 0, "", 0)};
  return report;
}

}  // namespace

Experiment make_e14(const Extent& extent) {
  Experiment experiment{
      "E14", "80 % loss in one direction at 4 of 200 members (Rapid)", {}, report};
  const Duration lasting = extent.of<Duration>(30s, 120s, 400s);
  for (const bool egress : {true, false}) {
    const HalfMute setup{egress, lasting};
    for (const Configuration& configuration : {lifeguard_lan(), swim_at_lan(), ours()}) {
      experiment.setups.push_back({cell_name(setup), configuration.name, extent.seeds(1, 2, 20),
                                   [setup, config = configuration.config](std::uint64_t seed) {
                                     return run(setup, config, seed);
                                   }});
    }
  }
  return experiment;
}

}  // namespace swim::bench
