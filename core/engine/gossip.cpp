#include "core/engine/gossip.hpp"

#include <algorithm>
#include <utility>

#include "core/engine/core.hpp"
#include "core/engine/formulas.hpp"
#include "core/engine/record_messages.hpp"

namespace swim::engine {

namespace {
constexpr std::size_t misfits_tolerated = 8;     // then the packet is as full as it gets
constexpr std::size_t datagrams_per_target = 8;  // a tick, while there is a backlog
constexpr std::size_t typical_update_bytes = 128;
// The urgent lane: what comes within this time shares its datagrams; so often for one member, and
// for all.
constexpr Duration urgent_coalesced = std::chrono::milliseconds(1);
constexpr std::uint32_t urgent_burst_subject = 16;
constexpr Duration urgent_interval_subject = std::chrono::milliseconds(500);
constexpr std::uint32_t urgent_burst = 64;
constexpr Duration urgent_interval = std::chrono::milliseconds(2);
// What a node alone knows it tells so many itself, on a budget of its own: an app that comes and
// goes all the time must not use up what answers to accusations need.
constexpr std::uint32_t urgent_direct = 32;
constexpr std::uint32_t direct_burst = 32;
constexpr Duration direct_interval = std::chrono::milliseconds(125);
// Ticks at full pace for membership alone: enough for all transmissions of what happens at once.
// Beyond, where something is always new (somebody is accused and answers again and again), one in
// so many and to one member: what is left rides on pings and acks as well.
constexpr std::uint32_t tick_burst = 32;
constexpr int tick_slowed = 5;

void spend(std::uint8_t& left) {
  if (left > 0) {
    --left;
  }
}
}  // namespace

std::uint8_t Gossip::transmissions() const {
  const std::uint32_t limit = retransmit_limit(core_.config, core_.table.reachable());
  return static_cast<std::uint8_t>(std::min<std::uint32_t>(limit, LevelQueue::levels - 1));
}

void Gossip::mark(Slot slot, bool descriptor, bool claim) {
  Record& record = core_.table.at(slot);
  if (descriptor) {
    record.descriptor_left = transmissions();
  }
  if (claim) {
    record.claim_left = transmissions();
  }
  requeue(slot);
}

void Gossip::requeue(Slot slot) {
  level(slot);
  wake();
}

void Gossip::forget(Slot slot) {
  queue_.erase(slot);
}

void Gossip::hush(Slot slot) {
  Record& record = core_.table.at(slot);
  record.descriptor_left = record.claim_left = 0;
  std::ranges::for_each(record.accusers(), [](Accusation& a) { a.left = 0; });
  queue_.erase(slot);
}

void Gossip::level(Slot slot) {
  const Record& record = core_.table.at(slot);
  std::uint8_t left =
      std::max(record.behind() ? std::uint8_t{0} : record.descriptor_left, record.claim_left);
  for (const Accusation& accusation : record.accusers()) {
    left = std::max(left, accusation.left);
  }
  queue_.set(slot, left);
}

void Gossip::wake() {
  if (tick_ != no_timer) {
    return;
  }
  const TimePoint paced = last_tick_ + core_.config.gossip_interval;
  core_.timers.set(tick_, TimerKind::gossip_tick, 0,
                   ticked_ ? std::max(core_.now.steady, paced) : core_.now.steady);
}

void Gossip::hurry(Slot slot) {
  if (!core_.config.detection.urgent_lane || urgent_ != no_timer) {
    return;
  }
  Bucket& subject = subject_budgets_[slot % subject_budgets_.size()];
  if (!subject.take(core_.now.steady, urgent_burst_subject, urgent_interval_subject) ||
      !urgent_budget_.take(core_.now.steady, urgent_burst, urgent_interval)) {
    ++core_.stats.urgent_deferred;
    return;
  }
  urgent_soon();
}

void Gossip::hurry_to_all() {
  if (!core_.config.detection.urgent_lane ||
      !direct_budget_.take(core_.now.steady, direct_burst, direct_interval)) {
    hurry(MemberTable::self);
    return;
  }
  urgent_to_all_ = true;
  if (urgent_ == no_timer) {
    urgent_soon();
  }
}

void Gossip::urgent_soon() {
  core_.timers.set(urgent_, TimerKind::urgent_tick, 0, core_.now.steady + urgent_coalesced);
}

void Gossip::on_urgent() {
  urgent_ = no_timer;
  const bool to_all = std::exchange(urgent_to_all_, false);
  if ((queue_.empty() && !to_all) || core_.self.displaced()) {
    return;
  }
  ++core_.stats.urgent_sent;
  choose_targets(to_all ? std::max(core_.config.gossip_fanout, urgent_direct)
                        : core_.config.gossip_fanout);
  for (const Slot slot : targets_) {
    if (to_all) {
      tell(slot, MemberTable::self);  // its transmissions would not last for so many
    } else {
      send_to(slot, 1);
    }
  }
}

void Gossip::tell(Slot receiver, Slot about) {
  core_.push_to(PendingSend::Kind::gossip, receiver).about = about;
}

void Gossip::choose_targets(std::size_t count) {
  targets_.clear();
  while (targets_.size() < std::min<std::size_t>(count, core_.table.reachable() - 1)) {
    targets_.push_back(next_target());
  }
}

void Gossip::send_to(Slot receiver, std::size_t datagrams) {
  const std::uint64_t burst = new_burst();
  for (std::size_t i = 0; i < datagrams; ++i) {
    tell(receiver, no_slot);
    core_.outbox.back().burst = burst;
  }
}

void Gossip::on_tick() {
  tick_ = no_timer;
  last_tick_ = core_.now.steady;
  ticked_ = true;
  if (queue_.empty()) {
    return;
  }
  if (core_.self.displaced()) {
    return;  // a displaced run claims nothing; the next mark after it is over wakes us
  }
  const bool full = at_full_pace();
  choose_targets(full ? core_.config.gossip_fanout : 1);
  const std::size_t datagrams = datagrams_wanted();
  for (const Slot slot : targets_) {
    send_to(slot, datagrams);
  }
  if (targets_.empty()) {
    // Alone: whoever comes learns everything by its join's sync.
    while (!queue_.empty()) {
      hush(queue_.first());
    }
    return;
  }
  core_.timers.set(tick_, TimerKind::gossip_tick, 0,
                   core_.now.steady + (full ? 1 : tick_slowed) * core_.config.gossip_interval);
}

bool Gossip::at_full_pace() {
  // Without the urgent lane accusations and answers wait for the ticks; and more than a datagram's
  // worth is a cluster that forms or comes together, not one member's troubles.
  return !core_.config.detection.urgent_lane || datagrams_wanted() > 1 ||
         tick_budget_.take(core_.now.steady, tick_burst,
                           tick_slowed * core_.config.gossip_interval);
}

// Round after round through all, each in a new order: in a small cluster what has enough
// transmissions reaches everybody, where independent draws would leave somebody out now and then.
// Never one target twice a tick.
Slot Gossip::next_target() {
  const auto usable = [&](Slot slot) {
    return core_.table.used(slot) && core_.table.at(slot).order_index != UINT32_MAX &&
           std::ranges::find(targets_, slot) == targets_.end();
  };
  for (;;) {
    if (round_.empty()) {
      core_.table.pick(core_.table.reachable() - 1, no_slot, core_.prng, round_);
      core_.prng.shuffle(std::span(round_));
    }
    const Slot slot = round_.back();
    round_.pop_back();
    if (usable(slot)) {
      return slot;
    }
  }
}

std::size_t Gossip::datagrams_wanted() const {
  const std::size_t bytes = queue_.size() * typical_update_bytes;
  return std::clamp<std::size_t>(bytes / core_.config.datagram_bytes + 1, 1, datagrams_per_target);
}

void Gossip::piggyback(wire::PacketWriter& writer, Slot receiver, std::uint64_t burst) {
  std::size_t misfits = 0;
  const auto packed_in = static_cast<std::uint32_t>(burst);
  std::uint32_t next = LevelQueue::none;
  for (std::uint32_t slot = queue_.first(); slot != LevelQueue::none; slot = next) {
    next = queue_.after(slot);
    Record& record = core_.table.at(slot);
    // A member knows best about itself; only what accuses it is news to it.
    const bool useless = slot == receiver && !record.claim().suspect && !record.terminal();
    if (useless && core_.table.reachable() <= 2) {
      // Nobody else is there to be told: it would wait for ever.
      record.descriptor_left = record.claim_left = 0;
      level(slot);
      continue;
    }
    if (record.packed == packed_in || useless) {
      if (++misfits == misfits_tolerated) {
        return;
      }
      continue;
    }
    if (pack(writer, record)) {
      record.packed = packed_in;
      ++core_.stats.updates_gossiped;
      level(slot);
    } else if (fits_nowhere(record)) {
      // It would keep its place before the others for ever; full comparisons carry it. What accuses
      // it does fit.
      record.descriptor_left = 0;
      if (!record.terminal() && record.accusers().empty()) {
        record.claim_left = 0;
      }
      level(slot);
    } else if (++misfits == misfits_tolerated) {
      return;
    }
  }
}

// What is to be said of it takes the whole record.
bool Gossip::needs_whole(const Record& record) {
  return !record.behind() &&
         (record.descriptor_left > 0 ||
          (record.claim_left > 0 && !record.terminal() && record.accusers().empty()));
}

bool Gossip::fits_nowhere(const Record& record) const {
  return needs_whole(record) &&
         !fits_a_datagram(alive_message(record, core_.now.steady), core_.config.datagram_bytes);
}

bool Gossip::pack(wire::PacketWriter& writer, Record& record) {
  const TimePoint now = core_.now.steady;
  bool packed = false;
  if (needs_whole(record) && writer.add(alive_message(record, now))) {
    spend(record.descriptor_left);
    spend(record.claim_left);
    packed = true;
  } else if (record.terminal() && record.claim_left > 0 && writer.add(dead_message(record, now))) {
    --record.claim_left;
    packed = true;
  } else if (record.claim_left > 0 && record.behind() && record.accusers().empty()) {
    record.claim_left = 0;  // nothing that can be said of it before its descriptor comes
    packed = true;
  }
  return pack_accusation(writer, record) || packed;
}

// One accusation a packet: the one with the most transmissions left, so that each travels.
bool Gossip::pack_accusation(wire::PacketWriter& writer, Record& record) {
  const std::span accusers = record.accusers();
  const auto most = std::ranges::max_element(accusers, {}, &Accusation::left);
  if (most == accusers.end() || most->left == 0 ||
      !writer.add(suspect_message(record, *most, core_.now.steady))) {
    return false;
  }
  --most->left;
  spend(record.claim_left);
  return true;
}

void Gossip::piggyback_first(wire::PacketWriter& writer, Slot slot) {
  const Record& record = core_.table.at(slot);
  if (record.terminal()) {
    (void)writer.add(dead_message(record, core_.now.steady));
  } else if (!record.accusers().empty()) {
    (void)writer.add(suspect_message(record, record.accusers().front(), core_.now.steady));
  } else {
    (void)writer.add(alive_message(record, core_.now.steady));
  }
}

}  // namespace swim::engine
