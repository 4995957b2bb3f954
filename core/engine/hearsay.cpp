#include "core/engine/hearsay.hpp"

#include <string>

#include "core/engine/core.hpp"

namespace swim::engine {

namespace {
// The way there, a new life, and the way back, some of it lost.
constexpr int held_timeouts = 4;
constexpr std::uint32_t telling_burst = 64;
constexpr Duration telling_interval = std::chrono::milliseconds(1);

// What was heard, as it was said.
wire::Dead as_message(std::string_view node, const auto& held) {
  return {.node = node,
          .accuser = held.source.accuser,
          .claim = held.claim,
          .note = held.note,
          .accuser_boot = held.source.boot,
          .evidence = held.source.evidence};
}
}  // namespace

bool Hearsay::out_of_nowhere(const Record& record, const wire::Dead& message) const {
  const Claim& claim = record.claim();
  const bool its_own_word = message.accuser == message.node;
  const bool declared =
      message.claim.terminal == Terminal::dead || message.note.left_reason == LeftReason::silent;
  return core_.config.detection.hearsay_check && core_.active() && record.reachable() &&
         (!claim.suspect || core_.suspicions.young(record)) && declared && !its_own_word &&
         message.claim.incarnation.boot == claim.incarnation.boot &&
         message.claim.incarnation.life == claim.incarnation.life;
}

bool Hearsay::hold(Slot slot, const wire::Dead& message) {
  const Record& record = core_.table.at(slot);
  if (!out_of_nowhere(record, message)) {
    return false;
  }
  if (held_.find(slot)) {
    return true;
  }
  const auto place = held_.add(slot, {.slot = slot,
                                      .claim = message.claim,
                                      .note = message.note,
                                      .source = {.accuser = std::string(message.accuser),
                                                 .boot = message.accuser_boot,
                                                 .evidence = message.evidence}});
  if (!place) {
    return false;
  }
  ++core_.stats.deaths_questioned;
  core_.timers.set(held_.at(*place).timer, TimerKind::hearsay, *place,
                   core_.now.steady + held_timeouts * core_.prober.timeout_of(record));
  tell(*place);
  return true;
}

// Where many are questioned at once, as after a partition, others tell the rest.
void Hearsay::tell(std::size_t place) {
  if (!telling_.take(core_.now.steady, telling_burst, telling_interval)) {
    return;
  }
  const Slot slot = held_.at(place).slot;
  PendingSend& send = core_.push_to(PendingSend::Kind::hearsay, slot);
  send.bare = true;
  send.seq = static_cast<std::uint32_t>(place);
}

std::optional<wire::Dead> Hearsay::message_of(std::size_t place) const {
  if (!held_.used(place)) {
    return std::nullopt;
  }
  const Held& held = held_.at(place);
  return as_message(core_.table.at(held.slot).name(), held);
}

void Hearsay::on_timer(std::size_t place) {
  if (!held_.used(place)) {
    return;
  }
  held_.at(place).timer = no_timer;
  const std::string name(core_.table.at(held_.at(place).slot).name());
  const Held held = held_.take(place);
  core_.membership.believe(as_message(name, held));
}

void Hearsay::forget(Slot slot) {
  if (const auto place = held_.find(slot)) {
    core_.timers.cancel(held_.at(*place).timer);
    held_.take(*place);
  }
}

}  // namespace swim::engine
