// The only place in core that reads a clock.
#pragma once

#include <time.h>

#include <chrono>

#include "core/base/time.hpp"

namespace swim::runtime {

// Any thread. Steady time counts on while the process is stopped, so that the engine notices the
// gap.
inline TimePoint steady_now() {
  return TimePoint(
      std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()));
}

inline WallTime wall_now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
}

// What the clock that counts on through a suspend is ahead of the one that does not. Two readings
// are never of one instant: so in whole seconds, and a tick more or less means nothing.
inline Duration suspended_time() {
  timespec boot{};
  timespec steady{};
  if (clock_gettime(CLOCK_BOOTTIME, &boot) != 0 || clock_gettime(CLOCK_MONOTONIC, &steady) != 0) {
    return {};
  }
  return std::chrono::seconds(boot.tv_sec - steady.tv_sec);
}

inline Moment now() {
  return {steady_now(), wall_now(), suspended_time()};
}

// For Asio's timers, which count on the same clock.
inline std::chrono::steady_clock::time_point to_steady_clock(TimePoint at) {
  return std::chrono::steady_clock::time_point(
      std::chrono::duration_cast<std::chrono::steady_clock::duration>(at.time_since_epoch()));
}

}  // namespace swim::runtime
