// swimd: reads the settings, runs the node, waits for signals.
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "core/base/limits.hpp"
#include "server/daemon.hpp"
#include "server/library_logs.hpp"
#include "server/options_make.hpp"
#include "server/settings_docs.hpp"
#include "server/settings_load.hpp"
#include "server/signals.hpp"
#include "server/unix_listener.hpp"

namespace {

using swim::server::Daemon;
using swim::server::Logger;
using swim::server::LogLevel;
using swim::server::Signals;

constexpr int exit_settings = 2;
constexpr std::chrono::milliseconds log_patience{300};
constexpr swim::Duration keys_interval = std::chrono::seconds(5);

// From here on signals kill: nobody may read what is said.
int refuse(Signals& signals, const std::vector<std::string>& problems) {
  signals.let_them_kill(0);
  for (const std::string& problem : problems) {
    std::fprintf(stderr, "swimd: %s\n", problem.c_str());
  }
  return exit_settings;
}

int print(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  return std::fflush(stdout) == 0 ? 0 : 1;
}

// Where a thread is left behind, in a write of the log or in the read of a file, nobody waits for
// it, and nothing is taken from under it.
int end(bool threads_ended, int code) {
  if (!threads_ended) {
    _exit(code);
  }
  return code;
}

bool stop(Daemon& daemon, Signals& signals, Logger& logger, int spared) {
  logger.log(LogLevel::info, "stopping");
  signals.let_them_kill(spared);
  return daemon.shut_down();
}

// Whether its threads have ended.
bool run(Daemon& daemon, Signals& signals, Logger& logger) {
  while (true) {
    switch (signals.wait(keys_interval)) {
      case Signals::Wake::nothing:
        daemon.poll_keys();
        break;
      case Signals::Wake::reload:
        logger.log(LogLevel::info, "SIGHUP: reading settings and keys again");
        daemon.reload();
        break;
      case Signals::Wake::stop:
        return stop(daemon, signals, logger, 0);
      case Signals::Wake::stop_requested:
        // Whoever asked a client to stop this process may send the usual signal behind it.
        return stop(daemon, signals, logger, 1);
    }
  }
}

// Until it is told to stop. Whether its threads have ended; the error, for people: why it did not
// start.
tl::expected<bool, std::string> serve(const swim::server::Options& options,
                                      swim::server::Reloader::LoadOptions load, Signals& signals,
                                      Logger& logger) {
  const swim::server::LibraryLogs libraries(logger);
  auto daemon =
      Daemon::start(options, std::move(load), logger, [&signals] { signals.request_stop(); });
  if (!daemon) {
    return tl::unexpected(daemon.error());
  }
  const bool ended = run(**daemon, signals, logger);
  daemon->reset();
  logger.log(LogLevel::info, "stopped");
  return ended;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace swim::server;
  Signals signals;
  const CommandLine command_line = load_flags({argv + 1, argv + argc});
  if (command_line.help) {
    return print(settings_help());
  }
  if (command_line.version) {
    return print(std::string("swimd ") + SWIM_VERSION + "\n");
  }
  if (command_line.print_settings_docs) {
    return print(settings_markdown());
  }
  const auto load = [command_line, environment = process_environment()] {
    return load_options(command_line, environment);
  };
  auto options = load();
  if (!options) {
    return refuse(signals, options.error());
  }
  Logger logger(options->log.level, options->log.format);
  // A connection for each stream, and what is kept.
  const std::uint64_t wanted = options->api.max_streams + swim::limits::descriptors_kept;
  if (const auto most = raise_descriptor_limit(); most < wanted) {
    logger.log(LogLevel::warn, "few file descriptors may be open, so few clients may connect",
               {{"most", std::to_string(most)}, {"wanted", std::to_string(wanted)}});
  }
  const auto served = serve(*options, load, signals, logger);
  const bool written = logger.close(log_patience);
  const bool ended = served.value_or(true);
  return end(written && ended, served    ? 0
                               : written ? refuse(signals, {served.error()})
                                         : exit_settings);
}
