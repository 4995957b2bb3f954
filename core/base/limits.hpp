// Every bound of the system in one place, each with its reason and what happens at it.
// A bound that a user may move is a default in core/engine/config.hpp and is only capped here.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace swim::limits {

// ---- the wire ----------------------------------------------------------------------------------
// UDP payload that crosses every overlay and IPv6's minimum MTU: 1,280 − 40 − 8 (DESIGN §4.3).
inline constexpr std::size_t datagram_bytes_default = 1232;
inline constexpr std::size_t datagram_bytes_min = 576;
inline constexpr std::size_t datagram_bytes_max = 65507;
// Kubernetes names are at most 253 characters; "<pod>.<namespace>" stays below 255.
inline constexpr std::size_t name_bytes_max = 255;
inline constexpr std::size_t label_bytes_max = 255;  // the cluster label
inline constexpr std::size_t topic_bytes_max = 64;
inline constexpr std::size_t zone_bytes_max = 64;
// Labels and metadata of a member, encoded; one Alive must fit the smallest usual datagram.
inline constexpr std::size_t metadata_bytes_max = 512;
inline constexpr std::size_t apps_bytes_max = 256;
// Apps attached to one daemon, lost ones included; beyond, or where a datagram has no room for all
// of them: refused, too_large.
inline constexpr std::size_t apps_max = 8;
inline constexpr std::size_t app_name_bytes_max = 63;
inline constexpr std::size_t ack_payload_bytes_max = 64;
inline constexpr std::size_t marks_per_packet_max = 4;
inline constexpr std::size_t spans_per_fetch_max = 16;
inline constexpr std::size_t error_text_bytes_max = 255;
// A stream frame is refused by its length before anything is allocated for it.
inline constexpr std::size_t stream_frame_bytes_max = 64 * 1024;
inline constexpr std::size_t hello_bytes_max = 1024;
// Large payloads travel by stream (DESIGN §7).
inline constexpr std::size_t send_payload_bytes_max = 1024 * 1024;
inline constexpr std::size_t broadcast_payload_bytes_max = 1024 * 1024;

// A life is Unix seconds, taken above others' by one at a time; none can honestly come near this,
// and the next one must exist.
inline constexpr std::uint64_t life_max = 1ULL << 62;

// A drain that is longer than a day is forgotten rather than meant; beyond: refused.
inline constexpr std::chrono::hours drain_timeout_max{24};

