// swim_sim: runs random scenarios, one a seed, and says what they exercised. Exit code 1 where a
// rule was broken, with the one command that shows it again.
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/sim/swarm.hpp"

namespace {

using namespace swim::sim;

constexpr std::string_view usage =
    "usage: swim_sim [--seeds N] [--first S] [--nodes A-B] [--minutes M] [--replay SEED] "
    "[--shrink] "
    "[--json]\n"
    "  --seeds N      scenarios to run, default 20\n"
    "  --first S      seed of the first one, default 1\n"
    "  --nodes A-B    size of the clusters, default 3-12\n"
    "  --minutes M    virtual minutes of faults, default 2\n"
    "  --replay SEED  runs this one twice, prints its schedule, and compares the traces\n"
    "  --shrink       with --replay: looks for a smaller schedule that fails alike\n"
    "  --json         one JSON object a scenario and one for the sum\n";

struct Arguments {
  std::uint64_t seeds{20};
  std::uint64_t first{1};
  SwarmBounds bounds;
  std::optional<std::uint64_t> replay;
  bool shrink{};
  bool json{};
};

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional(value)
                                                                  : std::nullopt;
}

bool set_nodes(std::string_view text, SwarmBounds& bounds) {
  const std::size_t dash = text.find('-');
  const auto low = number(text.substr(0, dash));
  const auto high = dash == std::string_view::npos ? low : number(text.substr(dash + 1));
  if (!low || !high || *low == 0 || *high < *low || *high > 10'000) {
    return false;
  }
  bounds.nodes_min = static_cast<std::uint32_t>(*low);
  bounds.nodes_max = static_cast<std::uint32_t>(*high);
  return true;
}

bool set(Arguments& arguments, std::string_view name, std::string_view value) {
  if (name == "--nodes") {
    return set_nodes(value, arguments.bounds);
  }
  const auto parsed = number(value);
  if (!parsed) {
    return false;
  }
  if (name == "--seeds") {
    arguments.seeds = *parsed;
  } else if (name == "--first") {
    arguments.first = *parsed;
  } else if (name == "--replay") {
    arguments.replay = *parsed;
  } else if (name == "--minutes" && *parsed > 0 && *parsed <= 10'000) {
    arguments.bounds.duration = std::chrono::minutes(static_cast<std::int64_t>(*parsed));
  } else {
    return false;
  }
  return true;
}

std::optional<Arguments> parse(const std::vector<std::string_view>& words) {
  Arguments arguments;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--json") {
      arguments.json = true;
    } else if (words[i] == "--shrink") {
      arguments.shrink = true;
    } else if (i + 1 == words.size() || !set(arguments, words[i], words[i + 1])) {
      return std::nullopt;
    } else {
      ++i;
    }
  }
  return arguments;
}

std::string replay_command(std::string_view program, const Arguments& arguments,
                           std::uint64_t seed) {
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(arguments.bounds.duration);
  return std::string(program) + " --replay " + std::to_string(seed) + " --nodes " +
         std::to_string(arguments.bounds.nodes_min) + "-" +
         std::to_string(arguments.bounds.nodes_max) + " --minutes " +
         std::to_string(minutes.count());
}

