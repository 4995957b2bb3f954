#include "cli/simulate/job.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "cli/simulate/settings.hpp"
#include "cli/text/display.hpp"
#include "cli/text/duration.hpp"
#include "cli/text/nearest.hpp"

namespace swim::cli {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr std::uint32_t nodes_max = 100'000;
constexpr std::uint32_t runs_max = 100'000;
// Of each member, and of each pair of them; rather too much than too little.
constexpr std::uint64_t bytes_of_member = 512 << 10U;
constexpr std::uint64_t bytes_of_pair = 1'600;

// One way, where nobody says anything else.
std::pair<Duration, Duration> usual_latency(std::string_view preset) {
  if (preset == "local") {
    return {microseconds(20), microseconds(100)};
  }
  return preset == "wan" ? std::pair<Duration, Duration>(milliseconds(10), milliseconds(80))
                         : std::pair<Duration, Duration>(microseconds(200), milliseconds(1));
}

std::string quoted(std::string_view text) {
  return "\"" + printable(text) + "\"";
}

Result<Config> config_of(const SimulateArguments& arguments) {
  auto config = Config::preset(arguments.preset);
  if (!config) {
    const std::vector<std::string> presets{"local", "lan", "wan"};
    const std::string near = meant(arguments.preset, presets);
    return usage_error("--preset " + printable(arguments.preset) + " is unknown",
                       near.empty() ? "there are local, lan and wan"
                                    : "did you mean " + near + "? There are local, lan and wan");
  }
  for (const std::string& setting : arguments.settings) {
    if (auto applied = apply_setting(setting, *config); !applied) {
      return tl::unexpected<Failure>(applied.error());
    }
  }
  if (const auto valid = validate(*config); !valid) {
    return usage_error("these settings don't fit together: " + std::string(valid.error().what),
                       "change them with --set, or start from another --preset");
  }
  return *config;
}

// "4x2s", "4x1s-5s".
Result<> read_stalls(std::string_view text, sim::TrialPlan& plan) {
  if (text.empty()) {
    return {};
  }
  const std::size_t times = text.find('x');
  std::uint32_t count = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + std::min(times, text.size()), count);
  if (times == std::string_view::npos || error != std::errc{} || end != text.data() + times) {
    return usage_error("--stalls " + quoted(text) + " is not understood",
                       "write how many and how long, as in 4x2s or 4x1s-5s");
  }
  const auto span = parse_span("--stalls", text.substr(times + 1));
  if (!span) {
    return tl::unexpected<Failure>(span.error());
  }
  plan.stalls = count;
  plan.stall_min = span->first;
  plan.stall_max = span->second;
  return {};
}

Result<> check_counts(const SimulateArguments& arguments, const sim::TrialPlan& plan) {
  if (plan.nodes < 2 || plan.nodes > nodes_max) {
    return usage_error("--nodes " + std::to_string(plan.nodes) + " is no cluster to simulate",
                       "take from 2 to " + std::to_string(nodes_max));
  }
  if (std::uint64_t{plan.deaths} + plan.stalls + 1 > plan.nodes) {
    return usage_error("of " + std::to_string(plan.nodes) + " members " +
                           std::to_string(plan.deaths) + " are to die and " +
                           std::to_string(plan.stalls) + " to stand still: nobody is left",
                       "ask for fewer with --kill and --stalls, or for more --nodes");
  }
  if (arguments.seeds == 0 || arguments.seeds > runs_max) {
    return usage_error("--seeds " + std::to_string(arguments.seeds) + " is no number of runs",
                       "take from 1 to " + std::to_string(runs_max));
  }
  if (plan.duration < std::chrono::seconds(1) || plan.duration > std::chrono::hours(24 * 30)) {
    return usage_error("--duration " + age(plan.duration) + " can't be simulated",
                       "take from 1s to 30d");
  }
  return {};
}

}  // namespace

