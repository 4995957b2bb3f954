#include "cli/child.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "cli/text/display.hpp"

namespace swim::cli {

Result<> Child::start(const std::vector<std::string>& command, const std::vector<int>& defaults) {
  if (command.empty()) {
    return {};
  }
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& word : command) {
    arguments.push_back(const_cast<char*>(word.c_str()));  // posix_spawn only reads them
  }
  arguments.push_back(nullptr);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  sigset_t by_default;
  sigemptyset(&by_default);
  for (const int signal : defaults) {
    sigaddset(&by_default, signal);
  }
  posix_spawnattr_setsigdefault(&attributes, &by_default);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  const int error =
      posix_spawnp(&pid_, arguments.front(), nullptr, &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) {
    pid_ = 0;
    return failed(error == ENOENT ? ExitCode::not_found : ExitCode::not_executable,
                  "'" + printable(command.front()) +
                      "' can't be started: " + std::generic_category().message(error));
  }
  return {};
}

void Child::pass_on(int signal) const {
  if (pid_ != 0) {
    kill(pid_, signal);
  }
}

bool Child::is_of_our_group() const {
  return pid_ != 0 && getpgid(pid_) == getpgrp();
}

std::optional<int> Child::ended() {
  int status = 0;
  if (pid_ == 0 || waitpid(pid_, &status, WNOHANG) != pid_) {
    return std::nullopt;
  }
  pid_ = 0;
  return status;
}

ExitCode exit_code_of(int wait_status) {
  constexpr int by_signal = 128;
  return static_cast<ExitCode>(WIFSIGNALED(wait_status) ? by_signal + WTERMSIG(wait_status)
                                                        : WEXITSTATUS(wait_status));
}

bool is_from_terminal(const siginfo_t& signal, bool leads) {
  return signal.si_code == SI_KERNEL && !(signal.si_signo == SIGHUP && leads);
}

}  // namespace swim::cli
