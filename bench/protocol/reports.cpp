#include <algorithm>
#include <cmath>

#include "bench/protocol/experiment.hpp"
#include "bench/protocol/statistics.hpp"

namespace swim::bench {

namespace {

void add_once(std::vector<std::string>& names, const std::string& name) {
  if (std::ranges::find(names, name) == names.end()) {
    names.push_back(name);
  }
}

void append(std::vector<Cell>& to, std::vector<Cell> from) {
  std::ranges::move(from, std::back_inserter(to));
}

}  // namespace

const char* const parts_left_out =
    "rows of LHA-Probe, LHA-Suspicion, Buddy, and Lifeguard with TCP";

std::vector<Configuration> compared(const Extent& extent) {
  return extent.effort == Effort::full ? all_configurations() : main_configurations();
}

Measured sum_of(std::span<const Result> results, const std::string& configuration,
                const std::string& cell) {
  Measured sum;
  for (const Result& result : results) {
    if (result.configuration == configuration && (cell.empty() || result.cell == cell)) {
      sum += result.measured;
    }
  }
  return sum;
}

double where_run(const Measured& measured, double value) {
  return measured.runs > 0 ? value : Anchor::unknown;
}

double where_all(const Measured& measured, double value) {
  return measured.missed == 0 ? where_run(measured, value) : Anchor::unknown;
}

std::vector<std::string> configurations_of(std::span<const Result> results) {
  std::vector<std::string> names;
  for (const Result& result : results) {
    add_once(names, result.configuration);
  }
  return names;
}

std::vector<std::string> cells_of(std::span<const Result> results) {
  std::vector<std::string> names;
  for (const Result& result : results) {
    add_once(names, result.cell);
  }
  return names;
}

std::vector<Cell> percentiles(const std::vector<double>& values) {
  return {decimals(percentile(values, 0.5), 2), decimals(percentile(values, 0.99), 2),
          decimals(percentile(values, 0.999), 2), decimals(greatest(values), 2)};
}

std::vector<Cell> load_cells(const Measured& measured) {
  const Load& load = measured.load;
  const double time = load.member_seconds;
  return {decimals(load.datagrams / time, 1), whole(load.bytes / time),
          whole(load.stream_bytes / time)};
}

Table detection_table(std::string title, std::span<const Result> results) {
  Table table{std::move(title),
              {"",      "",    "runs",     "FP",     "FP−",   "FP-nodes", "first p50", "p99",
               "p99.9", "max", "each p50", "p99",    "p99.9", "max",      "full p50",  "p99",
               "p99.9", "max", "spread",   "missed", "msg/s", "B/s",      "stream B/s"},
              2,
              {}};
  for (const Result& result : results) {
    const Measured& measured = result.measured;
    std::vector<Cell> cells{words(result.cell),
                            words(result.configuration),
                            whole(measured.runs),
                            whole(measured.false_positives.all),
                            whole(measured.false_positives.at_healthy),
                            whole(measured.false_positives.members)};
    append(cells, percentiles(measured.first));
    append(cells, percentiles(measured.observers));
    append(cells, percentiles(measured.full));
    cells.push_back(decimals(mean(measured.spread), 3));
    cells.push_back(whole(measured.missed));
    append(cells, load_cells(measured));
    table.rows.push_back({std::move(cells)});
  }
  return table;
}

Row detection_anchor(const Anchor& anchor) {
  const Cell none = words("");
  const auto time = [](double value) { return std::isnan(value) ? words("") : decimals(value, 2); };
  return {{words(anchor.cell), words(anchor.who), whole(anchor.runs), whole(anchor.false_positives),
           none, none, time(anchor.first_p50), time(anchor.first_p99), none, time(anchor.first_max),
           time(anchor.observer_p50), time(anchor.observer_p99), none, time(anchor.observer_max),
           time(anchor.full_p50), time(anchor.full_p99), none, time(anchor.full_max),
           time(anchor.spread)},
          true};
}

}  // namespace swim::bench
