// The engine's settings: plain values, presets, and one validation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/bytes.hpp"
#include "core/base/endpoint.hpp"
#include "core/base/error.hpp"
#include "core/base/limits.hpp"
#include "core/base/time.hpp"

namespace swim {

// The parts of failure detection (DESIGN §4.2). Each can be switched off, so that its worth can be
// measured; in production all are on, but for `stall_evidence` behind a mesh whose proxies complete
// handshakes for others.
struct Detection {
  // Lifeguard (§IV).
  bool local_health_probe{true};      // the score stretches interval and timeouts of probes
  bool local_health_suspicion{true};  // … and suspicions
  bool confirmations{true};           // suspicion gets shorter with each independent accuser
  bool nacks{true};                   // relays say that they got no answer
  bool buddy{true};                   // the suspect is told first
  // Beyond.
  bool stall_guard{true};             // who slept itself accuses nobody
  bool brake{true};                   // many failures at once: suspicion at most doubles
  bool adaptive_timeout{true};        // from the measured round trip
  bool ask_again{true};               // where answers get lost, before a probe's deadline
  bool urgent_lane{true};             // accusations and answers to them are forwarded at once
  bool scheduled_confirmation{true};  // chosen observers probe a suspect now
  bool stall_evidence{true};          // who completes handshakes is not dead yet
  bool hearsay_check{true};           // a death out of nowhere is first put to the member itself
  bool crash_hint{true};              // ICMP "port unreachable" starts the second round at once

  // SWIM as in the paper: all of it off.
  static Detection plain();
};

// What brings together what came apart (DESIGN §4.3, §4.4); switches as above.
struct Healing {
  bool digest_sync{true};   // digests in pings and acks; syncs send only what differs
  bool retry_failed{true};  // members held failed are tried again for hours
};

struct Config {
  // ---- probing (DESIGN §4.2) ----
  Duration probe_interval{std::chrono::milliseconds(100)};
  Duration probe_timeout{std::chrono::milliseconds(100)};     // direct, before helpers are asked
  Duration probe_timeout_min{std::chrono::milliseconds(30)};  // … where the round trip is short
  Duration probe_deadline{
      std::chrono::milliseconds(300)};  // the whole probe, helpers and TCP included
  std::uint32_t indirect_probes{3};
  bool stream_probes{true};  // TCP beside the indirect probes
  // Of a probe's stream. With probe_timeout it must fit into probe_deadline, so that a probe can
  // still find out that the process is stalled.
  Duration hello_timeout{std::chrono::milliseconds(150)};
  // ---- suspicion ----
  double suspicion_mult{4};
  Duration suspicion_max_timeout{std::chrono::milliseconds(1200)};
  // A floor under the shortest suspicion in Lifeguard's terms, min_mult · max(1, ln n) · interval;
  // 0: as short as the round trip and the member's own stalls allow.
  double suspicion_min_mult{0};
  std::uint32_t suspicion_confirmations{3};
  std::uint32_t local_health_max{8};
  // How long a suspicion lasts at least while one accuser found the process stalled.
  Duration stall_allowance{std::chrono::seconds(5)};
  Detection detection;
  Healing healing;
  // ---- gossip ----
  Duration gossip_interval{
      std::chrono::milliseconds(20)};  // the pace while there is something to say
  std::uint32_t gossip_fanout{3};
  std::uint32_t retransmit_mult{4};
  std::size_t datagram_bytes{limits::datagram_bytes_default};
  std::size_t broadcast_lane_messages{limits::broadcast_lane_messages_default};
  std::size_t broadcast_lane_bytes{limits::broadcast_lane_bytes_default};
  // A request that is repeated within this time, and of the last so many, is taken once.
  Duration requests_remembered_for{std::chrono::minutes(10)};
  std::size_t requests_remembered{limits::requests_remembered_default};
  std::uint64_t broadcast_bytes_per_second{32 * 1024 * 1024};  // the pace of the lane
  // Up to so many others the origin tells all itself; beyond, each tells some.
  std::uint32_t broadcast_direct_fanout{128};
  std::uint32_t broadcast_relay_fanout{4};  // … while there is much to say
  // After so long a silence the origin says its last message once more, to all whom it told: if
  // that got lost on the way, nothing behind it shows the gap. 0: never.
  Duration broadcast_repeat_after{std::chrono::milliseconds(20)};
  Duration broadcast_repair_delay{
      std::chrono::milliseconds(10)};  // before what is missing is asked for
  Duration broadcast_repair_timeout{std::chrono::seconds(5)};  // then it is announced as lost
  std::size_t broadcast_retain_messages{limits::broadcast_retain_messages_default};
  std::size_t broadcast_retain_bytes{limits::broadcast_retain_bytes_default};
  Duration broadcast_retain_age{std::chrono::seconds(60)};
  std::size_t broadcast_reorder_messages{limits::broadcast_reorder_messages_default};
  std::size_t broadcast_reorder_bytes{limits::broadcast_reorder_bytes_default};
  // ---- sync, join, leave ----
  Duration sync_interval{std::chrono::seconds(60)};
  Duration join_timeout{std::chrono::seconds(5)};          // for the whole join
  Duration dial_timeout{std::chrono::milliseconds(1500)};  // for one stream to open
  Duration stream_timeout{std::chrono::seconds(10)};       // a stream without progress
  Duration leave_timeout{std::chrono::milliseconds(800)};
  std::uint32_t leave_acks{3};
  Duration drain_timeout{std::chrono::seconds(30)};
  // ---- apps ----
  // An app that was lost is told to be back once it has been attached for so long.
  Duration app_debounce{std::chrono::milliseconds(200)};
  // ---- retention (DESIGN §4.4) ----
  Duration left_retention{std::chrono::hours(1)};
  Duration failed_retention{std::chrono::hours(24)};
  Duration tombstone_retention{std::chrono::hours(48)};
  // Without a word from anybody for this long, by a clock that counts on through a suspend, what
  // this node holds is worth nothing: it forgets all others and joins anew.
  Duration isolation_max{std::chrono::hours(24)};
  Duration inbox_lifetime{std::chrono::hours(12)};
  Duration inbox_grace{std::chrono::minutes(10)};

  // "local" (loopback, tests), "lan" (default), "wan".
  static std::optional<Config> preset(std::string_view name);
};

// Checks single values and combinations (a probe must fit into its deadline …).
// Error: invalid_argument, naming the settings and what to change.
Expected<void> validate(const Config& config);

// The local member at the start.
struct LocalMember {
  std::string name;     // 1 to limits::name_bytes_max bytes, no control characters
  Endpoint address;     // as peers reach it; neither unspecified nor port 0
  ByteVector metadata;  // encoded labels
  std::string zone;
};

}  // namespace swim