double seconds(swim::Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

nlohmann::json named_faults(const std::array<std::uint64_t, fault_kinds>& faults) {
  nlohmann::json named;
  for (std::size_t i = 0; i < faults.size(); ++i) {
    named[std::string(to_string(static_cast<FaultKind>(i)))] = faults[i];
  }
  return named;
}

nlohmann::json named_events(const Coverage& coverage) {
  nlohmann::json named;
  for (std::size_t i = 0; i <= static_cast<std::size_t>(swim::EventType::expired); ++i) {
    named[std::string(to_string(static_cast<swim::EventType>(i)))] = coverage.member_events[i];
  }
  return named;
}

nlohmann::json to_json(const SwarmResult& r) {
  return {{"seed", r.seed},
          {"nodes", r.nodes},
          {"passed", r.passed},
          {"rule", r.rule},
          {"report", r.report},
          {"trace_hash", r.trace_hash},
          {"virtual_seconds", seconds(r.virtual_time)},
          {"convergence_seconds", seconds(r.convergence)},
          {"events", r.events},
          {"faults", named_faults(r.faults)},
          {"member_events", named_events(r.coverage)},
          {"datagrams",
           {{"sent", r.network.sent},
            {"delivered", r.network.delivered},
            {"lost", r.network.lost},
            {"cut", r.network.cut},
            {"duplicated", r.network.duplicated},
            {"reordered", r.network.reordered},
            {"corrupted", r.network.corrupted},
            {"to_nobody", r.network.to_nobody}}},
          {"streams",
           {{"opened", r.streams.opened},
            {"established", r.streams.established},
            {"refused", r.streams.refused},
            {"timed_out", r.streams.timed_out},
            {"reset", r.streams.reset},
            {"delayed", r.streams.delayed}}},
          {"starts", r.coverage.starts},
          {"joins", r.coverage.joins},
          {"joins_failed", r.coverage.joins_failed},
          {"messages", r.coverage.messages_delivered},
          {"operations", r.coverage.operations},
          {"operations_failed", r.coverage.operations_failed},
          {"failures_of_running", r.coverage.failures_of_running},
          {"refutations", r.coverage.refutations},
          {"new_lives", r.coverage.new_lives},
          {"stalls_noticed", r.coverage.stalls_noticed},
          {"relays_run", r.coverage.relays_run},
          {"stream_acks", r.coverage.stream_acks}};
}

// Adds the numbers of one scenario to the sum; what is text or belongs to one scenario stays out.
void add(nlohmann::json& sum, const nlohmann::json& one) {
  for (const auto& [key, value] : one.items()) {
    if (value.is_object()) {
      add(sum[key], value);
    } else if (value.is_number() && key != "seed" && key != "trace_hash") {
      sum[key] =
          sum.contains(key) ? nlohmann::json(sum[key].get<double>() + value.get<double>()) : value;
    }
  }
}

void print_sum(const nlohmann::json& sum, const std::string& indent) {
  for (const auto& [key, value] : sum.items()) {
    if (value.is_object()) {
      std::cout << indent << key << "\n";
      print_sum(value, indent + "  ");
    } else {
      std::printf("%s%-22s %.0f\n", indent.c_str(), key.c_str(), value.get<double>());
      std::fflush(stdout);
    }
  }
}

void print_failure(const SwarmResult& result, const std::string& command) {
  std::cout << "FAILED " << result.report << "replay: " << command << "\n";
}

int replay(const Arguments& arguments, std::string_view program) {
  Scenario scenario = random_scenario(*arguments.replay, arguments.bounds);
  const SwarmResult first = run_scenario(scenario);
  const SwarmResult second = run_scenario(scenario);
  if (arguments.shrink && !first.passed) {
    scenario = shrink(scenario, first.rule, 2'000);
  }
  const SwarmResult shown = arguments.shrink ? run_scenario(scenario) : first;
  std::cout << scenario.nodes << " nodes, preset " << scenario.preset << "\n";
  for (const Fault& fault : scenario.schedule) {
    std::cout << to_string(fault) << "\n";
  }
  if (arguments.json) {
    std::cout << to_json(shown).dump() << "\n";
  }
  if (first.trace_hash != second.trace_hash) {
    std::cout << "FAILED: two runs of one seed differ\n";
    return 1;
  }
  if (!shown.passed) {
    print_failure(shown, replay_command(program, arguments, *arguments.replay));
    return 1;
  }
  std::cout << "passed, trace " << shown.trace_hash << "\n";
  return 0;
}

int run_all(const Arguments& arguments, std::string_view program) {
  const auto started = std::chrono::steady_clock::now();
  nlohmann::json sum;
  std::vector<std::uint64_t> failed;
  for (std::uint64_t seed = arguments.first; seed < arguments.first + arguments.seeds; ++seed) {
    const SwarmResult result = run_scenario(random_scenario(seed, arguments.bounds));
    const nlohmann::json one = to_json(result);
    add(sum, one);
    if (arguments.json) {
      std::cout << one.dump() << "\n";
    }
    if (!result.passed) {
      failed.push_back(seed);
      if (!arguments.json) {
        print_failure(result, replay_command(program, arguments, seed));
      }
    }
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
  if (arguments.json) {
    sum["seeds"] = arguments.seeds;
    sum["failed"] = failed;
    std::cout << nlohmann::json{{"sum", sum}}.dump() << "\n";
  } else {
    print_sum(sum, "");
    std::cout << arguments.seeds << " scenarios, " << failed.size() << " failed, " << took.count()
              << " s\n";
    for (const std::uint64_t seed : failed) {
      std::cout << "replay: " << replay_command(program, arguments, seed) << "\n";
    }
  }
  return failed.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const auto arguments = parse({argv + 1, argv + argc});
  if (!arguments) {
    std::cerr << usage;
    return 2;
  }
  return arguments->replay ? replay(*arguments, argv[0]) : run_all(*arguments, argv[0]);
}
