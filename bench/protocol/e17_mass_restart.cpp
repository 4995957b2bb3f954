// E17, memberlist #311: a whole cluster restarts within seconds under the same names, or a tenth of
// it after the other; at the same addresses, or at new ones.
#include <algorithm>
#include <map>

#include "bench/protocol/cluster.hpp"
#include "bench/protocol/experiments.hpp"
#include "bench/protocol/statistics.hpp"
#include "core/sim/chance.hpp"

namespace swim::bench {

namespace {

constexpr Duration within = std::chrono::seconds(10);
constexpr Duration patience = std::chrono::seconds(300);

struct Restart {
  std::size_t nodes{};
  bool rolling{};  // a tenth every 10 s, else all within 10 s
  bool moving{};   // to new addresses
};

Endpoint new_address(NodeId node) {
  const auto number = index_of(node);
  return Endpoint::v4(10, 100, static_cast<std::uint8_t>(number >> 8U),
                      static_cast<std::uint8_t>(number), 7946);
}

// settled: seconds from the last restart until all views are right and equal; counts: members that
// somebody still listed wrongly 30 s after it, ghosts included.
Measured run(const Restart& setup, const Config& config, std::uint64_t seed) {
  Measured measured;
  Cluster cluster(seed, setup.nodes, config);
  if (!cluster.form(lan_conditions(250us, 750us, 0))) {
    ++measured.unsettled;
    return measured;
  }
  World& world = cluster.world();
  std::vector<NodeId> order = world.nodes();
  cluster.prng().shuffle(std::span(order));
  const Duration all_within = setup.rolling ? 10 * within : within;
  TimePoint last = world.now();
  for (std::size_t i = 0; i < order.size(); ++i) {
    const Duration wave =
        setup.rolling ? within * static_cast<int>(i * 10 / order.size()) : Duration::zero();
    const Duration at = wave + sim::between(cluster.prng(), Duration::zero(),
                                            setup.rolling ? Duration(1s) : within);
    last = std::max(last, world.now() + at);
    world.after(at, [&world, node = order[i], moving = setup.moving] {
      moving ? world.restart_at(node, new_address(node)) : world.restart(node);
    });
  }
  world.run_for(std::min(all_within, last - world.now()));
  const auto right = [&] { return cluster.complete() && world.converged(); };
  if (cluster.wait(right, patience, 50ms)) {
    measured.settled.push_back(seconds(world.now() - last));
  } else {
    ++measured.unsettled;
  }
  world.run_for(std::max(Duration::zero(), 30s - (world.now() - last)));
  double wrong = 0;
  for (const NodeId node : world.nodes()) {
    wrong += std::abs(static_cast<double>(world.count(node, MemberStatus::alive)) -
                      static_cast<double>(setup.nodes));
  }
  measured.counts.push_back(wrong);
  cluster.verdicts().count(measured);
  return measured;
}

std::string cell_name(const Restart& setup) {
  return std::to_string(setup.nodes) + " nodes, " +
         (setup.rolling ? "a tenth every 10 s" : "all within 10 s") +
         (setup.moving ? ", new addresses" : "");
}

Report report(std::span<const Result> results) {
  Table table{"Seconds from the last restart until all views are right and equal",
              {"", "", "runs", "p50", "max", "not in 300 s", "wrong after 30 s", "FP", "FP-nodes"},
              2,
              {}};
  double worst = 0;
  double hundred = Anchor::unknown;
  std::uint64_t never = 0;
  double wrong = 0;
  for (const Result& result : results) {
    const Measured& m = result.measured;
    table.rows.push_back(
        {{words(result.cell), words(result.configuration), whole(m.runs),
          decimals(percentile(m.settled, 0.5), 2), decimals(greatest(m.settled), 2),
          whole(m.unsettled), decimals(greatest(m.counts), 0), whole(m.false_positives.all),
          whole(m.false_positives.members)}});
    if (result.configuration == ours().name) {
      worst = std::max(worst, m.settled.empty() ? 0 : greatest(m.settled));
      never += m.unsettled;
      wrong = std::max(wrong, greatest(m.counts));
      hundred = result.cell == cell_name({.nodes = 100}) ? greatest(m.settled) : hundred;
    }
  }
  table.rows.push_back(anchor_row({"4,500 nodes", "memberlist #311", "", "", "", "stays wrong"}));
  Report report{.tables = {std::move(table)}};
  report.goals = {
      at_most("ours: 100 of 100 restarted within 10 s, views equal, greatest", hundred, 30, "s"),
      at_most("ours: wrong states 30 s after the last restart", wrong, 0, "", 0)};
  if (never > 0) {
    report.goals.push_back(
        at_most("ours: runs that never agreed", static_cast<double>(never), 0, "", 0));
  }
  return report;
}

}  // namespace

Experiment make_e17(const Extent& extent) {
  Experiment experiment{"E17", "the whole cluster restarts (memberlist #311)", {}, report};
  for (const std::size_t nodes :
       extent.of<std::vector<std::size_t>>({100}, {100, 200}, {100, 200, 1000, 4500})) {
    for (const Restart& setup : {Restart{nodes, false, false}, Restart{nodes, false, true},
                                 Restart{nodes, true, false}, Restart{nodes, true, true}}) {
      if (setup.rolling && extent.effort == Effort::quick) {
        continue;
      }
      for (const Configuration& configuration : {lifeguard_lan(), ours()}) {
        if (nodes > 100 && configuration.name != ours().name) {
          continue;
        }
        experiment.setups.push_back({cell_name(setup), configuration.name,
                                     nodes == 100 ? extent.seeds(2, 5, 30) : extent.seeds(1, 1, 3),
                                     [setup, config = configuration.config](std::uint64_t seed) {
                                       return run(setup, config, seed);
                                     },
                                     nodes >= 1000});
      }
    }
  }
  return experiment;
}

}  // namespace swim::bench
