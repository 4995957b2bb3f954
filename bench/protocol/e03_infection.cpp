// E03, infection time: one member changes its labels; how many rounds of gossip until half, 99 %,
// and all have heard; and how often somebody has not when nobody has anything more to say. Then
// only a full exchange, or a digest, helps: both are off for the rows "gossip alone".
#include <algorithm>

#include "bench/protocol/cluster.hpp"
#include "bench/protocol/experiments.hpp"
#include "bench/protocol/statistics.hpp"
#include "core/sim/chance.hpp"

namespace swim::bench {

namespace {

constexpr int updates = 20;
constexpr Duration pushing = std::chrono::seconds(30);  // when a full exchange would mend it
const std::string alone = ", gossip alone";

// A round is a gossip interval: 200 ms, or 20 ms at lan. settled: rounds until all have it; counts:
// until half, more_counts: until 99 % of those who heard of it; observers: seconds until all.
Measured run(std::size_t nodes, const Config& config, std::uint64_t seed) {
  Measured measured;
  Cluster cluster(seed, nodes, config);
  if (!cluster.form(lan_conditions(250us, 750us, 0))) {
    ++measured.unsettled;
    return measured;
  }
  World& world = cluster.world();
  std::vector<double> heard;
  TimePoint since;
  std::string about;
  cluster.listen([&](NodeId, const MemberEvent& event) {
    if (event.type == EventType::updated && event.member->name == about) {
      heard.push_back(seconds(world.now() - since) / seconds(config.gossip_interval));
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
      ++measured.missed;
      continue;
    }
    const bool mends = config.healing.digest_sync;
    cluster.wait([&] { return heard.size() >= nodes || (!mends && cluster.quiet()); }, pushing);
    world.run_for(config.gossip_interval);  // what is under way arrives
    measured.counts.push_back(percentile(heard, 0.5));
    measured.more_counts.push_back(percentile(heard, 0.99));
    if (heard.size() >= nodes) {
      measured.settled.push_back(greatest(heard));
      measured.observers.push_back(greatest(heard) * seconds(config.gossip_interval));
    } else {
      ++measured.missed;
    }
    cluster.wait_quiet(pushing);
  }
  cluster.verdicts().count(measured);
  cluster.end_load(measured);
  return measured;
}

void add_anchors(Table& table) {
  for (const auto& [nodes, median, most] : {std::tuple("16", "4", "5"),
                                            {"64", "5", "8"},
                                            {"128", "6", "8"},
                                            {"256", "7", "8"},
                                            {"1000", "8", "9"},
                                            {"4096", "10", "12"},
                                            {"10000", "11", "12"}}) {
    table.rows.push_back(
        anchor_row({std::string(nodes) + " nodes", "push gossip, 3 targets a round (computed)", "",
                    "", "", "", median, "", most}));
  }
  for (const auto& [nodes, share] :
       {std::tuple("9", "6.7 %"), {"50", "1.2 %"}, {"99", "2.9 %"}, {"100", "0.05 %"}}) {
    table.rows.push_back(
        anchor_row({std::string(nodes) + " nodes", "memberlist's copies (computed)", "", "", "", "",
                    "", "", "", "", "", "", share}));
  }
  table.rows.push_back(anchor_row(
      {"6–56 nodes", "SWIM (paper), periods of 2 s", "", "1.0–3.0", "", "", "", "", "≤ 5.5"}));
}

Report report(std::span<const Result> results) {
  Table table{"Rounds of gossip until an update is known; five rounds are a period here",
              {"", "", "updates", "half p50", "99 % p50", "99 % max", "all p50", "p99", "max",
               "all p50 ms", "max ms", "not all", "share", "95 %", "msg/s", "B/s"},
              2,
              {}};
  std::vector<double> halves;
  std::uint64_t left_out = 0;
  for (const Result& result : results) {
    const Measured& m = result.measured;
    const std::uint64_t all = m.counts.size();
    const Interval share = share_interval(m.missed, all);
    table.rows.push_back(
        {{words(result.cell), words(result.configuration), whole(all),
          decimals(percentile(m.counts, 0.5), 1), decimals(percentile(m.more_counts, 0.5), 1),
          decimals(greatest(m.more_counts), 1), decimals(percentile(m.settled, 0.5), 1),
          decimals(percentile(m.settled, 0.99), 1), decimals(greatest(m.settled), 1),
          decimals(1000 * percentile(m.observers, 0.5), 0),
          decimals(1000 * greatest(m.observers), 0), whole(m.missed),
          percents(static_cast<double>(m.missed) / static_cast<double>(all), 1),
          words(decimals(100 * share.low, 1).text + "–" + decimals(100 * share.high, 1).text +
                " %"),
          load_cells(m)[0], load_cells(m)[1]}});
    if (result.configuration == ours().name) {
      left_out += m.missed;
      halves.insert(halves.end(), m.counts.begin(), m.counts.end());
    }
  }
  add_anchors(table);
  Report report{.tables = {std::move(table)}};
  report.goals = {
      at_most("ours: updates that somebody had missed after 30 s",
              where_run(sum_of(results, ours().name), static_cast<double>(left_out)), 0, "", 0),
      at_most("ours: half have heard, median in periods", percentile(halves, 0.5) / 5, 3, "", 1)};
  report.notes = {
      "Who hears something new passes it on at once here; only repeats wait for the next round.",
      "Gossip alone: no digests and no exchange; not all: somebody had not heard when nobody had",
      "anything more to say. The row without that: ours as it is, after 30 s."};
  return report;
}

// Only what spreads an update: nothing mends what gossip leaves out.
Configuration gossip_alone(Configuration made) {
  made.name += alone;
  made.config.healing.digest_sync = false;
  made.config.sync_interval = std::chrono::hours(24);
  return made;
}

std::vector<Configuration> rows(const Extent& extent, std::size_t nodes) {
  std::vector<Configuration> made;
  const auto chosen = nodes > 1000 ? std::vector{swim_of_paper(), ours()} : compared(extent);
  for (const Configuration& configuration : chosen) {
    made.push_back(gossip_alone(configuration));
  }
  made.push_back(ours());
  return made;
}

}  // namespace

Experiment make_e03(const Extent& extent) {
  Experiment experiment{"E03", "how an update spreads (SWIM, figure 3b)", {}, report};
  for (const std::size_t nodes : extent.of<std::vector<std::size_t>>(
           {16, 64}, {9, 16, 50, 128, 256}, {6, 9, 16, 50, 64, 99, 128, 256, 1000, 4096, 10'000})) {
    for (const Configuration& configuration : rows(extent, nodes)) {
      experiment.setups.push_back({std::to_string(nodes) + " nodes", configuration.name,
                                   extent.seeds(1, nodes > 200 ? 1 : 5, nodes > 200 ? 3 : 50),
                                   [nodes, config = configuration.config](std::uint64_t seed) {
                                     return run(nodes, config, seed);
                                   },
                                   nodes >= 1000});
    }
  }
  if (extent.effort != Effort::full) {
    experiment.left_out = {
        "6, 64, 99, 1,000, 4,096 and 10,000 nodes; 1,000 updates of each, not 100", parts_left_out};
  }
  return experiment;
}

}  // namespace swim::bench
