#include "core/engine/broadcasts.hpp"

#include <utility>

#include "core/engine/core.hpp"

namespace swim::engine {

namespace {
constexpr std::size_t misfits_tolerated = 4;
constexpr Duration retired_for = std::chrono::minutes(10);
}  // namespace

bool Broadcasts::Seen::take(std::uint64_t sequence) {
  if (sequence == 0 || (highest >= window && sequence <= highest - window)) {
    return false;
  }
  if (sequence > highest) {
    const std::uint64_t step = sequence - highest;
    if (step >= window) {
      bits.reset();
    } else {
      for (std::uint64_t at = highest + 1; at <= sequence; ++at) {
        bits.reset(at % window);
      }
    }
    highest = sequence;
  }
  const bool taken = bits.test(sequence % window);
  bits.set(sequence % window);
  return !taken;
}

Broadcasts::Broadcasts(Core& core)
    : core_(core),
      submitted_(core.config.requests_remembered_for, core.config.requests_remembered) {}

bool Broadcasts::repeats(const wire::RequestId& request_id) {
  const bool known = submitted_.knows({0, request_id}, core_.now.steady);
  core_.stats.requests_repeated += known ? 1 : 0;
  return known;
}

Expected<void> Broadcasts::submit(std::string_view topic, Bytes payload, std::string_view key,
                                  const wire::RequestId& request_id) {
  auto taken = take(topic, payload, key);
  if (taken) {
    submitted_.remember({0, request_id}, core_.now.steady);
  }
  return taken;
}

Expected<void> Broadcasts::take(std::string_view topic, Bytes payload, std::string_view key) {
  if (!key.empty() && replace_unsent(topic, payload, key)) {
    ++core_.stats.broadcasts_superseded;
    return {};
  }
  if (queue_.size() >= core_.config.broadcast_lane_messages ||
      bytes_ + payload.size() > core_.config.broadcast_lane_bytes) {
    ++core_.stats.broadcasts_rejected;
    return fail(Errc::queue_full, "the broadcast lane is full: slow down and try again");
  }
  enqueue(place(), {core_.self.name(), core_.self.boot(), 0, std::string(topic), std::string(key),
                    std::make_shared<const ByteVector>(to_vector(payload)),
                    core_.gossip.transmissions(), 0});
  return {};
}

bool Broadcasts::has_room(std::size_t payload_bytes) const {
  const Config& config = core_.config;
  return queue_.empty() ||
         (queue_.size() < config.broadcast_lane_messages - config.broadcast_lane_messages / 4 &&
          bytes_ + payload_bytes <= config.broadcast_lane_bytes - config.broadcast_lane_bytes / 4);
}

bool Broadcasts::replace_unsent(std::string_view topic, Bytes payload, std::string_view key) {
  for (std::uint32_t at = queue_.first(); at != LevelQueue::none; at = queue_.after(at)) {
    Entry& entry = entries_[at];
    if (entry.sequence == 0 && entry.key == key && entry.topic == topic) {
      bytes_ = bytes_ - entry.payload->size() + payload.size();
      entry.payload = std::make_shared<const ByteVector>(to_vector(payload));
      return true;
    }
  }
  return false;
}

void Broadcasts::on_broadcast(const wire::Broadcast& message) {
  if (message.origin_boot == core_.self.boot()) {
    return;
  }
  if (!seen_of(message.origin_boot).take(message.sequence)) {
    ++core_.stats.broadcasts_duplicate;
    return;
  }
  ++core_.stats.broadcasts_received;
  Entry entry{std::string(message.origin),
              message.origin_boot,
              message.sequence,
              std::string(message.topic),
              {},
              std::make_shared<const ByteVector>(to_vector(message.payload)),
              core_.gossip.transmissions(),
              0};
  deliver(entry, false);
  while (queue_.size() >= core_.config.broadcast_lane_messages ||
         (!queue_.empty() && bytes_ + entry.payload->size() > core_.config.broadcast_lane_bytes)) {
    ++core_.stats.broadcasts_dropped;  // what has been passed on most often has spread furthest
    release(queue_.last());
  }
  enqueue(place(), std::move(entry));
}

void Broadcasts::deliver(const Entry& entry, bool own) {
  ++core_.stats.messages_delivered;
  core_.trace(TraceKind::message_delivered, entry.boot, entry.sequence);
  core_.emit(MessageReceived{entry.origin,
                             entry.boot,
                             entry.sequence,
                             entry.topic,
                             entry.payload,
                             true,
                             own,
                             {},
                             core_.now.wall});
}

std::uint32_t Broadcasts::place() {
  if (!free_.empty()) {
    const std::uint32_t at = free_.back();
    free_.pop_back();
    return at;
  }
  entries_.emplace_back();
  return static_cast<std::uint32_t>(entries_.size() - 1);
}

void Broadcasts::enqueue(std::uint32_t at, Entry entry) {
  bytes_ += entry.payload->size();
  entries_[at] = std::move(entry);
  queue_.set(at, entries_[at].left);
  core_.gossip.wake();
}

void Broadcasts::release(std::uint32_t at) {
  bytes_ -= entries_[at].payload->size();
  queue_.erase(at);
  entries_[at] = {};
  free_.push_back(at);
}

void Broadcasts::piggyback(wire::PacketWriter& writer, std::uint64_t burst) {
  std::size_t misfits = 0;
  std::uint32_t next = LevelQueue::none;
  for (std::uint32_t at = queue_.first(); at != LevelQueue::none; at = next) {
    next = queue_.after(at);
    Entry& entry = entries_[at];
    if (entry.packed == burst) {
      if (++misfits == misfits_tolerated) {
        return;
      }
      continue;
    }
    // Our own gets its number when it is first sent, so that only what was never sent can be
    // superseded.
    const std::uint64_t sequence = entry.sequence != 0 ? entry.sequence : sequence_ + 1;
    if (!writer.add(
            wire::Broadcast{entry.origin, entry.boot, sequence, entry.topic, *entry.payload, 0})) {
      if (++misfits == misfits_tolerated) {
        return;
      }
      continue;
    }
    entry.packed = burst;
    ++core_.stats.broadcasts_sent;
    if (entry.sequence == 0) {
      entry.sequence = ++sequence_;
      deliver(entry, true);
    }
    if (--entry.left == 0) {
      release(at);
    } else {
      queue_.set(at, entry.left);
    }
  }
}

// Beyond the bound the oldest goes: what still came of it would be delivered again, which is better
// than what is new being lost.
Broadcasts::Seen& Broadcasts::seen_of(std::uint64_t boot) {
  auto& seen = seen_[boot];
  if (seen) {
    return *seen;
  }
  seen = std::make_unique<Seen>();
  Seen& made = *seen;
  seen_order_.push_back(boot);
  if (seen_order_.size() > limits::broadcast_origins_max) {
    seen_.erase(seen_order_.front());
    seen_order_.pop_front();
  }
  return made;
}

void Broadcasts::forget(std::uint64_t boot) {
  if (seen_.erase(boot) > 0) {
    std::erase(seen_order_, boot);
  }
}

void Broadcasts::retire(std::uint64_t boot) {
  if (seen_.contains(boot)) {
    retired_.emplace_back(core_.now.steady, boot);
  }
}

void Broadcasts::reap() {
  while (!retired_.empty() && core_.now.steady - retired_.front().first >= retired_for) {
    forget(retired_.front().second);
    retired_.pop_front();
  }
}

void Broadcasts::clear() {
  while (!queue_.empty()) {
    Entry& entry = entries_[queue_.first()];
    if (entry.sequence == 0) {
      entry.sequence = ++sequence_;
      deliver(entry, true);
    }
    release(queue_.first());
  }
}

}  // namespace swim::engine
