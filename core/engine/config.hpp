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

struct Config {
  // ---- probing (DESIGN §4.2) ----
  Duration probe_interval{std::chrono::milliseconds(100)};
  Duration probe_timeout{std::chrono::milliseconds(100)};  // direct, before helpers are asked
  Duration probe_deadline{
      std::chrono::milliseconds(300)};  // the whole probe, helpers and TCP included
  std::uint32_t indirect_probes{3};
  bool stream_probes{true};  // TCP beside the indirect probes
  Duration hello_timeout{std::chrono::milliseconds(250)};
  // ---- suspicion ----
  std::uint32_t suspicion_mult{4};
  Duration suspicion_max_timeout{std::chrono::milliseconds(1200)};
  std::uint32_t suspicion_confirmations{3};
  std::uint32_t local_health_max{8};
  // ---- gossip ----
  Duration gossip_interval{
      std::chrono::milliseconds(20)};  // the pace while there is something to say
  std::uint32_t gossip_fanout{3};
  std::uint32_t retransmit_mult{4};
  std::size_t datagram_bytes{limits::datagram_bytes_default};
  std::size_t broadcast_lane_messages{limits::broadcast_lane_messages_default};
  std::size_t broadcast_lane_bytes{limits::broadcast_lane_bytes_default};
  // ---- sync, join, leave ----
  Duration sync_interval{std::chrono::seconds(60)};
  Duration join_timeout{std::chrono::seconds(5)};          // for the whole join
  Duration dial_timeout{std::chrono::milliseconds(1500)};  // for one stream to open
  Duration stream_timeout{std::chrono::seconds(10)};       // a stream without progress
  Duration leave_timeout{std::chrono::milliseconds(800)};
  std::uint32_t leave_acks{3};
  Duration drain_timeout{std::chrono::seconds(30)};
  // ---- retention (DESIGN §4.4) ----
  Duration left_retention{std::chrono::hours(1)};
  Duration failed_retention{std::chrono::hours(24)};
  Duration tombstone_retention{std::chrono::hours(48)};
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
