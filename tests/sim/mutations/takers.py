"""What strangers, members that say nonsense, and greedy applications may take from the others."""

from mutation import Edit, Mutation

BROADCASTS = "core/engine/broadcasts.cpp"
TCP = "core/runtime/tcp_streams.cpp"

TAKER_MUTATIONS = [
    Mutation("closing_keeps_places", "whoever keeps a closed stream open keeps its place, and members out",
             Edit(TCP, "sockets_ < sockets_max_ || make_room()", "sockets_ < sockets_max_"),
             reds="runtime_transport_test TcpClosing.ThoseThatAreClosingMakeRoomForNewOnes"),
    Mutation("lingering_go_last", "bytes that are still to go are given up before a goodbye that is waited for",
             Edit("core/runtime/tcp_closing.cpp", "lingers == closing_streams_.end() ? closing_streams_.front() : *lingers",
                  "lingers != closing_streams_.begin() ? closing_streams_.front() : *lingers"),
             reds="runtime_transport_test TcpClosing.ThoseThatAreClosingMakeRoomForNewOnes"),
    Mutation("refused_in_order", "a member that is turned away for want of room is told that its key differs",
             Edit(TCP, "    socket.set_option(asio::socket_base::linger(true, 0), ec);\n", ""),
             reds="runtime_transport_test Tcp.AnUnwantedConnectionIsClosed"),
    Mutation("session_zero_free", "datagrams of session 0 cost the derivation of a key each",
             Edit("core/engine/receive.cpp", "  return session != 0 && std::ranges::find(", "  return std::ranges::find("),
             reds="engine_unit_test Sessions/StrangerDatagramsTest.*/0"),
    Mutation("told_sequence_unbounded", "a record that claims more broadcasts than there can be ends whoever believes it",
             Edit(BROADCASTS, "std::min(baseline, BroadcastOrder::sequence_max)", "baseline"),
             reds="engine_unit_test BroadcastsTest.a_record_that_claims_more_than_any_run_can_send_harms_nobody"),
    Mutation("own_run_of_others", "another name's record says where our own broadcasts begin",
             Edit(BROADCASTS, "    return;  // whoever says so, our broadcasts begin with us\n", ""),
             Edit(BROADCASTS, "boot == 0 || boot == core_.self.boot() ||", "boot == 0 ||"),
             reds="engine_unit_test BroadcastsTest.what_others_say_of_our_run_is_not_where_our_broadcasts_begin"),
    Mutation("alive_of_another_run", "an Alive may claim what it does not describe",
             Edit("core/wire/native/layout.hpp", "own.boot == m.claim.incarnation.boot ||", "true ||"),
             reds="wire_test Malformed.an_alive_that_neither_accuses_nor_describes_its_run"),
    Mutation("misfits_first", "records that fit no datagram keep their place before all others",
             Edit("core/engine/gossip.cpp", "    } else if (fits_nowhere(record)) {", "    } else if (false && fits_nowhere(record)) {"),
             reds="engine_unit_test Gossip.records_that_fit_no_datagram_do_not_keep_others_from_being_told"),
    Mutation("own_misfit", "a node may say of itself what fits no datagram",
             Edit("core/engine/record_messages.cpp", "         datagram_bytes;", "         datagram_bytes + 1'000;"),
             reds="engine_unit_test Gossip.an_own_record_that_fits_no_datagram_is_refused"),
    Mutation("sends_take_all_streams", "Sends take all streams, those of probes and joins too",
             Edit("core/engine/streams.cpp", "kept_from_sends = 64", "kept_from_sends = 0"),
             reds="engine_unit_test Streams.sends_leave_places_to_all_else"),
    Mutation("user_datagrams_first", "what the application sends goes before answers",
             Edit("core/engine/transmit.cpp", "outbox.empty() ? user_outbox : outbox", "user_outbox.empty() ? outbox : user_outbox"),
             reds="engine_unit_test Outbox.what_the_application_sends_waits_for_what_others_wait_for"),
    Mutation("past_of_the_unlisted", "the history of names that nobody can ask for any more is kept",
             Edit("core/engine/record.cpp", "std::vector<MemberEvent>{std::move(past->events.back())}", "past->events"),
             reds="engine_unit_test RecordTest.of_one_that_is_not_listed_any_more_only_that_is_kept"),
]
