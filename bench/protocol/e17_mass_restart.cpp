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
// A process is away for so long: others hold it suspect or failed meanwhile.
constexpr Duration away_min = std::chrono::seconds(1);
constexpr Duration away_max = std::chrono::seconds(5);
constexpr std::uint32_t some_percent = 30;

enum class Manner : std::uint8_t {
  staggered,  // each stops and starts within the same 10 s
  rolling,    // a tenth every 10 s
  together,   // all stop at once; each starts within 10 s
};

struct Restart {
  std::size_t nodes{};
  Manner manner{};
  bool moving{};   // to new addresses
  bool forgets{};  // some lost what they knew of their peers, the others did not
};

Endpoint new_address(NodeId node) {
  const auto number = index_of(node);
  return Endpoint::v4(10, 100, static_cast<std::uint8_t>(number >> 8U),
                      static_cast<std::uint8_t>(number), 7946);
}

struct Absence {
  Duration from{}, until{};  // since the first one
  bool forgets{};
};

Absence draw(Prng& prng, const Restart& setup, std::size_t place) {
  Absence absence;
  Duration away = sim::between(prng, away_min, away_max);
  switch (setup.manner) {
    case Manner::staggered:
      absence.from = sim::between(prng, Duration::zero(), Duration(within - away));
      break;
    case Manner::rolling:
      absence.from = within * static_cast<int>(place * 10 / setup.nodes) +
                     sim::between(prng, Duration::zero(), Duration(1s));
      break;
    case Manner::together:
      away = sim::between(prng, away_min, within);
      break;
  }
  absence.until = absence.from + away;
  absence.forgets = setup.forgets && prng.below(100) < some_percent;
  return absence;
}

void schedule(Cluster& cluster, NodeId node, const Absence& absence, bool moving) {
  World& world = cluster.world();
  world.after(absence.from, [&cluster, node] {
    cluster.mark_faulty(node);
    cluster.world().crash(node);
  });
  world.after(absence.until, [&cluster, node, moving, forgets = absence.forgets] {
    World& there = cluster.world();
    if (forgets) {
      there.at(node).options().peers.clear();
    }
    moving ? there.restart_at(node, new_address(node)) : there.restart(node);
    cluster.mark_healthy(node, Duration::zero());
  });
}

// settled: seconds from the last restart until all views are right and equal; counts: members that
// somebody still listed wrongly 30 s after it, ghosts included.
Measured run(const Restart& setup, const Config& config, std::uint64_t seed) {
  Measured measured;
  Cluster cluster(seed, setup.nodes, config);
  for (const NodeId node : cluster.world().nodes()) {
    cluster.world().at(node).options().remembers = true;
  }
  if (!cluster.form(lan_conditions(250us, 750us, 0))) {
    ++measured.unsettled;
    return measured;
  }
  World& world = cluster.world();
  std::vector<NodeId> order = world.nodes();
  cluster.prng().shuffle(std::span(order));
  const TimePoint begin = world.now();
  TimePoint last = begin;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const Absence absence = draw(cluster.prng(), setup, i);
    last = std::max(last, begin + absence.until);
    schedule(cluster, order[i], absence, setup.moving);
  }
  world.run_for(last - begin);
  double wrong = 0;
  world.after(30s, [&] {
    for (const NodeId node : world.nodes()) {
      wrong += std::abs(static_cast<double>(world.count(node, MemberStatus::alive)) -
                        static_cast<double>(setup.nodes));
    }
  });
  const auto right = [&] { return cluster.complete() && world.converged(); };
  if (cluster.wait(right, patience, 50ms)) {
    measured.settled.push_back(seconds(world.now() - last));
  } else {
    ++measured.unsettled;
  }
  world.run_for(std::max(Duration::zero(), 30s - (world.now() - last)));
  measured.counts.push_back(wrong);
  cluster.verdicts().count(measured);
  return measured;
}

std::string cell_name(const Restart& setup) {
  const char* manner = setup.manner == Manner::staggered ? "all within 10 s"
                       : setup.manner == Manner::rolling ? "a tenth every 10 s"
                                                         : "all gone at once";
  return std::to_string(setup.nodes) + " nodes, " + manner +
         (setup.moving ? ", new addresses" : "") + (setup.forgets ? ", 30 % lost state" : "");
}

Report report(std::span<const Result> results) {
  Table table{"Seconds from the last restart until all views are right and equal",
              {"", "", "runs", "p50", "max", "not in 300 s", "wrong at 30 s", "FP", "FP-nodes"},
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
  report.notes = {
      "Each is away for 1–5 s, or with all gone at once up to 10 s. State: the addresses of its "
      "peers."};
  const Measured own = sum_of(results, ours().name);
  report.goals = {
      at_most("ours: 100 of 100 restarted within 10 s, views equal, greatest", hundred, 30, "s"),
      at_most("ours: any restart, views equal, greatest",
              never > 0 ? Anchor::unknown : where_run(own, worst), 30, "s"),
      at_most("ours: wrong states 30 s after the last restart", where_run(own, wrong), 0, "", 0)};
  return report;
}

std::vector<Restart> restarts(const Extent& extent, std::size_t nodes) {
  std::vector<Restart> made;
  for (const Manner manner : {Manner::staggered, Manner::rolling, Manner::together}) {
    if (extent.effort == Effort::quick && manner == Manner::rolling) {
      continue;
    }
    made.push_back({nodes, manner, false, false});
    made.push_back({nodes, manner, true, false});
    made.push_back({nodes, manner, true, true});
    if (extent.effort == Effort::full) {
      made.push_back({nodes, manner, false, true});
    }
  }
  return made;
}

std::vector<Configuration> rows(const Extent& extent, std::size_t nodes) {
  if (nodes > 100) {
    return {ours()};
  }
  return extent.effort == Effort::full ? all_configurations()
                                       : std::vector{lifeguard_lan(), ours()};
}

}  // namespace

Experiment make_e17(const Extent& extent) {
  Experiment experiment{"E17", "the whole cluster restarts (memberlist #311)", {}, report};
  for (const std::size_t nodes :
       extent.of<std::vector<std::size_t>>({100}, {100, 200}, {100, 200, 1000, 4500})) {
    for (const Restart& setup : restarts(extent, nodes)) {
      for (const Configuration& configuration : rows(extent, nodes)) {
        experiment.setups.push_back({cell_name(setup), configuration.name,
                                     nodes == 100 ? extent.seeds(2, 5, 30) : extent.seeds(1, 1, 3),
                                     [setup, config = configuration.config](std::uint64_t seed) {
                                       return run(setup, config, seed);
                                     },
                                     nodes >= 1000});
      }
    }
  }
  if (extent.effort != Effort::full) {
    experiment.left_out = {"1,000 and 4,500 nodes; 30 runs at 100 and 3 above, not 5 and one",
                           "the papers' timing above 100 nodes; SWIM's and Lifeguard's parts"};
  }
  return experiment;
}

}  // namespace swim::bench
