#include "core/engine/retries.hpp"

#include <algorithm>

#include "core/engine/core.hpp"

namespace swim::engine {

namespace {
constexpr std::size_t retries_at_once = 2;
// All who are left try each failed member about this often together.
constexpr Duration shared_pace = std::chrono::seconds(2);
// One node alone does not try more often than this: at first, after a while, and then for hours.
constexpr Duration own_pace_first = std::chrono::seconds(1);
constexpr Duration own_pace_later = std::chrono::seconds(2);
constexpr Duration own_pace_last = std::chrono::seconds(4);
constexpr Duration first_lasts = std::chrono::minutes(1);
constexpr Duration later_lasts = std::chrono::minutes(10);
constexpr Duration pace_max = std::chrono::seconds(60);
}  // namespace

void Retries::note(Slot slot) {
  last_failure_ = core_.now.steady;
  if (noted_.size() <= slot) {
    noted_.resize(slot + 1);
  }
  if (!noted_[slot]) {
    noted_[slot] = true;
    failed_.push_back(slot);
  }
  if (tick_ == no_timer) {
    arm();
  }
}

// As many nodes share the work as there are left, so that neither a node's own work nor the calls
// that one member gets grow with the cluster.
Duration Retries::pause() const {
  const Duration age = core_.now.steady - last_failure_;
  const Duration least = age < first_lasts   ? own_pace_first
                         : age < later_lasts ? own_pace_later
                                             : own_pace_last;
  const auto nodes = static_cast<Duration::rep>(core_.table.reachable());
  const auto failed = static_cast<Duration::rep>(std::max<std::size_t>(failed_.size(), 1));
  return std::clamp(shared_pace * nodes / failed, least, pace_max);
}

void Retries::arm() {
  core_.timers.set(tick_, TimerKind::retry_tick, 0,
                   core_.now.steady + core_.prng.jitter(pause(), 25));
}

bool Retries::worth_trying(Slot slot) const {
  if (!core_.table.used(slot)) {
    return false;
  }
  const Record& record = core_.table.at(slot);
  return record.claim().terminal == Terminal::dead && record.listed() && !record.behind();
}

// In turns, each round in a new order; who is back or forgotten leaves the list.
Slot Retries::next() {
  while (!failed_.empty()) {
    if (turn_ >= failed_.size()) {
      core_.prng.shuffle(std::span(failed_));
      turn_ = 0;
    }
    const Slot slot = failed_[turn_];
    if (worth_trying(slot)) {
      ++turn_;
      return slot;
    }
    noted_[slot] = false;
    failed_[turn_] = failed_.back();
    failed_.pop_back();
  }
  return no_slot;
}

void Retries::on_tick() {
  tick_ = no_timer;
  const Slot slot = next();
  if (slot == no_slot) {
    return;
  }
  if (core_.config.healing.retry_failed && core_.active() && under_way_ < retries_at_once &&
      core_.streams.open_sync(slot, SyncCause::retry)) {
    ++under_way_;
    ++core_.stats.retries_started;
  }
  arm();
}

}  // namespace swim::engine
