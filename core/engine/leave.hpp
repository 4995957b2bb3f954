// Leaving (DESIGN §4.4): the goodbye goes to several members that confirm it, and first in line by
// gossip.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/engine/engine.hpp"
#include "core/engine/record.hpp"
#include "core/engine/timers.hpp"
#include "core/wire/message.hpp"

namespace swim::engine {

struct Core;

class Leave {
 public:
  explicit Leave(Core& core) : core_(core) {}

  Expected<OperationId> begin();
  // Both say whether it answered a goodbye of ours.
  bool on_ack(std::uint32_t seq);
  bool on_verdict(const wire::Verdict& verdict);
  void on_tick();
  // Join undoes it: who waits for the goodbye is told.
  void cancel();
  std::size_t pending() const { return operation_ ? 1 : 0; }

 private:
  struct Told {
    std::uint32_t seq{};
    Slot slot{};
    bool confirmed{};
  };
  void tell(Slot slot);
  bool confirm(std::uint32_t seq);
  void finish();

  Core& core_;
  std::optional<OperationId> operation_;
  std::vector<Told> told_;
  std::size_t confirmed_{};
  std::size_t wanted_{};
  TimePoint deadline_;
  TimerId timer_{no_timer};
};

}  // namespace swim::engine
