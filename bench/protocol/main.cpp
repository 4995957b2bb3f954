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
  std::string cell;
  std::uint64_t seeds{};
  std::size_t jobs{std::max(1U, std::thread::hardware_concurrency())};
  std::string json;
  std::string markdown;
  bool quick{};
  bool full{};
  bool list{};
};

bool wanted_by(const Arguments& arguments, const Setup& setup) {
  return setup.configuration.find(arguments.configuration) != std::string::npos &&
         setup.cell.find(arguments.cell) != std::string::npos;
}

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

Extent extent_of(const Arguments& arguments, bool usual_seeds) {
  Extent extent;
  extent.effort = arguments.quick ? Effort::quick : arguments.full ? Effort::full : Effort::normal;
  if (arguments.seeds > 0 && !usual_seeds) {
    extent.seeds_wanted = arguments.seeds;
  }
  return extent;
}

Experiment make(const ExperimentMaker& maker, const Arguments& arguments, bool usual_seeds) {
  Experiment made = maker.make(extent_of(arguments, usual_seeds));
  std::erase_if(made.setups, [&](const Setup& setup) { return !wanted_by(arguments, setup); });
  return made;
}

// CPU seconds: what these runs took, and what the usual number of them would.
struct Cost {
  double here{}, usual{};
};

Cost cost_of(const Experiment& run, const Experiment& usual, std::span<const Result> results) {
  Cost cost;
  for (std::size_t i = 0; i < results.size(); ++i) {
    cost.here += results[i].cpu_seconds;
    cost.usual += results[i].cpu_seconds / static_cast<double>(run.setups[i].seeds) *
                  static_cast<double>(usual.setups[i].seeds);
  }
  return cost;
}

void say_cost(const std::string& id, const Cost& cost) {
  std::fprintf(stderr, "%s: %.1f CPU s", id.c_str(), cost.here);
  if (cost.usual > 1.01 * cost.here || cost.usual < 0.99 * cost.here) {
    std::fprintf(stderr, "; with the usual number of runs about %.0f", cost.usual);
  }
  std::fprintf(stderr, "\n");
}

bool write_to(const std::string& path, const std::string& text) {
  if (path.empty()) {
    return true;
  }
  std::ofstream file(path);
  file << text;
  if (!file.flush()) {
    std::cerr << "protocol_bench: cannot write " << path << "\n";
    return false;
  }
  return true;
}

int run_all(const Arguments& arguments) {
  std::set<std::string> wanted(arguments.only.begin(), arguments.only.end());
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  std::string markdown;
  std::size_t missed = 0;
  Cost total;
  for (const ExperimentMaker& maker : experiment_makers()) {
    if (!arguments.only.empty() && wanted.erase(maker.id) == 0) {
      continue;
    }
    const Experiment experiment = make(maker, arguments, false);
    if (arguments.list) {
      std::cout << experiment.id << "  " << experiment.title << "\n";
      continue;
    }
    std::vector<Result> results;
    {
      ProgressLine line(experiment.id);
      results = run(experiment, arguments.jobs, [&](const Progress& p) { line.update(p); });
    }
    Report report = experiment.report(results);
    report.left_out = experiment.left_out;
    std::cout << experiment.id << ": " << experiment.title << "\n\n"
              << to_text(report) << std::flush;
    markdown += "## " + experiment.id + ": " + experiment.title + "\n\n" + to_markdown(report);
    const Cost cost = cost_of(experiment, make(maker, arguments, true), results);
    say_cost(experiment.id, cost);
    total.here += cost.here;
    total.usual += cost.usual;
    all.push_back(to_json(experiment, report));
    missed += static_cast<std::size_t>(std::ranges::count_if(
        report.goals, [](const Goal& goal) { return !goal.met && !goal.aim; }));
  }
  if (!wanted.empty()) {
    std::cerr << "protocol_bench: no experiment '" << *wanted.begin() << "'; --list shows them\n";
    return 2;
  }
  if (arguments.list) {
    return 0;
  }
  say_cost("all", total);
  if (!write_to(arguments.json, all.dump(1) + "\n") || !write_to(arguments.markdown, markdown)) {
    return 2;
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
  app.add_option("--cell", arguments.cell,
                 "Only set-ups with this in their name, as in \"200 nodes\"");
  app.add_option("--seeds", arguments.seeds, "Runs of each setup, in place of the usual number");
  app.add_option("--jobs,-j", arguments.jobs, "Worlds at a time");
  app.add_option("--json", arguments.json, "Write the results there too");
  app.add_option("--markdown", arguments.markdown,
                 "Write the tables there too, as GitHub shows them");
  auto* quick = app.add_flag("--quick", arguments.quick, "A look, a few minutes");
  app.add_flag("--full", arguments.full, "The published sizes and repeats: hours")->excludes(quick);
  app.add_flag("--list", arguments.list, "Say what there is, run nothing");
  CLI11_PARSE(app, argc, argv);
  return swim::bench::run_all(arguments);
}
