"""Payloads above a datagram: announced, pulled, compared, and given to others (DESIGN §7)."""

from mutation import Edit, Mutation

PULLS = "core/engine/broadcast_pulls.cpp"
SERVING = "core/engine/broadcast_serving.cpp"
ARRIVALS = "core/engine/broadcast_arrivals.cpp"
REPAIR = "core/engine/broadcast_repair.cpp"
LANE = "core/engine/broadcast_lane.cpp"

PAYLOAD_MUTATIONS = [
    Mutation("payload_unread", "a payload is taken whatever its checksum",
             Edit(PULLS, "  if (!goes_on || pull.checksum.finish() != announced.checksum) {", "  if (!goes_on) {"),
             reds=("engine_unit_test PayloadsTest.that_are_others_are_refused_and_pulled_elsewhere",
                   "engine_unit_test PayloadsTest.that_nobody_gives_as_announced_are_never_delivered")),
    Mutation("payload_longer", "a payload that goes on behind what was announced is taken",
             Edit(PULLS, "reply.total_bytes == announced.bytes &&", "reply.total_bytes > 0 &&"),
             Edit(PULLS, "  if (!goes_on || pull.checksum.finish() != announced.checksum) {",
                  "  if (!goes_on || (reply.total_bytes <= announced.bytes &&\n"
                  "                   pull.checksum.finish() != announced.checksum)) {"),
             reds="engine_unit_test PayloadsTest.that_are_longer_than_announced_are_refused"),
    Mutation("liar_asked_again", "who gave another payload is asked for it again",
             Edit(PULLS, "      wanted.liars.push_back(pull.from.boot);", "      static_cast<void>(liars_max);"),
             reds="engine_unit_test PayloadsTest.that_nobody_gives_as_announced_are_never_delivered"),
    Mutation("only_the_teller_pulled_from", "a payload that its teller does not give is not asked of the origin",
             Edit(PULLS, "  add_source(wanted, run.origin->boot);\n", ""),
             reds="engine_unit_test PayloadsTest.that_a_member_has_no_more_are_pulled_from_the_next"),
    Mutation("pulled_not_kept", "what was pulled is not given to others",
             Edit("core/engine/retained_broadcasts.cpp", "  const std::uint64_t boot = message->origin->boot;\n",
                  "  const std::uint64_t boot = message->announced ? 1 : message->origin->boot;\n"),
             reds="sim_tests PayloadTest.what_a_dead_origin_gave_one_reaches_all_from_that_one"),
    Mutation("pulls_without_bound", "any number of streams pull at a time",
             Edit(PULLS, "pulls_.size() < limits::pulls_max &&", "pulls_.size() < 1'000 &&"),
             reds="sim_tests PayloadTest.few_streams_pull_at_a_time_however_many_have_something_to_say"),
    Mutation("pulls_of_one_without_bound", "any number of streams pull from one member",
             Edit(PULLS, "static_cast<std::size_t>(busy) < limits::pulls_per_member_max;", "static_cast<std::size_t>(busy) < 1'000;"),
             reds="sim_tests PayloadTest.from_one_member_few_streams_pull_at_a_time"),
    Mutation("all_are_served", "any number of members are served at a time",
             Edit(SERVING, "streams() >= served_max();", "streams() >= 1'000;"),
             reds="sim_tests PayloadTest.few_are_served_at_a_time_and_the_others_come_later"),
    Mutation("served_until_said", "who was given all counts as served no more, though it has not got it yet",
             Edit(SERVING, "      given_all_.push_back(served.stream);\n", "      ;\n"),
             reds="sim_tests PayloadTest.are_served_until_whoever_pulls_has_them_all"),
    Mutation("busy_origin_alone", "whom an origin turns away asks nobody else",
             Edit(PULLS, "constexpr std::uint32_t turned_away_max = 3;", "constexpr std::uint32_t turned_away_max = 1'000'000;"),
             reds="sim_tests SlowPayloadTest.those_who_have_a_payload_give_it_to_whom_its_origin_turns_away"),
    Mutation("served_without_pace", "payloads are given as fast as the machine can",
             Edit(SERVING, "  pace_.spend(reply.payload.size());\n", ""),
             Edit(LANE, "    announced_.spend(size * targets);\n", "    static_cast<void>(targets);\n"),
             reds="sim_tests SlowPayloadTest.are_given_under_the_pace_and_the_next_is_announced_when_it_allows"),
    Mutation("pulled_without_room", "payloads are pulled that there is no room for to wait in",
             Edit(PULLS, "         (core_.broadcasts.is_next(*run, key.second) ||", "         (true || core_.broadcasts.is_next(*run, key.second) ||"),
             reds="sim_tests NarrowPayloadTest.where_there_is_no_room_to_wait_in_they_are_pulled_one_by_one"),
    Mutation("announced_without_bound", "any number of announced payloads are noted",
             Edit(PULLS, "    if (wanted_.size() >= limits::broadcast_announced_max) {", "    if (wanted_.size() >= 1'000'000) {"),
             reds="engine_unit_test PayloadsTest.are_noted_up_to_a_bound"),
    Mutation("lost_payload_untold", "a payload that nobody gives is waited for without end",
             Edit(REPAIR, "  while (overdue(run)) {", "  while (overdue(run) && core_.pulls.wanted() == 0) {"),
             reds="sim_tests PayloadTest.what_died_with_its_origin_is_announced_as_lost"),
    Mutation("announced_is_here", "what is announced is no hole, and nobody asks for it again",
             Edit(ARRIVALS, "  mark(run, message->sequence, run.teller);\n", ""),
             reds="sim_tests PayloadTest.what_died_with_its_origin_is_announced_as_lost"),
    Mutation("pulled_not_told", "in a large cluster who pulled a payload tells nobody",
             Edit(PULLS, "std::move(whole)), others);", "std::move(whole)), 0 * others);"),
             reds="sim_tests RelayedPayloadTest.who_pulled_one_tells_some_and_gives_it_to_them"),
]
