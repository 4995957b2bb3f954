#include "core/engine/suspicions.hpp"

#include <algorithm>

#include "core/engine/core.hpp"
#include "core/engine/formulas.hpp"

namespace swim::engine {

namespace {
constexpr Duration inactive_recheck = std::chrono::seconds(1);
// The brake holds above this many suspicions at a time, or this share of the members.
constexpr std::size_t brake_from = 4;
constexpr std::size_t brake_share = 10;
// Deaf: nothing for so many probe intervals, where there are more than so many members.
constexpr std::size_t deaf_among = 2;
constexpr int deaf_intervals = 5;
// Patience once, then so often a question that was answered, though not by a refutation.
constexpr std::uint8_t questions_max = 8;
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
  Doubt& doubt = record.doubted();
  if (doubt.questions != 0 && !doubt.found) {
    doubt.suspicion_floor = core_.now.steady;  // that was the answer we waited for
  }
  doubt.found = true;
  add_accuser(slot, source);
  if (transition.claim_changed) {
    ask_for_confirmations(slot);
  }
}

// Confirmation by appointment instead of by chance: r observers probe the suspect now, each by its
// own path. The accused is told with the same stroke, so that it can answer (DESIGN §4.2).
void Suspicions::ask_for_confirmations(Slot slot) {
  if (!core_.config.detection.scheduled_confirmation) {
    return;
  }
  core_.gossip.tell(slot, slot);
  observers_.clear();
  core_.table.pick(confirmations_wanted(core_.config, core_.table.reachable()), slot, core_.prng,
                   observers_);
  const Record& record = core_.table.at(slot);
  for (const Slot observer : observers_) {
    PendingSend& send = core_.push_to(PendingSend::Kind::confirm, observer);
    send.about = slot;
    send.node = record.name();
    send.boot = record.claim().incarnation.boot;
    ++core_.stats.confirmations_asked;
  }
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
  if (doubt.accusers.size() <= core_.config.suspicion_confirmations + 1) {
    core_.gossip.hurry(slot);
  }
  arm(slot);
}

// Many at once are more likely our own connection, or a zone that comes back, than so many deaths.
bool Suspicions::braking() const {
  return core_.config.detection.brake &&
         running_ > std::max<std::size_t>(brake_from, core_.table.reachable() / brake_share);
}

// The accused has to be told and its answer to come back: not faster than it ever was, nor than it
// stood still of late.
Duration Suspicions::shortest(const Record& record) const {
  const Duration stall = std::max<Duration>(std::chrono::milliseconds(record.description->stall_ms),
                                            record.round_trip.timeout());
  return std::max({3 * core_.prober.timeout_of(record),
                   suspicion_floor(core_.config, core_.table.reachable()),
                   std::min(stall, core_.config.stall_allowance)});
}

// Not one of several others is heard: the silence is ours. It is counted as a stall of our own.
bool Suspicions::deaf() const {
  return core_.config.detection.stall_guard && core_.table.reachable() > deaf_among &&
         core_.now.steady - core_.last_heard > deaf_intervals * core_.config.probe_interval;
}

bool Suspicions::young(const Record& record) const {
  return !record.doubt ||
         (!record.doubt->found &&
          core_.now.steady - record.doubt->suspected_since < 2 * core_.prober.timeout_of(record));
}

Duration Suspicions::lasting(const Record& record) const {
  const Config& config = core_.config;
  const std::size_t nodes = core_.table.reachable();
  const Duration least = shortest(record);
  const auto confirmations = static_cast<std::uint32_t>(
      record.accusers().empty() || !config.detection.confirmations ? 0
                                                                   : record.accusers().size() - 1);
  Duration lasting = suspicion_after(std::max(suspicion_timeout(config, nodes), least), least,
                                     confirmations, confirmations_wanted(config, nodes));
  if (braking()) {
    lasting *= 2;
  }
  if (deaf()) {
    lasting = std::max(lasting, config.stall_allowance);
  }
  if (config.detection.local_health_suspicion) {
    lasting = core_.health.scale(lasting);
  }
  const bool stalled = std::ranges::any_of(
      record.accusers(), [](const Accusation& a) { return a.evidence == Evidence::stalled; });
  return config.detection.stall_evidence && stalled ? std::max(lasting, config.stall_allowance)
                                                    : lasting;
}

void Suspicions::arm(Slot slot) {
  Record& record = core_.table.at(slot);
  Doubt& doubt = record.doubted();
  running_ += doubt.suspicion == no_timer ? 1 : 0;
  core_.timers.set(doubt.suspicion, TimerKind::suspicion, slot,
                   std::max(doubt.suspected_since + lasting(record), doubt.suspicion_floor));
}

void Suspicions::end(Slot slot) {
  Record& record = core_.table.at(slot);
  if (record.doubt) {
    running_ -= record.doubt->suspicion == no_timer ? 0 : 1;
    core_.timers.cancel(record.doubt->suspicion);
  }
}

// Nobody declares on hearsay alone. Whose own probe found the suspect has declared it by now, so a
// little patience spares the suspect a crowd; then we ask it ourselves, and tell it with the same
// ping. This is for who missed the refutation, as a process does that stood still.
bool Suspicions::ask_first(Slot slot) {
  Record& record = core_.table.at(slot);
  Doubt& doubt = record.doubted();
  if (!core_.config.detection.hearsay_check || doubt.questions == questions_max) {
    return false;
  }
  const Duration timeout = core_.prober.timeout_of(record);
  if (doubt.questions++ == 0) {
    doubt.suspicion_floor = core_.now.steady + timeout + core_.prng.jitter(timeout, 100);
  } else {
    core_.prober.confirm(slot, record.claim().incarnation.boot);
    doubt.suspicion_floor = core_.now.steady + 2 * core_.config.probe_deadline;
  }
  arm(slot);
  return true;
}

void Suspicions::on_timer(Slot slot) {
  Record& record = core_.table.at(slot);
  Doubt& doubt = record.doubted();
  doubt.suspicion = no_timer;
  --running_;
  if (!record.claim().suspect || record.terminal()) {
    return;
  }
  if (!core_.active()) {
    // Who is on the way out, or displaced, declares nobody; but it may come back.
    doubt.suspicion_floor = core_.now.steady + inactive_recheck;
    arm(slot);
    return;
  }
  if (doubt.suspected_since + lasting(record) > core_.now.steady) {
    arm(slot);  // what has come up since gives it more time
    return;
  }
  if (!doubt.found && ask_first(slot)) {
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
  // What was found while we did not listen says nothing: it will be asked for again.
  for (Slot slot = 1; slot < core_.table.slots(); ++slot) {
    Doubt* doubt = core_.table.used(slot) ? core_.table.at(slot).doubt.get() : nullptr;
    if (doubt != nullptr && doubt->suspicion != no_timer) {
      doubt->suspicion_floor = core_.now.steady + grace;
      doubt->found = false;
      doubt->questions = 0;
      arm(slot);
    }
  }
}

}  // namespace swim::engine
