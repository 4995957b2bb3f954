// An experiment as values: setups that can be run with any seed, and what is to be said about what
// they measured. Each eNN_*.cpp makes one.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bench/protocol/configurations.hpp"
#include "bench/protocol/measured.hpp"
#include "bench/protocol/table.hpp"

namespace swim::bench {

// How much is run: a look (minutes for all), a table to work with (most of an hour), the
// published sizes and repeats.
enum class Effort : std::uint8_t { quick, normal, full };

struct Extent {
  Effort effort{Effort::normal};
  std::optional<std::uint64_t> seeds_wanted{};

  template <class T>
  T of(T quick, T normal, T full) const {
    return effort == Effort::quick ? quick : effort == Effort::normal ? normal : full;
  }
  // Runs of each setup.
  std::uint64_t seeds(std::uint64_t quick, std::uint64_t normal, std::uint64_t full) const {
    return seeds_wanted.value_or(of(quick, normal, full));
  }
};

struct Setup {
  std::string cell;           // "100 nodes, 1 % loss"
  std::string configuration;  // "SWIM α=5"
  std::uint64_t seeds{1};  // 1 … seeds: the same for all configurations, so that they are paired
  std::function<Measured(std::uint64_t seed)> run;
  bool large{};  // takes gigabytes: never two at a time
};

struct Result {
  std::string cell;
  std::string configuration;
  Measured measured;
  double cpu_seconds{};  // what its runs took; differs from time to time
};

struct Experiment {
  std::string id;     // "E05"
  std::string title;  // one line
  std::vector<Setup> setups;
  std::function<Report(std::span<const Result>)> report;
  // What is published, or asked for, and not run at this extent: lines under the tables.
  std::vector<std::string> left_out{};
};

// All of them, in the order of their ids.
struct ExperimentMaker {
  const char* id;
  Experiment (*make)(const Extent&);
};
std::span<const ExperimentMaker> experiment_makers();

// ---- what reports have in common ----
// Of the results, those of one configuration or one cell, added up.
Measured sum_of(std::span<const Result> results, const std::string& configuration,
                const std::string& cell = {});
// `value`, or unknown where nothing was run that it could be of.
double where_run(const Measured& measured, double value);
// … or where some never came to that value.
double where_all(const Measured& measured, double value);
// Each once, in the order of the results.
std::vector<std::string> configurations_of(std::span<const Result> results);
std::vector<std::string> cells_of(std::span<const Result> results);

// The rows of most tables: everything with --full, else the ends of Lifeguard's list only.
std::vector<Configuration> compared(const Extent& extent);
// Which of them that leaves out, as a line for `Experiment::left_out`.
extern const char* const parts_left_out;

// False positives, detection and load of each result.
Table detection_table(std::string title, std::span<const Result> results);
// Somebody else's figures in it, as far as they are known; NaN: not known.
struct Anchor {
  std::string cell;
  std::string who;
  double runs{unknown}, false_positives{unknown};
  double first_p50{unknown}, first_p99{unknown}, first_max{unknown};
  double observer_p50{unknown}, observer_p99{unknown}, observer_max{unknown};
  double full_p50{unknown}, full_p99{unknown}, full_max{unknown};
  double spread{unknown};
  static constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
};
Row detection_anchor(const Anchor& anchor);
std::vector<Cell> percentiles(
    const std::vector<double>& values);                  // p50, p99, p99.9, max in seconds
std::vector<Cell> load_cells(const Measured& measured);  // messages, bytes, stream bytes a second

}  // namespace swim::bench
