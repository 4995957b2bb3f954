// What is missing of others' broadcasts is asked for: of the origin first, of whoever told of it,
// of anybody; until it comes, or the time for it is over and it is announced as lost (DESIGN §7).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/time.hpp"
#include "core/engine/broadcast_runs.hpp"
#include "core/engine/record.hpp"
#include "core/engine/timers.hpp"
#include "core/wire/message.hpp"

namespace swim::engine {

struct Core;

class BroadcastRepair {
 public:
  explicit BroadcastRepair(Core& core) : core_(core) {}

  // Something of the run is missing, or waits.
  void note(BroadcastRun& run);
  void on_tick();
  void on_fetch(const wire::Fetch& fetch);
  // Sequences that are missing, in all runs.
  std::uint64_t missing() const;
  // When a hole that is noticed now is first asked for.
  TimePoint first_ask() const;
  void arm(TimePoint when);

 private:
  void close_overdue(BroadcastRun& run);
  bool overdue(const BroadcastRun& run) const;
  void ask(BroadcastRun& run);
  std::uint64_t ask_for(const BroadcastRun& run, Hole& hole, std::uint64_t room,
                        wire::Spans& spans) const;
  Slot whom_to_ask(const BroadcastRun& run, std::uint32_t asks);
  bool can_answer(Slot slot) const;
  Duration pause_after(std::uint32_t asks) const;

  Core& core_;
  std::vector<std::uint64_t> troubled_;  // boots, as they came
  TimerId tick_{no_timer};
  std::vector<Slot> picked_;
  std::vector<BroadcastPtr> found_;
};

}  // namespace swim::engine
