#include "core/engine/prober.hpp"

#include <algorithm>

#include "core/engine/core.hpp"
#include "core/engine/formulas.hpp"

namespace swim::engine {

void Prober::start() {
  // A random phase, so that nodes that start together don't probe in step.
  const auto phase = static_cast<Duration::rep>(
      core_.prng.below(static_cast<std::uint64_t>(core_.config.probe_interval.count())));
  core_.timers.set(tick_, TimerKind::probe_tick, 0, core_.now.steady + Duration(phase));
}

void Prober::stop() {
  core_.timers.cancel(tick_);
  excuse_all();
}

void Prober::on_tick() {
  tick_ = no_timer;
  core_.timers.set(tick_, TimerKind::probe_tick, 0,
                   core_.now.steady + scaled(core_.config.probe_interval));
  if (!core_.active()) {
    return;
  }
  // In a small cluster the last probe of a member may still be pending; the next one has its turn
  // then.
  for (std::size_t tries = core_.table.reachable(); tries > 0; --tries) {
    const Slot target = core_.table.next_to_probe(core_.prng);
    if (target == no_slot) {
      return;
    }
    if (!pending_probe(target)) {
      begin(target, OperationId{});
      return;
    }
  }
}

Duration Prober::scaled(Duration duration) const {
  return core_.config.detection.local_health_probe ? core_.health.scale(duration) : duration;
}

std::optional<std::size_t> Prober::pending_probe(Slot target) const {
  return probes_.find_if(
      [target](std::uint32_t, const Probe& probe) { return probe.target == target; });
}

Expected<OperationId> Prober::ping(Slot target) {
  if (probes_.size() == probes_.capacity()) {
    return swim::fail(Errc::queue_full, "too many probes are pending");
  }
  const OperationId operation = core_.next_operation();
  begin(target, operation);
  return operation;
}

Duration Prober::timeout_of(const Record& record) const {
  const Config& config = core_.config;
  return config.detection.adaptive_timeout
             ? adaptive_timeout(record.round_trip, all_, config.probe_timeout_min,
                                config.probe_timeout)
             : config.probe_timeout;
}

std::optional<std::size_t> Prober::begin(Slot target, OperationId operation) {
  const Record& record = core_.table.at(target);
  const std::uint32_t seq = core_.next_seq();
  const auto place =
      probes_.add(seq, {.target = target,
                        .boot = record.claim().incarnation.boot,
                        .started = core_.now.steady,
                        .deadline = core_.now.steady + scaled(core_.config.probe_deadline),
                        .operation = operation});
  if (!place) {
    return std::nullopt;
  }
  core_.timers.set(probes_.at(*place).timer, TimerKind::probe, *place,
                   core_.now.steady + scaled(timeout_of(record)));
  ++core_.stats.probes_started;
  core_.trace(TraceKind::probe_started, record.claim().incarnation.boot, seq);
  push_ping(probes_.at(*place), seq);
  return place;
}

void Prober::push_ping(const Probe& probe, std::uint32_t seq) {
  PendingSend& send = core_.push_to(PendingSend::Kind::ping, probe.target);
  send.seq = seq;
  send.node = core_.table.at(probe.target).name();
  send.boot = probe.boot;
}

void Prober::confirm(Slot target, std::uint64_t boot) {
  const Record& record = core_.table.at(target);
  if (!core_.active() || !record.reachable() || record.claim().incarnation.boot != boot ||
      pending_probe(target)) {
    return;  // a probe under way says the same
  }
  if (const auto place = begin(target, OperationId{})) {
    ++core_.stats.confirmations_run;
    Probe& probe = probes_.at(*place);
    probe.confirming = probe.indirect = true;
    if (core_.config.stream_probes) {
      core_.streams.open_probe(target, probes_.seq(*place));
    }
  }
}

void Prober::hurry(Slot target) {
  if (!core_.active() || !core_.table.at(target).reachable()) {
    return;
  }
  auto place = pending_probe(target);
  place = place ? place : begin(target, OperationId{});
  if (place && !probes_.at(*place).indirect) {
    probes_.at(*place).waited = true;
    go_indirect(*place);
    core_.suspicions.ask_for_confirmations(target);
  }
}

void Prober::on_timer(std::size_t place) {
  if (!probes_.used(place)) {
    return;
  }
  Probe& probe = probes_.at(place);
  probe.timer = no_timer;
  probe.waited = probe.missed = true;
  const bool again = may_ask_again(probe);
  if (again) {
    const TimePoint next = core_.now.steady + scaled(timeout_of(core_.table.at(probe.target)));
    probe.answer_until = std::min(next, probe.deadline);
  }
  if (core_.now.steady >= probe.deadline || nothing_to_wait_for(probe)) {
    fail(place);
    return;
  }
  core_.timers.set(probe.timer, TimerKind::probe, place,
                   again ? probe.answer_until : probe.deadline);
  if (!probe.indirect) {
    go_indirect(place);
  } else if (again) {
    ask_again(place);
  }
}

// A silence says little where many answers get lost: up to the deadline it is asked as often as it
// takes to mean something. A refusal is no silence.
bool Prober::may_ask_again(const Probe& probe) const {
  const Record& record = core_.table.at(probe.target);
  if (!core_.config.detection.ask_again || probe.evidence == Evidence::refused || !core_.active() ||
      !record.reachable() || record.claim().incarnation.boot != probe.boot) {
    return false;
  }
  const std::size_t nodes = std::max<std::size_t>(core_.table.reachable(), 2);
  const std::size_t helpers = std::min<std::size_t>(core_.config.indirect_probes, nodes - 2);
  return probe.asked() < questions_wanted(core_.config, missed_.share(), helpers, nodes);
}

void Prober::ask_again(std::size_t place) {
  Probe& probe = probes_.at(place);
  const std::uint32_t seq = core_.next_seq();
  probe.again.push_back({seq, core_.now.steady});
  ++core_.stats.pings_repeated;
  push_ping(probe, seq);
  if (!probe.confirming) {
    ask_helpers(place);
  }
}

void Prober::go_indirect(std::size_t place) {
  probes_.at(place).indirect = true;
  ask_helpers(place);
  if (core_.config.stream_probes) {
    core_.streams.open_probe(probes_.at(place).target, probes_.seq(place));
  }
}

void Prober::ask_helpers(std::size_t place) {
  Probe& probe = probes_.at(place);
  const Record& record = core_.table.at(probe.target);
  probe.helpers_seq = probe.helpers_seq == 0 ? core_.next_seq() : probe.helpers_seq;
  helpers_.clear();
  core_.table.pick(core_.config.indirect_probes, probe.target, core_.prng, helpers_);
  for (const Slot helper : helpers_) {
    PendingSend& send = core_.push_to(PendingSend::Kind::ping_req, helper);
    send.seq = probe.helpers_seq;
    send.node = record.name();
    send.boot = probe.boot;
    send.node_address = record.description->address;
    send.node_inbox = record.description->inbox;
  }
  // What later helpers say is not waited for; it makes up for what got lost of the first.
  if (core_.config.detection.nacks && probe.again.empty()) {
    probe.nacks_expected = static_cast<std::uint32_t>(helpers_.size());
  }
}

Prober::Probe Prober::take(std::size_t place) {
  core_.timers.cancel(probes_.at(place).timer);
  core_.streams.abandon_probe(probes_.seq(place));
  return probes_.take(place);
}

void Prober::succeed(std::size_t place, Duration round_trip, bool measured) {
  if (!measured) {
    remember(place);
  }
  const Probe probe = take(place);
  Record& record = core_.table.at(probe.target);
  missed_.add(probe.missed);
  if (measured) {
    note_round_trip(record, round_trip);
    all_.add(round_trip);
    core_.stats.round_trip_ns_sum += static_cast<std::uint64_t>(round_trip.count());
    ++core_.stats.round_trips;
  }
  record.on_ack(core_.now.steady);
  core_.health.adjust(-1);
  core_.trace(TraceKind::probe_acked, probe.boot, measured ? 0 : 1);
  if (probe.operation != OperationId{}) {
    core_.complete({.id = probe.operation, .round_trip = round_trip});
  }
}

void Prober::fail(std::size_t place) {
  remember(place);
  const Probe probe = take(place);
  ++core_.stats.probes_failed;
  core_.trace(TraceKind::probe_failed, probe.boot, static_cast<std::uint64_t>(probe.evidence));
  if (probe.operation != OperationId{}) {
    core_.complete({.id = probe.operation,
                    .error = Error{Errc::timeout, "no answer, direct, through helpers or by TCP"}});
  }
  if (!core_.table.used(probe.target) || !core_.active()) {
    return;
  }
  // Helpers that did not even say "no answer" speak against our own connection (Lifeguard §IV-A).
  const std::uint32_t missing =
      probe.nacks_expected > probe.nacks_received ? probe.nacks_expected - probe.nacks_received : 0;
  if (!probe.confirming) {
    core_.health.adjust(probe.nacks_expected > 0 ? static_cast<int>(missing) : 1);
  }
  const Record& record = core_.table.at(probe.target);
  if (record.reachable() && record.claim().incarnation.boot == probe.boot) {
    core_.suspicions.accuse(probe.target, probe.evidence);
  }
}

void Prober::forget(Slot target) {
  for (std::size_t place = 0; place < probes_.capacity(); ++place) {
    if (probes_.used(place) && probes_.at(place).target == target) {
      excuse(place, "the member is forgotten");
    }
  }
}

void Prober::excuse_all() {
  for (std::size_t place = 0; place < probes_.capacity(); ++place) {
    if (probes_.used(place)) {
      excuse(place, "this node stalled or left");
    }
  }
}

void Prober::excuse(std::size_t place, std::string_view why) {
  const Probe probe = take(place);
  if (probe.operation != OperationId{}) {
    core_.complete({.id = probe.operation, .error = Error{Errc::cancelled, why}});
  }
}

}  // namespace swim::engine
