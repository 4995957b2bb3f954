// Members that we hold failed are tried again for as long as they are listed (DESIGN §4.4): by
// stream, so that both sides learn what the other claims of it, and a wrong verdict ends.
#pragma once

#include <cstdint>
#include <vector>

#include "core/engine/record.hpp"
#include "core/engine/timers.hpp"

namespace swim::engine {

struct Core;

class Retries {
 public:
  explicit Retries(Core& core) : core_(core) {}

  // The member was declared failed, by whomever.
  void note(Slot slot);
  void on_tick();
  void on_sync_over() { --under_way_; }

 private:
  Slot next();
  bool worth_trying(Slot slot) const;
  Duration pause() const;
  void arm();

  Core& core_;
  std::vector<Slot> failed_;  // some of them may be back already: looked at when their turn comes
  std::vector<bool> noted_;   // by slot: is in failed_
  std::size_t turn_{};
  std::size_t under_way_{};
  TimePoint last_failure_;
  TimerId tick_{no_timer};
};

}  // namespace swim::engine
