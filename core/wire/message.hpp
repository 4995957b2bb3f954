// One struct per message. String and byte fields are views: into the received packet after
// decoding, into the caller's memory before encoding. A message must not outlive what its views
// point to.
//
// The wire is append-only: a tag is never reused, a field is never moved; new fields go to the end
// of a body and are skipped by older readers. Tags 0x01–0x07 are the seed's; the seed's fields come
// first.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "core/base/bytes.hpp"
#include "core/base/endpoint.hpp"
#include "core/base/limits.hpp"
#include "core/wire/claim.hpp"

namespace swim::wire {

enum class Tag : std::uint8_t {
  ping = 0x01,
  ping_req = 0x02,
  ack = 0x03,
  alive = 0x04,
  suspect = 0x05,
  dead = 0x06,
  user_msg = 0x07,
  nack = 0x08,
  broadcast = 0x09,
  verdict = 0x0A,
  confirm = 0x0B,
  fetch = 0x0C,
  spread = 0x0D,
  announcement = 0x0E,
  // From here on: stream messages only.
  join_request = 0x20,
  join_verdict = 0x21,
  sync_begin = 0x22,
  sync_end = 0x23,
  send_request = 0x24,
  send_reply = 0x25,
  sync_item = 0x26,
  sync_want = 0x27,
  sync_mark = 0x28,
  pull_request = 0x29,
  pull_reply = 0x2A,
};

// Capability bits of a member (DESIGN §5: version N−1 and N run together).
enum Capability : std::uint32_t {
  capability_full_sync = 1U << 0,
  capability_digest_sync = 1U << 1,  // SyncMode::digest, SyncItem and SyncWant
  capability_fetch = 1U << 2,        // Fetch and Spread, SyncMark in syncs
};

// The highest broadcast sequence known of one run of an origin (DESIGN §4.3).
struct Mark {
  std::uint64_t boot{};
  std::uint64_t sequence{};
  friend bool operator==(const Mark&, const Mark&) = default;
};

// Up to limits::marks_per_packet_max marks, without an allocation.
struct Marks {
  std::array<Mark, limits::marks_per_packet_max> items{};
  std::uint8_t count{};
  std::span<const Mark> view() const { return {items.data(), count}; }
  friend bool operator==(const Marks&, const Marks&) = default;
};

// Sequences from the first to the last.
struct Span {
  std::uint64_t first{};
  std::uint64_t last{};
  friend bool operator==(const Span&, const Span&) = default;
};

// Up to limits::spans_per_fetch_max, without an allocation.
struct Spans {
  std::array<Span, limits::spans_per_fetch_max> items{};
  std::uint8_t count{};
  std::span<const Span> view() const { return {items.data(), count}; }
  friend bool operator==(const Spans&, const Spans&) = default;
};

// The seed's node_info.
struct NodeInfo {
  std::string_view name{};
  Endpoint address{};
  Bytes metadata{};  // encoded labels, core/wire/labels.hpp; at most limits::metadata_bytes_max
};

// What a member is. Its own incarnation, because a claim can run ahead of it (DESIGN §4.1).
struct Descriptor {
  NodeInfo node{};
  Incarnation incarnation{};
  std::uint64_t inbox{};     // DESIGN §5: datagrams for this member are sealed for it
  std::uint64_t sequence{};  // its broadcast sequence when minted (DESIGN §7)
  std::uint32_t capabilities{};
  std::uint32_t stall_ms{};  // the longest recent stall it learned of itself
  std::string_view zone{};
  Bytes apps{};  // encoded state of attached apps, core/wire/apps.hpp
};

// ---- the seed's messages ----------------------------------------------------------------------

struct Ping {
  std::uint32_t seq{};
  std::string_view sender{};
  std::uint64_t sender_boot{};
  std::uint64_t sender_inbox{};
  std::string_view target{};    // an ack counts only from this name …
  std::uint64_t target_boot{};  // … and boot; 0 = not known yet
  std::uint64_t digest{};       // of the membership (DESIGN §4.3)
  Marks marks{};
};

struct PingReq {
  std::uint32_t seq{};
  std::string_view target{};
  std::string_view sender{};
  std::uint64_t sender_boot{};
  std::uint64_t sender_inbox{};
  Endpoint target_address{};
  std::uint64_t target_boot{};
  std::uint64_t target_inbox{};
};

struct Ack {
  std::uint32_t seq{};
  std::string_view responder{};
  std::optional<Bytes> payload{};  // at most limits::ack_payload_bytes_max
  std::uint64_t responder_boot{};
  std::uint64_t digest{};
  Marks marks{};
};

// Both halves of a record: the descriptor and the whole claim, which need not be "alive": a sync
// carries suspect, leaving and terminal records in it too.
struct Alive {
  Descriptor descriptor{};
  Claim claim{};
  ClaimNote note{};
};

// An accusation: the claim only. `claim.suspect` is set.
struct Suspect {
  std::string_view node{};
  std::string_view accuser{};  // the seed's suspector
  Claim claim{};
  ClaimNote note{};
  std::uint64_t accuser_boot{};
  Evidence evidence{Evidence::unknown};
};

// A terminal claim: dead or left.
struct Dead {
  std::string_view node{};
  std::string_view accuser{};  // the seed's declarator; the member itself when it says goodbye
  Claim claim{};
  ClaimNote note{};
  std::uint64_t accuser_boot{};
  Evidence evidence{Evidence::unknown};
};

using RequestId = std::array<std::uint8_t, 16>;  // all zero = none

// Send, BEST_EFFORT (DESIGN §7).
struct UserMsg {
  std::string_view topic{};
  Bytes payload{};
  std::string_view origin{};
  std::uint64_t origin_boot{};
  std::uint64_t target_boot{};
  RequestId request_id{};
};

// ---- ours, in datagrams -----------------------------------------------------------------------

enum class NackReason : std::uint8_t { no_answer = 0, cannot_send = 1, overloaded = 2 };

// A relay's word that its own probe of the target got no answer (Lifeguard §IV-A). cannot_send
// neither confirms nor touches local health.
struct Nack {
  std::uint32_t seq{};
  std::string_view responder{};
  std::uint64_t responder_boot{};
  NackReason reason{NackReason::no_answer};
};

struct Broadcast {
  std::string_view origin{};
  std::uint64_t origin_boot{};
  std::uint64_t sequence{};
  std::string_view topic{};
  Bytes payload{};
  // Always 0: an Announcement says it, since who does not know that one must not take an empty
  // payload for the message.
  std::uint32_t announced_bytes{};
};

// A broadcast whose payload fits no datagram: it is pulled over a stream, from whoever says this or
// from anybody else who has it, and must be so long and have this checksum (DESIGN §7).
struct Announcement {
  std::uint64_t sender_boot{};  // the run that says so and has it
  std::string_view origin{};
  std::uint64_t origin_boot{};
  std::uint64_t sequence{};
  std::string_view topic{};
  std::uint32_t bytes{};
  std::array<std::uint8_t, 32> checksum{};  // SHA-256
};

// To whoever hears one of the broadcasts behind it in this packet for the first time: tell so many
// others now. Without it whoever sent them tells everybody itself.
struct Spread {
  std::uint8_t others{};
};

// "This is what we hold about your run": to a run that is held dead, left or displaced (DESIGN
// §4.1).
struct Verdict {
  std::uint32_t seq{};  // of the ping it answers
  std::string_view responder{};
  std::uint64_t responder_boot{};
  std::string_view node{};  // whom it is about
  Claim claim{};
  ClaimNote note{};
};

// "Probe this run now, each by your own path": a scheduled confirmation, to the observers that the
// first accuser chose (DESIGN §4.2). It accuses nobody; what accuses travels beside it.
struct Confirm {
  std::string_view node{};
  std::uint64_t node_boot{};
};

// "Send me these broadcasts of that run": the answer is the broadcasts themselves, as far as the
// receiver still has them (DESIGN §7).
struct Fetch {
  std::string_view sender{};
  std::uint64_t sender_boot{};
  std::uint64_t origin_boot{};
  Spans spans{};
};

// ---- ours, in streams -------------------------------------------------------------------------

struct JoinRequest {
  std::uint64_t proposed_life{};
};

enum class JoinCode : std::uint8_t {
  accepted = 0,
  life_too_high = 1,  // more than 24 h above both the seed's clock and its table
  table_full = 2,
  leaving = 3,  // the seed is itself on its way out
};

// The answer to a JoinRequest, before any state is sent (DESIGN §4.4).
struct JoinVerdict {
  JoinCode code{JoinCode::accepted};
  std::string_view text{};   // for people, when rejected
  bool known{};              // the joiner's name is known here …
  Claim claim{};             // … with this claim: take a life above it
  std::uint64_t sequence{};  // the seed's own broadcast sequence
};

enum class SyncMode : std::uint8_t {
  full = 0,    // Alive, Suspect and Dead messages, one record each, then SyncEnd; both sides send
  digest = 1,  // as below; only between peers with capability_digest_sync
};

// A digest sync has three parts, each from SyncBegin to SyncEnd. The initiator says what it holds,
// one SyncItem a record; the responder answers with the records that it knows better, and with a
// SyncWant for each that it knows less of; the initiator sends those.
struct SyncBegin {
  SyncMode mode{SyncMode::full};
  std::uint32_t records{};
  std::uint64_t digest{};
};

struct SyncEnd {
  std::uint32_t records{};
};

// What is held of one record, without saying it: enough to tell whose is newer.
struct SyncItem {
  std::uint64_t name_hash{};  // core/engine/digest.hpp
  Claim claim{};
  Incarnation descriptor{};
};

struct SyncWant {
  std::uint64_t name_hash{};
};

// In any sync, before the records: the highest broadcast sequence known of one run. For whoever
// learns of the run by this sync it is the baseline (DESIGN §7).
struct SyncMark {
  std::uint64_t boot{};
  std::uint64_t sequence{};
};

// Send, ACKNOWLEDGED.
struct SendRequest {
  RequestId request_id{};
  std::string_view target{};
  std::uint64_t target_boot{};
  std::string_view topic{};
  std::uint32_t total_bytes{};  // of the payload; it follows in parts
  std::uint32_t offset{};       // of this part
  Bytes payload{};
};

enum class SendCode : std::uint8_t {
  taken = 0,
  no_subscriber = 1,
  not_me = 2,
  full = 3,
  too_large = 4
};

struct SendReply {
  RequestId request_id{};
  SendCode code{SendCode::taken};
};

// "Send me the payloads of these broadcasts of that run": each is answered, in any order, by the
// parts of its payload or by one PullReply that says why not.
struct PullRequest {
  std::uint64_t origin_boot{};
  Spans spans{};
};

enum class PullCode : std::uint8_t {
  here = 0,
  not_here = 1,  // not any more, or not yet
  busy = 2,      // ask somebody else, or later
};

struct PullReply {
  std::uint64_t origin_boot{};
  std::uint64_t sequence{};
  PullCode code{PullCode::here};
  std::uint32_t total_bytes{};  // of the payload; it follows in parts
  std::uint32_t offset{};       // of this part
  Bytes payload{};
};

using Message =
    std::variant<Ping, PingReq, Ack, Alive, Suspect, Dead, UserMsg, Nack, Broadcast, Verdict,
                 Confirm, JoinRequest, JoinVerdict, SyncBegin, SyncEnd, SendRequest, SendReply,
                 SyncItem, SyncWant, Fetch, Spread, SyncMark, Announcement, PullRequest, PullReply>;

}  // namespace swim::wire
