#include "server/node_status.hpp"

#include <algorithm>

#include "core/base/limits.hpp"
#include "server/convert.hpp"
#include "server/http_health.hpp"
#include "server/http_text.hpp"

namespace swim::server {
namespace {

void fill_seed(const runtime::SeedStatus& seed, pb::SeedStatus& out) {
  out.set_seed(valid_utf8(seed.seed));
  for (const Endpoint& address : seed.addresses) {
    out.add_addresses(to_string(address));
  }
  out.set_reached(seed.reached);
  out.set_problem(valid_utf8(seed.problem));
  if (seed.checked.unix_ms != 0) {
    fill(seed.checked, *out.mutable_check_time());
  }
}

void fill_limits(const NodeStatusInput& input, pb::NodeLimits& out) {
  out.set_max_broadcast_payload_bytes(input.view.max_broadcast_payload);
  out.set_max_send_payload_bytes(input.view.max_send_payload);
  out.set_max_datagram_payload_bytes(input.view.max_datagram_payload);
  out.set_max_labels_bytes(static_cast<std::uint32_t>(limits::metadata_bytes_max));
  out.set_max_topic_bytes(static_cast<std::uint32_t>(limits::topic_bytes_max));
  out.set_max_streams(input.streams.max_streams());
  out.set_event_log_events(static_cast<std::uint32_t>(limits::event_log_events));
  out.set_message_log_messages(static_cast<std::uint32_t>(limits::message_log_messages));
  out.set_max_batch_messages(static_cast<std::uint32_t>(limits::batch_messages_max));
  fill(input.view.requests_remembered_for, *out.mutable_request_memory());
  out.set_request_memory_max(input.view.requests_remembered_max);
  out.set_max_apps(static_cast<std::uint32_t>(limits::apps_max));
}

void fill_stats(const NodeStatusInput& input, pb::NodeStats& out) {
  const Stats& stats = input.view.stats;
  out.set_datagrams_sent(stats.datagrams_sent);
  out.set_datagrams_received(stats.datagrams_received);
  out.set_bytes_sent(stats.bytes_sent);
  out.set_bytes_received(stats.bytes_received);
  for (std::size_t i = 0; i < stats.dropped.size(); ++i) {
    (*out.mutable_dropped())[to_string(static_cast<DropReason>(i))] = stats.dropped[i];
  }
  out.set_probes_started(stats.probes_started);
  out.set_probes_failed(stats.probes_failed);
  out.set_suspicions_raised(stats.suspicions_raised);
  out.set_refutations(stats.refutations);
  if (stats.round_trips != 0) {
    fill(Duration(static_cast<Duration::rep>(stats.round_trip_ns_sum / stats.round_trips)),
         *out.mutable_mean_round_trip());
  }
  out.set_joins_accepted(stats.joins_accepted);
  out.set_joins_failed(stats.joins_failed);
  out.set_joins_not_authenticated(stats.joins_not_authenticated);
  out.set_syncs_completed(stats.syncs_completed);
  out.set_broadcasts_queued(stats.broadcasts_queued);
  out.set_broadcasts_received(stats.broadcasts_received);
  out.set_broadcasts_duplicate(stats.broadcasts_duplicate);
  out.set_messages_sent(stats.messages_sent);
  out.set_messages_delivered(stats.messages_delivered);
  out.set_stalls_noticed(stats.stalls_noticed);
  out.set_watchers(input.streams.open(Channel::members));
  out.set_requests_repeated(stats.requests_repeated);
  out.set_requests_remembered(stats.requests_remembered);
  out.set_producers(input.streams.open(Channel::producers));
  out.set_batches_held(input.view.batches_held);
  out.set_subscribers(input.streams.open(Channel::messages));
  out.set_apps_attached(static_cast<std::uint32_t>(stats.apps_attached));
  out.set_apps_lost(static_cast<std::uint32_t>(stats.apps_lost));
  out.set_app_losses(stats.app_losses);
  out.set_watch_overflows(input.streams.resyncs[pb::MemberSnapshot::REASON_OVERFLOW]);
}

}  // namespace

void fill(const NodeStatusInput& input, pb::GetNodeStatusResponse& out) {
  const Snapshot& snapshot = input.snapshot;
  fill(*snapshot.local, *out.mutable_member());
  out.set_state(to_proto(snapshot.state));
  out.set_ready(
      joined_check(snapshot, input.view.joined.has_value(), input.uptime, input.join_timeout).ok);
  out.set_cluster(valid_utf8(input.cluster));
  out.set_version(input.version);
  out.set_boot(boot_text(snapshot.local->incarnation.boot));
  out.set_conflict(snapshot.conflict);
  out.set_health_score(snapshot.local_health);
  for (const MemberPtr& member : snapshot.members) {
    ++(*out.mutable_member_counts())[std::string(to_string(member->status))];
  }
  fill(input.view.started, *out.mutable_start_time());
  if (input.view.joined) {
    fill(*input.view.joined, *out.mutable_last_join_time());
  }
  out.set_bind_address(to_string(input.view.bound));
  out.set_advertise_address(to_string(input.view.advertised));
  for (const runtime::SeedStatus& seed : input.view.seeds) {
    fill_seed(seed, *out.add_seeds());
  }
  out.set_key_count(static_cast<std::uint32_t>(input.keys));
  fill_limits(input, *out.mutable_limits());
  fill_stats(input, *out.mutable_stats());
  out.set_revision(snapshot.revision);
}

}  // namespace swim::server