Result<std::uint32_t> parse_loss(std::string_view text) {
  double percent = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), percent);
  if (error != std::errc{} || std::string_view(end, text.data() + text.size()) != "%" ||
      !std::isfinite(percent)) {
    return usage_error("--loss " + quoted(text) + " is no share of the packets",
                       "write it in percent, as in 1% or 0.5%");
  }
  if (percent < 0 || percent > 100) {
    return usage_error("--loss " + printable(text) + " is outside of what can be lost",
                       "take from 0% to 100%");
  }
  return static_cast<std::uint32_t>(std::lround(percent * 10'000));
}

Result<std::pair<Duration, Duration>> parse_span(std::string_view flag, std::string_view text) {
  const std::size_t dash = text.find('-');
  const auto low = parse_duration(text.substr(0, dash));
  const auto high = dash == std::string_view::npos ? low : parse_duration(text.substr(dash + 1));
  if (!low || !high) {
    return usage_error(std::string(flag) + ": " + quoted(text) + " is no duration and no range",
                       "write one as in 2ms, or two as in 0.5ms-2ms");
  }
  if (*high < *low) {
    return usage_error(std::string(flag) + ": the range " + quoted(text) + " goes backwards",
                       "write the shorter one first");
  }
  return std::pair<Duration, Duration>(*low, *high);
}

Result<SimulateJob> understand(const SimulateArguments& arguments) {
  SimulateJob job{.plan = {},
                  .runs = arguments.seeds,
                  .first_seed = arguments.seed,
                  .preset = arguments.preset,
                  .settings = arguments.settings};
  const auto config = config_of(arguments);
  if (!config) {
    return tl::unexpected<Failure>(config.error());
  }
  const auto loss = parse_loss(arguments.loss);
  if (!loss) {
    return tl::unexpected<Failure>(loss.error());
  }
  auto latency = arguments.latency.empty()
                     ? Result<std::pair<Duration, Duration>>(usual_latency(arguments.preset))
                     : parse_span("--latency", arguments.latency);
  if (!latency) {
    return tl::unexpected<Failure>(latency.error());
  }
  job.plan.nodes = arguments.nodes;
  job.plan.config = *config;
  job.plan.network.loss_ppm = *loss;
  job.plan.network.latency_min = latency->first;
  job.plan.network.latency_max = latency->second;
  job.plan.duration = arguments.duration;
  job.plan.deaths = arguments.kill;
  job.plan.together = arguments.together;
  job.plan.with_host = arguments.with_host;
  if (auto stalls = read_stalls(arguments.stalls, job.plan); !stalls) {
    return tl::unexpected<Failure>(stalls.error());
  }
  if (auto counts = check_counts(arguments, job.plan); !counts) {
    return tl::unexpected<Failure>(counts.error());
  }
  return job;
}

std::uint64_t memory_of_run(std::uint32_t nodes) {
  return nodes * bytes_of_member + std::uint64_t{nodes} * nodes * bytes_of_pair;
}

Result<std::uint32_t> runs_at_once(const SimulateJob& job, std::uint32_t cores,
                                   std::uint64_t free_memory) {
  const std::uint64_t wanted = memory_of_run(job.plan.nodes);
  if (wanted <= free_memory) {
    const auto fit =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(free_memory / wanted, cores));
    return std::clamp<std::uint32_t>(job.runs, 1, std::max<std::uint32_t>(fit, 1));
  }
  std::uint32_t fitting = job.plan.nodes;
  while (fitting > 2 && memory_of_run(fitting) > free_memory) {
    fitting -= fitting / 20 + 1;
  }
  const auto mib = [](std::uint64_t bytes) { return std::to_string(bytes >> 20U) + " MiB"; };
  return failed(ExitCode::failed,
                std::to_string(job.plan.nodes) + " members take about " + mib(wanted) +
                    " of memory and " + mib(free_memory) + " are free",
                "try --nodes " + std::to_string(fitting));
}

}  // namespace swim::cli
