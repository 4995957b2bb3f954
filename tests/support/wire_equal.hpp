// Field-by-field equality of messages, written out by hand on purpose: it must not share the
// codec's own list of fields, or a field that the codec forgets would be forgotten here too.
#pragma once

#include <algorithm>
#include <type_traits>
#include <variant>

#include "core/wire/message.hpp"

namespace swim::test {

inline bool same(Bytes a, Bytes b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

inline bool same(const wire::NodeInfo& a, const wire::NodeInfo& b) {
  return a.name == b.name && a.address == b.address && same(a.metadata, b.metadata);
}

inline bool same(const wire::Descriptor& a, const wire::Descriptor& b) {
  return same(a.node, b.node) && a.incarnation == b.incarnation && a.inbox == b.inbox &&
         a.sequence == b.sequence && a.capabilities == b.capabilities && a.stall_ms == b.stall_ms &&
         a.zone == b.zone && same(a.apps, b.apps);
}

inline bool same(const wire::Ping& a, const wire::Ping& b) {
  return a.seq == b.seq && a.sender == b.sender && a.sender_boot == b.sender_boot &&
         a.sender_inbox == b.sender_inbox && a.target == b.target &&
         a.target_boot == b.target_boot && a.digest == b.digest && a.marks == b.marks;
}

inline bool same(const wire::PingReq& a, const wire::PingReq& b) {
  return a.seq == b.seq && a.target == b.target && a.sender == b.sender &&
         a.sender_boot == b.sender_boot && a.sender_inbox == b.sender_inbox &&
         a.target_address == b.target_address && a.target_boot == b.target_boot &&
         a.target_inbox == b.target_inbox;
}

inline bool same(const wire::Ack& a, const wire::Ack& b) {
  return a.seq == b.seq && a.responder == b.responder &&
         a.payload.has_value() == b.payload.has_value() &&
         (!a.payload || same(*a.payload, *b.payload)) && a.responder_boot == b.responder_boot &&
         a.digest == b.digest && a.marks == b.marks;
}

inline bool same(const wire::Alive& a, const wire::Alive& b) {
  return same(a.descriptor, b.descriptor) && a.claim == b.claim && a.note == b.note;
}

template <class M>
requires std::is_same_v<M, wire::Suspect> || std::is_same_v<M, wire::Dead>
bool same(const M& a, const M& b) {
  return a.node == b.node && a.accuser == b.accuser && a.claim == b.claim && a.note == b.note &&
         a.accuser_boot == b.accuser_boot && a.evidence == b.evidence;
}

inline bool same(const wire::UserMsg& a, const wire::UserMsg& b) {
  return a.topic == b.topic && same(a.payload, b.payload) && a.origin == b.origin &&
         a.origin_boot == b.origin_boot && a.target_boot == b.target_boot &&
         a.request_id == b.request_id;
}

inline bool same(const wire::Nack& a, const wire::Nack& b) {
  return a.seq == b.seq && a.responder == b.responder && a.responder_boot == b.responder_boot &&
         a.reason == b.reason;
}

inline bool same(const wire::Broadcast& a, const wire::Broadcast& b) {
  return a.origin == b.origin && a.origin_boot == b.origin_boot && a.sequence == b.sequence &&
         a.topic == b.topic && same(a.payload, b.payload) && a.announced_bytes == b.announced_bytes;
}

inline bool same(const wire::Confirm& a, const wire::Confirm& b) {
  return a.node == b.node && a.node_boot == b.node_boot;
}
inline bool same(const wire::Verdict& a, const wire::Verdict& b) {
  return a.seq == b.seq && a.responder == b.responder && a.responder_boot == b.responder_boot &&
         a.node == b.node && a.claim == b.claim && a.note == b.note;
}

inline bool same(const wire::JoinRequest& a, const wire::JoinRequest& b) {
  return a.proposed_life == b.proposed_life;
}

inline bool same(const wire::JoinVerdict& a, const wire::JoinVerdict& b) {
  return a.code == b.code && a.text == b.text && a.known == b.known && a.claim == b.claim &&
         a.sequence == b.sequence;
}

inline bool same(const wire::SyncBegin& a, const wire::SyncBegin& b) {
  return a.mode == b.mode && a.records == b.records && a.digest == b.digest;
}

inline bool same(const wire::SyncEnd& a, const wire::SyncEnd& b) {
  return a.records == b.records;
}

inline bool same(const wire::SendRequest& a, const wire::SendRequest& b) {
  return a.request_id == b.request_id && a.target == b.target && a.target_boot == b.target_boot &&
         a.topic == b.topic && a.total_bytes == b.total_bytes && a.offset == b.offset &&
         same(a.payload, b.payload);
}

inline bool same(const wire::SendReply& a, const wire::SendReply& b) {
  return a.request_id == b.request_id && a.code == b.code;
}

inline bool same(const wire::SyncItem& a, const wire::SyncItem& b) {
  return a.name_hash == b.name_hash && a.claim == b.claim && a.descriptor == b.descriptor;
}

inline bool same(const wire::SyncWant& a, const wire::SyncWant& b) {
  return a.name_hash == b.name_hash;
}

inline bool same(const wire::Spread& a, const wire::Spread& b) {
  return a.others == b.others;
}

inline bool same(const wire::Fetch& a, const wire::Fetch& b) {
  return a.sender == b.sender && a.sender_boot == b.sender_boot && a.origin_boot == b.origin_boot &&
         a.spans == b.spans;
}

inline bool same(const wire::SyncMark& a, const wire::SyncMark& b) {
  return a.boot == b.boot && a.sequence == b.sequence;
}

inline bool same(const wire::Announcement& a, const wire::Announcement& b) {
  return a.sender_boot == b.sender_boot && a.origin == b.origin && a.origin_boot == b.origin_boot &&
         a.sequence == b.sequence && a.topic == b.topic && a.bytes == b.bytes &&
         a.checksum == b.checksum;
}

inline bool same(const wire::PullRequest& a, const wire::PullRequest& b) {
  return a.origin_boot == b.origin_boot && a.spans == b.spans;
}

inline bool same(const wire::PullReply& a, const wire::PullReply& b) {
  return a.origin_boot == b.origin_boot && a.sequence == b.sequence && a.code == b.code &&
         a.total_bytes == b.total_bytes && a.offset == b.offset && same(a.payload, b.payload);
}

inline bool same(const wire::Message& a, const wire::Message& b) {
  return a.index() == b.index() &&
         std::visit([&b]<class M>(const M& left) { return same(left, std::get<M>(b)); }, a);
}

}  // namespace swim::test
