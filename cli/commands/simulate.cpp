#include <CLI/Validators.hpp>
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <thread>

#include "cli/commands/commands.hpp"
#include "cli/simulate/report.hpp"
#include "cli/simulate/runner.hpp"
#include "cli/simulate/settings.hpp"

namespace swim::cli {
namespace {

constexpr auto quiet_time = std::chrono::seconds(2);  // then a progress bar appears
constexpr std::uint64_t usual_memory = std::uint64_t{4}
                                       << 30U;  // where nobody says how much is free

constexpr const char* lesson =
    "Runs whole clusters in virtual time, in this process: no daemon and no network is needed. "
    "The\n"
    "members are the engine that swimd runs, to the byte; only encryption is left out. Each run "
    "starts\n"
    "a cluster, waits until all see all, then kills some members and watches the others.\n"
    "\n"
    "Examples:\n"
    "  swimctl simulate                                100 members, one death: how fast is it "
    "seen?\n"
    "  swimctl simulate --loss 5% --kill 3             a bad network\n"
    "  swimctl simulate --preset wan --latency 20ms-90ms\n"
    "  swimctl simulate --nodes 30 --kill 10 --together --with-host   a rack loses its power\n"
    "  swimctl simulate --stalls 4x1s-5s --kill 0      members that stand still are not dead\n"
    "  swimctl simulate --set gossip.probe-interval=200ms --set gossip.suspicion-mult=5\n"
    "  swimctl simulate --duration 10m --seeds 20 -o json\n"
    "\n"
    "How to choose: run it with your --nodes, --loss and --latency; take the preset whose last\n"
    "survivor is fast enough; then raise --loss and add --stalls until false positives appear, to\n"
    "see how far you are from them. Bytes are UDP payloads and streams; each datagram takes 28\n"
    "(IPv4) or 48 (IPv6) bytes of headers besides.\n"
    "\n"
    "The same --seed gives the same results, on any machine and any number of cores.\n"
    "\n"
    "Settings for --set, by their names and with their meaning in swimd:\n";

std::string footer() {
  std::string text = lesson;
  for (const std::string& name : simulated_settings()) {
    text += "  " + name + "\n";
  }
  return text;
}

std::uint64_t free_memory() {
  std::ifstream info("/proc/meminfo");
  std::string key, unit;
  std::uint64_t kib = 0;
  while (info >> key >> kib) {
    std::getline(info, unit);
    if (key == "MemAvailable:") {
      std::uint64_t limit = 0;
      std::ifstream cgroup("/sys/fs/cgroup/memory.max");  // "max" where there is none
      const bool limited = static_cast<bool>(cgroup >> limit);
      return limited ? std::min(kib << 10U, limit) : kib << 10U;
    }
  }
  return usual_memory;
}

Result<> simulate(Context& context, const SimulateArguments& arguments, std::uint32_t threads,
                  Format format) {
  const auto job = understand(arguments);
  if (!job) {
    return tl::unexpected<Failure>(job.error());
  }
  const std::uint32_t cores =
      threads != 0 ? threads : std::max(std::thread::hardware_concurrency(), 1U);
  const auto at_once = runs_at_once(*job, cores, free_memory());
  if (!at_once) {
    return tl::unexpected<Failure>(at_once.error());
  }
  const auto began = std::chrono::steady_clock::now();
  bool shown = false;
  const auto results = run_simulation(*job, *at_once, [&](const SimulationProgress& progress) {
    if (context.console.err_is_terminal() &&
        std::chrono::steady_clock::now() - began > quiet_time) {
      shown = true;
      std::fprintf(stderr, "\r\x1b[K%s",
                   progress_bar(progress.thousandths, progress.done, job->runs).c_str());
      std::fflush(stderr);
    }
  });
  if (shown) {
    std::fputs("\r\x1b[K", stderr);
  }
  const SimulationSummary sum = summarise(results);
  context.console.out(format == Format::json ? simulation_json(*job, sum, results)
                                             : simulation_text(*job, sum, context.console.style()));
  return {};
}

struct Choices {
  SimulateArguments arguments;
  std::optional<Nanoseconds> duration;
  std::uint32_t threads{};
  Format format{};
};

void add_flags(CLI::App& command, Choices& choices) {
  SimulateArguments& it = choices.arguments;
  command.add_option("--nodes", it.nodes, "Members of the cluster; 100 if not given")
      ->type_name("N");
  command.add_option("--loss", it.loss, "Share of the packets that get lost, as in 1%; 0%")
      ->type_name("PERCENT");
  command
      .add_option("--latency", it.latency,
                  "Time of a packet on its way, or a range of it, as in 0.5ms-2ms; what the "
                  "preset is made for")
      ->type_name("TIME");
  command.add_option("--preset", it.preset, "Timing for a kind of network: local, lan or wan; lan")
      ->type_name("NAME");
  command.add_option("--set", it.settings, "A setting of swimd on top of the preset; many times")
      ->type_name("NAME=VALUE")
      ->take_all();
  command.add_option("--kill", it.kill, "Members that die in each run, spread over it; 1")
      ->type_name("N");
  command.add_flag("--together", it.together, "They all die in the same moment");
  command.add_flag("--with-host", it.with_host,
                   "Their hosts die too: nothing refuses a connection any more");
  command
      .add_option("--stalls", it.stalls,
                  "Members whose process stands still for a while, as in 4x2s or 4x1s-5s")
      ->type_name("NxTIME");
  add_duration(command, "--duration", choices.duration, "Virtual time of a run; 1m if not given");
  command.add_option("--seeds", it.seeds, "Runs, each with a seed of its own; 10 if not given")
      ->type_name("N");
  command.add_option("--seed", it.seed, "The seed of the first run; 1 if not given")
      ->type_name("SEED");
  command.add_option("--threads", choices.threads, "Runs at the same time; as many as cores")
      ->type_name("N");
  add_output(command, choices.format, {Format::table, Format::json});
}

}  // namespace

void add_simulate(Shell shell) {
  auto* command = shell.app.add_subcommand(
      "simulate", "Try settings on a simulated cluster: how fast, how wrong, how dear");
  auto choices = std::make_shared<Choices>();
  add_flags(*command, *choices);
  command->footer(footer());
  command->callback([shell, choices] {
    shell.action = [shell, choices] {
      choices->arguments.duration = choices->duration.value_or(choices->arguments.duration);
      return simulate(shell.context, choices->arguments, choices->threads, choices->format);
    };
  });
}

}  // namespace swim::cli
