// The engine's own timers: what is due, and the one deadline that the driver sees.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/deadline_heap.hpp"
#include "core/base/time.hpp"

namespace swim::engine {

using TimerId = std::uint32_t;
inline constexpr TimerId no_timer = UINT32_MAX;

enum class TimerKind : std::uint8_t {
  probe_tick,
  gossip_tick,
  urgent_tick,
  sync_tick,
  reap_tick,
  inbox_tick,
  leave_tick,
  fetch_tick,
  retry_tick,
  broadcast_tick,
  repair_tick,
  pull_tick,
  serve_tick,
  apps_tick,
  takeover,
  suspicion,  // argument: slot
  hearsay,    // argument: index of the death in question
  probe,      // argument: index of the pending probe
  relay,      // argument: index of the relay
  stream,     // argument: stream id
  operation,  // argument: operation id
};

struct Due {
  TimerKind kind{};
  std::uint64_t argument{};
};

class Timers {
 public:
  // Arms a timer; `id` is no_timer for a new one and is written back.
  void set(TimerId& id, TimerKind kind, std::uint64_t argument, TimePoint when);
  // The same, unless it is armed for an earlier moment.
  void bring_forward(TimerId& id, TimerKind kind, std::uint64_t argument, TimePoint at);
  // Disarms and forgets; `id` becomes no_timer. Harmless for no_timer.
  void cancel(TimerId& id);
  std::optional<TimePoint> next() const;
  std::optional<TimePoint> when(TimerId id) const;
  // Takes one timer that is due at `now`. The owner's id is stale from here on: it must be set to
  // no_timer by whoever handles it.
  std::optional<Due> take_due(TimePoint now);
  std::size_t armed() const { return armed_; }

 private:
  DeadlineHeap heap_;
  std::vector<Due> due_;  // by timer id
  std::vector<TimerId> free_;
  std::size_t armed_{};
};

}  // namespace swim::engine