// ---- the engine --------------------------------------------------------------------------------
inline constexpr std::size_t members_max = 16384;      // beyond: new names refused, counted
inline constexpr std::size_t pending_probes_max = 64;  // beyond: the probe waits for its next turn
inline constexpr std::size_t probe_questions_max = 8;  // pings to the member within one probe
inline constexpr std::size_t relays_max = 256;  // indirect probes run for others; beyond: nack
inline constexpr std::size_t pending_sends_max = 4096;  // datagrams waiting; beyond: oldest dropped
inline constexpr std::size_t hearsay_max = 256;  // deaths put to the member first; beyond: believed
inline constexpr std::size_t streams_max = 256;  // beyond: accepts are reset, dials wait
// Accepted streams whose peer has not proved that it has the key: the rest is for members and our
// own dials. Beyond: the host that holds most of them gives one, or the newcomer is refused.
inline constexpr std::size_t strangers_max = 128;
// Payloads of Sends under way on all streams, out and in; beyond: queue_full.
inline constexpr std::size_t stream_payload_bytes_max = 64 * 1024 * 1024;
inline constexpr std::size_t stream_write_bytes_max = 8 * 1024 * 1024;  // queued on one stream
inline constexpr std::size_t events_max = 65536;     // not yet polled by the driver
inline constexpr std::size_t accusers_max = 8;       // kept beside a suspect claim
inline constexpr std::size_t transitions_max = 16;   // of a member, kept for ExplainMember
inline constexpr std::size_t operations_max = 1024;  // commands awaiting an answer
// Requests that are not taken twice: of peers' Sends, and of this node's own Broadcasts as many
// again; some 90 bytes each. Beyond: the oldest is forgotten.
inline constexpr std::size_t requests_remembered_default = 65536;
inline constexpr std::size_t requests_remembered_max = 1 << 22;
inline constexpr std::size_t broadcast_lane_messages_default = 16384;
inline constexpr std::size_t broadcast_lane_bytes_default = 16 * 1024 * 1024;
// What came or was sent, kept for whoever missed it; beyond: the oldest go.
inline constexpr std::size_t broadcast_retain_messages_default = 65536;
inline constexpr std::size_t broadcast_retain_bytes_default = 32 * 1024 * 1024;
// What waits behind something missing; beyond: the oldest hole is given up early.
inline constexpr std::size_t broadcast_reorder_messages_default = 16384;
inline constexpr std::size_t broadcast_reorder_bytes_default = 16 * 1024 * 1024;
// Messages of runs that no record tells of yet; beyond: the oldest go, counted.
inline constexpr std::size_t broadcast_early_messages = 1024;
inline constexpr std::size_t broadcast_early_bytes = 1024 * 1024;
inline constexpr std::size_t broadcast_flights_max = 1024;    // beyond: answers don't go
inline constexpr std::size_t broadcast_fetch_messages = 256;  // in one answer
inline constexpr std::size_t broadcast_fetch_bytes = 64 * 1024;
// Payloads above a datagram. Announced and not here yet; beyond: not noted, and asked for again.
inline constexpr std::size_t broadcast_announced_max = 1024;
// Streams that pull, in all and from one member; beyond: the payload waits for its turn. By one
// stream so much comes, so what is on its way is bounded by 8 MiB.
inline constexpr std::size_t pulls_max = 8;
inline constexpr std::size_t pulls_per_member_max = 2;
inline constexpr std::size_t pull_messages_max = 256;
inline constexpr std::size_t pull_bytes_max = 1024 * 1024;
// Streams on which others pull at a time; beyond: told to ask somebody else, or later.
inline constexpr std::size_t pulls_served_max = 16;
inline constexpr std::size_t join_parallel_dials = 8;  // DESIGN §4.4
inline constexpr std::size_t join_accepts_wanted = 3;  // DESIGN §4.4
inline constexpr std::size_t boots_remembered =
    4;  // broadcast marks per name, beyond: the oldest run's go (DESIGN §7)

// ---- sessions (DESIGN §5)
// ------------------------------------------------------------------------
inline constexpr std::size_t replay_window = 4096;  // counters
inline constexpr std::size_t sessions_max =
    32768;  // beyond: a new inbox is drawn, new ones refused
inline constexpr std::uint32_t session_counter_max = 0x80000000U;  // then a new session starts

// ---- runtime and server ------------------------------------------------------------------------
inline constexpr std::size_t mailbox_commands = 4096;           // beyond: queue_full at once
inline constexpr std::size_t mailbox_bytes = 64 * 1024 * 1024;  // payloads in them; the same
inline constexpr std::size_t receive_batch = 64;                // datagrams per turn before timers
// A batch of broadcasts by stream, and how many of them may wait for room in the lane; a stream has
// one at a time. Beyond: queue_full.
inline constexpr std::size_t batch_messages_max = 256;
inline constexpr std::size_t batches_waiting_max = 4096;
// Messages of one SendStream that wait for their answer; the others of its request wait for them.
inline constexpr std::size_t sends_under_way_max = 16;
inline constexpr std::size_t remembered_peers_max = 1024;  // in snapshot.path
inline constexpr std::size_t peer_file_bytes_max = 64 * 1024;
// Descriptors, of those that the process may open, that applications' connections can't use: for
// streams_max, HTTP, operators and files. At most half of all. Beyond: turned away, counted.
inline constexpr std::size_t descriptors_kept = 384;
inline constexpr std::size_t event_log_events = 8192;  // a slower watcher gets a new snapshot
inline constexpr std::size_t message_log_messages = 16384;
inline constexpr std::size_t message_log_bytes = 32 * 1024 * 1024;

}  // namespace swim::limits
