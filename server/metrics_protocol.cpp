// Failure detection and dissemination.

#include "server/metrics_collector.hpp"

namespace swim::server {

void add_probe_metrics(const Look& look, MetricFamilies& out) {
  const Stats& stats = look.view->stats;
  out.counter("swim_probes_started_total", "Probes of other members that were started.")
      .value(stats.probes_started);
  out.counter("swim_probes_total",
              "Probes that ended, by the way on which the answer came; kind=all failed on all.")
      .value(stats.probes_acked_direct, {{"kind", "direct"}, {"result", "acked"}})
      .value(stats.probes_acked_indirect, {{"kind", "indirect"}, {"result", "acked"}})
      .value(stats.probes_acked_stream, {{"kind", "stream"}, {"result", "acked"}})
      .value(stats.probes_failed, {{"kind", "all"}, {"result", "failed"}});
  out.summary("swim_probe_rtt_seconds", "Round trips of direct probes.")
      .sum(static_cast<double>(stats.round_trip_ns_sum) / 1e9, stats.round_trips);
  out.counter("swim_pings_repeated_total",
              "Pings sent once more within a probe, where answers get lost.")
      .value(stats.pings_repeated);
  out.gauge(
         "swim_missed_answers_ratio",
         "Share of the first pings of probes of members that are there without an answer in time.")
      .value(static_cast<double>(stats.missed_answers_permille) / 1'000);
  out.counter("swim_nacks_sent_total", "Times that this node told a prober of no answer yet.")
      .value(stats.nacks_sent);
  out.counter("swim_nacks_received_total", "Times that a helper told this node of no answer yet.")
      .value(stats.nacks_received);
  out.counter("swim_relays_total", "Indirect probes run for other members.")
      .value(stats.relays_run);
  out.counter("swim_acks_unmatched_total", "Answers to no probe under way: late or of a stranger.")
      .value(stats.acks_unmatched);
  out.counter("swim_late_acks_total", "Answers that came when their probe was over.")
      .value(stats.late_acks);
  out.counter("swim_crash_hints_total",
              "Hosts that said of a member's port that nobody listens, quoting what we sent.")
      .value(stats.crash_hints);
  out.counter("swim_confirmations_asked_total",
              "Members asked to probe a suspect of this node at once.")
      .value(stats.confirmations_asked);
  out.counter("swim_confirmations_run_total", "Probes of a suspect at the word of another member.")
      .value(stats.confirmations_run);
  out.counter("swim_deaths_questioned_total",
              "Deaths told by others that were put to the member before they were believed.")
      .value(stats.deaths_questioned);
  out.counter("swim_deafness_total", "Times that nothing came from any member for a while.")
      .value(stats.deafness_noticed);
  out.counter("swim_stalls_total", "Times that this process itself stood still and accused nobody.")
      .value(stats.stalls_noticed);
  out.counter("swim_suspicions_raised_total", "Suspicions that this node took up.")
      .value(stats.suspicions_raised);
  out.counter("swim_suspicions_total", "Suspicions that ended: refuted, or confirmed as failed.")
      .value(stats.suspicions_refuted, {{"outcome", "refuted"}})
      .value(stats.suspicions_confirmed, {{"outcome", "confirmed"}});
  out.counter("swim_refutations_total", "Times that this node was accused and answered.")
      .value(stats.refutations);
  out.gauge("swim_pending_acks", "Probes that wait for their answer.").value(stats.pending_acks);
}

namespace {

void add_repair(const Stats& stats, MetricFamilies& out) {
  out.counter("swim_broadcasts_requested_total", "Missing broadcasts asked for, each time.")
      .value(stats.broadcasts_requested);
  out.counter("swim_broadcasts_repaired_total", "Missing broadcasts that came after that.")
      .value(stats.broadcasts_repaired);
  out.counter("swim_broadcasts_served_total", "Broadcasts sent to members that missed them.")
      .value(stats.broadcasts_served);
  out.counter("swim_broadcasts_held_total",
              "Batches of own broadcasts that waited for a member that is far behind.")
      .value(stats.broadcasts_held);
  out.counter("swim_broadcast_gaps_total", "Losses announced to subscribers.")
      .value(stats.broadcast_gaps);
  out.counter("swim_broadcasts_lost_total", "Broadcasts in those.").value(stats.broadcasts_lost);
  out.gauge("swim_broadcasts_missing", "Broadcasts known of and not here yet.")
      .value(stats.broadcasts_missing);
  out.gauge("swim_broadcasts_waiting", "Broadcasts that wait for missing ones before them.")
      .value(stats.broadcasts_waiting);
  out.gauge("swim_broadcasts_retained", "Broadcasts kept for members that missed them.")
      .value(stats.broadcasts_retained);
  out.gauge("swim_broadcasts_retained_bytes", "The same in bytes.")
      .value(stats.broadcasts_retained_bytes);
}

void add_payloads(const Stats& stats, MetricFamilies& out) {
  out.counter("swim_payloads_total",
              "Payloads of broadcasts above a datagram: announced here; pulled, and as announced; "
              "refused, because they were not; served to others.")
      .value(stats.payloads_announced, {{"step", "announced"}})
      .value(stats.payloads_pulled, {{"step", "pulled"}})
      .value(stats.payloads_refused, {{"step", "refused"}})
      .value(stats.payloads_served, {{"step", "served"}});
  out.counter(
         "swim_payloads_delayed_total",
         "Times that a payload had to wait: by=bound of this node, other (too busy to give it), "
         "us (too busy to give it to another).")
      .value(stats.payloads_held_back, {{"by", "bound"}})
      .value(stats.pulls_turned_away, {{"by", "other"}})
      .value(stats.pulls_refused, {{"by", "us"}});
  out.counter("swim_pulls_total", "Streams opened to pull payloads; failed: without all of them.")
      .value(stats.pulls_started, {{"event", "started"}})
      .value(stats.pulls_failed, {{"event", "failed"}});
  out.gauge("swim_payloads_wanted", "Payloads announced and not here yet.")
      .value(stats.payloads_wanted);
  out.gauge("swim_pulls_open", "Streams on which payloads are pulled now.")
      .value(stats.pulls_open, {{"direction", "in"}})
      .value(stats.pulls_serving, {{"direction", "out"}});
  out.gauge("swim_pulls_bytes", "Payloads that are to come by those, in bytes.")
      .value(stats.pulls_bytes);
}

void add_broadcasts(const Stats& stats, MetricFamilies& out) {
  out.counter("swim_requests_repeated_total",
              "Broadcasts and Sends repeated with a remembered request_id, and not taken again.")
      .value(stats.requests_repeated);
  out.gauge("swim_requests_remembered", "Request ids that are remembered.")
      .value(stats.requests_remembered);
  out.gauge("swim_broadcast_queue_messages", "What waits to be passed on by gossip.")
      .value(stats.updates_queued, {{"queue", "member"}})
      .value(stats.broadcasts_queued, {{"queue", "user"}});
  out.gauge("swim_broadcast_queue_bytes", "The same in bytes.")
      .value(stats.broadcasts_queued_bytes, {{"queue", "user"}});
  out.counter("swim_broadcasts_sent_total", "Broadcasts put into datagrams, repetitions included.")
      .value(stats.broadcasts_sent);
  out.counter("swim_broadcasts_received_total", "Broadcasts received for the first time.")
      .value(stats.broadcasts_received);
  out.counter("swim_broadcasts_duplicate_total", "Broadcasts received again.")
      .value(stats.broadcasts_duplicate);
  out.counter("swim_broadcast_dropped_total",
              "Broadcasts not passed on: refused at submit, superseded, pushed out of the queue, "
              "or of a run that nothing is known of.")
      .value(stats.broadcasts_rejected, {{"reason", "rejected"}})
      .value(stats.broadcasts_superseded, {{"reason", "superseded"}})
      .value(stats.broadcasts_dropped, {{"reason", "overflow"}})
      .value(stats.broadcasts_forgotten, {{"reason", "unknown_run"}});
  add_repair(stats, out);
  add_payloads(stats, out);
  out.counter(
         "swim_urgent_rounds_total",
         "Rounds of gossip outside its pace, for what others wait for; or put off, over budget.")
      .value(stats.urgent_sent, {{"result", "sent"}})
      .value(stats.urgent_deferred, {{"result", "deferred"}});
  out.counter("swim_updates_gossiped_total", "Facts about members put into datagrams.")
      .value(stats.updates_gossiped);
  out.counter("swim_user_messages_sent_total", "Messages sent to one member.")
      .value(stats.messages_sent);
  out.counter("swim_user_messages_delivered_total", "Messages handed to subscribers.")
      .value(stats.messages_delivered);
}

void add_syncs_and_joins(const Look& look, MetricFamilies& out) {
  const Stats& stats = look.view->stats;
  out.counter("swim_syncs_started_total", "Full comparisons with another member that began.")
      .value(stats.syncs_started);
  out.counter("swim_syncs_total", "Full comparisons that ended.")
      .value(stats.syncs_completed, {{"result", "completed"}})
      .value(stats.syncs_failed, {{"result", "failed"}});
  out.counter("swim_join_attempts_total", "Joins that ended.")
      .value(stats.joins_accepted, {{"result", "accepted"}})
      .value(stats.joins_failed, {{"result", "failed"}});
  out.counter("swim_join_not_authenticated_total",
              "Contacts whose peer has another key or another cluster label.")
      .value(stats.joins_not_authenticated);
  out.gauge("swim_last_join_success_timestamp_seconds", "When a join was last accepted.");
  if (look.view->joined) {
    out.value(static_cast<double>(look.view->joined->unix_ms) / 1e3);
  }
  out.counter("swim_digest_syncs_total",
              "Comparisons that began because the digests of two members differed.")
      .value(stats.syncs_for_difference);
  out.counter("swim_failed_member_retries_total", "Contacts to members that are held failed.")
      .value(stats.retries_started);
  out.gauge("swim_remembered_peers", "Addresses of other members that this node remembers.")
      .value(look.view->peers_remembered);
  out.counter("swim_snapshot_writes_total", "Attempts to write the file of snapshot.path.")
      .value(look.view->peer_files_written, {{"result", "written"}})
      .value(look.view->peer_files_failed, {{"result", "failed"}});
  std::uint64_t addresses = 0;
  std::uint64_t reached = 0;
  for (const runtime::SeedStatus& seed : look.view->seeds) {
    addresses += seed.addresses.size();
    reached += seed.reached ? 1 : 0;
  }
  out.gauge("swim_discovery_addresses", "Addresses that the seeds resolve to.").value(addresses);
  out.gauge("swim_discovery_seeds", "Configured seeds, by whether the last contact was accepted.")
      .value(reached, {{"state", "reached"}})
      .value(std::uint64_t{look.view->seeds.size()} - reached, {{"state", "unreached"}});
}

}  // namespace

void add_gossip_metrics(const Look& look, MetricFamilies& out) {
  add_broadcasts(look.view->stats, out);
  add_syncs_and_joins(look, out);
}

}  // namespace swim::server
