// Datagrams out: encoded at the last moment, filled with what there is to say, sealed into the
// driver's buffer.
#include "core/engine/core.hpp"
#include "core/engine/record_messages.hpp"
#include "core/wire/native/codec.hpp"

namespace swim::engine {

std::optional<Transmit> Core::poll_transmit(MutableBytes out) {
  constexpr std::size_t offset = crypto::DatagramSealer::plaintext_offset;
  const std::size_t room = std::min(out.size(), config.datagram_bytes);
  while (!outbox.empty() || !user_outbox.empty()) {
    Outbox& box = outbox.empty() ? user_outbox : outbox;
    const PendingSend& send = box.front();
    wire::PacketWriter writer(out.subspan(offset, room - crypto::datagram_overhead), "");
    const bool worth_sending = encode_primary(send, writer);
    if (worth_sending && !send.bare) {
      piggyback(send, writer);
    }
    const std::size_t size = worth_sending ? writer.finish().size() : 0;
    const Endpoint to = send.to;
    const Slot receiver =
        send.receiver != no_slot && table.used(send.receiver) ? send.receiver : no_slot;
    const auto sealed = size == 0 ? fail(Errc::closed) : sealer.seal(out, size, send.inbox);
    box.pop();
    if (sealed) {
      crash_hints.on_sent(*sealed, receiver);
      ++stats.datagrams_sent;
      stats.bytes_sent += sealed->size();
      trace(TraceKind::datagram_sent, 0, sealed->size());
      return Transmit{to, sealed->size()};
    }
  }
  return lane.poll(out);
}

namespace {

// A relay answers for another, and knows nothing of that one's digest.
wire::Ack ack_of(Core& core, const PendingSend& send) {
  const bool own = send.boot == core.self.boot();
  return {.seq = send.seq,
          .responder = send.node,
          .responder_boot = send.boot,
          .digest = own ? core.anti_entropy.own_digest() : 0,
          .marks = own ? core.broadcasts.marks() : wire::Marks{}};
}

}  // namespace

bool Core::encode_record(Slot slot, wire::PacketWriter& writer) {
  if (slot == no_slot) {
    return false;
  }
  const Record& record = table.at(slot);
  return record.terminal() ? writer.add(dead_message(record, now.steady)).has_value()
                           : writer.add(alive_message(record, now.steady)).has_value();
}

// False: there is nothing to say any more.
bool Core::encode_primary(const PendingSend& send, wire::PacketWriter& writer) {
  const Description& own = *table.at(MemberTable::self).description;
  switch (send.kind) {
    case PendingSend::Kind::ping:
      return writer
          .add(wire::Ping{.seq = send.seq,
                          .sender = self.name(),
                          .sender_boot = self.boot(),
                          .sender_inbox = own.inbox,
                          .target = send.node,
                          .target_boot = send.boot,
                          .digest = anti_entropy.own_digest(),
                          .marks = broadcasts.marks()})
          .has_value();
    case PendingSend::Kind::ping_req:
      return writer
          .add(wire::PingReq{.seq = send.seq,
                             .target = send.node,
                             .sender = self.name(),
                             .sender_boot = self.boot(),
                             .sender_inbox = own.inbox,
                             .target_address = send.node_address,
                             .target_boot = send.boot,
                             .target_inbox = send.node_inbox})
          .has_value();
    case PendingSend::Kind::ack:
      return writer.add(ack_of(*this, send)).has_value();
    case PendingSend::Kind::nack:
      return writer
          .add(wire::Nack{.seq = send.seq,
                          .responder = send.node,
                          .responder_boot = send.boot,
                          .reason = send.nack})
          .has_value();
    case PendingSend::Kind::verdict: {
      auto verdict = verdict_about(send.node, send.boot);
      if (verdict) {
        verdict->seq = send.seq;
      }
      return verdict && writer.add(*verdict);
    }
    case PendingSend::Kind::record:
      return encode_record(table.find(send.node), writer);
    case PendingSend::Kind::confirm:
      return writer.add(wire::Confirm{.node = send.node, .node_boot = send.boot}).has_value();
    case PendingSend::Kind::hearsay: {
      const auto death = hearsay.message_of(send.seq);
      return death && writer.add(*death);
    }
    case PendingSend::Kind::user:
      return writer
          .add(wire::UserMsg{.topic = send.user->topic,
                             .payload = send.user->payload,
                             .origin = self.name(),
                             .origin_boot = self.boot(),
                             .target_boot = send.boot,
                             .request_id = send.user->request_id})
          .has_value();
    case PendingSend::Kind::fetch:
      return writer
          .add(wire::Fetch{.sender = self.name(),
                           .sender_boot = self.boot(),
                           .origin_boot = send.boot,
                           .spans = *send.spans})
          .has_value();
    case PendingSend::Kind::gossip:
      return true;
  }
  return false;
}

void Core::piggyback(const PendingSend& send, wire::PacketWriter& writer) {
  if (self.displaced()) {
    return;  // it claims nothing (DESIGN §4.1)
  }
  const bool receiver_known = send.receiver != no_slot && table.used(send.receiver);
  const bool goodbye = is_terminal(self.claim());
  if (goodbye || (receiver_known && !table.at(send.receiver).acked)) {
    // Until a peer's first ack our own record goes first (DESIGN §5): probing works right after a
    // join.
    gossip.piggyback_first(writer, MemberTable::self);
  }
  const std::uint64_t burst = send.burst != 0 ? send.burst : gossip.new_burst();
  if (send.about != no_slot && table.used(send.about)) {
    gossip.piggyback_first(writer, send.about);
    if (send.about == MemberTable::self) {
      table.at(MemberTable::self).packed = static_cast<std::uint32_t>(burst);  // not twice
    }
  } else if (config.detection.buddy && receiver_known && table.at(send.receiver).claim().suspect &&
             !table.at(send.receiver).terminal()) {
    gossip.piggyback_first(writer,
                           send.receiver);  // the suspect is told first (Lifeguard §IV-C, buddy)
  }
  gossip.piggyback(writer, send.receiver, burst);
}

}  // namespace swim::engine
