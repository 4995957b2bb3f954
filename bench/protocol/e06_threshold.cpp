// E06, Lifeguard's threshold experiment: C of 128 members are blocked together, once, for D; then
// everybody is watched until all has settled.
#include "bench/protocol/cluster.hpp"
#include "bench/protocol/experiments.hpp"
#include "bench/protocol/statistics.hpp"
#include "core/sim/chance.hpp"

namespace swim::bench {

namespace {

constexpr std::size_t nodes = 128;
constexpr Duration watched = std::chrono::seconds(90);

struct Threshold {
  std::size_t anomalous{};  // C
  Duration blocked{};       // D
};

Measured run(const Threshold& setup, const Config& config, std::uint64_t seed) {
  Measured measured;
  Cluster cluster(seed, nodes, config);
  if (!cluster.form(lan_conditions(250us, 750us, 0))) {
    ++measured.unsettled;
    return measured;
  }
  World& world = cluster.world();
  world.run_for(
      sim::between(cluster.prng(), Duration::zero(), Duration(2 * config.probe_interval)));
  const auto anomalous = cluster.some(setup.anomalous);
  for (const NodeId node : anomalous) {
    cluster.block(node);
  }
  for (const NodeId node : anomalous) {
    cluster.verdicts().expect(index_of(node), world.now(), cluster.healthy_observers(node));
  }
  const TimePoint begin = world.now();
  world.run_for(setup.blocked);
  Measured found;
  cluster.verdicts().conclude(found);  // what comes after the end of the anomaly is no detection
  measured += found;
  for (const NodeId node : anomalous) {
    cluster.unblock(node, setup.blocked);
  }
  if (cluster.wait_complete(watched)) {
    measured.settled.push_back(seconds(world.now() - begin - setup.blocked));
  } else {
    ++measured.unsettled;
  }
  world.run_for(watched - (world.now() - begin - setup.blocked));
  cluster.verdicts().count(measured);
  cluster.end_load(measured);
  return measured;
}

std::string cell_name(const Threshold& setup) {
  return "C=" + std::to_string(setup.anomalous) + " D=" +
         std::to_string(
             std::chrono::duration_cast<std::chrono::milliseconds>(setup.blocked).count());
}

Table ratios(std::span<const Result> results, const std::string& cell) {
  Table table{"Median of the first detection, " + cell + ", as a share of SWIM's",
              {"", "here", "memberlist (virtual)", "paper"},
              1,
              {}};
  const double base = percentile(sum_of(results, swim_of_paper().name, cell).first, 0.5);
  for (const auto& [configuration, virtual_, paper] :
       {std::tuple(swim_of_paper(), "100 %", "100 %"),
        {lifeguard(5, 6), "100.2 %", "100.1 %"},
        {lifeguard_lan(), "83.6 %", "84.3 %"},
        {lifeguard(2, 6), "56.2 %", "56.5 %"},
        {swim_at_lan(), "", ""},
        {ours(), "", ""}}) {
    const double own = percentile(sum_of(results, configuration.name, cell).first, 0.5);
    table.rows.push_back(
        {{words(configuration.name), percents(own / base, 1), words(virtual_), words(paper)}});
  }
  return table;
}

Report report(std::span<const Result> results) {
  Table table = detection_table(
      "Seconds from the beginning of the anomaly; missed: members that some healthy one did not "
      "declare",
      results);
  const std::string cell = cell_name({4, 32768ms});
  const auto anchor = [&](const char* who, double first, double first_max, double full,
                          double full_max) {
    table.rows.push_back(detection_anchor({.cell = cell,
                                           .who = who,
                                           .runs = 10,
                                           .first_p50 = first,
                                           .first_max = first_max,
                                           .full_p50 = full,
                                           .full_max = full_max}));
  };
  anchor("memberlist as SWIM α=5 (virtual)", 12.43, 14.34, 12.79, 14.63);
  anchor("memberlist α=5 β=6 (virtual)", 12.46, 16.37, 12.83, 16.79);
  anchor("memberlist α=4 β=6 +TCP (virtual)", 10.39, 13.23, 10.80, 13.73);
  anchor("memberlist α=2 β=6 (virtual)", 6.98, 11.02, 7.33, 11.41);
  Table after{"After the anomaly: seconds until everybody lists all again",
              {"", "", "p50", "max", "never in 90 s"},
              2,
              {}};
  for (const Result& result : results) {
    const Measured& m = result.measured;
    after.rows.push_back(
        {{words(result.cell), words(result.configuration), decimals(percentile(m.settled, 0.5), 2),
          decimals(greatest(m.settled), 2), whole(m.unsettled)}});
  }
  Report report{.tables = {std::move(table), ratios(results, cell), std::move(after)}};
  const double own = percentile(sum_of(results, ours().name, cell).first, 0.5);
  const double base = percentile(sum_of(results, swim_of_paper().name, cell).first, 0.5);
  report.goals = {
      at_most("ours: first detection, share of SWIM's", 100 * own / base, 56.5, "%", 1)};
  return report;
}

std::vector<Configuration> rows(const Extent& extent) {
  std::vector<Configuration> made{swim_of_paper(), lifeguard(5, 6), lifeguard_lan(),
                                  lifeguard(2, 6), swim_at_lan(),   ours()};
  if (extent.effort == Effort::full) {
    made.insert(made.begin() + 1, {lha_probe(), lha_suspicion(), buddy()});
  }
  return made;
}

}  // namespace

Experiment make_e06(const Extent& extent) {
  Experiment experiment{
      "E06", "Lifeguard's threshold experiment: C of 128 nodes blocked once for D ms", {}, report};
  if (extent.effort != Effort::full) {
    experiment.left_out = {
        "C = 1, 8, 12, 20, 24, 28; D = 128 to 1,024, 4,096 to 16,384; 100 runs of each, not 2",
        "rows of LHA-Probe, LHA-Suspicion and Buddy"};
  }
  for (const std::size_t c :
       extent.of<std::vector<std::size_t>>({4}, {4, 16, 32}, {1, 4, 8, 12, 16, 20, 24, 28, 32})) {
    for (const Duration d : extent.of<std::vector<Duration>>(
             {32768ms}, {2048ms, 32768ms},
             {128ms, 256ms, 512ms, 1024ms, 2048ms, 4096ms, 8192ms, 16384ms, 32768ms})) {
      const Threshold setup{c, d};
      for (const Configuration& configuration : rows(extent)) {
        experiment.setups.push_back({cell_name(setup), configuration.name, extent.seeds(1, 2, 100),
                                     [setup, config = configuration.config](std::uint64_t seed) {
                                       return run(setup, config, seed);
                                     }});
      }
    }
  }
  return experiment;
}

}  // namespace swim::bench
