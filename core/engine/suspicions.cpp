#include "core/engine/suspicions.hpp"

#include <algorithm>

#include "core/engine/core.hpp"
#include "core/engine/formulas.hpp"

namespace swim::engine {

namespace {
constexpr Duration inactive_recheck = std::chrono::seconds(1);
}  // namespace

void Suspicions::accuse(Slot slot, Evidence evidence) {
  Record& record = core_.table.at(slot);
  const Source source{core_.self.name(), core_.self.boot(), evidence};
  Transition transition{.state = record.state()};
  transition.state.claim = suspected(record.claim());
  transition.claim_changed = !record.claim().suspect;
  ClaimNote note = note_at(record, core_.now.steady);
  if (transition.claim_changed) {
    ++core_.stats.suspicions_raised;
    core_.membership.absorb(slot, transition, note, source);
  }
  add_accuser(slot, source);
}

void Suspicions::add_accuser(Slot slot, const Source& source) {
  Doubt& doubt = core_.table.at(slot).doubted();
  const bool known = std::ranges::any_of(
      doubt.accusers, [&](const Accusation& a) { return a.boot == source.boot; });
  if (known || doubt.accusers.size() == limits::accusers_max) {
    return;
  }
  doubt.accusers.push_back({std::string(source.accuser), source.boot, source.evidence,
                            core_.now.wall, core_.gossip.transmissions()});
  core_.gossip.requeue(slot);
  arm(slot);
}

void Suspicions::arm(Slot slot) {
  Doubt& doubt = core_.table.at(slot).doubted();
  const std::size_t nodes = core_.table.reachable();
  const auto confirmations = static_cast<std::uint32_t>(
      doubt.accusers.empty() || !core_.config.detection.confirmations ? 0
                                                                      : doubt.accusers.size() - 1);
  Duration lasting = suspicion_after(
      suspicion_timeout(core_.config, nodes),
      std::max<Duration>(3 * core_.config.probe_timeout, suspicion_floor(core_.config, nodes)),
      confirmations, confirmations_wanted(core_.config, nodes));
  if (core_.config.detection.local_health_suspicion) {
    lasting = core_.health.scale(lasting);
  }
  core_.timers.set(doubt.suspicion, TimerKind::suspicion, slot,
                   std::max(doubt.suspected_since + lasting, doubt.suspicion_floor));
}

void Suspicions::on_timer(Slot slot) {
  Record& record = core_.table.at(slot);
  Doubt& doubt = record.doubted();
  doubt.suspicion = no_timer;
  if (!record.claim().suspect || record.terminal()) {
    return;
  }
  if (!core_.active()) {
    // Who is on the way out, or displaced, declares nobody; but it may come back.
    core_.timers.set(doubt.suspicion, TimerKind::suspicion, slot,
                     core_.now.steady + inactive_recheck);
    return;
  }
  const Accusation first = doubt.accusers.empty() ? Accusation{} : doubt.accusers[0];
  const bool drained =
      record.claim().leaving && drain_left(record, core_.now.steady) > Duration::zero();
  core_.membership.declare(slot, drained ? Terminal::left : Terminal::dead,
                           drained ? LeftReason::silent : LeftReason::none,
                           {first.accuser, first.boot, first.evidence});
}

void Suspicions::postpone(Duration grace) {
  for (Slot slot = 1; slot < core_.table.slots(); ++slot) {
    Doubt* doubt = core_.table.used(slot) ? core_.table.at(slot).doubt.get() : nullptr;
    if (doubt != nullptr && doubt->suspicion != no_timer) {
      doubt->suspicion_floor = core_.now.steady + grace;
      arm(slot);
    }
  }
}

}  // namespace swim::engine
