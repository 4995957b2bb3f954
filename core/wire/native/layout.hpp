// The body of each message, described once. Sizing, writing and reading are three visitors of the
// same description, so that they can't disagree: encoded_size is exact, and decode is the inverse
// of encode, by construction.
//
// Rules of the format:
// - The seed's fields first, in the seed's order (its incarnation is the count), then ours.
// - The fields here are those of version 1 and all mandatory: a body that ends before the last of
// them is
//   truncated. A later field goes to the end of its body and is optional there: a reader takes it
//   only if the body goes on, an older reader skips it.
// - A flag bit that announces bytes is never added: those bytes would move the fields behind them.
//
// A visitor has: number, boolean, choice, text, blob, long_blob, optional_blob, raw, endpoint,
// marks, spans, at_most, check, and the constant `reading`. The last two judge values, on both
// ways: what we would not take, we do not send.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "core/base/limits.hpp"
#include "core/wire/message.hpp"

namespace swim::wire::layout {

// T to read into, const T to write from.
template <class M, class T>
concept Is = std::same_as<std::remove_const_t<M>, T>;

// ---- parts ------------------------------------------------------------------------------------

inline constexpr std::size_t payload_max = 0xFFFF;  // bounded before that by the datagram

void node_id(auto& visitor, auto& name) {
  visitor.text(name, limits::name_bytes_max);
}

void node(auto& visitor, Is<NodeInfo> auto& info) {
  node_id(visitor, info.name);
  visitor.endpoint(info.address);
  visitor.blob(info.metadata, limits::metadata_bytes_max);
}

enum ClaimFlag : std::uint8_t {
  flag_terminal = 0x03,  // two bits: Terminal
  flag_leaving = 0x04,
  flag_suspect = 0x08,
  flag_drain = 0x10,           // drain_ms and drain_age_ms follow
  flag_age = 0x20,             // age_s follows
  flag_left_reason = 0x40,     // left_reason follows
  flag_own_descriptor = 0x80,  // Alive: the descriptor's own incarnation follows
};

inline std::uint8_t claim_flags(const Claim& claim, const ClaimNote& note) {
  auto flags = static_cast<unsigned>(claim.terminal);
  if (claim.leaving) flags |= flag_leaving;
  if (claim.suspect) flags |= flag_suspect;
  if (note.drain_ms != 0 || note.drain_age_ms != 0) flags |= flag_drain;
  if (note.age_s != 0) flags |= flag_age;
  if (note.left_reason != LeftReason::none) flags |= flag_left_reason;
  return static_cast<std::uint8_t>(flags);
}

void set_claim_flags(auto& visitor, std::uint8_t flags, Claim& claim) {
  visitor.check((flags & flag_terminal) <= static_cast<std::uint8_t>(Terminal::left),
                "unknown terminal state");
  claim.terminal = static_cast<Terminal>(flags & flag_terminal);
  claim.leaving = (flags & flag_leaving) != 0;
  claim.suspect = (flags & flag_suspect) != 0;
}

// What of a claim and its note is behind the seed's fields (the count is one of those). `flags`
// comes in with the message's own bits to be sent and goes out with all bits as sent or received.
template <class Visitor>
void claim_tail(Visitor& visitor, Is<Claim> auto& claim, Is<ClaimNote> auto& note,
                std::uint8_t& flags) {
  visitor.number(claim.incarnation.life);
  visitor.number(claim.incarnation.boot);
  flags = static_cast<std::uint8_t>(flags | claim_flags(claim, note));
  visitor.number(flags);
  if constexpr (Visitor::reading) set_claim_flags(visitor, flags, claim);
  if ((flags & flag_drain) != 0) {
    visitor.number(note.drain_ms);
    visitor.number(note.drain_age_ms);
  }
  if ((flags & flag_age) != 0) visitor.number(note.age_s);
  if ((flags & flag_left_reason) != 0) visitor.choice(note.left_reason, LeftReason::forced);
}

void claim_tail(auto& visitor, Is<Claim> auto& claim, Is<ClaimNote> auto& note) {
  std::uint8_t flags = 0;
  claim_tail(visitor, claim, note, flags);
}

void incarnation(auto& visitor, Is<Incarnation> auto& value) {
  visitor.number(value.life);
  visitor.number(value.boot);
  visitor.number(value.count);
}

// ---- the seed's messages ----------------------------------------------------------------------

void body(auto& visitor, Is<Ping> auto& m) {
  visitor.number(m.seq);
  node_id(visitor, m.sender);
  visitor.number(m.sender_boot);
  visitor.number(m.sender_inbox);
  node_id(visitor, m.target);
  visitor.number(m.target_boot);
  visitor.number(m.digest);
  visitor.marks(m.marks);
}

void body(auto& visitor, Is<PingReq> auto& m) {
  visitor.number(m.seq);
  node_id(visitor, m.target);
  node_id(visitor, m.sender);
  visitor.number(m.sender_boot);
  visitor.number(m.sender_inbox);
  visitor.endpoint(m.target_address);
  visitor.number(m.target_boot);
  visitor.number(m.target_inbox);
}

void body(auto& visitor, Is<Ack> auto& m) {
  visitor.number(m.seq);
  node_id(visitor, m.responder);
  visitor.optional_blob(m.payload, limits::ack_payload_bytes_max);
  visitor.number(m.responder_boot);
  visitor.number(m.digest);
  visitor.marks(m.marks);
}

template <class Visitor>
void body(Visitor& visitor, Is<Alive> auto& m) {
  auto& own = m.descriptor.incarnation;
  node(visitor, m.descriptor.node);
  visitor.number(m.claim.incarnation.count);
  // Most records have one incarnation for both halves: a bit instead of 20 bytes.
  std::uint8_t flags = 0;
  if constexpr (!Visitor::reading) flags = own == m.claim.incarnation ? 0 : flag_own_descriptor;
  claim_tail(visitor, m.claim, m.note, flags);
  if ((flags & flag_own_descriptor) != 0) {
    incarnation(visitor, own);
  } else if constexpr (Visitor::reading) {
    own = m.claim.incarnation;
  }
  visitor.number(m.descriptor.inbox);
  visitor.number(m.descriptor.sequence);
  visitor.number(m.descriptor.capabilities);
  visitor.number(m.descriptor.stall_ms);
  visitor.text(m.descriptor.zone, limits::zone_bytes_max);
  visitor.blob(m.descriptor.apps, limits::apps_bytes_max);
  // Only an accusation may come before the description of the run that it is about.
  visitor.check(
      own.boot == m.claim.incarnation.boot || m.claim.suspect || m.claim.terminal != Terminal::none,
      "an Alive of a run that it does not describe");
}

void accusation(auto& visitor, auto& m) {
  node_id(visitor, m.node);
  visitor.number(m.claim.incarnation.count);
  node_id(visitor, m.accuser);
  claim_tail(visitor, m.claim, m.note);
  visitor.number(m.accuser_boot);
  visitor.choice(m.evidence, Evidence::stalled);
}

void body(auto& visitor, Is<Suspect> auto& m) {
  accusation(visitor, m);
  visitor.check(m.claim.suspect && m.claim.terminal == Terminal::none,
                "a Suspect whose claim is not a suspicion");
}

void body(auto& visitor, Is<Dead> auto& m) {
  accusation(visitor, m);
  visitor.check(m.claim.terminal != Terminal::none, "a Dead whose claim is not terminal");
}

void body(auto& visitor, Is<UserMsg> auto& m) {
  visitor.text(m.topic, limits::topic_bytes_max);
  visitor.blob(m.payload, payload_max);
  node_id(visitor, m.origin);
  visitor.number(m.origin_boot);
  visitor.number(m.target_boot);
  visitor.raw(m.request_id);
}

// ---- ours, in datagrams -----------------------------------------------------------------------

void body(auto& visitor, Is<Nack> auto& m) {
  visitor.number(m.seq);
  node_id(visitor, m.responder);
  visitor.number(m.responder_boot);
  visitor.choice(m.reason, NackReason::overloaded);
}

void body(auto& visitor, Is<Broadcast> auto& m) {
  node_id(visitor, m.origin);
  visitor.number(m.origin_boot);
  visitor.number(m.sequence);
  visitor.text(m.topic, limits::topic_bytes_max);
  visitor.blob(m.payload, payload_max);
  visitor.number(m.announced_bytes);
  visitor.at_most(m.announced_bytes, limits::send_payload_bytes_max);
}

void body(auto& visitor, Is<Announcement> auto& m) {
  visitor.number(m.sender_boot);
  node_id(visitor, m.origin);
  visitor.number(m.origin_boot);
  visitor.number(m.sequence);
  visitor.text(m.topic, limits::topic_bytes_max);
  visitor.number(m.bytes);
  visitor.at_most(m.bytes, limits::broadcast_payload_bytes_max);
  visitor.raw(m.checksum);
}

void body(auto& visitor, Is<Verdict> auto& m) {
  visitor.number(m.seq);
  node_id(visitor, m.responder);
  visitor.number(m.responder_boot);
  node_id(visitor, m.node);
  visitor.number(m.claim.incarnation.count);
  claim_tail(visitor, m.claim, m.note);
}

void body(auto& visitor, Is<Confirm> auto& m) {
  node_id(visitor, m.node);
  visitor.number(m.node_boot);
}

void body(auto& visitor, Is<Spread> auto& m) {
  visitor.number(m.others);
}

void body(auto& visitor, Is<Fetch> auto& m) {
  node_id(visitor, m.sender);
  visitor.number(m.sender_boot);
  visitor.number(m.origin_boot);
  visitor.spans(m.spans);
}

// ---- ours, in streams -------------------------------------------------------------------------

void body(auto& visitor, Is<JoinRequest> auto& m) {
  visitor.number(m.proposed_life);
}

template <class Visitor>
void body(Visitor& visitor, Is<JoinVerdict> auto& m) {
  visitor.choice(m.code, JoinCode::leaving);
  visitor.text(m.text, limits::error_text_bytes_max);
  visitor.boolean(m.known);
  visitor.number(m.claim.incarnation.count);
  ClaimNote none;  // a joiner needs the claim only
  claim_tail(visitor, m.claim, none);
  visitor.number(m.sequence);
}

void body(auto& visitor, Is<SyncBegin> auto& m) {
  visitor.choice(m.mode, SyncMode::digest);
  visitor.number(m.records);
  visitor.number(m.digest);
}

void body(auto& visitor, Is<SyncEnd> auto& m) {
  visitor.number(m.records);
}

template <class Visitor>
void body(Visitor& visitor, Is<SyncItem> auto& m) {
  visitor.number(m.name_hash);
  visitor.number(m.claim.incarnation.count);
  std::uint8_t flags = 0;
  if constexpr (!Visitor::reading) {
    flags = m.descriptor == m.claim.incarnation ? 0 : flag_own_descriptor;
  }
  ClaimNote none;  // the order of claims knows no ages
  claim_tail(visitor, m.claim, none, flags);
  if ((flags & flag_own_descriptor) != 0) {
    incarnation(visitor, m.descriptor);
  } else if constexpr (Visitor::reading) {
    m.descriptor = m.claim.incarnation;
  }
}

void body(auto& visitor, Is<SyncWant> auto& m) {
  visitor.number(m.name_hash);
}

void body(auto& visitor, Is<SyncMark> auto& m) {
  visitor.number(m.boot);
  visitor.number(m.sequence);
}

// One part of a payload that comes in several.
void part(auto& visitor, auto& m, std::size_t whole_max) {
  visitor.number(m.total_bytes);
  visitor.at_most(m.total_bytes, whole_max);
  visitor.number(m.offset);
  visitor.long_blob(m.payload, limits::stream_frame_bytes_max);
  visitor.check(m.offset <= m.total_bytes && m.payload.size() <= m.total_bytes - m.offset,
                "a part beyond the end of its payload");
}

void body(auto& visitor, Is<SendRequest> auto& m) {
  visitor.raw(m.request_id);
  node_id(visitor, m.target);
  visitor.number(m.target_boot);
  visitor.text(m.topic, limits::topic_bytes_max);
  part(visitor, m, limits::send_payload_bytes_max);
}

void body(auto& visitor, Is<SendReply> auto& m) {
  visitor.raw(m.request_id);
  visitor.choice(m.code, SendCode::too_large);
}

void body(auto& visitor, Is<PullRequest> auto& m) {
  visitor.number(m.origin_boot);
  visitor.spans(m.spans);
}

void body(auto& visitor, Is<PullReply> auto& m) {
  visitor.number(m.origin_boot);
  visitor.number(m.sequence);
  visitor.choice(m.code, PullCode::busy);
  part(visitor, m, limits::broadcast_payload_bytes_max);
}

}  // namespace swim::wire::layout
