// What the main thread waits for: signals, and requests of other threads.
#pragma once

#include <cstdint>

#include "core/base/time.hpp"

namespace swim::server {

class Signals {
 public:
  enum class Wake : std::uint8_t { nothing, stop, stop_requested, reload };

  // Blocks the signals in this thread and in those that it starts later: make it first, in main().
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  // The main thread. stop: SIGTERM or SIGINT; stop_requested: request_stop(); reload: SIGHUP;
  // nothing: `timeout` passed.
  Wake wait(Duration timeout);
  // Any thread, any number of times.
  void request_stop();
  // From here on SIGTERM and SIGINT end the process at once, with exit code 1; but the first
  // `spared` of them do nothing.
  void let_them_kill(int spared);

 private:
  int signals_{-1};
  int requests_{-1};
};

}  // namespace swim::server
