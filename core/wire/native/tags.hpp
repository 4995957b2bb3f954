// The tag of each message and what the tag says about the header of a message. The one table of
// tags.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/base/limits.hpp"
#include "core/wire/message.hpp"

namespace swim::wire {

// The default is no tag at all; every alternative of Message has its own line.
template <class M>
inline constexpr Tag tag_of = Tag{};
template <>
inline constexpr Tag tag_of<Ping> = Tag::ping;
template <>
inline constexpr Tag tag_of<PingReq> = Tag::ping_req;
template <>
inline constexpr Tag tag_of<Ack> = Tag::ack;
template <>
inline constexpr Tag tag_of<Alive> = Tag::alive;
template <>
inline constexpr Tag tag_of<Suspect> = Tag::suspect;
template <>
inline constexpr Tag tag_of<Dead> = Tag::dead;
template <>
inline constexpr Tag tag_of<UserMsg> = Tag::user_msg;
template <>
inline constexpr Tag tag_of<Nack> = Tag::nack;
template <>
inline constexpr Tag tag_of<Broadcast> = Tag::broadcast;
template <>
inline constexpr Tag tag_of<Verdict> = Tag::verdict;
template <>
inline constexpr Tag tag_of<Confirm> = Tag::confirm;
template <>
inline constexpr Tag tag_of<JoinRequest> = Tag::join_request;
template <>
inline constexpr Tag tag_of<JoinVerdict> = Tag::join_verdict;
template <>
inline constexpr Tag tag_of<SyncBegin> = Tag::sync_begin;
template <>
inline constexpr Tag tag_of<SyncEnd> = Tag::sync_end;
template <>
inline constexpr Tag tag_of<SendRequest> = Tag::send_request;
template <>
inline constexpr Tag tag_of<SendReply> = Tag::send_reply;
template <>
inline constexpr Tag tag_of<SyncItem> = Tag::sync_item;
template <>
inline constexpr Tag tag_of<SyncWant> = Tag::sync_want;
template <>
inline constexpr Tag tag_of<Fetch> = Tag::fetch;
template <>
inline constexpr Tag tag_of<Spread> = Tag::spread;
template <>
inline constexpr Tag tag_of<SyncMark> = Tag::sync_mark;
template <>
inline constexpr Tag tag_of<Announcement> = Tag::announcement;
template <>
inline constexpr Tag tag_of<PullRequest> = Tag::pull_request;
template <>
inline constexpr Tag tag_of<PullReply> = Tag::pull_reply;

inline constexpr std::uint8_t first_stream_tag = 0x20;

// Tag and length. Stream messages carry large payloads, hence a longer length.
constexpr std::size_t header_size(std::uint8_t tag) {
  return tag >= first_stream_tag ? 1 + sizeof(std::uint32_t) : 1 + sizeof(std::uint16_t);
}

constexpr std::size_t body_max(std::uint8_t tag) {
  return tag >= first_stream_tag ? limits::stream_frame_bytes_max : 0xFFFF;
}

}  // namespace swim::wire
