// E11, Rapid's bootstrap: one seed, and ten seconds later all others within a second.
#include <algorithm>
#include <set>

#include "bench/protocol/cluster.hpp"
#include "bench/protocol/experiments.hpp"
#include "bench/protocol/statistics.hpp"
#include "core/sim/chance.hpp"

namespace swim::bench {

namespace {

constexpr Duration patience = std::chrono::seconds(180);
constexpr Duration looking = std::chrono::milliseconds(20);

// A run has a straggler where its last member takes more than twice as long as nine of ten do, and
// a second longer, which is a line of the paper's logs: it missed something and waits for a full
// exchange.
bool has_straggler(const std::vector<double>& members) {
  const double most = percentile(members, 0.9);
  return greatest(members) > std::max(2 * most, most + 1);
}

// settled: seconds from the first start until all list all; counts: of each member;
// more_counts: distinct sizes, as everybody would log its own once a second; missed: 1 where there
// was a straggler, or somebody never listed all.
Measured run(std::size_t nodes, const Config& config, std::uint64_t seed) {
  Measured measured;
  Cluster cluster(seed, nodes, config);
  World& world = cluster.world();
  cluster.set_network(lan_conditions(250us, 750us, 0));
  world.start(cluster.node(0));
  world.run_for(10s);
  const TimePoint begin = world.now();
  for (std::size_t i = 1; i < nodes; ++i) {
    world.after(sim::between(cluster.prng(), Duration::zero(), Duration(1s)),
                [&world, node = cluster.node(i)] { world.start(node); });
  }
  std::vector<NodeId> waiting = world.nodes();
  std::set<std::size_t> sizes;
  TimePoint log_at = begin;
  while (!waiting.empty() && world.now() - begin < patience) {
    world.run_for(looking);
    if (world.now() >= log_at) {
      log_at += 1s;
      for (const NodeId node : world.nodes()) {
        if (world.at(node).exists()) {
          sizes.insert(world.count(node, MemberStatus::alive));
        }
      }
    }
    std::erase_if(waiting, [&](NodeId node) {
      const bool done = world.count(node, MemberStatus::alive) == nodes;
      if (done) {
        measured.counts.push_back(seconds(world.now() - begin));
      }
      return done;
    });
  }
  if (waiting.empty()) {
    measured.settled.push_back(seconds(world.now() - begin));
  } else {
    ++measured.unsettled;
  }
  measured.missed += !waiting.empty() || has_straggler(measured.counts) ? 1 : 0;
  measured.more_counts.push_back(static_cast<double>(sizes.size()));
  for (const NodeId node : world.nodes()) {
    const Stats& stats = world.at(node).engine().stats();
    measured.load.datagrams += static_cast<double>(stats.datagrams_sent);
    measured.load.bytes += static_cast<double>(stats.bytes_sent + 28 * stats.datagrams_sent);
    measured.load.stream_bytes += static_cast<double>(stats.stream_bytes_sent);
    measured.load.member_seconds += 1;  // a member, not a second: what the start costs in all
  }
  cluster.verdicts().count(measured);
  return measured;
}

void add_anchors(Table& table) {
  using Texts = std::vector<std::string>;
  for (const Texts& texts : std::vector<Texts>{
           {"50 nodes", "memberlist 0.7 (virtual)", "60", "", "2", "78", "8", "", "", "2", "",
            "21–28"},
           {"100 nodes", "memberlist 0.7 (virtual)", "20", "", "3–4", "94", "2", "", "", "4", "",
            "48–59"},
           {"250 nodes", "memberlist 0.7 (virtual)", "6", "", "8–11", "", "0", "", "", "7–9", "",
            "141–155"},
           {"500 nodes", "memberlist 0.7 (virtual)", "5", "", "17–19", "171", "3", "", "", "16–18",
            "", "326–340"},
           {"1000 nodes", "memberlist 0.7 (virtual)", "1", "42", "", "", "", "", "", "35", "",
            "749"},
           {"1000 nodes", "memberlist (Rapid's paper)", "5", "45.7", "", "48.6", "", "", "", "", "",
            "901"},
           {"1000 nodes", "Rapid", "5", "29.6", "", "35.2", "", "", "", "", "", "4"},
           {"1500 nodes", "memberlist (Rapid's paper)", "5", "68.6", "", "74.5", "", "", "", "", "",
            "1383"},
           {"1500 nodes", "Rapid", "5", "40.0", "", "44.7", "", "", "", "", "", "8"},
           {"2000 nodes", "memberlist (Rapid's paper)", "5", "97.6", "", "105.3", "", "", "", "",
            "", "1858"},
           {"2000 nodes", "Rapid", "5", "53.5", "", "61.4", "", "", "", "", "", "4"}}) {
    table.rows.push_back(anchor_row(texts));
  }
}

Report report(std::span<const Result> results) {
  Table table{"Seconds from the first start until members list all",
              {"", "", "runs", "all mean", "p50", "max", "with a straggler", "never in 180 s",
               "members p50", "p99", "max", "distinct sizes", "FP", "messages each", "bytes each",
               "stream bytes each"},
              2,
              {}};
  double worst_1000 = Anchor::unknown;
  for (const Result& result : results) {
    const Measured& m = result.measured;
    std::vector<Cell> cells{words(result.cell),
                            words(result.configuration),
                            whole(m.runs),
                            decimals(mean(m.settled), 2),
                            decimals(percentile(m.settled, 0.5), 2),
                            decimals(greatest(m.settled), 2),
                            whole(m.missed),
                            whole(m.unsettled),
                            decimals(percentile(m.counts, 0.5), 2),
                            decimals(percentile(m.counts, 0.99), 2),
                            decimals(greatest(m.counts), 2),
                            decimals(mean(m.more_counts), 0),
                            whole(m.false_positives.all)};
    for (Cell& cell : load_cells(m)) {
      cells.push_back(std::move(cell));
    }
    table.rows.push_back({std::move(cells)});
    if (result.configuration == ours().name && result.cell == "1000 nodes" && m.unsettled == 0) {
      worst_1000 = greatest(m.settled);
    }
  }
  add_anchors(table);
  std::uint64_t stragglers = 0;
  std::uint64_t runs = 0;
  for (const Result& result : results) {
    if (result.configuration == ours().name) {
      stragglers += result.measured.missed;
      runs += result.measured.runs;
    }
  }
  Report report{.tables = {std::move(table)}};
  report.notes = {
      "Straggler: the last member takes more than twice as long as nine of ten, and 1 s longer.",
      "memberlist gossips once more what a joiner learns from its seed, the rows with the papers' "
      "timing do not: compare with its own rows."};
  report.goals = {at_most("ours: runs with a straggler, of " + std::to_string(runs),
                          runs > 0 ? static_cast<double>(stragglers) : Anchor::unknown, 0, "", 0)};
  for (const Result& result : results) {
    if (result.cell == "1000 nodes") {
      report.goals.insert(report.goals.begin(),
                          at_most("ours: 1,000 nodes agree, greatest", worst_1000, 3, "s"));
      break;
    }
  }
  return report;
}

// Joining is the same in all rows with the papers' timing, but for what is missed and mended.
std::vector<Configuration> rows(const Extent& extent, std::size_t nodes) {
  if (extent.effort == Effort::full) {
    return nodes > 500 ? std::vector{swim_of_paper(), lifeguard_lan(), ours()}
                       : all_configurations();
  }
  return nodes > 250   ? std::vector{ours()}
         : nodes > 100 ? std::vector{lifeguard_lan(), ours()}
                       : std::vector{swim_of_paper(), lifeguard_lan(), ours()};
}

}  // namespace

Experiment make_e11(const Extent& extent) {
  Experiment experiment{"E11", "bootstrap: all join within a second (Rapid, figure 5)", {}, report};
  for (const std::size_t nodes : extent.of<std::vector<std::size_t>>(
           {50}, {50, 100, 250, 500, 1000}, {50, 100, 250, 500, 1000, 1500, 2000})) {
    const std::uint64_t seeds = nodes <= 100   ? extent.seeds(5, 20, 200)
                                : nodes <= 250 ? extent.seeds(1, 4, 50)
                                               : extent.seeds(1, 1, nodes == 1000 ? 200 : 5);
    for (const Configuration& configuration : rows(extent, nodes)) {
      experiment.setups.push_back({std::to_string(nodes) + " nodes", configuration.name, seeds,
                                   [nodes, config = configuration.config](std::uint64_t seed) {
                                     return run(nodes, config, seed);
                                   },
                                   nodes >= 500});
    }
  }
  if (extent.effort != Effort::full) {
    experiment.left_out = {
        "1,500 and 2,000 nodes; 200 runs at 50, 100 and 1,000, not 20 and one; the papers' timing "
        "above 250",
        "rows of LHA-Probe, LHA-Suspicion, Buddy, and SWIM at lan"};
  }
  return experiment;
}

}  // namespace swim::bench
