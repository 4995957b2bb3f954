// E07, Lifeguard's interval experiment: C members are blocked for D and run for I, again and again,
// in step. What is said of all the others is false.
#include <algorithm>

#include "bench/protocol/cluster.hpp"
#include "bench/protocol/experiments.hpp"
#include "bench/protocol/runs.hpp"

namespace swim::bench {

namespace {
constexpr std::size_t nodes = 128;
constexpr Duration at_least = std::chrono::seconds(120);
}  // namespace

Measured run_interval(const Anomaly& setup, const Config& config, std::uint64_t seed) {
  Measured measured;
  Cluster cluster(seed, nodes, config);
  if (!cluster.form(lan_conditions(250us, 750us, 0))) {
    ++measured.unsettled;
    return measured;
  }
  const auto anomalous = cluster.some(setup.anomalous);
  for (const TimePoint end = cluster.world().now() + at_least; cluster.world().now() < end;) {
    for (const NodeId node : anomalous) {
      setup.frozen ? cluster.pause(node) : cluster.block(node);
    }
    cluster.world().run_for(setup.blocked);
    for (const NodeId node : anomalous) {
      setup.frozen ? cluster.resume(node, setup.blocked) : cluster.unblock(node, setup.blocked);
    }
    cluster.world().run_for(setup.normal);
  }
  cluster.verdicts().count(measured);
  cluster.end_load(measured);
  return measured;
}

namespace {

const std::string frozen_mark = " frozen";

std::string cell_name(const Anomaly& setup) {
  const auto ms = [](Duration duration) {
    return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
  };
  return "C=" + std::to_string(setup.anomalous) + " D=" + ms(setup.blocked) +
         " I=" + ms(setup.normal) + (setup.frozen ? frozen_mark : "");
}

// Rows: configurations. Shares of `base`.
Row row_of(const std::string& cell, const std::string& name, const Measured& measured,
           const Measured& base, const Measured& own_base) {
  const auto share = [](std::uint64_t of, std::uint64_t all) {
    return all == 0 ? Anchor::unknown : static_cast<double>(of) / static_cast<double>(all);
  };
  const FalsePositives& fp = measured.false_positives;
  std::vector<Cell> cells{words(cell),
                          words(name),
                          whole(measured.runs),
                          whole(fp.all),
                          whole(fp.at_healthy),
                          whole(fp.members),
                          percents(share(fp.all, base.false_positives.all)),
                          percents(share(fp.at_healthy, base.false_positives.at_healthy)),
                          percents(share(fp.all, own_base.false_positives.all)),
                          percents(share(fp.at_healthy, own_base.false_positives.at_healthy)),
                          decimals(measured.load.datagrams / base.load.datagrams * 100, 1),
                          decimals(measured.load.bytes / base.load.bytes * 100, 1)};
  for (Cell& cell_ : load_cells(measured)) {
    cells.push_back(std::move(cell_));
  }
  return {std::move(cells)};
}

bool is_frozen(const Result& result) {
  return result.cell.ends_with(frozen_mark);
}

// One row a configuration, of all `results` together.
void add_rows(Table& table, const std::string& label, std::span<const Result> results) {
  const Measured base = sum_of(results, swim_of_paper().name);
  const Measured own = sum_of(results, swim_at_lan().name);
  for (const std::string& name : configurations_of(results)) {
    table.rows.push_back(row_of(label, name, sum_of(results, name), base, own));
  }
}

std::vector<Result> those(std::span<const Result> results,
                          const std::function<bool(const Result&)>& wanted) {
  std::vector<Result> chosen;
  std::ranges::copy_if(results, std::back_inserter(chosen), wanted);
  return chosen;
}

Report report(std::span<const Result> results) {
  Table table{
      "False positives while members are blocked; % are shares of SWIM α=5, and of plain SWIM at "
      "lan",
      {"", "", "runs", "FP", "FP−", "FP-nodes", "FP %", "FP− %", "of lan %", "FP− of lan %",
       "msg %", "bytes %", "msg/s", "B/s", "stream B/s"},
      2,
      {}};
  const std::string hardest = cell_name(Anomaly::hardest());
  const auto blocked = those(results, [](const Result& r) { return !is_frozen(r); });
  add_rows(table, hardest, those(blocked, [&](const Result& r) { return r.cell == hardest; }));
  table.rows.push_back(
      anchor_row({hardest, "memberlist as SWIM α=5, a run (virtual)", "", "133.5", "31.8"}));
  table.rows.push_back(anchor_row(
      {hardest, "memberlist Lifeguard α=5 (virtual)", "", "5.0", "0", "", "3.7 %", "0 %"}));
  if (blocked.size() > configurations_of(blocked).size()) {
    add_rows(table, "all cells", blocked);
  }
  table.rows.push_back(anchor_row({"all cells", "paper: SWIM", "", "339,002", "1,326"}));
  table.rows.push_back(anchor_row({"all cells", "paper: LHA-Probe", "", "229,574", "436", "",
                                   "67.72 %", "32.88 %", "", "", "98.5", "90.0"}));
  table.rows.push_back(anchor_row({"all cells", "paper: LHA-Suspicion", "", "10,174", "89", "",
                                   "3.00 %", "6.71 %", "", "", "111.3", "106.5"}));
  table.rows.push_back(anchor_row({"all cells", "paper: Buddy", "", "318,935", "591", "", "94.08 %",
                                   "44.57 %", "", "", "100.1", "99.0"}));
  table.rows.push_back(anchor_row({"all cells", "paper: Lifeguard", "", "5,193", "25", "", "1.53 %",
                                   "1.89 %", "", "", "110.6", "98.0"}));
  add_rows(table, hardest + frozen_mark, those(results, is_frozen));
  const Measured own = sum_of(blocked, ours().name);
  const Measured plain = sum_of(blocked, swim_at_lan().name);
  const auto share = [](std::uint64_t of, std::uint64_t all) {
    return all == 0 ? Anchor::unknown : 100 * static_cast<double>(of) / static_cast<double>(all);
  };
  Report report{.tables = {std::move(table)}};
  const double fp = share(own.false_positives.all, plain.false_positives.all);
  report.goals = {
      at_most("FP, share of our own plain SWIM", fp, 1.5, "%"),
      at_most("FP, share of our own plain SWIM", fp, 0.5, "%"),
      at_most("FP−, share of our own plain SWIM",
              share(own.false_positives.at_healthy, plain.false_positives.at_healthy), 1.89, "%")};
  report.goals[1].aim = true;
  report.notes = {
      "Blocked, here: timers run and nothing waits for a send, so that a blocked member goes on",
      "probing and accuses everybody. In memberlist the prober itself waits in its first send.",
      "Frozen: the process is stopped for D instead, as a daemon with one thread would be."};
  return report;
}

std::vector<Anomaly> cells(const Extent& extent) {
  std::vector<Anomaly> made;
  const auto counts =
      extent.of<std::vector<std::size_t>>({32}, {4, 16, 32}, {1, 4, 8, 12, 16, 20, 24, 28, 32});
  const auto lasting = extent.of<std::vector<Duration>>(
      {16384ms}, {2048ms, 8192ms, 16384ms, 32768ms},
      {128ms, 256ms, 512ms, 1024ms, 2048ms, 4096ms, 8192ms, 16384ms, 32768ms});
  const auto between = extent.of<std::vector<Duration>>(
      {1024ms}, {64ms, 1024ms, 16384ms}, {1ms, 4ms, 16ms, 64ms, 256ms, 1024ms, 4096ms, 16384ms});
  for (const std::size_t c : counts) {
    for (const Duration d : lasting) {
      for (const Duration i : between) {
        made.push_back({c, d, i, false});
      }
    }
  }
  made.push_back(Anomaly::hardest(true));
  return made;
}

}  // namespace

Experiment make_e07(const Extent& extent) {
  Experiment experiment{
      "E07",
      "Lifeguard's interval experiment: 128 nodes, C of them blocked for D ms, normal for I ms",
      {},
      report};
  if (extent.effort != Effort::full) {
    experiment.left_out = {
        "C = 1, 8, 12, 20, 24, 28; D = 128 to 1,024, 4,096; I = 1 to 16, 256, 4,096",
        "10 runs of each cell, not one"};
  }
  const std::uint64_t seeds = extent.seeds(1, 1, 10);  // alike, so that all cells weigh the same
  for (const Anomaly& setup : cells(extent)) {
    for (const Configuration& configuration : all_configurations()) {
      experiment.setups.push_back({cell_name(setup), configuration.name, seeds,
                                   [setup, config = configuration.config](std::uint64_t seed) {
                                     return run_interval(setup, config, seed);
                                   }});
    }
  }
  return experiment;
}

}  // namespace swim::bench
