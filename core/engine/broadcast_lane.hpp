// Broadcasts on their way out: this node's own, what it passes on, and what it was asked for. They
// have datagrams of their own, behind those of membership and probes, under a pace in bytes a
// second, so that neither starves the other (DESIGN §4.3).
//
// In a cluster of ordinary size the origin tells everybody itself: one copy for each. In a larger
// one it tells a few, and whoever hears something first does the same, at once. What gets lost on
// the way is noticed and fetched (broadcast_repair.hpp), so no copy is made to be sure: but for the
// last message before a silence, whose loss nothing would show for long.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/error.hpp"
#include "core/base/time.hpp"
#include "core/engine/broadcast_message.hpp"
#include "core/engine/byte_pace.hpp"
#include "core/engine/engine.hpp"
#include "core/engine/record.hpp"
#include "core/engine/request_memory.hpp"
#include "core/engine/timers.hpp"

namespace swim::engine {

struct Core;

class BroadcastLane {
 public:
  explicit BroadcastLane(Core& core);

  // This node's own. Errors: queue_full. An unsent one with the same key is replaced. What is taken
  // is remembered by its request id.
  Expected<void> submit(std::string_view topic, Bytes payload, std::string_view supersede_key,
                        const wire::RequestId& request_id);
  // A request id that is remembered: it was taken already.
  bool repeats(const wire::RequestId& request_id);
  std::size_t remembered() const { return submitted_.size(); }
  // A quarter of the lane is kept free for those who don't ask before.
  bool has_room(std::size_t payload_bytes) const;
  // News whose origin does not tell everybody: told to `others` more.
  void pass_on(BroadcastPtr message, std::uint8_t others);
  // What a member asked for. Nothing where the last answer to it about that run still waits.
  void answer(Slot asker, std::vector<BroadcastPtr> messages);
  // A member asks for what this node sent so many of its own messages ago.
  void on_behind(std::uint64_t messages);
  void on_tick() { tick_ = no_timer; }  // what is due is made when it is polled
  // The next datagram, where there is one and the pace allows it.
  std::optional<Transmit> poll(MutableBytes out);

  std::size_t queued() const { return own_.size() + passing_.size() + in_flight_; }
  std::size_t queued_bytes() const { return bytes_; }

 private:
  struct Own {
    std::string topic;
    std::string key;
    ByteVector payload;
    std::size_t bytes() const { return key.size() + payload.size(); }
  };
  // The same messages to some members, piece by piece, each piece to all of them.
  struct Flight {
    std::vector<BroadcastPtr> messages{};
    std::vector<Slot> targets{};
    std::uint8_t others{};  // what each is told to pass on
    bool own{};
    bool repeated{};
    std::size_t begin{};  // of the piece
    std::size_t end{};    // … once its first datagram is made
    std::size_t next{};   // of the targets
  };

  void wake();
  void wake_at(TimePoint when);
  Expected<void> take(std::string_view topic, Bytes payload, std::string_view key);
  Own* unsent(std::string_view topic, std::string_view key);
  void form();
  void form_own();
  void form_passing();
  void form_repeated();
  BroadcastPtr mint(std::size_t targets);
  bool may_mint();
  void choose_all();
  Duration coalesced(std::size_t targets) const;
  std::uint8_t copies() const;
  bool launch(Flight flight);
  bool advance(Flight& flight);
  void release(const Flight& flight);
  void land(Flight& flight);
  std::optional<Transmit> send(Flight& flight, Slot to, MutableBytes out);
  bool may_send();

  Core& core_;
  RequestMemory submitted_;
  std::deque<Own> own_;  // not numbered yet
  std::vector<BroadcastPtr> passing_;
  std::uint8_t passing_others_{};
  std::deque<Flight> flights_;
  std::size_t in_flight_{};
  std::size_t bytes_{};  // of all that waits
  bool own_in_flight_{};
  std::optional<TimePoint> own_formed_;
  std::optional<TimePoint> passing_formed_;
  BroadcastPtr last_;  // told to all by us, and not yet said again
  TimePoint last_told_{};
  TimePoint held_until_{};  // somebody is far behind
  TimerId tick_{no_timer};
  BytePace pace_;
  BytePace announced_;  // payloads that others pull, when they are announced
  std::vector<Slot> targets_;
};

}  // namespace swim::engine
