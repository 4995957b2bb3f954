"""Who is right, who is alive, what is told: mistakes in the heart of the protocol."""

from mutation import Edit, Mutation

PRECEDENCE = "core/engine/precedence.cpp"
ORDER = """std::tuple(c.incarnation.life, c.incarnation.boot, c.terminal, c.incarnation.count,
                      c.leaving, c.suspect);"""

PROTOCOL = [
    Mutation("suspect_beats_refutation", "suspect(c) beats alive(c+1): a refutation is never heard",
             Edit(PRECEDENCE, ORDER,
                  "std::tuple(c.incarnation.life, c.incarnation.boot, c.terminal, c.suspect,\n"
                  "                      c.incarnation.count, c.leaving);")),
    Mutation("alive_cancels_suspicion", "alive(c) cancels suspect(c): an old alive in flight undoes an accusation",
             Edit("core/engine/transitions.cpp", "  if (supersedes(claim, state.claim)) {\n",
                  "  const bool again = descriptor != nullptr && claim.incarnation == state.claim.incarnation &&\n"
                  "                     state.claim.suspect && state.claim.terminal == Terminal::none;\n"
                  "  if (supersedes(claim, state.claim) || again) {\n")),
    Mutation("dead_not_final", "alive(c+1) beats dead(c) of the same life",
             Edit(PRECEDENCE, ORDER,
                  "std::tuple(c.incarnation.life, c.incarnation.boot, c.incarnation.count, c.terminal,\n"
                  "                      c.leaving, c.suspect);")),
    Mutation("leave_not_final", "LEFT ranks with the living: whoever says alive(c+1) takes it back",
             Edit(PRECEDENCE, ORDER,
                  "std::tuple(c.incarnation.life, c.incarnation.boot, c.terminal == Terminal::dead,\n"
                  "                      c.incarnation.count, c.leaving, c.suspect);")),
    Mutation("new_life_ignored", "a new life of the same run does not beat the death of the old one",
             Edit(PRECEDENCE, ORDER,
                  "std::tuple(c.incarnation.boot, c.terminal, c.incarnation.count, c.incarnation.life,\n"
                  "                      c.leaving, c.suspect);")),
    Mutation("boot_ignored", "two runs of one name in one second are taken for one",
             Edit(PRECEDENCE, ORDER,
                  "std::tuple(c.incarnation.life, c.terminal, c.incarnation.count, c.leaving, c.suspect);")),
    # In the worlds the box, sealed for the inbox of one run, hides both; each stands on its own nevertheless.
    Mutation("ack_of_another_boot", "an ack counts from whichever run has the name",
             Edit("core/engine/transitions.cpp",
                  "ack.responder == probe.target &&\n         ack.responder_boot == probe.target_boot;",
                  "ack.responder == probe.target;"),
             reds="engine_unit_test TransitionsTest.an_ack_counts_from_the_run_that_was_asked_with_the_pending_number"),
    Mutation("ping_for_another_boot", "whoever has the address answers for the run that had it before",
             Edit("core/engine/receive.cpp", "(ping.target_boot == 0 || ping.target_boot == self.boot());", "true;"),
             reds="engine_unit_test AnswersTest.a_ping_is_answered_by_the_run_that_it_names"),
    Mutation("helper_answers_itself", "a helper says that the target answered, without asking it",
             Edit("core/engine/relays.cpp", "  ++core_.stats.relays_run;\n",
                  "  ++core_.stats.relays_run;\n"
                  "  relays_.at(*place).target_boot = boot;\n"
                  "  on_ack({.seq = seq, .responder = request.target, .responder_boot = boot});\n"
                  "  return;\n")),
    Mutation("refutes_without_raising", "an accused member repeats its old claim in place of a higher count",
             Edit("core/engine/self.cpp",
                  "  Claim answer = claim();\n  answer.incarnation.count = heard.incarnation.count;\n"
                  "  mint(answer, *record().description);\n",
                  "  announce();\n")),
    Mutation("accusers_stay", "who accused an earlier claim counts against the next one",
             Edit("core/engine/membership.cpp", "  doubt.accusers.clear();\n", ""),
             reds="engine_unit_test SuspicionParts.who_accused_an_earlier_count_does_not_count_against_the_next"),
    Mutation("tombstone_dropped", "the tombstone goes with the first look of the broom, not after two days",
             Edit("core/engine/membership.cpp", "    if (age >= core_.config.tombstone_retention) {\n",
                  "    if (!record.listed()) {\n")),
    Mutation("descriptor_without_claim", "a run whose claim is known passes for described by its predecessor",
             Edit("core/engine/transitions.cpp",
                  "  return state.descriptor.boot != state.claim.incarnation.boot;",
                  "  return state.descriptor.boot == 0;")),
    Mutation("replaced_swallowed", "watchers are not told that another run took a name over",
             Edit("core/engine/member_events.cpp",
                  "    return NextEvent{EventType::replaced, EventReason::new_boot, MemberStatus::alive};",
                  "    return std::nullopt;")),
    Mutation("replay_window_off", "a datagram that comes again is taken again",
             Edit("core/crypto/datagram_sealer.cpp", "  if (session.window.refuses(parts.counter)) {",
                  "  if (false && session.window.refuses(parts.counter)) {"),
             Edit("core/crypto/datagram_sealer.cpp",
                  "  if (session != nullptr && session->window.refuses(parts.counter)) {",
                  "  if (false && session != nullptr && session->window.refuses(parts.counter)) {")),
    Mutation("broadcasts_again", "a broadcast that is heard again is delivered again",
             Edit("core/engine/broadcast_arrivals.cpp", "    ++core_.stats.broadcasts_duplicate;\n    return std::nullopt;\n",
                  "    ++core_.stats.broadcasts_duplicate;\n"
                  "    deliver(std::make_shared<const BroadcastMessage>(\n"
                  "                BroadcastMessage{run->origin, sequence, std::string(topic),\n"
                  "                                 std::make_shared<const ByteVector>(), std::nullopt}),\n"
                  "            false);\n"
                  "    return std::nullopt;\n")),
    Mutation("drain_hides_a_crash", "who drains is LEFT when it is silent, whatever the deadline says",
             Edit("core/engine/suspicions.cpp",
                  "      record.claim().leaving && drain_left(record, core_.now.steady) > Duration::zero();",
                  "      record.claim().leaving;")),
    Mutation("sleeper_accuses", "who slept itself blames those whom it did not hear meanwhile",
             Edit("core/engine/core.cpp", "  health.adjust(1);\n  prober.excuse_all();\n", "  health.adjust(1);\n"),
             reds="engine_unit_test ProbeParts.who_slept_itself_accuses_nobody"),
]
