// Plain counters and gauges. Counters only grow. Copied out by the runtime, turned into metrics by
// the server.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace swim {

// Why a received datagram or stream was not used. The names are metric labels.
enum class DropReason : std::uint8_t {
  auth,  // wrong key, wrong label, or not for one of our inboxes: alike on the wire by design
  malformed,
  version,
  replay,
  unknown_key,
  oversize,
  overload,  // paced derivations, full tables and queues
  stranger,  // authentic, but for another name or boot than ours
};
inline constexpr std::size_t drop_reasons = 8;
const char* to_string(DropReason reason);

struct Stats {
  // Datagrams and streams.
  std::uint64_t datagrams_sent{}, datagrams_received{}, bytes_sent{}, bytes_received{};
  std::uint64_t streams_opened{}, streams_accepted{}, streams_failed{};
  std::uint64_t stream_bytes_sent{}, stream_bytes_received{};
  std::array<std::uint64_t, drop_reasons> dropped{};
  std::uint64_t sends_dropped{};  // pending_sends_max reached
  std::uint64_t unknown_messages_skipped{};
  // Messages received, by wire tag (index = tag; 0x00–0x3F).
  std::array<std::uint64_t, 64> messages_received{};
  // Probing.
  std::uint64_t probes_started{}, probes_acked_direct{}, probes_acked_indirect{},
      probes_acked_stream{};
  std::uint64_t probes_failed{}, nacks_received{}, nacks_sent{}, relays_run{}, acks_unmatched{};
  std::uint64_t pings_repeated{};                            // within a probe
  std::uint64_t confirmations_asked{}, confirmations_run{};  // scheduled ones
  std::uint64_t deafness_noticed{};  // nothing came from anybody for a while
  std::uint64_t crash_hints{};       // ICMP answers that counted
  std::uint64_t late_acks{};         // after the probe was over
  std::uint64_t stalls_noticed{};    // of this process itself
  std::uint64_t round_trip_ns_sum{}, round_trips{};
  // Membership.
  std::uint64_t suspicions_raised{}, suspicions_confirmed{}, suspicions_refuted{};
  std::uint64_t refutations{};        // we were accused and answered
  std::uint64_t deaths_questioned{};  // put to the member before they were believed
  std::uint64_t new_lives{}, name_conflicts{}, verdicts_sent{};
  std::array<std::uint64_t, 16> events{};  // by EventType
  std::uint64_t left_goodbye{}, left_silent{}, left_forced{};
  std::uint64_t names_refused{};  // table full
  // Join and sync.
  std::uint64_t joins_accepted{}, joins_failed{}, joins_not_authenticated{};
  std::uint64_t syncs_started{}, syncs_completed{}, syncs_failed{};
  std::uint64_t syncs_for_difference{};  // begun because digests differed
  std::uint64_t syncs_unchanged{};       // nothing was news to either side
  std::uint64_t retries_started{};       // of members held failed
  // Dissemination.
  std::uint64_t urgent_sent{}, urgent_deferred{};  // rounds of the urgent lane; over its budget
  std::uint64_t updates_gossiped{};                // piggybacked records
  std::uint64_t broadcasts_sent{}, broadcasts_received{}, broadcasts_duplicate{},
      broadcasts_rejected{};
  std::uint64_t broadcasts_superseded{}, broadcasts_dropped{};
  std::uint64_t broadcasts_requested{}, broadcasts_served{};  // missing ones, asked for and sent
  std::uint64_t broadcasts_repaired{};                // … that came after they were asked for
  std::uint64_t broadcasts_held{};                    // own batches that waited for who is behind
  std::uint64_t broadcast_gaps{}, broadcasts_lost{};  // announced; and the messages in them
  std::uint64_t broadcasts_forgotten{};               // of runs that nothing is known of
  // Payloads above a datagram: announced here, held back by a bound, pulled and as announced,
  // pulled and another; given to others.
  std::uint64_t payloads_announced{}, payloads_held_back{}, payloads_pulled{}, payloads_refused{},
      payloads_served{};
  std::uint64_t pulls_started{}, pulls_failed{};       // streams; failed: did not bring all
  std::uint64_t pulls_turned_away{}, pulls_refused{};  // payloads: by others who were busy; by us
  std::uint64_t messages_sent{}, messages_delivered{};
  std::uint64_t requests_repeated{};  // of a request id that is remembered: not taken again
  std::uint64_t app_losses{};         // of apps attached here; those that came back early too
  // Gauges.
  std::uint64_t members_alive{}, members_suspect{}, members_leaving{}, members_left{},
      members_failed{};
  std::uint64_t tombstones{};
  std::uint64_t membership_digest{};  // equal on all members that agree (DESIGN §4.3)
  std::uint64_t updates_queued{}, broadcasts_queued{}, broadcasts_queued_bytes{};
  std::uint64_t requests_remembered{};
  std::uint64_t broadcasts_retained{}, broadcasts_retained_bytes{};
  std::uint64_t broadcasts_missing{};  // sequences that are asked for
  std::uint64_t broadcasts_waiting{};  // behind those, or for the record of their run
  std::uint64_t broadcasts_waiting_bytes{};
  std::uint64_t payloads_wanted{};                             // announced and not here
  std::uint64_t pulls_open{}, pulls_bytes{}, pulls_serving{};  // streams; what is to come by them
  std::uint64_t streams_open{}, operations_pending{}, pending_acks{}, events_queued{}, sessions{};
  std::uint64_t sends_waiting_most{};    // datagrams that waited at a time, since the start
  std::uint64_t stream_payload_bytes{};  // of Sends under way, out and in
  std::uint64_t deaths_held{};           // put to the member and not believed yet
  std::uint64_t health_score{};
  std::uint64_t missed_answers_permille{};             // of pings to members that are there
  std::uint64_t apps_attached{}, apps_lost{};          // here; lost: as the cluster is told
  std::uint64_t opened_primary{}, opened_secondary{};  // datagrams, by key
};

}  // namespace swim
