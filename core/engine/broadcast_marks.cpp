// Marks: how far each run's broadcasts are known to go, told in pings, acks and syncs.
#include <algorithm>

#include "core/engine/broadcasts.hpp"
#include "core/engine/core.hpp"

namespace swim::engine {

namespace {
constexpr Duration unknown_for = std::chrono::seconds(1);
// After this time a run that has a successor is told of in syncs only.
constexpr Duration old_run_for = std::chrono::minutes(1);
}  // namespace

// A mark says no name.
BroadcastRun* Broadcasts::find_or_make(std::uint64_t boot) {
  if (BroadcastRun* run = runs_.find(boot)) {
    return run;
  }
  if (boot == core_.self.boot() || recently_unknown(boot)) {
    return nullptr;
  }
  for (Slot slot = 1; slot < core_.table.slots(); ++slot) {
    if (core_.table.used(slot)) {
      if (BroadcastRun* run = make_of(slot, boot)) {
        return run;
      }
    }
  }
  unknown_[next_unknown_++ % unknown_.size()] = {boot, core_.now.steady};
  return nullptr;
}

bool Broadcasts::recently_unknown(std::uint64_t boot) {
  return std::ranges::any_of(unknown_, [&](const Unknown& unknown) {
    return unknown.boot == boot && core_.now.steady - unknown.since < unknown_for;
  });
}

void Broadcasts::mark(BroadcastRun& run, std::uint64_t sequence, Slot teller) {
  if (run.order.mark(sequence, core_.now.steady, core_.repair.first_ask())) {
    run.teller = teller;
    run.changed = core_.now.steady;
    core_.repair.note(run);
  }
}

void Broadcasts::on_marks(const wire::Marks& marks, Slot teller) {
  for (const wire::Mark& each : marks.view()) {
    if (each.boot == core_.self.boot()) {
      continue;
    }
    if (BroadcastRun* run = find_or_make(each.boot)) {
      mark(*run, each.sequence, teller);
    }
  }
}

void Broadcasts::on_sync_mark(const wire::SyncMark& told) {
  if (told.boot == core_.self.boot()) {
    return;
  }
  if (BroadcastRun* run = find_or_make(told.boot)) {
    mark(*run, told.sequence, no_slot);
  } else if (told_.size() < limits::members_max * limits::boots_remembered) {
    std::uint64_t& held = told_[told.boot];
    held = std::max(held, told.sequence);
    told_at_ = core_.now.steady;
  }
}

wire::Marks Broadcasts::marks() {
  wire::Marks marks;
  for (std::size_t seen = 0; seen < runs_.size() && marks.count < marks.items.size(); ++seen) {
    next_mark_ = (next_mark_ + 1) % runs_.size();
    const BroadcastRun& run = runs_.at(next_mark_);
    const bool over = !run.newer.empty() && core_.now.steady - run.changed > old_run_for;
    if (run.order.highest() > 0 && !over) {
      marks.items[marks.count++] = {run.origin->boot, run.order.highest()};
    }
  }
  return marks;
}

std::vector<wire::SyncMark> Broadcasts::all_marks() {
  std::vector<wire::SyncMark> marks;
  for (std::size_t place = 0; place < runs_.size(); ++place) {
    const BroadcastRun& run = runs_.at(place);
    if (run.order.highest() > 0 && run.origin->boot != core_.self.boot()) {
      marks.push_back({run.origin->boot, run.order.highest()});
    }
  }
  return marks;
}

}  // namespace swim::engine
