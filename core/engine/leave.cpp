#include "core/engine/leave.hpp"

#include <algorithm>

#include "core/engine/core.hpp"

namespace swim::engine {

namespace {
constexpr int attempts = 6;  // within leave_timeout
}

Expected<OperationId> Leave::begin() {
  if (operation_ || core_.state == NodeState::left) {
    return fail(Errc::left, "this node has left already");
  }
  operation_ = core_.next_operation();
  core_.prober.stop();
  const bool silent = core_.self.displaced();  // it has nothing to say in this name
  core_.self.set_left();
  core_.state = NodeState::left;
  told_.clear();
  confirmed_ = 0;
  wanted_ =
      silent ? 0 : std::min<std::size_t>(core_.config.leave_acks, core_.table.reachable() - 1);
  deadline_ = core_.now.steady + core_.config.leave_timeout;
  const OperationId operation = *operation_;
  if (wanted_ == 0) {
    finish();
  } else {
    on_tick();
  }
  return operation;
}

// Again to who did not confirm, and each time to one more: the first choice may be dead.
void Leave::on_tick() {
  timer_ = no_timer;
  if (!operation_) {
    return;
  }
  if (core_.now.steady >= deadline_) {
    finish();
    return;
  }
  std::vector<Slot> silent;
  for (const Told& told : told_) {
    if (!told.confirmed && core_.table.used(told.slot) &&
        std::ranges::find(silent, told.slot) == silent.end()) {
      silent.push_back(told.slot);
    }
  }
  std::ranges::for_each(silent, [this](Slot slot) { tell(slot); });
  std::vector<Slot> fresh;
  core_.table.pick(told_.size() + wanted_, no_slot, core_.prng, fresh);
  std::size_t more = told_.empty() ? wanted_ : 1;
  for (const Slot slot : fresh) {
    const bool known =
        std::ranges::any_of(told_, [&](const Told& told) { return told.slot == slot; });
    if (!known && more > 0) {
      --more;
      tell(slot);
    }
  }
  core_.timers.set(timer_, TimerKind::leave_tick, 0,
                   std::min(deadline_, core_.now.steady + core_.config.leave_timeout / attempts));
}

void Leave::tell(Slot slot) {
  const Record& record = core_.table.at(slot);
  const std::uint32_t seq = core_.next_seq();
  told_.push_back({seq, slot, false});
  PendingSend& send = core_.push_to(PendingSend::Kind::ping, slot);
  send.seq = seq;
  send.node = record.name();
  send.boot = record.claim().incarnation.boot;
}

bool Leave::on_ack(std::uint32_t seq) {
  return confirm(seq);
}

// The ping of a run that is held LEFT is answered so: the news has arrived.
bool Leave::on_verdict(const wire::Verdict& verdict) {
  return verdict.claim.terminal == Terminal::left && confirm(verdict.seq);
}

bool Leave::confirm(std::uint32_t seq) {
  const auto told = std::ranges::find(told_, seq, &Told::seq);
  if (!operation_ || told == told_.end()) {
    return false;
  }
  const Slot slot = told->slot;
  const bool again = std::ranges::any_of(
      told_, [&](const Told& other) { return other.slot == slot && other.confirmed; });
  for (Told& other : told_) {
    other.confirmed = other.confirmed || other.slot == slot;
  }
  confirmed_ += again ? 0 : 1;
  if (confirmed_ >= wanted_) {
    finish();
  }
  return true;
}

void Leave::finish() {
  core_.timers.cancel(timer_);
  core_.complete({.id = *operation_, .acknowledged = static_cast<std::uint32_t>(confirmed_)});
  operation_.reset();
}

void Leave::cancel() {
  if (operation_) {
    finish();
  }
}

}  // namespace swim::engine
