// rapidcheck generators of everything that goes over the wire: valid by construction, edge cases
// (empty, longest, largest) included often.
//
// Messages are views, so a generator gives an Owned value: the message and the memory its views
// point to. Copies share that memory; view() is valid as long as one of them lives.
#pragma once

#include <deque>
#include <iomanip>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "core/wire/native/codec.hpp"
#include "tests/generators/wire_value_generators.hpp"

namespace swim::test {

// Keeps strings at addresses that don't move.
class Arena {
 public:
  std::string_view keep(std::string text) { return texts_.emplace_back(std::move(text)); }
  Bytes keep(const ByteVector& bytes) { return as_bytes(keep(std::string(as_text(bytes)))); }

 private:
  std::deque<std::string> texts_;
};

template <class T>
struct Owned {
  std::shared_ptr<Arena> memory = std::make_shared<Arena>();
  T value{};
  const T& view() const { return value; }
};

using OwnedMessage = Owned<wire::Message>;

struct OwnedPacket {
  std::string cluster;
  OwnedMessage primary;
  std::vector<OwnedMessage> piggyback;

  std::vector<wire::Message> piggyback_view() const {
    std::vector<wire::Message> views;
    for (const OwnedMessage& message : piggyback) views.push_back(message.view());
    return views;
  }
};

// For rapidcheck's report of a counterexample: the message as it would be on the wire.
inline void showValue(const OwnedMessage& message, std::ostream& out) {
  ByteVector buffer(wire::encoded_size(message.view()));
  wire::FrameWriter writer(buffer);
  out << "message";
  if (!writer.add(message.view())) out << " that does not encode";
  for (const std::uint8_t byte : writer.finish()) {
    out << ' ' << std::hex << std::setw(2) << std::setfill('0') << unsigned{byte} << std::dec;
  }
}

inline void showValue(const OwnedPacket& packet, std::ostream& out) {
  out << "packet of cluster '" << packet.cluster << "': ";
  showValue(packet.primary, out);
  for (const OwnedMessage& message : packet.piggyback) showValue(message, out << ", ");
}

// A message made by `fill(message, arena)`, where the generators are drawn with *gen.
template <class M, class Fill>
rc::Gen<OwnedMessage> gen_message(Fill fill) {
  return rc::gen::exec([fill] {
    OwnedMessage owned;
    fill(owned.value.emplace<M>(), *owned.memory);
    return owned;
  });
}

inline void fill_node_info(wire::NodeInfo& node, Arena& arena) {
  node.name = arena.keep(*gen_node_id());
  node.address = *gen_endpoint();
  node.metadata = arena.keep(*gen_bytes(limits::metadata_bytes_max));
}

inline rc::Gen<Owned<wire::NodeInfo>> gen_node_info() {
  return rc::gen::exec([] {
    Owned<wire::NodeInfo> owned;
    fill_node_info(owned.value, *owned.memory);
    return owned;
  });
}

// ---- the seed's messages ----------------------------------------------------------------------

inline rc::Gen<OwnedMessage> gen_ping() {
  return gen_message<wire::Ping>([](wire::Ping& ping, Arena& arena) {
    ping.seq = *gen_number<std::uint32_t>();
    ping.sender = arena.keep(*gen_node_id());
    ping.sender_boot = *gen_number<std::uint64_t>();
    ping.sender_inbox = *gen_number<std::uint64_t>();
    ping.target = arena.keep(*gen_node_id());
    ping.target_boot = *gen_number<std::uint64_t>();
    ping.digest = *gen_number<std::uint64_t>();
    ping.marks = *gen_marks();
  });
}

inline rc::Gen<OwnedMessage> gen_ping_req() {
  return gen_message<wire::PingReq>([](wire::PingReq& request, Arena& arena) {
    request.seq = *gen_number<std::uint32_t>();
    request.target = arena.keep(*gen_node_id());
    request.sender = arena.keep(*gen_node_id());
    request.sender_boot = *gen_number<std::uint64_t>();
    request.sender_inbox = *gen_number<std::uint64_t>();
    request.target_address = *gen_endpoint();
    request.target_boot = *gen_number<std::uint64_t>();
    request.target_inbox = *gen_number<std::uint64_t>();
  });
}

inline rc::Gen<OwnedMessage> gen_ack() {
  return gen_message<wire::Ack>([](wire::Ack& ack, Arena& arena) {
    ack.seq = *gen_number<std::uint32_t>();
    ack.responder = arena.keep(*gen_node_id());
    if (*rc::gen::arbitrary<bool>()) {
      ack.payload = arena.keep(*gen_bytes(limits::ack_payload_bytes_max));
    }
    ack.responder_boot = *gen_number<std::uint64_t>();
    ack.digest = *gen_number<std::uint64_t>();
    ack.marks = *gen_marks();
  });
}

inline rc::Gen<OwnedMessage> gen_alive() {
  return gen_message<wire::Alive>([](wire::Alive& alive, Arena& arena) {
    wire::Descriptor& descriptor = alive.descriptor;
    fill_node_info(descriptor.node, arena);
    alive.claim = *gen_claim();
    alive.note = *gen_claim_note();
    const auto other = *gen_incarnation();
    const bool accuses = alive.claim.suspect || alive.claim.terminal != Terminal::none;
    descriptor.incarnation = *rc::gen::arbitrary<bool>() ? alive.claim.incarnation : other;
    if (!accuses) {
      descriptor.incarnation.boot = alive.claim.incarnation.boot;
    }
    descriptor.inbox = *gen_number<std::uint64_t>();
    descriptor.sequence = *gen_number<std::uint64_t>();
    descriptor.capabilities = *gen_number<std::uint32_t>();
    descriptor.stall_ms = *gen_number<std::uint32_t>();
    descriptor.zone = arena.keep(*gen_text(limits::zone_bytes_max));
    descriptor.apps = arena.keep(*gen_bytes(limits::apps_bytes_max));
  });
}

inline void fill_accusation(auto& message, Arena& arena) {
  message.node = arena.keep(*gen_node_id());
  message.accuser = arena.keep(*gen_node_id());
  message.claim = *gen_claim();
  message.note = *gen_claim_note();
  message.accuser_boot = *gen_number<std::uint64_t>();
  message.evidence = *gen_evidence();
}

inline rc::Gen<OwnedMessage> gen_suspect() {
  return gen_message<wire::Suspect>([](wire::Suspect& suspect, Arena& arena) {
    fill_accusation(suspect, arena);
    suspect.claim.suspect = true;
    suspect.claim.terminal = Terminal::none;
  });
}

inline rc::Gen<OwnedMessage> gen_dead() {
  return gen_message<wire::Dead>([](wire::Dead& dead, Arena& arena) {
    fill_accusation(dead, arena);
    dead.claim.terminal = *rc::gen::element(Terminal::dead, Terminal::left);
  });
}

inline rc::Gen<OwnedMessage> gen_user_msg() {
  return gen_message<wire::UserMsg>([](wire::UserMsg& message, Arena& arena) {
    message.topic = arena.keep(*gen_text(limits::topic_bytes_max));
    message.payload = arena.keep(*gen_bytes(limits::datagram_bytes_default));
    message.origin = arena.keep(*gen_node_id());
    message.origin_boot = *gen_number<std::uint64_t>();
    message.target_boot = *gen_number<std::uint64_t>();
    message.request_id = *gen_request_id();
  });
}

// ---- ours, in datagrams -----------------------------------------------------------------------

inline rc::Gen<OwnedMessage> gen_nack() {
  return gen_message<wire::Nack>([](wire::Nack& nack, Arena& arena) {
    nack.seq = *gen_number<std::uint32_t>();
    nack.responder = arena.keep(*gen_node_id());
    nack.responder_boot = *gen_number<std::uint64_t>();
    nack.reason = *rc::gen::element(wire::NackReason::no_answer, wire::NackReason::cannot_send,
                                    wire::NackReason::overloaded);
  });
}

inline rc::Gen<OwnedMessage> gen_broadcast() {
  return gen_message<wire::Broadcast>([](wire::Broadcast& broadcast, Arena& arena) {
    broadcast.origin = arena.keep(*gen_node_id());
    broadcast.origin_boot = *gen_number<std::uint64_t>();
    broadcast.sequence = *gen_number<std::uint64_t>();
    broadcast.topic = arena.keep(*gen_text(limits::topic_bytes_max));
    broadcast.payload = arena.keep(*gen_bytes(limits::datagram_bytes_default));
    broadcast.announced_bytes = *rc::gen::element<std::uint32_t>(
        0, 1, static_cast<std::uint32_t>(limits::send_payload_bytes_max));
  });
}

inline rc::Gen<OwnedMessage> gen_verdict() {
  return gen_message<wire::Verdict>([](wire::Verdict& verdict, Arena& arena) {
    verdict.seq = *gen_number<std::uint32_t>();
    verdict.responder = arena.keep(*gen_node_id());
    verdict.responder_boot = *gen_number<std::uint64_t>();
    verdict.node = arena.keep(*gen_node_id());
    verdict.claim = *gen_claim();
    verdict.note = *gen_claim_note();
  });
}

inline rc::Gen<OwnedMessage> gen_confirm() {
  return gen_message<wire::Confirm>([](wire::Confirm& confirm, Arena& arena) {
    confirm.node = arena.keep(*gen_node_id());
    confirm.node_boot = *gen_number<std::uint64_t>();
  });
}

inline rc::Gen<OwnedMessage> gen_spread() {
  return gen_message<wire::Spread>(
      [](wire::Spread& spread, Arena&) { spread.others = *gen_number<std::uint8_t>(); });
}

inline rc::Gen<OwnedMessage> gen_fetch() {
  return gen_message<wire::Fetch>([](wire::Fetch& fetch, Arena& arena) {
    fetch.sender = arena.keep(*gen_node_id());
    fetch.sender_boot = *gen_number<std::uint64_t>();
    fetch.origin_boot = *gen_number<std::uint64_t>();
    fetch.spans = *gen_spans();
  });
}

inline rc::Gen<OwnedMessage> gen_announcement() {
  return gen_message<wire::Announcement>([](wire::Announcement& announcement, Arena& arena) {
    announcement.sender_boot = *gen_number<std::uint64_t>();
    announcement.origin = arena.keep(*gen_node_id());
    announcement.origin_boot = *gen_number<std::uint64_t>();
    announcement.sequence = *gen_number<std::uint64_t>();
    announcement.topic = arena.keep(*gen_text(limits::topic_bytes_max));
    announcement.bytes = *rc::gen::element<std::uint32_t>(
        0, 1, static_cast<std::uint32_t>(limits::broadcast_payload_bytes_max));
    for (std::uint8_t& byte : announcement.checksum) {
      byte = *gen_number<std::uint8_t>();
    }
  });
}

// Any message of a datagram, each as likely as the next.
inline rc::Gen<OwnedMessage> gen_protocol_msg() {
  return rc::gen::oneOf(gen_ping(), gen_ping_req(), gen_ack(), gen_alive(), gen_suspect(),
                        gen_dead(), gen_user_msg(), gen_nack(), gen_broadcast(), gen_verdict(),
                        gen_confirm(), gen_fetch(), gen_spread(), gen_announcement());
}

// Up to `piggyback_max` piggybacked messages; it may be larger than any datagram.
inline rc::Gen<OwnedPacket> gen_packet(std::size_t piggyback_max = 8) {
  return rc::gen::exec([piggyback_max] {
    OwnedPacket packet;
    packet.cluster = *gen_text(limits::label_bytes_max);
    packet.primary = *gen_protocol_msg();
    const auto count = *rc::gen::inRange<std::size_t>(0, piggyback_max + 1);
    packet.piggyback = *rc::gen::container<std::vector<OwnedMessage>>(count, gen_protocol_msg());
    return packet;
  });
}

// ---- ours, in streams -------------------------------------------------------------------------

inline rc::Gen<OwnedMessage> gen_join_request() {
  return gen_message<wire::JoinRequest>([](wire::JoinRequest& request, Arena&) {
    request.proposed_life = *gen_number<std::uint64_t>();
  });
}

inline rc::Gen<OwnedMessage> gen_join_verdict() {
  return gen_message<wire::JoinVerdict>([](wire::JoinVerdict& verdict, Arena& arena) {
    using enum wire::JoinCode;
    verdict.code = *rc::gen::element(accepted, life_too_high, table_full, leaving);
    verdict.text = arena.keep(*gen_text(limits::error_text_bytes_max));
    verdict.known = *rc::gen::arbitrary<bool>();
    verdict.claim = *gen_claim();
    verdict.sequence = *gen_number<std::uint64_t>();
  });
}

inline rc::Gen<OwnedMessage> gen_sync_begin() {
  return gen_message<wire::SyncBegin>([](wire::SyncBegin& begin, Arena&) {
    begin.mode = *rc::gen::element(wire::SyncMode::full, wire::SyncMode::digest);
    begin.records = *gen_number<std::uint32_t>();
    begin.digest = *gen_number<std::uint64_t>();
  });
}

inline rc::Gen<OwnedMessage> gen_sync_end() {
  return gen_message<wire::SyncEnd>(
      [](wire::SyncEnd& end, Arena&) { end.records = *gen_number<std::uint32_t>(); });
}

inline rc::Gen<OwnedMessage> gen_send_request() {
  return gen_message<wire::SendRequest>([](wire::SendRequest& request, Arena& arena) {
    request.request_id = *gen_request_id();
    request.target = arena.keep(*gen_node_id());
    request.target_boot = *gen_number<std::uint64_t>();
    request.topic = arena.keep(*gen_text(limits::topic_bytes_max));
    request.payload = arena.keep(*gen_bytes(4096));
    const auto before = *rc::gen::element<std::uint32_t>(0, 1, 500'000);
    const auto after = *rc::gen::element<std::uint32_t>(0, 1, 500'000);
    request.offset = before;
    request.total_bytes = before + static_cast<std::uint32_t>(request.payload.size()) + after;
  });
}

inline rc::Gen<OwnedMessage> gen_send_reply() {
  return gen_message<wire::SendReply>([](wire::SendReply& reply, Arena&) {
    using enum wire::SendCode;
    reply.request_id = *gen_request_id();
    reply.code = *rc::gen::element(taken, no_subscriber, not_me, full, too_large);
  });
}

inline rc::Gen<OwnedMessage> gen_sync_item() {
  return gen_message<wire::SyncItem>([](wire::SyncItem& item, Arena&) {
    item.name_hash = *gen_number<std::uint64_t>();
    item.claim = *gen_claim();
    const auto other = *gen_incarnation();
    item.descriptor = *rc::gen::arbitrary<bool>() ? item.claim.incarnation : other;
  });
}

inline rc::Gen<OwnedMessage> gen_sync_want() {
  return gen_message<wire::SyncWant>(
      [](wire::SyncWant& want, Arena&) { want.name_hash = *gen_number<std::uint64_t>(); });
}

inline rc::Gen<OwnedMessage> gen_sync_mark() {
  return gen_message<wire::SyncMark>([](wire::SyncMark& mark, Arena&) {
    mark.boot = *gen_number<std::uint64_t>();
    mark.sequence = *gen_number<std::uint64_t>();
  });
}

inline rc::Gen<OwnedMessage> gen_pull_request() {
  return gen_message<wire::PullRequest>([](wire::PullRequest& request, Arena&) {
    request.origin_boot = *gen_number<std::uint64_t>();
    request.spans = *gen_spans();
  });
}

inline rc::Gen<OwnedMessage> gen_pull_reply() {
  return gen_message<wire::PullReply>([](wire::PullReply& reply, Arena& arena) {
    using enum wire::PullCode;
    reply.origin_boot = *gen_number<std::uint64_t>();
    reply.sequence = *gen_number<std::uint64_t>();
    reply.code = *rc::gen::element(here, not_here, busy);
    reply.payload = arena.keep(*gen_bytes(4096));
    const auto before = *rc::gen::element<std::uint32_t>(0, 1, 500'000);
    const auto after = *rc::gen::element<std::uint32_t>(0, 1, 500'000);
    reply.offset = before;
    reply.total_bytes = before + static_cast<std::uint32_t>(reply.payload.size()) + after;
  });
}

inline rc::Gen<OwnedMessage> gen_stream_msg() {
  return rc::gen::oneOf(gen_join_request(), gen_join_verdict(), gen_sync_begin(), gen_sync_end(),
                        gen_send_request(), gen_send_reply(), gen_sync_item(), gen_sync_want(),
                        gen_sync_mark(), gen_pull_request(), gen_pull_reply());
}

inline rc::Gen<OwnedMessage> gen_any_msg() {
  return rc::gen::oneOf(gen_protocol_msg(), gen_stream_msg());
}

}  // namespace swim::test
