// E03, infection time: one member changes its labels; how long until half, 99 %, and all have
// heard.
#include <algorithm>

#include "bench/protocol/cluster.hpp"
#include "bench/protocol/experiments.hpp"
#include "bench/protocol/statistics.hpp"
#include "core/sim/chance.hpp"

namespace swim::bench {

namespace {

constexpr int updates = 20;
constexpr Duration pushing = std::chrono::seconds(30);  // when a full exchange would mend it

// settled: seconds until all have it; counts: until half, more_counts: until 99 %.
Measured run(std::size_t nodes, const Config& config, std::uint64_t seed) {
  Measured measured;
  Cluster cluster(seed, nodes, config);
  if (!cluster.form(lan_conditions(250us, 750us, 0)) || !cluster.wait_quiet(120s)) {
    ++measured.unsettled;
    return measured;
  }
  World& world = cluster.world();
  std::vector<double> heard;
  TimePoint since;
  std::string about;
  cluster.listen([&](NodeId, const MemberEvent& event) {
    if (event.type == EventType::updated && event.member->name == about) {
      heard.push_back(seconds(world.now() - since));
    }
  });
  cluster.begin_load();
  for (int i = 0; i < updates; ++i) {
    const NodeId origin = cluster.some(1).front();
    world.run_for(sim::between(cluster.prng(), Duration::zero(), Duration(1s)));
    about = world.at(origin).name();
    since = world.now();
    heard.clear();
    if (!world.set_metadata(origin, "version " + std::to_string(i))) {
      ++measured.unsettled;
      continue;
    }
    const bool all = cluster.wait([&] { return heard.size() >= nodes; }, pushing);
    measured.unsettled += all ? 0 : 1;
    measured.counts.push_back(percentile(heard, 0.5));
    measured.more_counts.push_back(percentile(heard, 0.99));
    if (all) {
      measured.settled.push_back(greatest(heard));
    }
    cluster.wait_quiet(pushing);
  }
  cluster.verdicts().count(measured);
  cluster.end_load(measured);
  return measured;
}

Report report(std::span<const Result> results) {
  Table table{"Milliseconds until an update is known",
              {"", "", "updates", "half p50", "99 % p50", "99 % max", "all p50", "p99", "max",
               "not all in 30 s", "95 %", "msg/s", "B/s"},
              2,
              {}};
  const auto ms = [](double value) { return decimals(1000 * value, 1); };
  std::uint64_t left_out = 0;
  for (const Result& result : results) {
    const Measured& m = result.measured;
    const std::uint64_t all = m.counts.size();
    const Interval share = share_interval(m.unsettled, all);
    table.rows.push_back(
        {{words(result.cell), words(result.configuration), whole(all),
          ms(percentile(m.counts, 0.5)), ms(percentile(m.more_counts, 0.5)),
          ms(greatest(m.more_counts)), ms(percentile(m.settled, 0.5)),
          ms(percentile(m.settled, 0.99)), ms(greatest(m.settled)), whole(m.unsettled),
          words(decimals(100 * share.low, 1).text + "–" + decimals(100 * share.high, 1).text +
                " %"),
          load_cells(m)[0], load_cells(m)[1]}});
    left_out += result.configuration == ours().name ? m.unsettled : 0;
  }
  for (const auto& [nodes, median, most] : {std::tuple("16", "800", "1,000"),
                                            {"64", "1,000", "1,600"},
                                            {"128", "1,200", "1,600"},
                                            {"256", "1,400", "1,600"},
                                            {"1000", "1,600", "1,800"},
                                            {"4096", "2,000", "2,400"}}) {
    table.rows.push_back(
        anchor_row({std::string(nodes) + " nodes", "push gossip, 3 targets each 200 ms", "", "", "",
                    "", median, "", most}));
  }
  table.rows.push_back(anchor_row(
      {"6–56 nodes", "SWIM (paper), period 2 s", "", "2,000–6,000", "", "", "", "", "≤ 11,000"}));
  Report report{.tables = {std::move(table)}};
  report.goals = {at_most("ours: updates that somebody missed until a full exchange",
                          static_cast<double>(left_out), 0, "", 0)};
  return report;
}

}  // namespace

Experiment make_e03(const Extent& extent) {
  Experiment experiment{"E03", "how an update spreads (SWIM, figure 3b)", {}, report};
  for (const std::size_t nodes : extent.of<std::vector<std::size_t>>(
           {16, 64}, {16, 64, 128, 256}, {6, 16, 64, 128, 256, 1000, 4096, 10'000})) {
    for (const Configuration& configuration : {swim_of_paper(), ours()}) {
      experiment.setups.push_back({std::to_string(nodes) + " nodes", configuration.name,
                                   extent.seeds(1, nodes > 200 ? 1 : 3, nodes > 200 ? 3 : 20),
                                   [nodes, config = configuration.config](std::uint64_t seed) {
                                     return run(nodes, config, seed);
                                   },
                                   nodes >= 1000});
    }
  }
  return experiment;
}

}  // namespace swim::bench
