// E16, partitions of many shapes and lengths, and how long after the network it takes until
// everybody lists everybody again.
#include <algorithm>
#include <array>
#include <initializer_list>
#include <numeric>

#include "bench/protocol/cluster.hpp"
#include "bench/protocol/experiments.hpp"
#include "bench/protocol/statistics.hpp"

namespace swim::bench {

namespace {

enum class Shape : std::uint8_t { halves, tenth, one, one_way, three, bridge };
constexpr Duration watched = std::chrono::seconds(300);

struct Partition {
  std::size_t nodes{50};
  Shape shape{Shape::halves};
  Duration lasting{};
};

const char* name_of(Shape shape) {
  switch (shape) {
    case Shape::halves:
      return "halves";
    case Shape::tenth:
      return "10/90";
    case Shape::one:
      return "one alone";
    case Shape::one_way:
      return "halves, one way";
    case Shape::three:
      return "three parts";
    case Shape::bridge:
      return "halves, one sees both";
  }
  return "";
}

std::string duration_name(Duration duration) {
  const auto whole_seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
  return whole_seconds % 3600 == 0 ? std::to_string(whole_seconds / 3600) + " h"
                                   : std::to_string(whole_seconds) + " s";
}

std::string cell_name(const Partition& setup) {
  return std::to_string(setup.nodes) + " nodes, " + name_of(setup.shape) + ", " +
         duration_name(setup.lasting);
}

void cut_between(World& world, std::span<const NodeId> a, std::span<const NodeId> b, bool both) {
  for (const NodeId x : a) {
    for (const NodeId y : b) {
      both ? world.cut(x, y) : world.cut_one_way(x, y);
    }
  }
}

void divide(World& world, Shape shape, std::span<const NodeId> order) {
  const std::size_t n = order.size();
  switch (shape) {
    case Shape::halves:
      return world.partition(order.first(n / 2));
    case Shape::tenth:
      return world.partition(order.first(std::max<std::size_t>(1, n / 10)));
    case Shape::one:
      return world.partition(order.first(1));
    case Shape::one_way:
      return cut_between(world, order.first(n / 2), order.subspan(n / 2), false);
    case Shape::three:
      for (std::size_t i = 0; i < n; ++i) {
        world.topology().set_side(order[i], static_cast<std::uint32_t>(i * 3 / n));
      }
      return;
    case Shape::bridge:  // the last one belongs to neither half
      return cut_between(world, order.first(n / 2), order.subspan(n / 2, n - 1 - n / 2), true);
  }
}

// settled: seconds from the end of the partition until all list all; counts: sizes listed at its
// end; more_counts: false positives from its end until then. Those of the whole run: until ten
// seconds after.
Measured run(const Partition& setup, const Config& config, std::uint64_t seed) {
  Measured measured;
  Cluster cluster(seed, setup.nodes, config);
  if (!cluster.form(lan_conditions(250us, 750us, 0))) {
    ++measured.unsettled;
    return measured;
  }
  World& world = cluster.world();
  std::vector<NodeId> order = world.nodes();
  cluster.prng().shuffle(std::span(order));
  divide(world, setup.shape, order);
  world.run_for(setup.lasting);
  for (const NodeId node : order) {
    measured.counts.push_back(static_cast<double>(cluster.listed(node)));
  }
  world.heal();
  const TimePoint healed = world.now();
  cluster.begin_load();
  cluster.verdicts().forget_counts();
  const bool whole_again = cluster.wait_complete(watched);
  Measured until_then;
  cluster.verdicts().count(until_then);
  measured.more_counts.push_back(static_cast<double>(until_then.false_positives.all));
  if (whole_again) {
    measured.settled.push_back(seconds(world.now() - healed));
    world.run_for(10s);
  } else {
    ++measured.unsettled;
  }
  cluster.verdicts().count(measured);
  cluster.end_load(measured);
  return measured;
}

Report report(std::span<const Result> results) {
  Table table{"Seconds from the end of a partition until everybody lists all",
              {"", "", "runs", "listed at the end of it", "p50", "p99", "max", "not in 300 s",
               "FP until then", "in 10 s after", "FP-nodes", "msg/s after", "B/s", "stream B/s"},
              2,
              {}};
  double worst = 0;
  std::uint64_t never = 0;
  std::uint64_t false_positives = 0;
  double ten_minutes = Anchor::unknown;
  for (const Result& result : results) {
    const Measured& m = result.measured;
    const double until_then = std::accumulate(m.more_counts.begin(), m.more_counts.end(), 0.0);
    std::vector<Cell> cells{words(result.cell),
                            words(result.configuration),
                            whole(m.runs),
                            words(decimals(percentile(m.counts, 1e-9), 0).text + "–" +
                                  decimals(greatest(m.counts), 0).text),
                            decimals(percentile(m.settled, 0.5), 2),
                            decimals(percentile(m.settled, 0.99), 2),
                            decimals(greatest(m.settled), 2),
                            whole(m.unsettled),
                            whole(until_then),
                            whole(static_cast<double>(m.false_positives.all) - until_then),
                            whole(m.false_positives.members)};
    for (Cell& cell : load_cells(m)) {
      cells.push_back(std::move(cell));
    }
    table.rows.push_back({std::move(cells)});
    if (result.configuration == ours().name) {
      false_positives += m.false_positives.all;
      worst = std::max(worst, m.settled.empty() ? 0 : greatest(m.settled));
      never += m.unsettled;
      if (result.cell == cell_name({.lasting = 600s})) {
        ten_minutes = greatest(m.settled);
      }
    }
  }
  table.rows.push_back(anchor_row(
      {"50 nodes, halves, 10 s", "memberlist 0.7 (virtual)", "3", "41–46", "39", "", "55"}));
  table.rows.push_back(anchor_row(
      {"50 nodes, halves, 30–120 s", "memberlist 0.7 (virtual)", "9", "25", "", "", "", "9"}));
  Report report{.tables = {std::move(table)}};
  const Measured own = sum_of(results, ours().name);
  worst = never > 0 ? Anchor::unknown : where_run(own, worst);
  report.goals = {
      at_most("ours: any partition heals, greatest", worst, 30, "s"),
      at_most("ours: any partition heals, greatest", worst, 5, "s"),
      at_most("ours: 50 nodes in halves for 10 minutes, greatest", ten_minutes, 30, "s")};
  report.goals[1].aim = true;
  report.goals.push_back(at_most("ours: false positives after the network healed",
                                 where_run(own, static_cast<double>(false_positives)), 0, "", 0));
  report.goals.back().aim = true;
  return report;
}

constexpr std::array shapes{Shape::halves,  Shape::tenth, Shape::one,
                            Shape::one_way, Shape::three, Shape::bridge};

// Every shape, length and size, but for a day of anything but 10 or 50 nodes in halves, and of
// 1,000 nodes only a minute and ten.
std::vector<Partition> everything() {
  std::vector<Partition> made;
  for (const std::size_t nodes : {10U, 50U, 100U, 1000U}) {
    for (const Shape shape : shapes) {
      for (const Duration lasting :
           std::initializer_list<Duration>{5s, 10s, 30s, 60s, 120s, 600s, 3600s, 24h}) {
        const bool day = lasting == 24h && (shape != Shape::halves || nodes > 50);
        const bool large = nodes == 1000 && lasting != 60s && lasting != 600s;
        if (!day && !large) {
          made.push_back({nodes, shape, lasting});
        }
      }
    }
  }
  return made;
}

std::vector<Partition> partitions(const Extent& extent) {
  if (extent.effort == Effort::full) {
    return everything();
  }
  std::vector<Partition> made;
  for (const Duration lasting :
       extent.of<std::vector<Duration>>({30s, 600s}, {5s, 10s, 30s, 60s, 120s, 600s}, {})) {
    made.push_back({.lasting = lasting});
  }
  if (extent.effort == Effort::quick) {
    return made;
  }
  for (const Shape shape : shapes) {
    for (const std::size_t nodes : {10U, 50U, 100U}) {
      for (const Duration lasting : {Duration(10s), Duration(60s)}) {
        if (shape != Shape::halves || nodes != 50) {
          made.push_back({nodes, shape, lasting});
        }
      }
    }
  }
  return made;
}

std::vector<Configuration> rows(const Extent& extent, const Partition& setup) {
  // With the papers' timing only the anchors' cells, where most of what is longer never heals.
  const bool anchored = setup.nodes == 50 && setup.shape == Shape::halves && setup.lasting <= 120s;
  if (!anchored) {
    return {ours()};
  }
  return extent.effort == Effort::full ? all_configurations()
                                       : std::vector{swim_of_paper(), lifeguard_lan(), ours()};
}

}  // namespace

Experiment make_e16(const Extent& extent) {
  Experiment experiment{"E16", "partitions, and how they heal", {}, report};
  for (const Partition& setup : partitions(extent)) {
    for (const Configuration& configuration : rows(extent, setup)) {
      experiment.setups.push_back({cell_name(setup), configuration.name,
                                   setup.nodes <= 50 && setup.lasting <= 120s
                                       ? extent.seeds(2, 3, 30)
                                       : extent.seeds(1, 1, setup.lasting == 24h ? 1 : 5),
                                   [setup, config = configuration.config](std::uint64_t seed) {
                                     return run(setup, config, seed);
                                   },
                                   setup.nodes >= 1000});
    }
  }
  if (extent.effort != Effort::full) {
    experiment.left_out = {
        "an hour and a day; 1,000 nodes; other shapes than halves for other than 10 and 60 s; 30 "
        "runs of each, not 3",
        "SWIM's and Lifeguard's parts; the papers' timing but for 50 nodes in halves"};
  }
  return experiment;
}

}  // namespace swim::bench
