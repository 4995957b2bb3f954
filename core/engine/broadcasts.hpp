// What this node follows of everybody's broadcasts (DESIGN §7): each run's messages are delivered
// once and in order of their sequences, from a baseline on; what is missing is fetched
// (broadcast_repair.hpp) or announced as lost.
//
// The baseline of a run is the first mark learned with its record: that of the sync that told of
// it, else the one in its descriptor.
#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/time.hpp"
#include "core/engine/broadcast_message.hpp"
#include "core/engine/broadcast_runs.hpp"
#include "core/engine/description.hpp"
#include "core/engine/record.hpp"
#include "core/engine/retained_broadcasts.hpp"
#include "core/wire/message.hpp"

namespace swim::engine {

struct Core;

class Broadcasts {
 public:
  explicit Broadcasts(Core& core) : core_(core) {}

  // ---- from the lane: the next of this node's own ----
  BroadcastPtr deliver_own(std::string topic, std::shared_ptr<const ByteVector> payload,
                           std::optional<Announced> announced);
  // How many of its own are numbered.
  std::uint64_t sequence() const;

  // ---- from peers ----
  // `others`: so many are to be told where it is news (wire::Spread).
  void on_broadcast(const wire::Broadcast& message, std::uint8_t others);
  void on_announcement(const wire::Announcement& announcement, std::uint8_t others);
  void on_marks(const wire::Marks& marks, Slot teller);
  // Before the records of a sync.
  void on_sync_mark(const wire::SyncMark& mark);
  // Some of what is known, another part each time.
  wire::Marks marks();
  // All of it about others, for a sync.
  std::vector<wire::SyncMark> all_marks();

  // ---- from membership ----
  // A record is about to be described anew. `before` may be nobody's (boot 0).
  void on_described(Slot slot, const Description& before, const wire::Descriptor& after);
  // It has been.
  void on_known(std::uint64_t boot);
  // The name is forgotten with all its runs.
  void forget(std::string_view name);
  void reap();

  // ---- from pulls ----
  // One that was announced, with its payload.
  void on_pulled(BroadcastPtr message, std::uint8_t others);
  // What is next in its order and waits for no other run, so that it needs no room.
  bool is_next(const BroadcastRun& run, std::uint64_t sequence) const {
    return sequence == run.order.next() && !must_wait(run);
  }
  std::size_t waiting_bytes() const { return waiting_bytes_ + early_bytes_; }

  // ---- from repair ----
  // The oldest hole is given up, as far as `through`, and what waited behind it delivered. False:
  // there is none.
  bool give_up(BroadcastRun& run, std::uint64_t through = BroadcastOrder::sequence_max);
  // Delivers what is due of the run, and of those that waited for it.
  void release(BroadcastRun& run);
  void expire_early();
  bool has_early() const { return !early_.empty(); }

  BroadcastRuns& runs() { return runs_; }
  const RetainedBroadcasts& retained() const { return retained_; }
  RetainedBroadcasts::Bounds retention() const;
  std::size_t waiting() const { return waiting_ + early_.size(); }

 private:
  // Of a run whose record is not here yet.
  struct Early {
    BroadcastPtr message;
    std::uint8_t others{};
    std::uint64_t teller{};  // of one that was announced
    TimePoint since;
  };

  // One that is wanted, without its payload, and its run where that is known.
  struct Begun {
    BroadcastRun* run{};
    BroadcastMessage message;
  };

  BroadcastRun* find_or_make(std::string_view name, std::uint64_t boot);
  BroadcastRun* find_or_make(std::uint64_t boot);
  BroadcastRun* make_of(Slot slot, std::uint64_t boot);
  std::optional<std::uint64_t> take_described(Slot slot, std::uint64_t boot);
  BroadcastRun& make(std::string_view name, std::uint64_t boot, std::uint64_t baseline,
                     std::span<const std::uint64_t> later);
  void drop_run(std::uint64_t boot);
  void take(BroadcastRun& run, BroadcastPtr message, std::uint8_t others);
  std::optional<Begun> begin(std::string_view origin, std::uint64_t boot, std::uint64_t sequence,
                             std::string_view topic);
  void take_or_wait(BroadcastRun* run, BroadcastPtr message, std::uint8_t others,
                    std::uint64_t teller);
  void announce(BroadcastRun& run, BroadcastPtr message, std::uint8_t others, std::uint64_t teller);
  void wait_for_record(Early early);
  bool make_room(BroadcastRun& run, const BroadcastMessage& message);
  void mark(BroadcastRun& run, std::uint64_t sequence, Slot teller);
  bool must_wait(const BroadcastRun& run) const;
  void deliver(const BroadcastPtr& message, bool own);
  bool recently_unknown(std::uint64_t boot);

  Core& core_;
  BroadcastRuns runs_;
  RetainedBroadcasts retained_;
  std::deque<Early> early_;
  std::size_t early_bytes_{};
  std::size_t waiting_{};  // behind holes, in all runs
  std::size_t waiting_bytes_{};
  // Marks of a sync about runs that its records are still to tell of.
  boost::unordered_flat_map<std::uint64_t, std::uint64_t> told_;
  TimePoint told_at_{};
  std::size_t next_mark_{};
  // Boots of marks that no record explains, so that each is not looked for again and again.
  struct Unknown {
    std::uint64_t boot{};
    TimePoint since;
  };
  std::array<Unknown, 16> unknown_{};
  std::size_t next_unknown_{};
};

}  // namespace swim::engine
