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
  Transition transition{.state = record.state};
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
  Record& record = core_.table.at(slot);
  const bool known = std::ranges::any_of(
      record.accusers, [&](const Accusation& a) { return a.boot == source.boot; });
  if (known || record.accusers.size() == record.accusers.capacity()) {
    return;
  }
  record.accusers.push_back({std::string(source.accuser), source.boot, source.evidence,
                             core_.now.wall, core_.gossip.transmissions()});
  core_.gossip.requeue(slot);
  arm(slot);
}

void Suspicions::arm(Slot slot) {
  Record& record = core_.table.at(slot);
  const std::size_t nodes = core_.table.reachable();
  const auto confirmations =
      static_cast<std::uint32_t>(record.accusers.empty() || !core_.config.detection.confirmations
                                     ? 0
                                     : record.accusers.size() - 1);
  Duration lasting = suspicion_after(
      suspicion_timeout(core_.config, nodes),
      std::max<Duration>(3 * core_.config.probe_timeout, suspicion_floor(core_.config, nodes)),
      confirmations, confirmations_wanted(core_.config, nodes));
  if (core_.config.detection.local_health_suspicion) {
    lasting = core_.health.scale(lasting);
  }
  core_.timers.set(record.suspicion, TimerKind::suspicion, slot,
                   std::max(record.suspected_since + lasting, record.suspicion_floor));
}

void Suspicions::on_timer(Slot slot) {
  Record& record = core_.table.at(slot);
  record.suspicion = no_timer;
  if (!record.claim().suspect || record.terminal()) {
    return;
  }
  if (!core_.active()) {
    // Who is on the way out, or displaced, declares nobody; but it may come back.
    core_.timers.set(record.suspicion, TimerKind::suspicion, slot,
                     core_.now.steady + inactive_recheck);
    return;
  }
  const Accusation first = record.accusers.empty() ? Accusation{} : record.accusers[0];
  const bool drained =
      record.claim().leaving && drain_left(record, core_.now.steady) > Duration::zero();
  core_.membership.declare(slot, drained ? Terminal::left : Terminal::dead,
                           drained ? LeftReason::silent : LeftReason::none,
                           {first.accuser, first.boot, first.evidence});
}

void Suspicions::postpone(Duration grace) {
  for (Slot slot = 1; slot < core_.table.slots(); ++slot) {
    if (core_.table.used(slot) && core_.table.at(slot).suspicion != no_timer) {
      core_.table.at(slot).suspicion_floor = core_.now.steady + grace;
      arm(slot);
    }
  }
}

}  // namespace swim::engine
