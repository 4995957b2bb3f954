// swim_sim: runs random scenarios, one a seed, and says what they exercised. Exit code 1 where a
// rule was broken, with the one command that shows it again.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "core/sim/swarm.hpp"
#include "tests/sim/swarm_arguments.hpp"
#include "tests/sim/swarm_jobs.hpp"
#include "tests/sim/swarm_report.hpp"
#include "tests/sim/world_speed.hpp"

namespace {

using namespace swim::sim;

void print_failure(const std::string& report, const std::string& command) {
  std::printf("FAILED %sreplay: %s\n", report.c_str(), command.c_str());
  std::fflush(stdout);
}

int replay(const Arguments& arguments, std::string_view program) {
  Scenario scenario = random_scenario(*arguments.replay, arguments.bounds);
  const SwarmResult first = run_scenario(scenario);
  const SwarmResult second = run_scenario(scenario);
  if (arguments.shrink && !first.passed) {
    scenario = shrink(scenario, first.rule, 2'000);
  }
  const SwarmResult shown = arguments.shrink ? run_scenario(scenario) : first;
  std::printf("%u nodes, preset %s, %s\n", scenario.nodes, scenario.preset.c_str(),
              scenario.sealed ? "encrypted" : "not encrypted");
  for (const Fault& fault : scenario.schedule) {
    std::printf("%s\n", to_string(fault).c_str());
  }
  if (arguments.json) {
    std::printf("%s\n", to_json(shown).dump().c_str());
  }
  if (first.trace_hash != second.trace_hash) {
    std::printf("FAILED: two runs of one seed differ\n");
    return 1;
  }
  if (!shown.passed) {
    print_failure(shown.report, replay_command(program, arguments, *arguments.replay));
    return 1;
  }
  std::printf("passed, trace %llu\n", static_cast<unsigned long long>(shown.trace_hash));
  return 0;
}

bool covered(const nlohmann::json& sum) {
  const auto missing = not_covered(sum);
  for (const std::string& name : missing) {
    std::fprintf(stderr, "FAILED: never tried: %s\n", name.c_str());
  }
  return missing.empty();
}

int run_all(const Arguments& arguments, std::string_view program) {
  const auto started = std::chrono::steady_clock::now();
  nlohmann::json sum;
  std::vector<std::uint64_t> failed;
  const auto run = [&](std::uint64_t seed) {
    return to_json(run_scenario(random_scenario(seed, arguments.bounds)));
  };
  const auto taken = [&](const nlohmann::json& one) {
    add(sum, one);
    if (arguments.json) {
      std::printf("%s\n", one.dump().c_str());
    }
    if (!one.at("passed").get<bool>()) {
      failed.push_back(one.at("seed"));
      if (!arguments.json) {
        print_failure(one.at("report"), replay_command(program, arguments, failed.back()));
      }
    }
  };
  run_jobs(arguments.first, arguments.seeds, arguments.jobs, run, taken);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
  if (arguments.json) {
    sum["seeds"] = arguments.seeds;
    sum["failed"] = failed;
    std::printf("%s\n", nlohmann::json{{"sum", sum}}.dump().c_str());
  } else {
    print_sum(sum);
    std::printf("%llu scenarios, %zu failed, %.1f s\n",
                static_cast<unsigned long long>(arguments.seeds), failed.size(), took.count());
    for (const std::uint64_t seed : failed) {
      std::printf("replay: %s\n", replay_command(program, arguments, seed).c_str());
    }
  }
  return failed.empty() && (!arguments.require_coverage || covered(sum)) ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const auto arguments = parse({argv + 1, argv + argc});
  if (!arguments) {
    std::cerr << usage;
    return 2;
  }
  if (arguments->speed) {
    return measure_speed(arguments->speed_options) ? 0 : 1;
  }
  return arguments->replay ? replay(*arguments, argv[0]) : run_all(*arguments, argv[0]);
}
