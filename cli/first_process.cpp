#include "cli/first_process.hpp"

#include <unistd.h>

#include <csignal>
#include <initializer_list>

namespace swim::cli {

namespace {

void end(int number) {
  _exit(128 + number);
}

bool is_first() {
  return getpid() == 1;
}

}  // namespace

void end_at_signals_if_first() {
  if (!is_first()) {
    return;
  }
  for (const int number : {SIGHUP, SIGINT, SIGQUIT, SIGTERM}) {
    struct sigaction action {};
    if (sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_DFL) {
      action.sa_handler = end;
      sigaction(number, &action, nullptr);
    }
  }
}

bool is_default(void (*handler)(int)) {
  return handler == SIG_DFL || handler == end;
}

void end_by_signal(int number) {
  if (is_first()) {
    end(number);
  }
  std::signal(number, SIG_DFL);
  std::raise(number);  // ends us when the handler returns
}

}  // namespace swim::cli
