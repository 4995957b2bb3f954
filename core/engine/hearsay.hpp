// A death out of nowhere, put to the member before it is believed (DESIGN §4.2).
//
// Who was cut off alone declares everybody dead, and what it says is final for that life. So a Dead
// about a member that we hold alive and that nobody here suspects, or only just now, is kept back
// for a moment and sent to the member itself: if it lives it takes a new life, which beats the
// claim before anybody has shown it. Nothing is refused by it, only late: merging is the same in
// every order.
#pragma once

#include <cstddef>

#include "core/base/limits.hpp"
#include "core/engine/pacer.hpp"
#include "core/engine/pending_acks.hpp"
#include "core/engine/record.hpp"
#include "core/wire/message.hpp"

namespace swim::engine {

struct Core;

class Hearsay {
 public:
  explicit Hearsay(Core& core) : core_(core) {}

  // True: it is kept back. False: to be believed at once.
  bool hold(Slot slot, const wire::Dead& message);
  void on_timer(std::size_t place);
  // The record is about to be removed.
  void forget(Slot slot);
  // What to send to the member; nullopt: it is over.
  std::optional<wire::Dead> message_of(std::size_t place) const;

  std::size_t pending() const { return held_.size(); }

 private:
  struct Held {
    Slot slot{no_slot};
    Claim claim;
    ClaimNote note;
    Accusation source;
    TimerId timer{no_timer};
  };

  bool out_of_nowhere(const Record& record, const wire::Dead& message) const;
  void tell(std::size_t place);

  Core& core_;
  PendingAcks<Held, limits::hearsay_max> held_;  // sequence: the slot
  Bucket telling_;
};

}  // namespace swim::engine
