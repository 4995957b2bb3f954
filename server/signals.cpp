#include "server/signals.hpp"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>

namespace swim::server {
namespace {

constexpr int exit_killed = 1;

volatile std::sig_atomic_t signals_spared = 0;

void spare_or_kill(int /*signal*/) {
  if (signals_spared == 0) {
    _exit(exit_killed);
  }
  signals_spared = signals_spared - 1;
}

sigset_t handled_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
    sigaddset(&set, signal);
  }
  return set;
}

}  // namespace

Signals::Signals() {
  const sigset_t set = handled_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  // A log reader or client that goes away is an error of a write, not our end.
  signal(SIGPIPE, SIG_IGN);
  signals_ = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  requests_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

Signals::~Signals() {
  close(signals_);
  close(requests_);
}

Signals::Wake Signals::wait(Duration timeout) {
  std::array<pollfd, 2> files{pollfd{signals_, POLLIN, 0}, pollfd{requests_, POLLIN, 0}};
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(timeout).count();
  if (poll(files.data(), files.size(), static_cast<int>(milliseconds)) <= 0) {
    return Wake::nothing;
  }
  signalfd_siginfo info{};
  if (read(signals_, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    return info.ssi_signo == SIGHUP ? Wake::reload : Wake::stop;
  }
  std::uint64_t count = 0;
  return read(requests_, &count, sizeof count) > 0 ? Wake::stop_requested : Wake::nothing;
}

void Signals::request_stop() {
  const std::uint64_t one = 1;
  // The counter can only be full of requests that were not seen yet.
  static_cast<void>(!write(requests_, &one, sizeof one));
}

void Signals::let_them_kill(int spared) {
  signals_spared = spared;
  // A handler, because the default action of a signal does not end the first process of a
  // container.
  struct sigaction action {};
  action.sa_handler = spare_or_kill;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT}) {
    sigaction(signal, &action, nullptr);
    sigaddset(&set, signal);
  }
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

}  // namespace swim::server
