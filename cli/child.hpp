// A command that runs beside us, and the signals that are its and ours. One thread.
#pragma once

#include <sys/types.h>

#include <csignal>
#include <optional>
#include <string>
#include <vector>

#include "cli/failure.hpp"

namespace swim::cli {

class Child {
 public:
  // Without any signal blocked; nothing where there is no command. It does not ignore the signals
  // of `defaults` though we may. Error: it can't be started, as the exit code says too.
  Result<> start(const std::vector<std::string>& command, const std::vector<int>& defaults = {});
  bool runs() const { return pid_ != 0; }
  void pass_on(int signal) const;
  // Whether it has, as at its start, what a terminal sends to our group of processes.
  bool is_of_our_group() const;
  // Its wait status, once; nullopt: it runs, or there is none.
  std::optional<int> ended();

 private:
  pid_t pid_{};
};

// What a shell says of a command that ended so: its own code, or 128 and the signal that ended it.
ExitCode exit_code_of(int wait_status);

// Whether the terminal sent this signal: then all processes in its foreground have it, the child
// too. `leads`: this process leads its session, so that a hang-up is told to it alone.
bool is_from_terminal(const siginfo_t& signal, bool leads);

}  // namespace swim::cli
