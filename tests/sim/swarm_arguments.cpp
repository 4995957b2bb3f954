#include "tests/sim/swarm_arguments.hpp"

#include <charconv>
#include <chrono>
#include <thread>

namespace swim::sim {

const std::string_view usage =
    "usage: swim_sim [--seeds N] [--first S] [--nodes A-B] [--minutes M] [--sealed-every N]\n"
    "                [--jobs N] [--json] [--require-coverage]\n"
    "       swim_sim --replay SEED [--nodes A-B] [--minutes M] [--sealed-every N] [--shrink]\n"
    "       swim_sim --speed [--nodes N] [--minutes M] [--loss PERCENT] [--crash N] [--plain]\n"
    "                [--acquainted] [--no-checks]\n"
    "  --seeds N         scenarios to run, default 20\n"
    "  --first S         seed of the first one, default 1\n"
    "  --nodes A-B       size of the clusters, default 3-64; --speed: 100\n"
    "  --minutes M       virtual minutes of faults, default 10\n"
    "  --sealed-every N  seeds that N divides are encrypted, the others only checked for damage;\n"
    "                    default 10, 1: all\n"
    "  --jobs N          scenarios beside each other, default: one a core\n"
    "  --json            one JSON object a scenario and one for the sum\n"
    "  --require-coverage  fails where a kind of fault or a way through the protocol was not "
    "tried\n"
    "  --replay SEED     runs this one twice, prints its schedule, and compares the traces\n"
    "  --shrink          with --replay: looks for a smaller schedule that fails alike\n"
    "  --speed           one cluster without faults: how fast it runs, and in how much memory\n"
    "  --crash N         with --speed: nodes that crash at the end; all others must see it\n"
    "  --plain           with --speed: nothing is encrypted\n"
    "  --acquainted      with --speed: nobody joins, all know all from the start\n"
    "  --no-checks       with --speed: no rules are checked\n";

namespace {

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

// Numbers that must be small: cast and done.
bool set_small(std::uint32_t& target, std::uint64_t value, std::uint64_t low, std::uint64_t high) {
  target = static_cast<std::uint32_t>(value);
  return value >= low && value <= high;
}

bool set(Arguments& arguments, std::string_view name, std::string_view value) {
  if (name == "--nodes") {
    arguments.nodes_given = true;
    return set_nodes(value, arguments.bounds);
  }
  const auto parsed = number(value);
  if (!parsed) {
    return false;
  }
  if (name == "--seeds") {
    arguments.seeds = *parsed;
    return true;
  }
  if (name == "--first") {
    arguments.first = *parsed;
    return true;
  }
  if (name == "--replay") {
    arguments.replay = *parsed;
    return true;
  }
  if (name == "--minutes") {
    arguments.bounds.duration = std::chrono::minutes(static_cast<std::int64_t>(*parsed));
    return *parsed > 0 && *parsed <= 10'000;
  }
  if (name == "--sealed-every") {
    return set_small(arguments.bounds.sealed_every, *parsed, 1, UINT32_MAX);
  }
  if (name == "--jobs") {
    return set_small(arguments.jobs, *parsed, 1, 1'024);
  }
  if (name == "--loss") {
    arguments.speed_options.loss_ppm = percent(static_cast<std::uint32_t>(*parsed));
    return *parsed < 100;
  }
  return name == "--crash" && set_small(arguments.speed_options.crashes, *parsed, 0, 10'000);
}

bool set_flag(Arguments& arguments, std::string_view name) {
  if (name == "--json") {
    arguments.json = true;
  } else if (name == "--require-coverage") {
    arguments.require_coverage = true;
  } else if (name == "--shrink") {
    arguments.shrink = true;
  } else if (name == "--speed") {
    arguments.speed = true;
  } else if (name == "--plain") {
    arguments.speed_options.plain = true;
  } else if (name == "--acquainted") {
    arguments.speed_options.acquainted = true;
  } else if (name == "--no-checks") {
    arguments.speed_options.checks = false;
  } else {
    return false;
  }
  return true;
}

}  // namespace

std::optional<Arguments> parse(const std::vector<std::string_view>& words) {
  Arguments arguments;
  arguments.jobs = std::max(1U, std::thread::hardware_concurrency());
  arguments.bounds = {
      .nodes_min = 3, .nodes_max = 64, .duration = std::chrono::minutes(10), .sealed_every = 10};
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (set_flag(arguments, words[i])) {
      continue;
    }
    if (i + 1 == words.size() || !set(arguments, words[i], words[i + 1])) {
      return std::nullopt;
    }
    ++i;
  }
  if (arguments.nodes_given) {
    arguments.speed_options.nodes = arguments.bounds.nodes_max;
  }
  arguments.speed_options.seed = arguments.first;
  arguments.speed_options.duration = arguments.bounds.duration;
  return arguments;
}

std::string replay_command(std::string_view program, const Arguments& arguments,
                           std::uint64_t seed) {
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(arguments.bounds.duration);
  return std::string(program) + " --replay " + std::to_string(seed) + " --nodes " +
         std::to_string(arguments.bounds.nodes_min) + "-" +
         std::to_string(arguments.bounds.nodes_max) + " --minutes " +
         std::to_string(minutes.count()) + " --sealed-every " +
         std::to_string(arguments.bounds.sealed_every);
}

}  // namespace swim::sim
