#include "core/engine/relays.hpp"

#include "core/engine/core.hpp"

namespace swim::engine {

void Relays::on_ping_req(const Endpoint& from, const wire::PingReq& request) {
  const Slot sender = core_.table.find(request.sender);
  const bool known = sender != no_slot && !core_.table.at(sender).behind() &&
                     core_.table.at(sender).claim().incarnation.boot == request.sender_boot;
  if (!known && !core_.may_answer_stranger()) {
    return;
  }
  Relay relay{.asked_seq = request.seq,
              .to = known ? core_.table.at(sender).description->address : from,
              .inbox = request.sender_inbox,
              .target = std::string(request.target),
              .target_boot = request.target_boot};
  // Our own description of the target, where it is of that run; else what the asker says (DESIGN
  // §5).
  const Slot slot = core_.table.find(request.target);
  const bool described = slot != no_slot && slot != MemberTable::self &&
                         core_.table.at(slot).description->incarnation.boot == request.target_boot;
  const Endpoint to =
      described ? core_.table.at(slot).description->address : request.target_address;
  const std::uint64_t inbox =
      described ? core_.table.at(slot).description->inbox : request.target_inbox;
  if (inbox == 0 || to.is_unspecified() || to.port == 0 || slot == MemberTable::self ||
      !core_.active()) {
    refuse(relay, wire::NackReason::cannot_send);
    return;
  }
  const std::uint32_t seq = core_.next_seq();
  const std::uint64_t boot = relay.target_boot;
  const auto place = relays_.add(seq, relay);
  if (!place) {
    refuse(relay, wire::NackReason::overloaded);
    return;
  }
  ++core_.stats.relays_run;
  // In time for the asker's own deadline, which is probe_deadline after its direct probe began.
  core_.timers.set(relays_.at(*place).timer, TimerKind::relay, *place,
                   core_.now.steady + (described ? core_.prober.timeout_of(core_.table.at(slot))
                                                 : core_.config.probe_timeout));
  PendingSend& send = core_.outbox.push();
  send.kind = PendingSend::Kind::ping;
  send.to = to;
  send.inbox = inbox;
  send.receiver = described ? slot : no_slot;
  send.seq = seq;
  send.node = request.target;
  send.boot = boot;
}

bool Relays::on_ack(const wire::Ack& ack) {
  const auto place = relays_.find(ack.seq);
  if (!place || relays_.at(*place).target != ack.responder ||
      relays_.at(*place).target_boot != ack.responder_boot) {
    return false;
  }
  core_.timers.cancel(relays_.at(*place).timer);
  const Relay relay = relays_.take(*place);
  PendingSend& send = core_.outbox.push();
  send.kind = PendingSend::Kind::ack;
  send.to = relay.to;
  send.inbox = relay.inbox;
  send.bare = true;
  send.seq = relay.asked_seq;
  send.node = relay.target;
  send.boot = relay.target_boot;
  return true;
}

void Relays::on_timer(std::size_t place) {
  if (!relays_.used(place)) {
    return;
  }
  relays_.at(place).timer = no_timer;
  const Relay relay = relays_.take(place);
  if (core_.config.detection.nacks) {
    refuse(relay, wire::NackReason::no_answer);
  }
}

void Relays::refuse(const Relay& relay, wire::NackReason reason) {
  if (relay.inbox == 0) {
    return;
  }
  ++core_.stats.nacks_sent;
  PendingSend& send = core_.outbox.push();
  send.kind = PendingSend::Kind::nack;
  send.to = relay.to;
  send.inbox = relay.inbox;
  send.bare = true;
  send.seq = relay.asked_seq;
  send.node = core_.self.name();
  send.boot = core_.self.boot();
  send.nack = reason;
}

}  // namespace swim::engine
