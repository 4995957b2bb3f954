#include "core/engine/prober.hpp"

#include <algorithm>
#include <span>

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
  for (std::size_t place = 0; place < probes_.capacity(); ++place) {
    if (probes_.used(place) && probes_.at(place).target == target) {
      return place;
    }
  }
  return std::nullopt;
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

std::optional<Prober::Asked> Prober::asked_with(std::uint32_t seq) const {
  Asked asked;
  const auto place = probes_.find_if([&](std::uint32_t first, const Probe& probe) {
    const auto again = std::span(probe.again).first(probe.asked - 1);
    const auto ping = std::ranges::find(again, seq, &Question::seq);
    if (seq == first) {
      asked.directly = probe.started;
    } else if (ping != again.end()) {
      asked.directly = ping->at;
    }
    return asked.directly || (probe.helpers_seq != 0 && seq == probe.helpers_seq);
  });
  asked.place = place.value_or(0);
  return place ? std::optional(asked) : std::nullopt;
}

bool Prober::on_ack(const wire::Ack& ack) {
  const auto asked = asked_with(ack.seq);
  if (!asked) {
    return on_late_ack(ack);
  }
  const Probe& probe = probes_.at(asked->place);
  const Record& record = core_.table.at(probe.target);
  if (!handle_ack({ack.seq, record.name(), probe.boot}, ack)) {
    return false;
  }
  ++(asked->directly ? core_.stats.probes_acked_direct : core_.stats.probes_acked_indirect);
  succeed(asked->place, core_.now.steady - asked->directly.value_or(probe.started),
          asked->directly ? std::optional(ack.seq) : std::nullopt);
  return true;
}

void Prober::remember(std::size_t place, std::optional<std::uint32_t> answered) {
  const Probe& probe = probes_.at(place);
  const auto add = [&](std::uint32_t seq, TimePoint at) {
    if (seq != answered) {
      past_[past_next_++ % past_.size()] = {seq, probe.target, probe.boot, at};
    }
  };
  add(probes_.seq(place), probe.started);
  for (const Question& ping : std::span(probe.again).first(probe.asked - 1)) {
    add(ping.seq, ping.at);
  }
}

// Too late for its probe, but it tells how long this member takes.
bool Prober::on_late_ack(const wire::Ack& ack) {
  const auto past =
      std::ranges::find_if(past_, [&](const Past& p) { return p.seq == ack.seq && p.boot != 0; });
  if (past == past_.end() || !core_.table.used(past->target) || past->boot != ack.responder_boot ||
      core_.table.at(past->target).name() != ack.responder) {
    return false;
  }
  Record& record = core_.table.at(past->target);
  past->boot = 0;
  ++core_.stats.late_acks;
  record.on_ack(core_.now.steady);
  note_round_trip(record, core_.now.steady - past->at);
  return true;
}

// Where all members in turn are slow, it is this process that reads late: a stall by instalments.
void Prober::note_round_trip(Record& record, Duration round_trip) {
  record.round_trip.add(round_trip);
  last_round_trips_[last_next_++ % last_round_trips_.size()] = round_trip;
  const auto [least, most] = std::ranges::minmax(last_round_trips_);
  if (least >= core_.config.probe_timeout) {
    core_.self.learn_stall(most);
  }
}

void Prober::on_stream_ack(std::uint32_t seq, std::uint64_t boot) {
  const auto place = probes_.find(seq);
  if (place && probes_.at(*place).boot == boot) {
    ++core_.stats.probes_acked_stream;
    succeed(*place, core_.now.steady - probes_.at(*place).started, std::nullopt);
  }
}

bool Prober::on_nack(const wire::Nack& nack) {
  const auto asked = asked_with(nack.seq);
  if (!asked || asked->directly) {
    return false;
  }
  Probe& probe = probes_.at(asked->place);
  if (nack.reason == wire::NackReason::no_answer) {
    ++probe.nacks_received;
  } else if (probe.nacks_expected > 0) {
    --probe.nacks_expected;  // it could not even try: that says nothing about our own health
  }
  fail_early(asked->place);
  return true;
}

void Prober::on_stream_evidence(std::uint32_t seq, Evidence evidence) {
  const auto place = probes_.find(seq);
  if (!place) {
    return;
  }
  Probe& probe = probes_.at(*place);
  probe.evidence = std::max(probe.evidence, evidence);
  probe.stream_over = true;
  fail_early(*place);
}

// Every way has answered, each in its manner: waiting for the deadline would tell nothing more.
bool Prober::nothing_to_wait_for(const Probe& probe) const {
  return core_.config.detection.adaptive_timeout && core_.config.stream_probes && probe.waited &&
         probe.stream_over && !may_ask_again(probe) && last_had_its_time(probe) &&
         (probe.confirming || (core_.config.detection.nacks && probe.indirect &&
                               probe.nacks_received >= probe.nacks_expected));
}

void Prober::fail_early(std::size_t place) {
  if (nothing_to_wait_for(probes_.at(place))) {
    fail(place);
  }
}

void Prober::on_timer(std::size_t place) {
  if (!probes_.used(place)) {
    return;
  }
  Probe& probe = probes_.at(place);
  probe.timer = no_timer;
  probe.waited = probe.missed = true;
  if (core_.now.steady >= probe.deadline || nothing_to_wait_for(probe)) {
    fail(place);
    return;
  }
  const bool again = may_ask_again(probe);
  const TimePoint next = core_.now.steady + scaled(timeout_of(core_.table.at(probe.target)));
  core_.timers.set(probe.timer, TimerKind::probe, place,
                   again ? std::min(next, probe.deadline) : probe.deadline);
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
  const std::size_t helpers =
      probe.confirming ? 0 : std::min<std::size_t>(core_.config.indirect_probes, nodes - 2);
  return probe.asked < questions_wanted(core_.config, missed_.share(), helpers, nodes);
}

bool Prober::last_had_its_time(const Probe& probe) const {
  return probe.asked == 1 || probe.evidence == Evidence::refused ||
         core_.now.steady >=
             probe.again[probe.asked - 2].at + scaled(timeout_of(core_.table.at(probe.target)));
}

void Prober::ask_again(std::size_t place) {
  Probe& probe = probes_.at(place);
  const std::uint32_t seq = core_.next_seq();
  probe.again.at(probe.asked - 1) = {seq, core_.now.steady};
  ++probe.asked;
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
  // Of the first who are asked: the others' may come too late, and makes up for one that got lost.
  if (core_.config.detection.nacks && probe.asked == 1) {
    probe.nacks_expected = static_cast<std::uint32_t>(helpers_.size());
  }
}

Prober::Probe Prober::take(std::size_t place) {
  core_.timers.cancel(probes_.at(place).timer);
  core_.streams.abandon_probe(probes_.seq(place));
  return probes_.take(place);
}

void Prober::succeed(std::size_t place, Duration round_trip,
                     std::optional<std::uint32_t> answered) {
  if (probes_.at(place).indirect) {
    remember(place, answered);
  }
  const Probe probe = take(place);
  Record& record = core_.table.at(probe.target);
  if (!probe.confirming) {
    missed_.add(probe.missed);
  }
  if (answered) {
    note_round_trip(record, round_trip);
    all_.add(round_trip);
    core_.stats.round_trip_ns_sum += static_cast<std::uint64_t>(round_trip.count());
    ++core_.stats.round_trips;
  }
  record.on_ack(core_.now.steady);
  core_.health.adjust(-1);
  core_.trace(TraceKind::probe_acked, probe.boot, answered ? 0 : 1);
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
