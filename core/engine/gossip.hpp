// Dissemination of membership: transmissions left as marks on the records, not as queued copies, so
// that a newer fact replaces an older one for free (DESIGN §4.3). Also the tick that sends when
// there is a backlog.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/engine/level_queue.hpp"
#include "core/engine/pacer.hpp"
#include "core/engine/record.hpp"
#include "core/engine/timers.hpp"
#include "core/wire/native/codec.hpp"

namespace swim::engine {

struct Core;

class Gossip {
 public:
  explicit Gossip(Core& core) : core_(core) {}

  // The record changed: give what changed its full number of transmissions.
  void mark(Slot slot, bool descriptor, bool claim);
  // An accusation was added to the record.
  void requeue(Slot slot);
  // What others wait for (accusations, answers to them, deaths, leaves): forwarded now, coalesced,
  // not at the tick's pace (DESIGN §4.2, urgent lane). Beyond the budget it goes by the tick.
  void hurry(Slot slot);
  // The same for what this node alone knows: it tells everybody itself, in a cluster of ordinary
  // size. What few forward to few leaves somebody out now and then, and that one waits for a tick.
  void hurry_to_all();
  void on_urgent();
  // One datagram to this member now, with that record in it where it fits.
  void tell(Slot receiver, Slot about);
  // The record is about to be removed.
  void forget(Slot slot);
  // Nobody needs to be told of it as it stands.
  void hush(Slot slot);
  // How many transmissions something new gets at the present size of the cluster.
  std::uint8_t transmissions() const;

  // Something is waiting: send now, or at the end of the pace's interval.
  void wake();
  void on_tick();

  // Fills the packet with updates for the receiver, most transmissions left first. Nothing that
  // went out in the same burst already.
  void piggyback(wire::PacketWriter& writer, Slot receiver, std::uint64_t burst);
  std::uint64_t new_burst() { return ++burst_; }
  // One record first of all, whatever its marks: our own to a peer that never answered, an
  // accusation to the accused (the buddy system), what a datagram is sent for.
  void piggyback_first(wire::PacketWriter& writer, Slot slot);

  std::size_t queued() const { return queue_.size(); }

 private:
  void urgent_soon();
  void level(Slot slot);
  static bool needs_whole(const Record& record);
  bool fits_nowhere(const Record& record) const;
  bool pack(wire::PacketWriter& writer, Record& record);
  bool pack_accusation(wire::PacketWriter& writer, Record& record);
  std::size_t datagrams_wanted() const;
  void send_to(Slot receiver, std::size_t datagrams);
  void choose_targets(std::size_t count);
  bool at_full_pace();

  Core& core_;
  LevelQueue queue_;
  TimerId tick_{no_timer};
  TimerId urgent_{no_timer};
  bool urgent_to_all_{};
  Bucket urgent_budget_;
  Bucket direct_budget_;
  Bucket tick_budget_;
  std::array<Bucket, 64> subject_budgets_{};  // shared by slots that are equal modulo their number
  TimePoint last_tick_{};
  bool ticked_{};
  Slot next_target();

  std::uint64_t burst_{};
  std::vector<Slot> targets_;
  std::vector<Slot> round_;  // who is still to be told in this round, shuffled
};

}  // namespace swim::engine
