"""Rows of SEED.md that only clients of real daemons show: the public API, and the library's integration tests."""

from mutation import Edit, Mutation

CONVERT = "server/convert.cpp"
SERVICE = "server/membership_service.cpp"
STATUS = "server/node_status.cpp"


def daemons(file, *tests):
    """Of tests/integration, on swimd as it was broken."""
    return [f"swimd test_{file}.py::test_{test}" for test in tests]


def real(*tests):
    return daemons("end_to_end", *tests)


ROWS_OF_THE_SERVER = [
    # ---- public API ----
    Mutation("row_api_key", "who runs swimd is not told that a key is too short",
             Edit("server/daemon.cpp", "  return runtime::read_keyring_folder(options.encryption.keyring_dir);\n",
                  "  auto keys = runtime::read_keyring_folder(options.encryption.keyring_dir);\n"
                  "  if (!keys) {\n    return crypto::Keyring(crypto::Key::generate());\n  }\n  return keys;\n"),
             reds=daemons("refuses_to_start", "key_of_31_bytes")),
    Mutation("row_api_leave", "who leaves waits until its goodbye was heard, however long that takes",
             Edit("core/engine/leave.cpp", "  deadline_ = core_.now.steady + core_.config.leave_timeout;\n",
                  "  deadline_ = core_.now.steady + 1000 * core_.config.leave_timeout;\n"),
             Edit("server/goodbye.cpp", "std::chrono::steady_clock::now() + patience;\n", "std::chrono::steady_clock::now() + 1000 * patience;\n"),
             reds=daemons("lifecycle", "sigterm_with_open_streams_and_unreachable_peers")),
    Mutation("row_api_local", "the node does not know itself in the list",
             Edit(CONVERT, "  out.set_local(member.local);\n", "  out.set_local(false);\n"),
             reds=daemons("python_client", "list_and_get")),
    Mutation("row_api_find", "who is not found passes for the one who comes next",
             Edit(SERVICE, "  return found != snapshot.members.end() && (*found)->name == name ? found->get() : nullptr;\n",
                  "  return found != snapshot.members.end() ? found->get() : nullptr;\n"),
             reds=daemons("python_client", "list_errors")),
    Mutation("row_api_counts", "a node counts all members but itself",
             Edit(STATUS, "    ++(*out.mutable_member_counts())[std::string(to_string(member->status))];\n",
                  "    (*out.mutable_member_counts())[std::string(to_string(member->status))] += member->local ? 0 : 1;\n"),
             reds=daemons("python_client", "node_status")),
    Mutation("row_api_events", "an event has the count of its member for a revision",
             Edit(CONVERT, "  out.set_revision(event.revision);\n", "  out.set_revision(event.member->incarnation.count);\n"),
             reds=daemons("watch", "watch_shows_every_change_in_order")),
    Mutation("row_api_filter", "who leaves those that a filter selects is told as one who stays",
             Edit("server/selections.cpp", "    const bool last = filter_.no_longer_matches(entry->value);\n", "    const bool last = false;\n"),
             reds=["server_api_test WatchFilter.who_fails_leaves_those_that_are_alive_by_one_event",
                   "server_property_test WatchProperty.the_three_rules_always_give_the_true_view",
                   *daemons("watch", "watch_with_a_filter_says_goodbye_to_who_stops_matching",
                            "watch_with_a_filter_holds_those_that_match_and_no_others")]),
    Mutation("row_api_revision", "an update is done whatever revision was expected",
             Edit(SERVICE, "      conditional ? update->request->expected_revision() : local->revision;\n",
                  "      local->revision;\n"),
             reds=daemons("python_client", "update_with_expected_revision")),
    Mutation("row_api_labels", "labels that are too large pass for a payload",
             Edit(SERVICE, "{.size_limit = limits::metadata_bytes_max, .labels = true}", "{.size_limit = limits::metadata_bytes_max}"),
             reds=daemons("python_client", "oversized_labels_are_refused_whole")),
    Mutation("row_api_too_large", "what is acknowledged is bounded by a datagram, and the other way round",
             Edit("server/message_checks.cpp", "request.delivery() == pb::DELIVERY_ACKNOWLEDGED ? view.max_send_payload",
                  "request.delivery() != pb::DELIVERY_ACKNOWLEDGED ? view.max_send_payload"),
             reds=daemons("messages", "oversized_payloads")),
    Mutation("row_api_send_errors", "nobody who subscribes passes for nobody of that name",
             Edit("server/status.cpp", "    case Errc::no_subscriber:\n      return about_member(StatusCode::FAILED_PRECONDITION, \"NO_SUBSCRIBER\",",
                  "    case Errc::no_subscriber:\n      return about_member(StatusCode::NOT_FOUND, \"MEMBER_NOT_FOUND\","),
             reds=daemons("messages", "send_errors")),
    Mutation("row_api_send_to_the_dead", "an error of a send does not say what became of the member",
             Edit("server/sending.cpp", "    about.member_status = to_string(member->status);\n", "    static_cast<void>(member);\n"),
             reds=daemons("messages", "send_to_a_dead_member")),
    Mutation("row_api_topics", "a topic that begins like another one passes for it",
             Edit("server/topic_patterns.cpp", "                                         : topic == pattern;\n",
                  "                                         : topic.starts_with(pattern.substr(0, 3));\n"),
             reds=daemons("messages", "topics_select")),
    Mutation("row_api_health", "who left the cluster is ready",
             Edit("server/http_health.cpp", "      return {\"joined\", false, \"this node has left the cluster\"};\n", "      return {\"joined\", true, \"\"};\n"),
             reds=daemons("lifecycle", "http_probes_and_status")),
    # ---- integration tests, on real daemons ----
    Mutation("row_real_join", "the seeds of the settings are not asked",
             Edit("server/daemon.cpp", "  result.seeds = options.discovery.seeds;\n", ""),
             reds=real("two_node_join", "convergence_time")),
    Mutation("row_real_leave", "who ends says no goodbye",
             Edit("server/daemon.cpp", "  say_goodbye(*parts_->node, parts_->leave_timeout + goodbye_margin, parts_->logger);\n", ""),
             reds=real("two_node_leave", "leave_event_fired")),
    Mutation("row_real_broadcast", "a payload ends at its first zero",
             Edit("server/selections.cpp", "      out.set_payload(message.payload->data(), message.payload->size());\n",
                  "      out.set_payload(reinterpret_cast<const char*>(message.payload->data()));\n"),
             reds=real("two_node_broadcast")),
    Mutation("row_real_send", "a direct message passes for a broadcast",
             Edit(CONVERT, "  out.set_broadcast(message.broadcast);\n", "  out.set_broadcast(true);\n"),
             reds=real("two_node_direct_send")),
    Mutation("row_real_gossip", "who asks for its own messages does not get them",
             Edit("server/messaging_service.cpp", "                                           runtime.messages(), *topics, request.include_own(),\n",
                  "                                           runtime.messages(), *topics, false,\n"),
             reds=real("gossip_propagation")),
    Mutation("row_real_throughput", "of many messages at once the client gets the last",
             Edit("server/subscribe_feed.cpp", "  if (batch.count != 0) {\n", "  if (batch.count != 0 && (batch.count == 1 || batch.next % 7 != 0)) {\n"),
             reds=real("message_throughput")),
    Mutation("row_real_failed", "who failed passes for suspect",
             Edit(CONVERT, "      return pb::MEMBER_STATUS_FAILED;\n", "      return pb::MEMBER_STATUS_SUSPECT;\n"),
             reds=real("failure_detection")),
    Mutation("row_real_crash", "whose verdict it was is told of suspicions alone",
             Edit(CONVERT, "event.type == EventType::suspected || event.type == EventType::failed", "event.type == EventType::suspected"),
             reds=real("node_crash")),
    Mutation("row_real_rejoin", "who comes back passes for somebody new",
             Edit(CONVERT, "      return pb::MemberEvent::REASON_REJOINED;\n", "      return pb::MemberEvent::REASON_FIRST_SEEN;\n"),
             reds=real("rejoin_after_crash")),
    Mutation("row_real_metadata", "the labels of the settings stay at home",
             Edit("server/daemon.cpp", "  result.metadata = wire::encode_labels(options.node.labels).value_or(ByteVector{});\n", ""),
             reds=real("metadata_propagation")),
    Mutation("row_real_update", "labels that are to be replaced stay beside the new ones",
             Edit(SERVICE, "request->replace_all() ? wire::Labels{} : present;", "present;"),
             reds=real("metadata_update")),
    Mutation("row_real_joined", "who joins passes for one who changed",
             Edit(CONVERT, "      return pb::MemberEvent::TYPE_JOINED;\n", "      return pb::MemberEvent::TYPE_UPDATED;\n"),
             reds=real("join_event_fired")),
    Mutation("row_real_suspect", "a refutation passes for a change",
             Edit(CONVERT, "      return pb::MemberEvent::TYPE_REFUTED;\n", "      return pb::MemberEvent::TYPE_UPDATED;\n"),
             reds=real("suspect_event_fired")),
]
