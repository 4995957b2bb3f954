// When a node calls one of its seeds: at once, soon again after a failure, then ever more seldom up
// to the refresh interval, and so for ever (DESIGN §4.4). One rule for production (core/runtime)
// and for simulated worlds (core/sim); they resolve names and make the joins.
//
// Values: no clock, no locks, one thread at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "core/base/prng.hpp"
#include "core/base/time.hpp"
#include "core/engine/event.hpp"

namespace swim {

// The event says that another member is at its address, and was not known to be there: a reason to
// call a seed that has this address, where other changes of a member are none.
bool is_arrival(const MemberEvent& event);

class SeedCalls {
 public:
  // The first pause after a failure; each further one is twice as long.
  static constexpr Duration retry_default = std::chrono::milliseconds(250);
  // All pauses are longer or shorter by up to this, so that nodes that started together do not call
  // together for ever.
  static constexpr std::uint32_t jitter_percent = 20;

  // The first call is due `now`. `refresh` is the pause after a call that reached somebody, and the
  // longest after one that did not.
  SeedCalls(Duration refresh, TimePoint now, Duration retry = retry_default);

  // When to call; nothing while it is being called.
  std::optional<TimePoint> due() const;
  bool is_due(TimePoint now) const { return !calling_ && due_ <= now; }

  // It is being called until answered() or put_off().
  void begin();
  void answered(bool reached, TimePoint now, Prng& prng);
  // It was tried, but nobody was asked: it stays due.
  void put_off();

  // Others told that it is there, while it let nobody in: whoever failed to reach it need not wait
  // for the pause to end. A call that is under way when the news comes may have begun too early, so
  // it is repeated once where it fails.
  void heard_of(TimePoint now);

  bool tried() const { return tried_; }

 private:
  Duration refresh_;
  Duration retry_first_;
  Duration retry_;  // the next pause after a failure
  TimePoint due_;
  bool calling_{};
  bool tried_{};
  bool reached_{};   // by the last call
  bool heard_of_{};  // while calling
};

}  // namespace swim
