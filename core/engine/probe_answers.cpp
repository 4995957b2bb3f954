// What comes back on a probe: answers by any way, in time or late, and evidence.
#include <algorithm>

#include "core/engine/core.hpp"
#include "core/engine/prober.hpp"

namespace swim::engine {

std::optional<Prober::Match> Prober::match(std::uint32_t seq) const {
  std::optional<TimePoint> pinged;
  const auto place = probes_.find_if([&](std::uint32_t first, const Probe& probe) {
    const auto ping = std::ranges::find(probe.again, seq, &Question::seq);
    if (seq == first) {
      pinged = probe.started;
    } else if (ping != probe.again.end()) {
      pinged = ping->at;
    }
    return pinged || (probe.helpers_seq != 0 && seq == probe.helpers_seq);
  });
  return place ? std::optional(Match{*place, pinged}) : std::nullopt;
}

std::optional<Slot> Prober::on_ack(const wire::Ack& ack) {
  const auto found = match(ack.seq);
  if (!found) {
    return on_late_ack(ack);
  }
  const Probe& probe = probes_.at(found->place);
  const Record& record = core_.table.at(probe.target);
  if (!handle_ack({ack.seq, record.name(), probe.boot}, ack)) {
    return std::nullopt;
  }
  const Slot responder = probe.target;
  ++(found->pinged ? core_.stats.probes_acked_direct : core_.stats.probes_acked_indirect);
  succeed(found->place, core_.now.steady - found->pinged.value_or(probe.started),
          found->pinged.has_value());
  return responder;
}

void Prober::remember(std::size_t place) {
  const Probe& probe = probes_.at(place);
  const auto add = [&](std::uint32_t seq, TimePoint at) {
    past_[past_next_++ % past_.size()] = {seq, probe.target, probe.boot, at, probe.started};
  };
  add(probes_.seq(place), probe.started);
  for (const Question& ping : probe.again) {
    add(ping.seq, ping.at);
  }
}

// Too late for its probe, but it tells how long this member takes: once for each probe, or a member
// that answers all pings of one together would pass for several.
std::optional<Slot> Prober::on_late_ack(const wire::Ack& ack) {
  const auto past =
      std::ranges::find_if(past_, [&](const Past& p) { return p.seq == ack.seq && p.boot != 0; });
  if (past == past_.end() || !core_.table.used(past->target) || past->boot != ack.responder_boot ||
      core_.table.at(past->target).name() != ack.responder) {
    return std::nullopt;
  }
  const Past answered = *past;
  for (Past& other : past_) {
    if (other.target == answered.target && other.started == answered.started) {
      other.boot = 0;
    }
  }
  ++core_.stats.late_acks;
  Record& record = core_.table.at(answered.target);
  record.on_ack(core_.now.steady);
  note_round_trip(record, core_.now.steady - answered.at);
  return answered.target;
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
    succeed(*place, core_.now.steady - probes_.at(*place).started, false);
  }
}

bool Prober::on_nack(const wire::Nack& nack) {
  const auto found = match(nack.seq);
  if (!found || found->pinged) {
    return false;
  }
  Probe& probe = probes_.at(found->place);
  if (nack.reason == wire::NackReason::no_answer || !probe.again.empty()) {
    ++probe.nacks_received;
  } else if (probe.nacks_expected > 0) {
    --probe.nacks_expected;  // it could not even try: that says nothing about our own health
  }
  fail_early(found->place);
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
         probe.stream_over &&
         (probe.evidence == Evidence::refused || core_.now.steady >= probe.answer_until) &&
         (probe.confirming || (core_.config.detection.nacks && probe.indirect &&
                               probe.nacks_received >= probe.nacks_expected));
}

void Prober::fail_early(std::size_t place) {
  if (nothing_to_wait_for(probes_.at(place))) {
    fail(place);
  }
}

}  // namespace swim::engine
