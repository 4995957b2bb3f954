// Time as the engine knows it: values that come in from outside, never read from a clock.
//
// Units: nanoseconds (steady), milliseconds since the Unix epoch (wall). All types are plain
// values.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>

namespace swim {

// A timeline, not a clock: there is no now() on purpose, so that reading time inside the engine
// does not compile. It never goes backwards and stands still while the process is stopped.
struct EngineClock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<EngineClock>;
  static constexpr bool is_steady = true;
};

using TimePoint = EngineClock::time_point;
using Duration = EngineClock::duration;

// Wall-clock time, for people and for minting a life (DESIGN §4.1). May jump; never used for
// timers.
struct WallTime {
  std::int64_t unix_ms{};
  friend auto operator<=>(const WallTime&, const WallTime&) = default;
};

// Every input of the engine carries both.
struct Moment {
  TimePoint steady{};
  WallTime wall{};
  // How long the machine itself has slept, all in all: it grows by what `steady` left out.
  Duration suspended{};
};

}  // namespace swim
