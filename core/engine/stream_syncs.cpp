// When syncs are made: with a random member now and then whatever else is known, and at once for
// what is known by half (DESIGN §4.1, §4.4).
#include <algorithm>
#include <vector>

#include "core/engine/core.hpp"
#include "core/engine/streams.hpp"

namespace swim::engine {

namespace {
constexpr Duration fetch_pause_min = std::chrono::milliseconds(250);
constexpr Duration fetch_pause_max = std::chrono::seconds(15);
}  // namespace

bool Streams::open_sync(Slot target, SyncCause cause) {
  const Record& record = core_.table.at(target);
  const auto id = dial(Purpose::sync, record.description->address, record.description->name);
  if (!id) {
    return false;
  }
  find(*id)->cause = cause;
  ++core_.stats.syncs_started;
  if (!fetching_ && cause != SyncCause::retry) {
    fetching_ = static_cast<std::uint64_t>(*id);
  }
  return true;
}

void Streams::start() {
  core_.timers.set(sync_timer_, TimerKind::sync_tick, 0,
                   core_.now.steady + core_.prng.jitter(core_.config.sync_interval, 25));
}

void Streams::on_sync_tick() {
  sync_timer_ = no_timer;
  start();
  if (core_.active()) {
    observe();
  }
}

void Streams::observe() {
  std::vector<Slot> target;
  core_.table.pick(1, no_slot, core_.prng, target);
  if (!target.empty()) {
    open_sync(target.front(), SyncCause::routine);
  }
}

void Streams::want_sync(std::string_view source) {
  fetch_from_ = source;
  if (fetching_ || fetch_timer_ != no_timer) {
    return;
  }
  core_.timers.set(fetch_timer_, TimerKind::fetch_tick, 0, core_.now.steady + fetch_pause_);
  fetch_pause_ = std::clamp(2 * fetch_pause_, fetch_pause_min, fetch_pause_max);
}

void Streams::on_fetch_tick() {
  fetch_timer_ = no_timer;
  if (!core_.active() || fetching_) {
    return;
  }
  Slot target = core_.table.find(fetch_from_);
  if (target == no_slot || target == MemberTable::self || !core_.table.at(target).reachable()) {
    std::vector<Slot> any;
    core_.table.pick(1, no_slot, core_.prng, any);
    target = any.empty() ? no_slot : any.front();
  }
  if (target == no_slot || !open_sync(target, SyncCause::routine)) {
    fetch_again();
  }
}

// The pause between fetches grows while something stays half known, and is forgotten when nothing
// does.
void Streams::fetch_again() {
  for (Slot slot = 1; slot < core_.table.slots() && !core_.table.all_reachable(); ++slot) {
    if (core_.table.used(slot) && core_.table.at(slot).behind() &&
        !core_.table.at(slot).terminal()) {
      want_sync({});
      return;
    }
  }
  fetch_pause_ = {};
}

}  // namespace swim::engine
