#include "core/engine/broadcasts.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/engine/core.hpp"

namespace swim::engine {

namespace {
constexpr Duration told_for = std::chrono::seconds(30);
}  // namespace

// ---- this node's own ---------------------------------------------------------------------------

std::uint64_t Broadcasts::sequence() const {
  const BroadcastRun* own = runs_.find(core_.self.boot());
  return own == nullptr ? 0 : own->order.highest();
}

BroadcastPtr Broadcasts::deliver_own(std::string topic, std::shared_ptr<const ByteVector> payload,
                                     std::optional<Announced> announced) {
  BroadcastRun* own = runs_.find(core_.self.boot());
  if (own == nullptr) {
    own = &make(core_.self.name(), core_.self.boot(), 0, {});
  }
  auto message = std::make_shared<const BroadcastMessage>(BroadcastMessage{
      own->origin, own->order.next(), std::move(topic), std::move(payload), announced});
  own->order.take(message, core_.now.steady, {});
  (void)own->order.pop();
  retained_.keep(message, core_.now.steady, retention());
  deliver(message, true);
  return message;
}

void Broadcasts::deliver(const BroadcastPtr& message, bool own) {
  ++core_.stats.messages_delivered;
  core_.trace(TraceKind::message_delivered, message->origin->boot, message->sequence);
  core_.emit(MessageReceived{message->origin->name,
                             message->origin->boot,
                             message->sequence,
                             message->topic,
                             message->payload,
                             true,
                             own,
                             {},
                             core_.now.wall});
}

RetainedBroadcasts::Bounds Broadcasts::retention() const {
  return {core_.config.broadcast_retain_messages, core_.config.broadcast_retain_bytes,
          core_.config.broadcast_retain_age};
}

// ---- runs --------------------------------------------------------------------------------------

BroadcastRun& Broadcasts::make(std::string_view name, std::uint64_t boot, std::uint64_t baseline,
                               std::span<const std::uint64_t> later) {
  for (auto boots = runs_.of(name); boots.size() >= limits::boots_remembered;
       boots = runs_.of(name)) {
    drop_run(boots.front());
  }
  // What records say of others is not bounded by anything; the order's arithmetic is.
  return runs_.add(name, boot, std::min(baseline, BroadcastOrder::sequence_max), later);
}

// Its record says where it begins; null where that is not here.
BroadcastRun* Broadcasts::make_of(Slot slot, std::uint64_t boot) {
  const Record& record = core_.table.at(slot);
  const Description& about = *record.description;
  if (boot == 0 || boot == core_.self.boot() || slot == MemberTable::self) {
    return nullptr;
  }
  if (about.incarnation.boot == boot) {
    return &make(record.name(), boot, about.sequence, {});
  }
  if (!record.past) {
    return nullptr;
  }
  const auto& described = record.past->described;
  const auto run = std::ranges::find(described, boot, &DescribedRun::boot);
  if (run == described.end()) {
    return nullptr;
  }
  std::vector<std::uint64_t> later{about.incarnation.boot};
  std::transform(run + 1, described.end(), std::back_inserter(later),
                 [](const DescribedRun& each) { return each.boot; });
  return &make(record.name(), boot, run->sequence, later);
}

BroadcastRun* Broadcasts::find_or_make(std::string_view name, std::uint64_t boot) {
  if (BroadcastRun* run = runs_.find(boot)) {
    return run->origin->name == name ? run : nullptr;
  }
  const Slot slot = core_.table.find(name);
  return slot == no_slot ? nullptr : make_of(slot, boot);
}

void Broadcasts::drop_run(std::uint64_t boot) {
  BroadcastRun* run = runs_.find(boot);
  while (run != nullptr && give_up(*run)) {
    run = runs_.find(boot);
  }
  if (run == nullptr) {
    return;
  }
  for (const auto& [sequence, message] : run->order.waiting()) {
    --waiting_;
    waiting_bytes_ -= weight_of(*message);
  }
  const std::vector<std::uint64_t> newer = run->newer;
  core_.pulls.forget(boot, {1, BroadcastOrder::sequence_max});
  retained_.forget(boot);
  runs_.remove(boot);
  for (const std::uint64_t each : newer) {
    if (BroadcastRun* released = runs_.find(each)) {
      release(*released);
    }
  }
}

void Broadcasts::forget(std::string_view name) {
  for (const std::uint64_t boot : runs_.of(name)) {
    drop_run(boot);
  }
}

// A run may be back that another one of its name had displaced: how far it had come then.
std::optional<std::uint64_t> Broadcasts::take_described(Slot slot, std::uint64_t boot) {
  const Record& record = core_.table.at(slot);
  if (!record.past) {
    return std::nullopt;
  }
  auto& described = core_.table.at(slot).remembered().described;
  const auto run = std::ranges::find(described, boot, &DescribedRun::boot);
  if (run == described.end()) {
    return std::nullopt;
  }
  const std::uint64_t sequence = run->sequence;
  described.erase(run);
  return sequence;
}

void Broadcasts::on_described(Slot slot, const Description& before, const wire::Descriptor& after) {
  const std::uint64_t boot = after.incarnation.boot;
  if (before.incarnation.boot == boot) {
    if (after.sequence > before.sequence) {
      if (BroadcastRun* run = find_or_make(after.node.name, boot)) {
        mark(*run, after.sequence, no_slot);
      }
    }
    return;
  }
  if (boot == core_.self.boot()) {
    return;  // whoever says so, our broadcasts begin with us
  }
  const std::optional<std::uint64_t> left_at = take_described(slot, boot);
  if (before.incarnation.boot != 0) {
    auto& described = core_.table.at(slot).remembered().described;
    described.push_back({before.incarnation.boot, before.sequence});
    if (described.size() >= limits::boots_remembered) {
      described.erase(described.begin());
    }
  }
  if (runs_.find(boot) != nullptr) {
    return;
  }
  const auto told = told_.find(boot);
  const std::uint64_t known = std::max(after.sequence, told == told_.end() ? 0 : told->second);
  std::uint64_t baseline = told == told_.end() ? after.sequence : told->second;
  // What came before the record is wanted, whatever the sync says that it brought about; and what
  // was sent since it was here before.
  baseline = std::min(baseline, left_at.value_or(baseline));
  for (const Early& early : early_) {
    if (early.message->origin->boot == boot) {
      baseline = std::min(baseline, early.message->sequence - 1);
    }
  }
  if (known > 0 && known <= BroadcastOrder::sequence_max) {
    mark(make(after.node.name, boot, baseline, {}), known, no_slot);
  }
}

void Broadcasts::on_known(std::uint64_t boot) {
  std::deque<Early> waited;
  for (Early& early : std::exchange(early_, {})) {
    if (early.message->origin->boot == boot) {
      early_bytes_ -= weight_of(*early.message);
      waited.push_back(std::move(early));
    } else {
      early_.push_back(std::move(early));
    }
  }
  for (Early& early : waited) {
    BroadcastRun* run = find_or_make(early.message->origin->name, boot);
    if (run != nullptr && run->order.wants(early.message->sequence)) {
      take_or_wait(run, std::move(early.message), early.others, early.teller);
    }
  }
}

void Broadcasts::reap() {
  retained_.expire(core_.now.steady, retention());
  if (core_.now.steady - told_at_ > told_for) {
    told_.clear();
  }
}

// ---- delivery ----------------------------------------------------------------------------------

bool Broadcasts::must_wait(const BroadcastRun& run) const {
  return std::ranges::any_of(run.older, [&](std::uint64_t boot) {
    const BroadcastRun* older = runs_.find(boot);
    return older != nullptr && !older->order.complete();
  });
}

void Broadcasts::release(BroadcastRun& run) {
  if (run.order.waiting().empty() && run.newer.empty()) {
    return;
  }
  while (!must_wait(run) && core_.room_for_messages()) {
    const BroadcastPtr message = run.order.pop();
    if (!message) {
      break;
    }
    --waiting_;
    waiting_bytes_ -= weight_of(*message);
    deliver(message, false);
  }
  if (!run.order.complete()) {
    return;
  }
  for (const std::uint64_t boot : run.newer) {
    if (BroadcastRun* newer = runs_.find(boot)) {
      release(*newer);
    }
  }
}

bool Broadcasts::give_up(BroadcastRun& run, std::uint64_t through) {
  const auto lost = run.order.give_up(through);
  if (!lost) {
    return false;
  }
  core_.pulls.forget(run.origin->boot, *lost);
  ++core_.stats.broadcast_gaps;
  core_.stats.broadcasts_lost += lost->last - lost->first + 1;
  core_.trace(TraceKind::messages_lost, run.origin->boot, lost->first, lost->last);
  core_.emit(
      MessagesLost{run.origin->name, run.origin->boot, lost->first, lost->last, core_.now.wall});
  release(run);
  return true;
}

}  // namespace swim::engine
