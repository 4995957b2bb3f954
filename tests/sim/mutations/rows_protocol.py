"""Rows of SEED.md about the protocol: pure parts, tables and queues, whole clusters. What a row states is broken, and the
test that shows it is red."""

from mutation import Edit, Mutation
from rows_server import daemons

PRECEDENCE = "core/engine/precedence.cpp"
TRANSITIONS = "core/engine/transitions.cpp"
FORMULAS = "core/engine/formulas.cpp"
TABLE = "core/engine/member_table.cpp"
QUEUE = "core/engine/level_queue.cpp"
ACKS = "core/engine/pending_acks.hpp"
ENGINE = "core/engine/engine.cpp"
EVENTS = "core/engine/member_events.cpp"
SELF = "core/engine/self.cpp"
PROBER = "core/engine/prober.cpp"
SENDS = "core/engine/sends.cpp"
ORDER = """std::tuple(c.incarnation.life, c.incarnation.boot, c.terminal, c.incarnation.count,
                      c.leaving, c.suspect);"""


def unit(*tests):
    return [f"engine_unit_test {test}" for test in tests]


def law(*tests):
    return [f"engine_property_test {test}" for test in tests]


def sim(*tests):
    return [f"sim_tests {test}" for test in tests]


ROWS_OF_THE_PROTOCOL = [
    # ---- protocol_pure ----
    Mutation("row_suspect_over_alive", "alive(c) beats suspect(c)",
             Edit(PRECEDENCE, ORDER, ORDER.replace("c.suspect)", "!c.suspect)")),
             reds=[*law("PureTest.test_alive_dominates_suspect"),
                   *unit("TransitionsTest.an_alive_still_in_flight_does_not_cancel_a_suspicion",
                         "TransitionsTest.a_suspicion_of_the_same_incarnation_is_news")]),
    Mutation("row_higher_wins", "suspect(c) beats alive(c+1)",
             Edit(PRECEDENCE, ORDER, "std::tuple(c.incarnation.life, c.incarnation.boot, c.terminal, c.leaving, c.suspect,\n"
                  "                      c.incarnation.count);"),
             reds=[*law("PureTest.test_higher_incarnation_wins", "PureTest.test_alive_invalidates_suspect"),
                   *unit("TransitionsTest.a_raised_count_refutes")]),
    Mutation("row_dead_is_final", "alive(c+1) beats dead(c)",
             Edit(PRECEDENCE, ORDER, "std::tuple(c.incarnation.life, c.incarnation.boot, c.incarnation.count, c.terminal,\n"
                  "                      c.leaving, c.suspect);"),
             reds=[*law("PureTest.test_dead_is_final", "PureTest.test_dead_invalidates_all"),
                   *unit("TransitionsTest.a_raised_count_does_not_wake_the_dead_but_a_new_life_does")]),
    Mutation("row_transitive", "what is two counts newer does not invalidate",
             Edit(TRANSITIONS, "a->node == b->node && supersedes(a->claim, b->claim);",
                  "a->node == b->node && supersedes(a->claim, b->claim) &&\n"
                  "         a->claim.incarnation.count <= b->claim.incarnation.count + 1;"),
             reds=law("PureTest.test_invalidation_transitive")),
    Mutation("row_other_member", "an update about one member invalidates that about another",
             Edit(TRANSITIONS, "a->node == b->node && supersedes", "supersedes"),
             reds=unit("TransitionsTest.an_update_about_another_member_invalidates_nothing")),
    Mutation("row_merge_commutative", "of two claims of one run the first stays",
             Edit(PRECEDENCE, "  return compare_claims(a, b) >= 0 ? a : b;", "  return compare_runs(a.incarnation, b.incarnation) >= 0 ? a : b;"),
             reds=law("PureTest.test_merge_commutative", "PureTest.test_merge_respects_incarnation",
                      "PureTest.handling_messages_is_merging")),
    Mutation("row_merge_idempotent", "what is merged with itself is more than it was",
             Edit(TRANSITIONS, "                          : remote.descriptor;\n", "                          : remote.descriptor;\n  ++merged.descriptor.count;\n"),
             reds=law("PureTest.test_merge_idempotent", "PureTest.test_merge_associative")),
    Mutation("row_merged_apart", "the descriptor of the greater claim wins, however old it is",
             Edit(TRANSITIONS, "  if (descriptor != nullptr && compare_descriptors(*descriptor, state.descriptor) > 0) {",
                  "  if (descriptor != nullptr && result.claim_changed) {"),
             reds=[*unit("TransitionsTest.claim_and_descriptor_are_merged_apart"), *law("PureTest.handling_messages_is_merging")]),
    Mutation("row_timeout_grows", "a suspicion in a large cluster is as long as in a small one",
             Edit(FORMULAS, "std::log(static_cast<double>(std::max<std::size_t>(nodes, 1))));", "static_cast<double>(nodes > 0));"),
             reds=[*law("PureTest.test_suspicion_timeout_increases_with_nodes"), *unit("FormulasTest.suspicion_timeout_follows_the_table")]),
    Mutation("row_timeout_bounded", "a suspicion may last for ever in a large cluster",
             Edit(FORMULAS, "  return std::min(intervals(config, config.suspicion_mult, nodes), config.suspicion_max_timeout);",
                  "  return intervals(config, config.suspicion_mult, nodes);"),
             reds=[*law("PureTest.test_suspicion_timeout_bounded"), *unit("FormulasTest.suspicion_timeout_has_a_ceiling")]),
    Mutation("row_retransmit_log10", "updates are sent by log10, as memberlist does",
             Edit(FORMULAS, "std::ceil(std::log(static_cast<double>(nodes) + 1.0))", "std::ceil(std::log10(static_cast<double>(nodes) + 1.0))"),
             reds=unit("FormulasTest.retransmit_limit_follows_the_table")),
    Mutation("row_probe_wraps", "who stands before the position is never probed again",
             Edit(TRANSITIONS, "  for (std::size_t step = 0; step < n; ++step) {", "  for (std::size_t step = 0; from + step < n; ++step) {"),
             reds=law("PureTest.test_probe_wraps_around")),
    Mutation("row_probe_skips_self", "whoever is next is probed, itself and the dead included",
             Edit(TRANSITIONS, "    if (eligible[index]) {", "    if (index < n) {"),
             reds=[*law("PureTest.test_probe_skips_self"), *unit("TransitionsTest.nobody_is_probed_where_nobody_is_eligible")]),
    Mutation("row_confirms", "the same suspicion from another is nothing",
             Edit(TRANSITIONS, "claim == state.claim && claim.suspect;", "claim == state.claim && false;"),
             reds=unit("TransitionsTest.the_same_suspicion_from_another_confirms")),
    # ---- dissemination, membership, pending acks ----
    Mutation("row_fifo", "the last update marked goes first",
             Edit(QUEUE, "  node = {none, list.tail, static_cast<std::uint8_t>(level)};\n"
                  "  (list.tail == none ? list.head : nodes_[list.tail].next) = item;\n  list.tail = item;\n",
                  "  node = {list.head, none, static_cast<std::uint8_t>(level)};\n"
                  "  (list.head == none ? list.tail : nodes_[list.head].previous) = item;\n  list.head = item;\n"),
             reds=[*unit("LevelQueueTest.test_broadcast_queue_fifo"), *law("LevelQueueProperty.test_broadcast_queue_concurrent")]),
    Mutation("row_transmit_counting", "what has travelled most goes first",
             Edit(QUEUE, "  const std::size_t level = std::min(left, levels - 1);", "  const std::size_t level = levels - std::min(left, levels - 1);"),
             reds=unit("LevelQueueTest.test_broadcast_queue_transmit_counting")),
    Mutation("row_invalidation", "an update that was invalidated is still sent",
             Edit(QUEUE, "  if (left == 0) {\n    return;\n  }\n  const std::size_t", "  left = left == 0 ? 1 : left;\n  const std::size_t"),
             reds=unit("LevelQueueTest.test_broadcast_queue_invalidation")),
    Mutation("row_remove", "a member that was removed is still found",
             Edit(TABLE, "  index_.erase(slot);\n", ""),
             reds=[*unit("MemberTableTest.test_membership_count_accurate"),
                   *law("MemberTableProperty.test_membership_concurrent_add_remove")]),
    Mutation("row_whole_rounds", "whoever is taken out makes another one miss its turn",
             Edit(TABLE, "  if (gap < position_) {\n    move_into_gap(--position_);\n  }\n", ""),
             reds=unit("MemberTableTest.who_goes_makes_nobody_else_miss_its_turn")),
    Mutation("row_shuffled", "each round goes in the same order",
             Edit(TABLE, "    prng.shuffle(std::span(order_));\n", "    static_cast<void>(prng);\n"),
             reds=unit("MemberTableTest.the_order_differs_from_round_to_round")),
    Mutation("row_ack_completes", "any ack completes the first probe",
             Edit(ACKS, "return other == seq; });", "return other == seq || other != 0; });"),
             reds=[*unit("PendingAcksTest.test_pending_acks_complete"), *law("PendingAcksProperty.whatever_is_added_is_found_until_it_is_taken")]),
    Mutation("row_ack_leaks", "a place is not free again when its waiter was taken",
             Edit(ACKS, "    entries_[place].used = false;\n", ""),
             reds=unit("PendingAcksTest.no_place_leaks_over_many_rounds", "PendingAcksTest.test_pending_acks_cancel")),
    Mutation("row_acks_concurrent", "who waits behind a free place is not found",
             Edit(ACKS, "        --left;\n      }\n", "      }\n      --left;\n"),
             reds=[*unit("PendingAcksTest.test_pending_acks_concurrent"), *law("PendingAcksProperty.whatever_is_added_is_found_until_it_is_taken")]),
    Mutation("row_atomic_update", "an update against an old revision overwrites what came between",
             Edit(ENGINE, "  if (expected_revision && *expected_revision != own.shown.revision) {", "  if (expected_revision && own.shown.revision == 0) {"),
             reds=[*sim("ClusterTest.an_update_against_an_old_revision_is_refused"),
                   "runtime_cluster_test Updates.test_atomic_member_update", "runtime_cluster_test Updates.test_transaction_retry"]),
    # ---- clusters ----
    Mutation("row_join_says_so", "a join that reaches nobody succeeds",
             Edit("core/engine/join.cpp", "  if (attempt.accepted == 0) {", "  if (false) {"),
             reds=sim("ClusterTest.a_join_that_reaches_nobody_says_so")),
    Mutation("row_join", "a seed that is well refuses whoever joins",
             Edit("core/engine/stream_talk.cpp", "core_.state == NodeState::draining || !core_.active()) {\n    verdict.code",
                  "core_.state == NodeState::draining || core_.active()) {\n    verdict.code"),
             reds=sim("ClusterTest.test_two_node_join", "ClusterTest.test_join_event_fired", "ClusterTest.test_convergence_time")),
    Mutation("row_leave", "whoever leaves says that it is dead",
             Edit(SELF, "declared(claim(), Terminal::left));", "declared(claim(), Terminal::dead));"),
             reds=sim("ClusterTest.test_two_node_leave")),
    Mutation("row_left_event", "a goodbye passes for silence",
             Edit(EVENTS, "    case LeftReason::goodbye:\n      break;\n  }\n  return EventReason::goodbye;",
                  "    case LeftReason::goodbye:\n      break;\n  }\n  return EventReason::silent;"),
             reds=[*unit("MemberEventsTest.each_way_to_leave_has_its_reason"), *sim("ClusterTest.test_leave_event_fired")]),
    Mutation("row_suspect_event", "a suspicion is not told",
             Edit(EVENTS, "      return NextEvent{EventType::suspected, failure_reason(evidence), after};", "      return std::nullopt;"),
             reds=[*sim("FailureTest.test_suspect_event_fired"), *unit("MemberEventsTest.suspicion_and_refutation")]),
    Mutation("row_failure", "a probe that failed accuses nobody",
             Edit(PROBER, "    core_.suspicions.accuse(probe.target, probe.evidence);\n", ""),
             reds=sim("FailureTest.test_failure_detection", "FailureTest.test_node_crash")),
    Mutation("row_indirect_probe", "no helper is asked",
             Edit(PROBER, "  core_.table.pick(core_.config.indirect_probes, probe.target, core_.prng, helpers_);\n", ""),
             reds=[*sim("FailureTest.test_indirect_probe"), *daemons("namespaces", "indirect_probe")]),
    Mutation("row_stream_probe", "nobody is probed by TCP",
             Edit(PROBER, "    core_.streams.open_probe(probes_.at(place).target, probes_.seq(place));\n", "    static_cast<void>(0);\n"),
             reds=sim("FailureTest.where_only_streams_get_through_nobody_fails")),
    Mutation("row_corruption_counted", "what is damaged is dropped without being counted",
             Edit("core/engine/receive.cpp", "    drop(drop_reason(opened.error().code));\n", ""),
             reds=[*sim("FailureTest.corruption_is_dropped_and_counted"),
                   "runtime_cluster_test Hostile.GarbageByUdpIsCountedAndLoggedOnceForEachSource"]),
    Mutation("row_partition", "after a partition the other side's deaths are believed for good",
             Edit(SELF, "  if (is_terminal(heard) || heard.incarnation.life > life()) {", "  if (heard.incarnation.life > life()) {"),
             reds=[*sim("FailureTest.test_network_partition"), *daemons("namespaces", "network_partition")]),
    Mutation("row_rejoin", "whoever comes back after a crash is not told",
             Edit(EVENTS, "      return terminal ? std::nullopt\n                      : std::optional(NextEvent{EventType::joined, EventReason::rejoined,\n"
                  "                                                MemberStatus::alive});", "      return std::nullopt;"),
             reds=[*sim("RestartTest.test_rejoin_after_crash"), *unit("MemberEventsTest.another_run_rejoins_after_the_end_and_replaces_before_it")]),
    Mutation("row_broadcast", "a broadcast reaches nobody but its sender",
             Edit("core/engine/broadcasts.cpp", "    deliver(message, false);\n", ""),
             reds=sim("ClusterTest.test_two_node_broadcast", "ClusterTest.test_message_throughput")),
    Mutation("row_send", "a message that was sent is taken and not delivered",
             Edit(SENDS, "  if (first_time({origin_boot, request_id})) {", "  if (first_time({origin_boot, request_id}) && origin.empty()) {"),
             reds=sim("ClusterTest.test_two_node_direct_send")),
    Mutation("row_metadata", "a change of labels is kept to oneself",
             Edit(SELF, "  next.metadata = std::move(metadata);\n", "  static_cast<void>(metadata);\n"),
             reds=sim("ClusterTest.test_metadata_update")),
    Mutation("row_gossip", "a broadcast is taken in and delivered to nobody",
             Edit("core/engine/broadcasts.cpp", "    waiting_bytes_ -= weight_of(*message);\n    deliver(message, false);\n",
                  "    waiting_bytes_ -= weight_of(*message);\n"),
             reds=sim("ClusterTest.test_gossip_propagation")),
    Mutation("row_labels_event", "new labels are known, and nobody is told",
             Edit(EVENTS, "  if (!std::ranges::equal(shown.metadata, known.metadata) || shown.zone != known.zone) {", "  if (shown.zone != known.zone) {"),
             reds=[*sim("ClusterTest.test_metadata_propagation"), *unit("MemberEventsTest.only_public_changes_are_updates")]),
    Mutation("row_throughput", "the lane goes at a thousandth of its pace",
             Edit("core/engine/byte_pace.hpp", "std::min(seconds * rate_,", "std::min(seconds * rate_ / 1000,"),
             reds=sim("ClusterTest.test_message_throughput")),
]
