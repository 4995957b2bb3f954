// Broadcasts as they come from peers: of which run, whether they are wanted, and where they wait.
#include <algorithm>
#include <utility>

#include "core/engine/broadcasts.hpp"
#include "core/engine/core.hpp"

namespace swim::engine {

std::optional<Broadcasts::Begun> Broadcasts::begin(std::string_view origin, std::uint64_t boot,
                                                   std::uint64_t sequence, std::string_view topic) {
  if (boot == core_.self.boot()) {
    return std::nullopt;
  }
  if (sequence == 0 || sequence > BroadcastOrder::sequence_max || boot == 0 || origin.empty() ||
      origin == core_.self.name()) {
    ++core_.stats.broadcasts_forgotten;  // of an earlier run of our own, if it is of anybody
    return std::nullopt;
  }
  BroadcastRun* run = find_or_make(origin, boot);
  if (run != nullptr && !run->order.wants(sequence)) {
    ++core_.stats.broadcasts_duplicate;
    return std::nullopt;
  }
  auto of = run != nullptr
                ? run->origin
                : std::make_shared<const OriginRun>(OriginRun{std::string(origin), boot});
  return Begun{run, {std::move(of), sequence, std::string(topic), nullptr, std::nullopt}};
}

void Broadcasts::on_broadcast(const wire::Broadcast& message, std::uint8_t others) {
  if (message.announced_bytes != 0) {
    core_.drop(DropReason::malformed);
    return;
  }
  auto begun = begin(message.origin, message.origin_boot, message.sequence, message.topic);
  if (begun) {
    begun->message.payload = std::make_shared<const ByteVector>(to_vector(message.payload));
    take_or_wait(begun->run, std::make_shared<const BroadcastMessage>(std::move(begun->message)),
                 others, 0);
  }
}

void Broadcasts::on_announcement(const wire::Announcement& message, std::uint8_t others) {
  if (message.bytes == 0) {
    core_.drop(DropReason::malformed);
    return;
  }
  auto begun = begin(message.origin, message.origin_boot, message.sequence, message.topic);
  if (begun) {
    begun->message.announced = Announced{message.bytes, message.checksum};
    take_or_wait(begun->run, std::make_shared<const BroadcastMessage>(std::move(begun->message)),
                 others, message.sender_boot);
  }
}

void Broadcasts::take_or_wait(BroadcastRun* run, BroadcastPtr message, std::uint8_t others,
                              std::uint64_t teller) {
  if (run == nullptr) {
    wait_for_record({std::move(message), others, teller, core_.now.steady});
  } else if (message->payload) {
    take(*run, std::move(message), others);
  } else {
    announce(*run, std::move(message), others, teller);
  }
}

// Until its payload is here it is a hole, and whoever tells of it knows where that ends.
void Broadcasts::announce(BroadcastRun& run, BroadcastPtr message, std::uint8_t others,
                          std::uint64_t teller) {
  mark(run, message->sequence, run.teller);
  core_.pulls.want(run, std::move(message), others, teller);
}

void Broadcasts::on_pulled(BroadcastPtr message, std::uint8_t others) {
  BroadcastRun* run = runs_.find(message->origin->boot);
  if (run != nullptr && run->order.wants(message->sequence)) {
    take(*run, std::move(message), others);
  }
}

void Broadcasts::take(BroadcastRun& run, BroadcastPtr message, std::uint8_t others) {
  if (!make_room(run, *message)) {
    ++core_.stats.broadcasts_dropped;
    return;
  }
  if (!run.order.wants(message->sequence)) {
    return;  // given up, to make room
  }
  ++core_.stats.broadcasts_received;
  retained_.keep(message, core_.now.steady, retention());
  if (others > 0) {
    core_.lane.pass_on(message, others);
  }
  run.changed = core_.now.steady;
  ++waiting_;
  waiting_bytes_ += weight_of(*message);
  core_.pulls.forget(run.origin->boot, {message->sequence, message->sequence});
  const bool asked = run.order.take(std::move(message), core_.now.steady, core_.repair.first_ask());
  core_.stats.broadcasts_repaired += asked ? 1 : 0;
  release(run);
  if (!run.order.complete()) {
    core_.repair.note(run);
  }
}

// What is next in order needs no room. Over the bound the oldest hole of whoever waits most is
// closed early.
bool Broadcasts::make_room(BroadcastRun& run, const BroadcastMessage& message) {
  const auto fits = [&] {
    return !run.order.wants(message.sequence) ||  // given up with a hole that was closed
           (message.sequence == run.order.next() && !must_wait(run)) ||
           (waiting_ < core_.config.broadcast_reorder_messages &&
            waiting_bytes_ + weight_of(message) <= core_.config.broadcast_reorder_bytes);
  };
  while (!fits()) {
    BroadcastRun* fullest = &run;
    for (std::size_t place = 0; place < runs_.size(); ++place) {
      if (runs_.at(place).order.waiting().size() > fullest->order.waiting().size()) {
        fullest = &runs_.at(place);
      }
    }
    bool closed = give_up(*fullest);
    for (std::size_t i = 0; !closed && i < fullest->older.size(); ++i) {
      BroadcastRun* older = runs_.find(fullest->older[i]);
      closed = older != nullptr && give_up(*older);
    }
    if (!closed) {
      return false;
    }
  }
  return true;
}

void Broadcasts::wait_for_record(Early early) {
  core_.streams.want_sync(early.message->origin->name);
  early_bytes_ += weight_of(*early.message);
  early_.push_back(std::move(early));
  while (early_.size() > limits::broadcast_early_messages ||
         early_bytes_ > limits::broadcast_early_bytes) {
    early_bytes_ -= weight_of(*early_.front().message);
    early_.pop_front();
    ++core_.stats.broadcasts_forgotten;
  }
  core_.repair.arm(core_.now.steady + core_.config.broadcast_repair_timeout);
}

void Broadcasts::expire_early() {
  while (!early_.empty() &&
         core_.now.steady - early_.front().since >= core_.config.broadcast_repair_timeout) {
    early_bytes_ -= weight_of(*early_.front().message);
    early_.pop_front();
    ++core_.stats.broadcasts_forgotten;
  }
}

}  // namespace swim::engine
