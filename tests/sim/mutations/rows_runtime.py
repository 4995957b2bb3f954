"""Rows of SEED.md about sockets, threads and what is remembered on disk."""

from mutation import Edit, Mutation

PEERS = "core/runtime/peer_file.cpp"
REMEMBERED = "core/runtime/remembered_peers.cpp"
CALLS = "core/engine/peer_calls.cpp"
PEER_LIST = "core/engine/peer_list.cpp"
TCP = "core/runtime/tcp_streams.cpp"
STREAM_END = "core/runtime/stream_errors.cpp"


def unit(*tests):
    return [f"engine_unit_test {test}" for test in tests]


def parts(*tests):
    return [f"runtime_parts_test {test}" for test in tests]


def transport(*tests):
    return [f"runtime_transport_test {test}" for test in tests]


def cluster(*tests):
    return [f"runtime_cluster_test {test}" for test in tests]


ROWS_OF_THE_RUNTIME = [
    Mutation("peers_unchecked", "a damaged file of peers is taken for a whole one",
             Edit(PEERS, "  if (text.substr(body.size()) != std::string(checksum_word) + hex(checksum(body)) + \"\\n\") {",
                  "  if (text.substr(body.size()).size() != sum_size) {"),
             reds=parts("PeerFile.OneChangedBitIsSeenWhereverItIs")),
    Mutation("peers_of_another_cluster", "the peers of another cluster are called",
             Edit(PEERS, "  if (cluster != std::string(cluster_word).append(cluster_label)) {", "  if (cluster.empty() && cluster_label.empty()) {"),
             reds=parts("PeerFile.AFileOfSomethingElseIsRefused")),
    Mutation("peers_written_in_place", "the old file is gone before the new one is whole",
             Edit(PEERS, "  const std::string next = path + \".next\";", "  const std::string& next = path;"),
             reds=parts("PeerFile.AWriteThatFailsLeavesTheOldFileWhole")),
    Mutation("peers_not_loaded", "a node that starts again knows nobody",
             Edit(REMEMBERED, "  peers_.remember(std::move(*peers));\n", ""),
             reds=cluster("Remembered.ANodeWithoutSeedsComesBackToItsCluster")),
    Mutation("peers_that_left", "whoever said goodbye is remembered",
             Edit(PEER_LIST, "!member->local && member->status != MemberStatus::left", "!member->local"),
             reds=unit("PeersTest.who_is_there_and_who_failed_is_remembered_and_not_who_left")),
    Mutation("look_for_each_address", "all members are looked at for each address of a seed's name",
             Edit("core/runtime/seed_resolver.cpp", "std::ranges::binary_search(live_members, address)", "std::ranges::binary_search(hooks_.live_members(), address)"),
             reds=parts("SeedResolverTest.OneLookAtTheMembersServesAllAddressesOfAName")),
    Mutation("peers_same_again", "who is alone calls the same peers again and again",
             Edit(CALLS, "peers[turn_++ % peers.size()]", "peers[i]"),
             reds=unit("PeerCallsTest.each_peer_has_its_turn")),
    Mutation("peers_without_pause", "who is alone calls its peers each second for ever",
             Edit(CALLS, "std::clamp(2 * pause_, pause_min, pause_max)", "pause_min"),
             reds=unit("PeerCallsTest.calls_are_ever_more_seldom_until_somebody_was_there")),
    Mutation("peers_called_by_the_dead", "a node that left calls its peers",
             Edit(CALLS, " || snapshot.state == NodeState::left", ""),
             reds=unit("PeerCallsTest.who_left_or_is_displaced_calls_nobody")),
    Mutation("peers_met_replace_the_rest", "whoever meets one other forgets all others that it remembers",
             Edit(PEER_LIST, "return is_listed(unmet.address);", "return is_listed(unmet.address) || listed.size() > 1;"),
             reds=[*unit("PeerListTest.who_meets_a_few_first_forgets_nobody_else",
                         "PeerCallsTest.who_has_company_calls_each_whom_it_did_not_meet_yet_once"),
                   *cluster("Remembered.WhoeverMeetsOneGoesOnToTheOthersItRemembers"),
                   "sim_tests RememberedTest.pairs_that_came_back_apart_find_each_other_while_no_name_resolves",
                   "sim_tests RememberedTest.who_met_a_few_and_ends_again_still_remembers_all"]),
    Mutation("peers_called_only_alone", "who has company calls nobody whom it did not meet yet",
             Edit(CALLS, "alone ? list.all() : list.untried()", "alone ? list.all() : std::vector<Endpoint>{}"),
             reds=[*unit("PeerCallsTest.who_has_company_calls_each_whom_it_did_not_meet_yet_once"),
                   *cluster("Remembered.WhoeverMeetsOneGoesOnToTheOthersItRemembers"),
                   "sim_tests RememberedTest.pairs_that_came_back_apart_find_each_other_while_no_name_resolves"]),
    Mutation("peers_unmet_for_ever", "an address where nobody is found is remembered for ever",
             Edit(PEER_LIST, "now - *in_company_since_ >= unmet_max", "now < *in_company_since_"),
             reds=unit("PeerListTest.who_is_not_met_within_a_day_is_forgotten")),
    Mutation("peers_lost_with_the_view", "who drops its view after a day forgets where the others were",
             Edit(PEER_LIST, "const bool forgotten = event.reason == EventReason::forgotten;", "const bool forgotten = false;"),
             reds=unit("PeerListTest.who_drops_its_view_remembers_whom_it_knew")),
    Mutation("peers_deaf_to_events", "the remembered peers of a simulated node hear nothing of its view's events",
             Edit("core/sim/world.cpp", "  if (at(run.node).options().remembers) {", "  if (run.run == 0) {"),
             reds="sim_tests DayTest.who_is_found_in_the_moment_of_the_drop_does_not_replace_all_others"),
    Mutation("peers_of_a_daemon_deaf_to_events", "the remembered peers of a node on sockets hear nothing of its view's events",
             Edit("core/runtime/loop_parts.cpp", "    if (peers_) {\n      peers_->on_event(*member);\n    }\n", ""),
             reds=cluster("Remembered.WhoIsAloneStillCallsOneThatItsViewForgot")),
    Mutation("labels_beside_apps_not_told", "apps that wait to be told have no place beside new labels",
             Edit("core/engine/engine.cpp", "  next.descriptor.apps = apps;\n", ""),
             reds=unit("Gossip.an_app_for_which_a_datagram_has_no_room_is_refused")),
    Mutation("peers_of_a_view_not_yet_dropped", "a view from before the drop is taken for the one after it",
             Edit(PEER_LIST, "  if (told_revision_ <= snapshot.revision) {", "  if (told_revision_ > 0) {"),
             reds=unit("PeerListTest.who_drops_its_view_remembers_whom_it_knew",
                       "PeerListTest.who_is_alone_keeps_those_that_failed_longer_than_its_view_does")),
    Mutation("peers_expired_alone", "who is alone forgets those that failed when its view does",
             Edit(PEER_LIST, "event.reason == EventReason::retention && event", "event.reason == EventReason::none && event"),
             reds=unit("PeerListTest.who_is_alone_keeps_those_that_failed_longer_than_its_view_does")),
    Mutation("peers_expired_in_company", "those that failed are called again when they expire",
             Edit(PEER_LIST, "    if (alone && unmet_", "    if ((alone || address.port != 0) && unmet_"),
             reds=unit("PeerListTest.who_has_company_keeps_them_no_longer_than_its_view_does")),
    Mutation("peers_that_left_and_expired", "whoever said goodbye is remembered when it expires",
             Edit(PEER_LIST, " && event.member->status == MemberStatus::failed", ""),
             reds=unit("PeerListTest.who_is_alone_keeps_those_that_failed_longer_than_its_view_does")),
    Mutation("own_record_leaves_no_room_to_leave", "an own record that fits exactly can't say that it is leaving",
             Edit("core/engine/local_member.cpp", "  own.note.drain_ms = 1;\n", ""),
             reds=unit("Gossip.an_own_record_that_fits_fits_while_it_leaves_too")),
    Mutation("peers_change_in_silence", "new addresses of others are not written to disk",
             Edit(PEER_LIST, "  peers_ = std::move(peers);\n  return true;", "  peers_ = std::move(peers);\n  return false;"),
             reds=[*unit("PeerListTest.an_update_says_whether_the_addresses_changed"),
                   *cluster("Remembered.ANodeWithoutSeedsComesBackToItsCluster")]),
    Mutation("peers_in_any_order", "who failed is called before those who are there",
             Edit(PEER_LIST, "(is_over(member->status) ? failed : there).push_back", "(is_over(member->status) ? there : failed).push_back"),
             reds=unit("PeerListTest.who_is_there_comes_first_then_who_failed_then_who_was_not_met_yet",
                       "PeersTest.where_not_all_have_room_those_who_are_there_come_first")),
    Mutation("peers_unmet_that_left", "who left is still waited for",
             Edit(PEER_LIST, "    addresses.push_back(member->address);\n  }\n  sort_each_once(addresses);", "    if (member->status != MemberStatus::left) {\n      addresses.push_back(member->address);\n    }\n  }\n  sort_each_once(addresses);"),
             reds=unit("PeerListTest.who_left_is_forgotten_and_who_was_met_is_no_longer_waited_for")),
    Mutation("peers_twice", "an address that two had is kept twice",
             Edit(PEER_LIST, "  addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());\n", ""),
             Edit(PEER_LIST, "  std::ranges::set_difference(failed, there, std::back_inserter(peers));", "  std::ranges::copy(failed, std::back_inserter(peers));"),
             reds=unit("PeerListTest.an_address_that_somebody_else_has_now_is_this_ones")),
    Mutation("peers_without_bound", "those not met yet are kept beyond the bound",
             Edit(PEER_LIST, "    if (peers.size() < limits::remembered_peers_max) {", "    if (!unmet.address.is_unspecified()) {"),
             reds=unit("PeerListTest.there_are_never_more_than_have_room")),
    Mutation("peers_forgotten_alone", "who is alone for a day forgets whom it did not meet",
             Edit(PEER_LIST, "  if (alone) {\n    in_company_since_.reset();\n  } else if", "  if"),
             reds=unit("PeerListTest.time_alone_does_not_count")),
    Mutation("join_without_turn_was_asked", "a seed that had no turn counts as asked",
             Edit("core/engine/join.cpp", "{Errc::queue_full, \"its turn", "{Errc::timeout, \"its turn"),
             reds=unit("Join.who_had_no_turn_before_the_end_was_not_asked")),
    Mutation("apps_beyond_a_datagram", "an app makes the own record larger than a datagram",
             Edit("core/engine/apps.cpp", "  if (!fits_even_when_leaving(own, core_.config.datagram_bytes)) {", "  if (own.descriptor.apps.empty()) {"),
             reds=unit("Gossip.an_app_for_which_a_datagram_has_no_room_is_refused")),
    Mutation("dials_each_with_a_place", "each peer of another IP family takes a place in the log",
             Edit("core/runtime/tcp_streams.cpp", 'events_.dial_failed("family", other_family(stream->peer));', 'events_.dial_failed(other_family(stream->peer), other_family(stream->peer));'),
             reds="runtime_transport_test Tcp.ProperErrorHandling"),
    Mutation("row_snapshot", "a snapshot is not renewed when members change",
             Edit("core/runtime/publisher.cpp", "  const bool moved = engine_.revision() != current->revision;", "  const bool moved = false;"),
             reds=cluster("Publication.ConcurrentWatchersOfAChangingClusterSeeTheSameAsTheSnapshots",
                          "Commands.MetadataIsSeenByItsWriterAtOnceAndByAll")),
    Mutation("row_log_hole", "a reader that was overtaken is not told so",
             Edit("core/runtime/event_log.hpp", "  if (cursor + 1 < first_ || cursor > result.last) {", "  cursor = std::max(cursor, first_ - 1);\n  if (cursor > result.last) {"),
             reds=parts("EventLog.ASlowReaderIsToldThatItWasOvertaken", "EventLog.ReadersOfSnapshotAndLogNeverSeeAHole")),
    Mutation("row_mailbox_bound", "any number of commands wait for the engine",
             Edit("core/runtime/mailbox.hpp", "      if (items_.size() >= capacity_ || (bytes_", "      if ((bytes_"),
             reds=[*parts("Mailbox.RefusesAndCountsWhatDoesNotFit"), *cluster("Commands.AnOverfullMailboxRefusesAtOnceAndLosesNoAnswer")]),
    Mutation("row_addresses", "a port that is too great wraps",
             Edit("core/base/endpoint.cpp", "  std::uint16_t port = 0;\n  const auto result = std::from_chars(text.data(), text.data() + text.size(), port);\n",
                  "  std::uint64_t wide = 0;\n  const auto result = std::from_chars(text.data(), text.data() + text.size(), wide);\n"
                  "  const auto port = static_cast<std::uint16_t>(wide);\n"),
             reds=[*transport("Transport.AddressParsingRobust"), "base_test Endpoint.*"]),
    Mutation("row_dial_deadline", "a dial that nobody answers waits as long as the kernel does",
             Edit(TCP, "  arm_timer(stream, action.deadline);\n", ""),
             reds=transport("Tcp.ADialThatNobodyAnswersEndsAtItsDeadline")),
    Mutation("slow_peers_cut", "a closed stream takes the last bytes from a peer that reads slowly",
             Edit("core/runtime/tcp_closing.cpp", "    const bool goes_on = stream->to_take > 0 && ", "    const bool goes_on = stream->to_take > before && "),
             reds=transport("TcpClosing.AClosedStreamIsFlushedAsLongAsItsPeerReads")),
    Mutation("row_reset", "a reset passes for a goodbye",
             Edit(STREAM_END, "    return StreamEnd::reset;\n  }\n  return error ==", "    return StreamEnd::closed;\n  }\n  return error =="),
             reds=transport("Tcp.AResetIsToldApartFromAGoodbye")),
]
