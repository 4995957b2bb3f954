// E10, kinship's starved cells: some members read everything 0.5–2.5 s late, always; a healthy one
// is killed after a minute. A death is any member whose process runs and that somebody declared
// failed, starved or not, as kinship counts it.
#include <cmath>

#include "bench/protocol/cluster.hpp"
#include "bench/protocol/experiments.hpp"
#include "bench/protocol/runs.hpp"
#include "bench/protocol/statistics.hpp"

namespace swim::bench {

namespace {
constexpr Duration before_crash = std::chrono::seconds(60);
constexpr Duration lasting = std::chrono::seconds(120);
constexpr double published_runs = 3600;
}  // namespace

Measured run_starved(const Starved& setup, const Config& config, std::uint64_t seed) {
  Measured measured;
  Cluster cluster(seed, setup.nodes, config);
  if (!cluster.form(lan_conditions(1ms, 3ms, setup.loss_percent))) {
    ++measured.unsettled;
    return measured;
  }
  auto chosen = cluster.some(setup.starved() + 1);
  const NodeId victim = chosen.back();
  chosen.pop_back();
  for (const NodeId node : chosen) {
    cluster.mark_faulty(node);
    cluster.world().starve(node, sim::Starvation{.streams_too = setup.streams_late});
  }
  cluster.world().run_for(before_crash);
  cluster.kill(victim);
  cluster.world().run_for(lasting - before_crash);
  cluster.verdicts().conclude(measured);
  cluster.verdicts().count(measured);
  cluster.end_load(measured);
  return measured;
}

namespace {

std::string cell_name(const Starved& setup) {
  return std::to_string(setup.nodes) + " nodes, " +
         std::to_string(static_cast<int>(setup.loss_percent)) + " % loss, " +
         std::to_string(setup.starved()) + " starved";
}

std::vector<Cell> cells_of(const Measured& measured) {
  const auto runs = static_cast<double>(measured.runs);
  const Interval share = share_interval(measured.runs_with_death, measured.runs);
  std::vector<Cell> cells{
      whole(runs),
      whole(measured.runs_with_death),
      words(decimals(100 * share.low, 1).text + "–" + decimals(100 * share.high, 1).text + " %"),
      decimals(static_cast<double>(measured.deaths) / runs, 2),
      decimals(static_cast<double>(measured.false_positives.members) / runs, 2),
      decimals(static_cast<double>(measured.suspicions) / runs, 1),
      decimals(percentile(measured.first, 0.5), 2),
      decimals(percentile(measured.observers, 0.5), 2),
      decimals(percentile(measured.observers, 0.99), 2),
      decimals(greatest(measured.observers), 2),
      whole(measured.missed)};
  for (Cell& cell : load_cells(measured)) {
    cells.push_back(std::move(cell));
  }
  return cells;
}

Row row_of(const std::string& cell, const std::string& name, const Measured& measured) {
  Row row{{words(cell), words(name)}};
  for (Cell& value : cells_of(measured)) {
    row.cells.push_back(std::move(value));
  }
  return row;
}

bool is_starved(const Result& result) {
  return result.cell.find(" 0 starved") == std::string::npos;
}

// Of as many runs as kinship's. Each cell weighs the same, however often it was run here.
double projected(std::span<const Result> results, const std::string& name) {
  std::vector<double> shares;
  for (const Result& result : results) {
    if (result.configuration == name && is_starved(result) && result.measured.runs > 0) {
      shares.push_back(static_cast<double>(result.measured.runs_with_death) /
                       static_cast<double>(result.measured.runs));
    }
  }
  return published_runs * mean(shares);
}

std::string late(const std::string& name, bool streams_late) {
  return name + (streams_late ? ", streams late" : ", streams prompt");
}

Report report(std::span<const Result> results) {
  const std::vector<std::string> columns{
      "",        "",          "runs",      "with a death", "95 %", "deaths/run",
      "healthy", "susp./run", "first p50", "observer p50", "p99",  "max",
      "missed",  "msg/s",     "B/s",       "stream B/s"};
  Table sums{"All starved cells together (kinship: 3,600 runs)", columns, 2, {}};
  for (const std::string& name : configurations_of(results)) {
    Measured sum;
    for (const Result& result : results) {
      if (result.configuration == name && is_starved(result)) {
        sum += result.measured;
      }
    }
    sums.rows.push_back(row_of("starved", name, sum));
    sums.rows.back().cells.push_back(whole(std::round(projected(results, name))));
  }
  sums.columns.emplace_back("of 3,600");
  sums.rows.push_back(anchor_row({"starved", "kinship Lifeguard", "3,600", "108", "2.5–3.6 %"}));
  sums.rows.push_back(anchor_row({"starved", "kinship SWIM", "3,600", "2,253"}));
  Table each{"Each cell", columns, 2, {}};
  for (const std::string& cell : swim::bench::cells_of(results)) {
    for (const Result& result : results) {
      if (result.cell == cell) {
        each.rows.push_back(row_of(cell, result.configuration, result.measured));
      }
    }
  }
  each.rows.push_back(
      anchor_row({"50 nodes, 5 % loss, 5 starved", "memberlist (virtual, streams prompt)", "60",
                  "37", "", "0.78", "", "93.0", "8.78", "8.95"}));
  each.rows.push_back(anchor_row({"50 nodes, 5 % loss, 5 starved", "kinship Lifeguard", "200", "",
                                  "", "0.18", "", "134.7", "", "8.84", "13.97"}));
  Report report{.tables = {std::move(sums), std::move(each)}};
  for (const bool streams_late : {true, false}) {
    report.goals.push_back(at_most(late("runs with a death, of 3,600", streams_late),
                                   projected(results, late(ours().name, streams_late)), 108, "",
                                   0));
  }
  report.notes = {"Of 3,600: as if each cell had been run as often as the others."};
  return report;
}

void add(Experiment& experiment, Starved setup, const Configuration& configuration,
         std::uint64_t seeds) {
  experiment.setups.push_back({cell_name(setup), late(configuration.name, setup.streams_late),
                               seeds, [setup, config = configuration.config](std::uint64_t seed) {
                                 return run_starved(setup, config, seed);
                               }});
}

// memberlist's and kinship's default is α = 4.
std::vector<Configuration> rows(const Extent& extent) {
  std::vector<Configuration> made{swim_of_paper(4), lifeguard_lan(), swim_at_lan(), ours()};
  if (extent.effort == Effort::full) {
    made.insert(made.begin() + 1, {lha_probe(4), lha_suspicion(4), buddy(4)});
  }
  return made;
}

}  // namespace

Experiment make_e10(const Extent& extent) {
  Experiment experiment{"E10", "starved readers (kinship's cells)", {}, report};
  if (extent.effort != Effort::full) {
    experiment.left_out = {"200 runs of each cell, not 8 at 50 nodes and 2 at 200",
                           "rows of LHA-Probe, LHA-Suspicion and Buddy"};
  }
  using Percents = std::vector<std::uint32_t>;
  for (const std::size_t nodes : extent.of<std::vector<std::size_t>>({50}, {50, 200}, {50, 200})) {
    for (const std::uint32_t loss : extent.of<Percents>({5}, {1, 3, 5}, {1, 3, 5})) {
      for (const std::uint32_t starved :
           extent.of<Percents>({1, 10}, {0, 1, 5, 10}, {0, 1, 5, 10})) {
        const std::uint64_t seeds = nodes == 50 ? extent.seeds(4, 8, 200) : extent.seeds(1, 2, 200);
        Starved setup{nodes, static_cast<double>(loss), starved};
        for (const Configuration& configuration : rows(extent)) {
          add(experiment, setup, configuration, seeds);
        }
        setup.streams_late = false;
        for (const Configuration& configuration : {lifeguard_lan(), ours()}) {
          add(experiment, setup, configuration, seeds);
        }
      }
    }
  }
  return experiment;
}

}  // namespace swim::bench
