// A look in which every metric has a value, each another one.
#pragma once

#include "tests/unit/server/http_look.hpp"

namespace swim::server::testing {

inline Look full_look() {
  LookMade made;
  Stats& stats = made.view.stats;
  stats.dropped = {11, 12, 13, 14, 15, 16, 17, 18};
  stats.datagrams_sent = 1001;
  stats.bytes_sent = 1002;
  stats.stream_bytes_sent = 1003;
  stats.messages_received.at(0x01) = 21;
  stats.messages_received.at(0x25) = 22;
  stats.probes_acked_direct = 31;
  stats.probes_acked_indirect = 32;
  stats.probes_acked_stream = 33;
  stats.probes_failed = 34;
  stats.pings_repeated = 35;
  stats.missed_answers_permille = 360;
  stats.round_trip_ns_sum = 2'500'000'000;
  stats.round_trips = 5;
  stats.events.at(static_cast<std::size_t>(EventType::replaced)) = 41;
  stats.suspicions_refuted = 51;
  stats.suspicions_confirmed = 52;
  stats.updates_queued = 61;
  stats.broadcasts_queued = 62;
  stats.broadcasts_queued_bytes = 63;
  stats.opened_secondary = 71;
  made.view.receive_overflows = 81;
  made.view.datagrams_truncated = 82;
  made.view.buffer_hits = 90;
  made.view.buffer_misses = 3;
  made.view.loop_lag_max = std::chrono::milliseconds(250);
  made.look.facts.watchers = 4;
  made.look.facts.connections_refused = 7;
  made.look.facts.subscribers = 5;
  made.look.facts.watch_resyncs = {{"overflow", 6}};
  made.look.facts.rpcs = {
      {"swim.v1.MembershipService", "GetMember", "unary", 9, {{"OK", 7}, {"NotFound", 2}}}};
  made.look.log_lines = {1, 2, 3, 4};
  made.look.process = {1.5,  1'764'000'000.25,          1048576, 2097152, 12,
                       1024, CpuThrottling{2.5, 100, 7}};
  return made.make();
}

}  // namespace swim::server::testing
