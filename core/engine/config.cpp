#include "core/engine/config.hpp"

namespace swim {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Config local_preset() {
  Config config;
  config.probe_interval = milliseconds(50);
  config.probe_timeout = milliseconds(40);
  config.probe_timeout_min = milliseconds(15);
  config.probe_deadline = milliseconds(200);
  config.hello_timeout = milliseconds(120);
  config.suspicion_max_timeout = milliseconds(800);
  config.gossip_interval = milliseconds(10);
  config.broadcast_repair_delay = milliseconds(5);
  config.join_timeout = seconds(2);
  config.dial_timeout = milliseconds(500);
  return config;
}

Config wan_preset() {
  Config config;
  config.probe_interval = milliseconds(500);
  config.probe_timeout = milliseconds(500);
  config.probe_timeout_min = milliseconds(150);
  config.probe_deadline = milliseconds(1500);
  config.hello_timeout = milliseconds(900);
  config.suspicion_mult = 5;
  config.suspicion_max_timeout = seconds(8);
  config.gossip_interval = milliseconds(100);
  config.broadcast_repair_delay = milliseconds(100);
  config.broadcast_repeat_after = milliseconds(200);
  config.broadcast_repair_timeout = seconds(15);
  config.join_timeout = seconds(15);
  config.dial_timeout = seconds(4);
  return config;
}

struct Rule {
  bool holds;
  std::string_view text;
};

}  // namespace

Detection Detection::plain() {
  return {.local_health_probe = false,
          .local_health_suspicion = false,
          .confirmations = false,
          .nacks = false,
          .buddy = false,
          .stall_guard = false,
          .brake = false,
          .adaptive_timeout = false,
          .ask_again = false,
          .urgent_lane = false,
          .scheduled_confirmation = false,
          .stall_evidence = false,
          .hearsay_check = false,
          .crash_hint = false};
}

std::optional<Config> Config::preset(std::string_view name) {
  if (name == "local") {
    return local_preset();
  }
  if (name == "lan") {
    return Config{};
  }
  if (name == "wan") {
    return wan_preset();
  }
  return std::nullopt;
}

Expected<void> validate(const Config& c) {
  const Duration none = Duration::zero();
  const Rule rules[] = {
      {c.probe_interval >= milliseconds(1), "gossip.probe-interval must be at least 1ms"},
      {c.probe_timeout >= milliseconds(1), "gossip.probe-timeout must be at least 1ms"},
      {c.probe_deadline > c.probe_timeout,
       "gossip.probe-deadline must be longer than gossip.probe-timeout: raise it"},
      {c.probe_timeout_min >= milliseconds(1) && c.probe_timeout_min <= c.probe_timeout,
       "gossip.probe-timeout-min must be from 1ms to gossip.probe-timeout: lower it"},
      {c.hello_timeout > none, "gossip.hello-timeout must be more than 0"},
      {c.suspicion_mult >= 1, "gossip.suspicion-mult must be at least 1"},
      {c.suspicion_max_timeout >= c.probe_interval,
       "gossip.suspicion-max-timeout must not be shorter than gossip.probe-interval: raise it"},
      {c.suspicion_min_mult >= 0 && c.suspicion_min_mult <= c.suspicion_mult,
       "the floor of suspicions must not be above gossip.suspicion-mult"},
      {c.stall_allowance >= none, "gossip.stall-allowance must not be negative"},
      {c.local_health_max <= 64, "gossip.local-health-max must be at most 64"},
      {c.indirect_probes <= 16, "gossip.indirect-probes must be at most 16"},
      {c.gossip_interval >= milliseconds(1), "gossip.interval must be at least 1ms"},
      {c.gossip_fanout >= 1 && c.gossip_fanout <= 64, "gossip.fanout must be from 1 to 64"},
      {c.retransmit_mult >= 1 && c.retransmit_mult <= 10,
       "gossip.retransmit-mult must be from 1 to 10"},
      {c.datagram_bytes >= limits::datagram_bytes_min &&
           c.datagram_bytes <= limits::datagram_bytes_max,
       "gossip.datagram-bytes must be from 576 to 65507"},
      {c.broadcast_lane_messages >= 1, "broadcast.queue-limit must be at least 1"},
      {c.broadcast_lane_bytes >= c.datagram_bytes,
       "broadcast.queue-bytes must hold one datagram at least (gossip.datagram-bytes)"},
      {c.requests_remembered_for > none, "api.remember-requests must be more than 0"},
      {c.requests_remembered >= 1 && c.requests_remembered <= limits::requests_remembered_max,
       "api.remember-requests-limit must be from 1 to 4194304"},
      {c.broadcast_bytes_per_second >= 64 * 1024,
       "broadcast.bytes-per-second must be at least 65536"},
      {c.broadcast_relay_fanout >= 1 && c.broadcast_relay_fanout <= 32,
       "broadcast.relay-fanout must be from 1 to 32"},
      {c.broadcast_repair_delay >= milliseconds(1), "broadcast.repair-delay must be at least 1ms"},
      {c.broadcast_repair_timeout >= 4 * c.broadcast_repair_delay,
       "broadcast.repair-timeout must be at least 4 times broadcast.repair-delay: raise it"},
      {c.broadcast_retain_age > none, "broadcast.retain-age must be more than 0"},
      {c.broadcast_reorder_messages >= 1 && c.broadcast_reorder_bytes >= c.datagram_bytes,
       "broadcast.reorder-limit and broadcast.reorder-bytes must hold one datagram at least"},
      {c.sync_interval >= seconds(1), "gossip.sync-interval must be at least 1s"},
      {c.join_timeout > none, "join.timeout must be more than 0"},
      {c.dial_timeout > none, "join.dial-timeout must be more than 0"},
      {c.stream_timeout > none, "the stream timeout must be more than 0"},
      {c.leave_timeout > none, "lifecycle.leave-timeout must be more than 0"},
      {c.drain_timeout > none && c.drain_timeout <= limits::drain_timeout_max,
       "lifecycle.drain-timeout must be more than 0 and at most 24h"},
      {c.app_debounce >= none && c.app_debounce <= std::chrono::minutes(1),
       "apps.debounce must be from 0 to 1m"},
      {c.left_retention > none && c.failed_retention > none,
       "gossip.left-retention and gossip.failed-retention must be more than 0"},
      {c.tombstone_retention >= c.left_retention && c.tombstone_retention >= c.failed_retention,
       "gossip.left-retention and gossip.failed-retention must not exceed the 48h of tombstones: "
       "lower them"},
      {c.inbox_lifetime > c.inbox_grace && c.inbox_grace > none,
       "an inbox must live longer than its grace"},
  };
  for (const Rule& rule : rules) {
    if (!rule.holds) {
      return fail(Errc::invalid_argument, rule.text);
    }
  }
  return {};
}

}  // namespace swim
