// protocol_bench: the experiments of the field, in virtual time (README.md).
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <set>
#include <thread>

#include "bench/protocol/experiment.hpp"
#include "bench/protocol/json.hpp"
#include "bench/protocol/runner.hpp"

namespace swim::bench {
namespace {

struct Arguments {
  std::vector<std::string> only;
  std::string configuration;
  std::uint64_t seeds{};
  std::size_t jobs{std::max(1U, std::thread::hardware_concurrency())};
  std::string json;
  bool quick{};
  bool full{};
  bool list{};
};

// On a terminal one line that is written again and again, else a line every half minute.
class ProgressLine {
 public:
  explicit ProgressLine(std::string id) : id_(std::move(id)) {}

  void update(const Progress& progress) {
    const auto now = std::chrono::steady_clock::now();
    if (now - began_ < std::chrono::seconds(2) ||
        now - shown_ < (terminal_ ? std::chrono::milliseconds(250) : std::chrono::seconds(30))) {
      return;
    }
    shown_ = now;
    std::fprintf(stderr, "%s%s: %zu of %zu runs, %lld s%s", terminal_ ? "\r" : "", id_.c_str(),
                 progress.done, progress.all,
                 static_cast<long long>(
                     std::chrono::duration_cast<std::chrono::seconds>(now - began_).count()),
                 terminal_ ? " " : "\n");
  }
  ~ProgressLine() {
    if (terminal_ && shown_ != std::chrono::steady_clock::time_point{}) {
      std::fprintf(stderr, "\r\033[K");
    }
  }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

 private:
  std::string id_;
  bool terminal_{isatty(STDERR_FILENO) != 0};
  std::chrono::steady_clock::time_point began_{std::chrono::steady_clock::now()};
  std::chrono::steady_clock::time_point shown_{};
};

Extent extent_of(const Arguments& arguments) {
  Extent extent;
  extent.effort = arguments.quick ? Effort::quick : arguments.full ? Effort::full : Effort::normal;
  if (arguments.seeds > 0) {
    extent.seeds_wanted = arguments.seeds;
  }
  return extent;
}

int run_all(const Arguments& arguments) {
  std::set<std::string> wanted(arguments.only.begin(), arguments.only.end());
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  std::size_t missed = 0;
  for (const ExperimentMaker& maker : experiment_makers()) {
    if (!arguments.only.empty() && wanted.erase(maker.id) == 0) {
      continue;
    }
    Experiment experiment = maker.make(extent_of(arguments));
    std::erase_if(experiment.setups, [&](const Setup& setup) {
      return setup.configuration.find(arguments.configuration) == std::string::npos;
    });
    if (arguments.list) {
      std::cout << experiment.id << "  " << experiment.title << "\n";
      continue;
    }
    std::vector<Result> results;
    {
      ProgressLine line(experiment.id);
      results = run(experiment, arguments.jobs, [&](const Progress& p) { line.update(p); });
    }
    const Report report = experiment.report(results);
    std::cout << experiment.id << ": " << experiment.title << "\n\n"
              << to_text(report) << std::flush;
    all.push_back(to_json(experiment, report));
    missed += static_cast<std::size_t>(std::ranges::count_if(
        report.goals, [](const Goal& goal) { return !goal.met && !goal.aim; }));
  }
  if (!wanted.empty()) {
    std::cerr << "protocol_bench: no experiment '" << *wanted.begin() << "'; --list shows them\n";
    return 2;
  }
  if (!arguments.json.empty()) {
    std::ofstream file(arguments.json);
    file << all.dump(1) << "\n";
    if (!file) {
      std::cerr << "protocol_bench: cannot write " << arguments.json << "\n";
      return 2;
    }
  }
  if (missed > 0) {
    std::cout << missed << " goal(s) missed\n";
  }
  return 0;
}

}  // namespace
}  // namespace swim::bench

int main(int argc, char** argv) {
  swim::bench::Arguments arguments;
  CLI::App app{"The experiments of SWIM's, Lifeguard's and Rapid's papers, in virtual time"};
  app.add_option("--only", arguments.only, "Experiments by their ids: E05,E10")->delimiter(',');
  app.add_option(
      "--configuration", arguments.configuration,
      "Only those with this in their name, as in \"ours\"; goals against others say never");
  app.add_option("--seeds", arguments.seeds, "Runs of each setup, in place of the usual number");
  app.add_option("--jobs,-j", arguments.jobs, "Worlds at a time");
  app.add_option("--json", arguments.json, "Write the results there too");
  auto* quick = app.add_flag("--quick", arguments.quick, "A look, about two minutes");
  app.add_flag("--full", arguments.full, "The published sizes and repeats: hours")->excludes(quick);
  app.add_flag("--list", arguments.list, "Say what there is, run nothing");
  CLI11_PARSE(app, argc, argv);
  return swim::bench::run_all(arguments);
}
