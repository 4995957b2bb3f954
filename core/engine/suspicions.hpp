// Running suspicions: who accuses whom, and how long a member has to answer (DESIGN §4.2, Lifeguard
// §IV-B). What an accusation does to a record is decided in transitions.hpp.
#pragma once

#include <cstddef>
#include <vector>

#include "core/engine/membership.hpp"
#include "core/engine/record.hpp"

namespace swim::engine {

struct Core;

class Suspicions {
 public:
  explicit Suspicions(Core& core) : core_(core) {}

  // This node's own finding: a probe of the member failed.
  void accuse(Slot slot, Evidence evidence);
  // Another run's word against the present claim; once per run, bounded.
  void add_accuser(Slot slot, const Source& source);
  // Has r observers probe it now.
  void ask_for_confirmations(Slot slot);
  // (Re)starts the timer with what is known now.
  void arm(Slot slot);
  void on_timer(Slot slot);
  // Nothing was heard of anybody for a while.
  bool deaf() const;
  // So new, and from others only, that the accused can't have answered yet.
  bool young(const Record& record) const;
  // Called by whoever replaces the claim or removes the record.
  void end(Slot slot);
  // Gives running suspicions at least `grace` more: this process itself had stalled.
  void postpone(Duration grace);

 private:
  Duration lasting(const Record& record) const;
  Duration shortest(const Record& record) const;
  bool braking() const;
  bool ask_first(Slot slot);

  Core& core_;
  std::size_t running_{};
  std::vector<Slot> observers_;
};

}  // namespace swim::engine
