#include "core/engine/broadcast_repair.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "core/engine/core.hpp"

namespace swim::engine {

namespace {
// A hole is not given up before it was asked for so often: after a stall its time is over at once.
constexpr std::uint32_t asks_min = 3;
// Holes whose time comes within this share the request.
constexpr Duration together = std::chrono::milliseconds(1);
constexpr Duration breath = std::chrono::microseconds(500);
constexpr Duration blocked_again = std::chrono::milliseconds(10);
constexpr std::uint32_t pause_factor_max = 8;
constexpr int pull_timeout_factor = 6;

std::uint64_t count_of(const wire::Span& span) {
  return span.last - span.first + 1;
}
}  // namespace

TimePoint BroadcastRepair::first_ask() const {
  return core_.now.steady + core_.config.broadcast_repair_delay;
}

void BroadcastRepair::arm(TimePoint when) {
  core_.timers.bring_forward(tick_, TimerKind::repair_tick, 0, when);
}

void BroadcastRepair::note(BroadcastRun& run) {
  if (!run.troubled) {
    run.troubled = true;
    troubled_.push_back(run.origin->boot);
  }
  const auto& holes = run.order.holes();
  arm(holes.empty() ? core_.now.steady + blocked_again
                    : std::min(holes.front().ask_at, holes.back().ask_at));
}

void BroadcastRepair::on_tick() {
  tick_ = no_timer;
  TimePoint next = TimePoint::max();
  core_.broadcasts.expire_early();
  if (core_.broadcasts.has_early()) {
    next = core_.now.steady + core_.config.broadcast_repair_timeout / 4;
  }
  for (const std::uint64_t boot : std::vector(troubled_)) {
    BroadcastRun* run = core_.broadcasts.runs().find(boot);
    if (run == nullptr) {
      continue;
    }
    core_.broadcasts.release(*run);
    close_overdue(*run);
    ask(*run);
    run->troubled = !run->order.complete();
    for (const Hole& hole : run->order.holes()) {
      next = std::min(next, hole.ask_at);
    }
    if (run->troubled && run->order.holes().empty()) {
      next = std::min(next, core_.now.steady + blocked_again);
    }
  }
  std::erase_if(troubled_, [&](std::uint64_t boot) {
    const BroadcastRun* run = core_.broadcasts.runs().find(boot);
    return run == nullptr || !run->troubled;
  });
  if (next != TimePoint::max()) {
    arm(std::max(next, core_.now.steady + breath));
  }
}

// A payload that is on its way has more time, but not all the time: its stream may only trickle.
bool BroadcastRepair::overdue(const BroadcastRun& run) const {
  const auto& holes = run.order.holes();
  if (holes.empty()) {
    return false;
  }
  const Hole& oldest = holes.front();
  const Duration timeout = core_.config.broadcast_repair_timeout;
  const bool long_ago = core_.now.steady - oldest.noticed >= pull_timeout_factor * timeout;
  if (core_.pulls.coming(run.origin->boot, oldest.span.first)) {
    return long_ago;
  }
  return oldest.asks >= asks_min &&
         (long_ago || core_.now.steady - std::max(oldest.noticed, run.pulled) >= timeout);
}

void BroadcastRepair::close_overdue(BroadcastRun& run) {
  while (overdue(run)) {
    const auto coming =
        core_.pulls.next_coming(run.origin->boot, run.order.holes().front().span.first + 1);
    if (!core_.broadcasts.give_up(run, coming ? *coming - 1 : BroadcastOrder::sequence_max)) {
      return;
    }
  }
}

Duration BroadcastRepair::pause_after(std::uint32_t asks) const {
  const Duration pause = 2 * core_.config.broadcast_repair_delay;
  return core_.prng.jitter(pause * std::min(asks + 1, pause_factor_max), 20);
}

// What is on its way is not asked for. Returns how many sequences are hoped for.
std::uint64_t BroadcastRepair::ask_for(const BroadcastRun& run, Hole& hole, std::uint64_t room,
                                       wire::Spans& spans) const {
  std::uint64_t sum = 0;
  for (const wire::Span& part : core_.pulls.not_coming(run.origin->boot, hole.span)) {
    if (sum == room || spans.count == spans.items.size()) {
      break;
    }
    const std::uint64_t hoped_for = std::min(room - sum, count_of(part));
    sum += hoped_for;
    spans.items[spans.count++] = part;
    hole.asked_through = part.first + hoped_for - 1;
  }
  return sum;
}

void BroadcastRepair::ask(BroadcastRun& run) {
  wire::Spans spans;
  std::uint64_t room = limits::broadcast_fetch_messages;
  std::uint32_t asks = 0;
  for (Hole& hole : run.order.holes()) {
    if (hole.ask_at > core_.now.steady + together) {
      continue;
    }
    if (room == 0 || spans.count == spans.items.size()) {
      hole.ask_at = core_.now.steady + core_.config.broadcast_repair_delay;
      continue;
    }
    const std::uint64_t hoped_for = ask_for(run, hole, room, spans);
    hole.ask_at = core_.now.steady + pause_after(hole.asks);
    if (hoped_for > 0) {
      room -= hoped_for;
      asks = std::max(asks, hole.asks++);
    }
  }
  const Slot slot = spans.count == 0 ? no_slot : whom_to_ask(run, asks);
  if (slot == no_slot) {
    return;
  }
  core_.stats.broadcasts_requested += limits::broadcast_fetch_messages - room;
  PendingSend& send = core_.push_to(PendingSend::Kind::fetch, slot);
  send.bare = true;
  send.boot = run.origin->boot;
  send.spans = std::make_shared<const wire::Spans>(spans);
}

bool BroadcastRepair::can_answer(Slot slot) const {
  return slot != no_slot && slot != MemberTable::self && core_.table.used(slot) &&
         core_.table.at(slot).reachable() &&
         (core_.table.at(slot).description->capabilities & wire::capability_fetch) != 0;
}

// By turns the origin and others: it may be gone, or cut off from us alone.
Slot BroadcastRepair::whom_to_ask(const BroadcastRun& run, std::uint32_t asks) {
  const Slot named = core_.table.find(run.origin->name);
  const bool origin =
      can_answer(named) && core_.table.at(named).claim().incarnation.boot == run.origin->boot;
  if (origin && asks % 2 == 0) {
    return named;
  }
  if (asks % 4 <= 1 && can_answer(run.teller)) {
    return run.teller;
  }
  picked_.clear();
  core_.table.pick(3, named, core_.prng, picked_);
  const auto other = std::ranges::find_if(picked_, [&](Slot slot) { return can_answer(slot); });
  if (other != picked_.end()) {
    return *other;
  }
  return origin ? named : no_slot;
}

void BroadcastRepair::on_fetch(const wire::Fetch& fetch) {
  const Slot asker = core_.table.find(fetch.sender);
  if (asker == no_slot || asker == MemberTable::self || !core_.table.at(asker).reachable() ||
      core_.table.at(asker).claim().incarnation.boot != fetch.sender_boot) {
    core_.drop(DropReason::stranger);
    return;
  }
  if (fetch.origin_boot == core_.self.boot() && fetch.spans.count > 0) {
    const std::uint64_t first = fetch.spans.items[0].first;
    const std::uint64_t sent = core_.broadcasts.sequence();
    core_.lane.on_behind(sent > first ? sent - first : 0);
  }
  found_.clear();
  for (const wire::Span& span : fetch.spans.view()) {
    core_.broadcasts.retained().collect(fetch.origin_boot, span, limits::broadcast_fetch_messages,
                                        limits::broadcast_fetch_bytes, found_);
  }
  if (!found_.empty()) {
    core_.lane.answer(asker, std::exchange(found_, {}));
  }
}

std::uint64_t BroadcastRepair::missing() const {
  std::uint64_t sum = 0;
  for (const std::uint64_t boot : troubled_) {
    if (const BroadcastRun* run = core_.broadcasts.runs().find(boot)) {
      sum += run->order.missing();
    }
  }
  return sum;
}

}  // namespace swim::engine
