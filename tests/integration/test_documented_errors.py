"""Each error that MessagingService and the streams document is provoked on real daemons, and each that is seen is
documented: the comments of proto/ are read for the words after "Errors:", with the metadata in braces."""

import re
import threading
import time

import grpc
import pytest
from swim.v1 import admin_pb2, membership_pb2, messaging_pb2

from harness.client import CALL_TIMEOUT, error_of
from harness.settings import PROTOS
from harness.waiting import wait_until

REASON = re.compile(r"\b([A-Z]{2,}(?:_[A-Z]+)+|UNREACHABLE|TIMEOUT)\b(?: \{([a-z_, ]+)\})?")


def documented(proto, rpc):
    """reason → set of metadata keys, as the comment above the rpc has them."""
    comment = []
    for line in (PROTOS / "swim" / "v1" / proto).read_text().splitlines():
        text = line.strip()
        if text.startswith("//"):
            comment.append(text[2:].strip())
        elif text.startswith(f"rpc {rpc}("):
            errors = re.search(r"Errors(?: of the stream itself)?:(.*)", " ".join(comment))
            assert errors, f"{rpc} documents no errors"
            return {reason: set(filter(None, (keys or "").replace(" ", "").split(",")))
                    for reason, keys in REASON.findall(errors.group(1))}
        else:
            comment = []
    raise AssertionError(f"no rpc {rpc} in {proto}")


class Seen:
    """What an rpc ended with; in the end all that is documented, and nothing else."""

    def __init__(self, proto, rpc):
        self.rpc, self.wanted, self.seen = rpc, documented(proto, rpc), set()

    def expect(self, reason, call):
        _, got, message, metadata = error_of(call)
        assert got == reason, f"{self.rpc}: {got} instead of {reason}: {message}"
        assert got in self.wanted, f"{self.rpc} does not document {got}"
        assert self.wanted[got] <= set(metadata), f"{self.rpc}: {got} has {metadata}, documented {self.wanted[got]}"
        self.seen.add(reason)

    def close(self, *elsewhere):
        """`elsewhere`: what another test shows, which is named at the call."""
        assert self.seen | set(elsewhere) == set(self.wanted)


def requests(*messages):
    return iter([messaging_pb2.BroadcastStreamRequest(messages=messages)])


def message(topic="t", payload=b"x", **more):
    return messaging_pb2.BroadcastRequest(topic=topic, payload=payload, **more)


def rejection_of(client, **more):
    answer = next(client.messages.BroadcastStream(requests(message(**more)), timeout=CALL_TIMEOUT))
    assert len(answer.rejected) == 1
    return answer.rejected[0]


def send(client, delivery=2, **more):
    fields = {"member": "n2", "topic": "t", "payload": b"x", "delivery": delivery} | more
    return client.messages.Send(messaging_pb2.SendRequest(**fields), timeout=CALL_TIMEOUT)


def send_results(client, **more):
    fields = {"member": "n2", "topic": "t", "payload": b"x", "delivery": 2} | more
    request = messaging_pb2.SendStreamRequest(messages=[messaging_pb2.SendRequest(**fields)])
    return next(client.messages.SendStream(iter([request]), timeout=CALL_TIMEOUT)).results[0].rejected


def test_what_is_wrong_with_a_message(cluster):
    """Broadcast and Send, and the same for one message of a stream."""
    first, _ = cluster.running(2)
    client, limits = first.client, first.client.node_status().limits
    calls = {"Broadcast": Seen("messaging.proto", "Broadcast"), "Send": Seen("messaging.proto", "Send")}
    large = {"payload": b"x" * (limits.max_send_payload_bytes + 1)}
    for reason, more in (("BAD_TOPIC", {"topic": "a*"}), ("BAD_TOPIC", {"topic": ""}),
                         ("BAD_TOPIC", {"topic": "x" * (limits.max_topic_bytes + 1)}),
                         ("BAD_TOPIC", {"topic": "a\nb"}), ("BAD_REQUEST_ID", {"request_id": "seven"}),
                         ("PAYLOAD_TOO_LARGE", large)):
        calls["Broadcast"].expect(reason, lambda m=more: client.messages.Broadcast(message(**m), timeout=CALL_TIMEOUT))
        calls["Send"].expect(reason, lambda m=more: send(client, **m))
        for rejection in (rejection_of(client, **more), send_results(client, **more)):
            assert rejection.reason == reason
            assert calls["Broadcast"].wanted[reason] <= set(rejection.metadata)
    key = {"supersede_key": "k" * 256}
    calls["Broadcast"].expect("BAD_SUPERSEDE_KEY",
                              lambda: client.messages.Broadcast(message(**key), timeout=CALL_TIMEOUT))
    assert rejection_of(client, **key).reason == "BAD_SUPERSEDE_KEY"
    for reason, more in (("BAD_DELIVERY", {"delivery": 9}), ("MEMBER_NOT_FOUND", {"member": "nobody"}),
                         ("NO_SUBSCRIBER", {})):
        calls["Send"].expect(reason, lambda m=more: send(client, **m))
        assert send_results(client, **more).reason == reason
    calls["Broadcast"].close("QUEUE_FULL", "NODE_DRAINING", "NODE_LEFT", "NAME_CONFLICT", "SHUTTING_DOWN")
    calls["Send"].close("QUEUE_FULL", "NODE_DRAINING", "NODE_LEFT", "NAME_CONFLICT", "SHUTTING_DOWN",
                        "MEMBER_NOT_ALIVE", "UNREACHABLE", "TIMEOUT")


@pytest.mark.parametrize("character", ["x", "%", "é"])
def test_what_is_said_of_endless_texts_arrives(cluster, character):
    """A client would refuse the whole answer, and show an error of its own, where it gave all of them back."""
    config = cluster.folder / "swim.yaml"
    config.write_text("")
    client = cluster.running(1, config__file=config)[0].client
    endless = character * 10_000
    listed = client.members_service.ListMembers
    for service, rpc, reason, call in (
            ("membership", "GetMember", "MEMBER_NOT_FOUND", lambda: client.members_service.GetMember(
                membership_pb2.GetMemberRequest(name=endless), timeout=CALL_TIMEOUT)),
            ("membership", "ExplainMember", "MEMBER_NOT_FOUND", lambda: client.members_service.ExplainMember(
                membership_pb2.ExplainMemberRequest(name=endless), timeout=CALL_TIMEOUT)),
            ("membership", "ListMembers", "BAD_FILTER", lambda: listed(membership_pb2.ListMembersRequest(
                filter=membership_pb2.MemberFilter(label_selector="a in (" + endless)), timeout=CALL_TIMEOUT)),
            ("membership", "ListMembers", "BAD_FILTER", lambda: listed(membership_pb2.ListMembersRequest(
                filter=membership_pb2.MemberFilter(label_selector="a in (" + endless[:1900])), timeout=CALL_TIMEOUT)),
            ("messaging", "Send", "MEMBER_NOT_FOUND", lambda: send(client, member=endless)),
            ("admin", "Ping", "MEMBER_NOT_FOUND", lambda: client.ping(endless)),
            ("admin", "ForceLeave", "MEMBER_NOT_FOUND", lambda: client.force_leave(endless)),
            ("admin", "Join", "BAD_SEED", lambda: client.admin.Join(
                admin_pb2.JoinRequest(seeds=[endless]), timeout=CALL_TIMEOUT))):
        Seen(f"{service}.proto", rpc).expect(reason, call)
    config.write_text("log:\n" + "".join(f"  level-{number}: '{character * 20}'\n" for number in range(1000)))
    seen = Seen("admin.proto", "Reload")
    seen.expect("SETTINGS_INVALID", client.reload)
    _, _, said, _ = error_of(client.reload)
    assert "level-0" in said and re.search(r"and 9\d\d more, all in the log$", said)


def test_what_a_node_in_another_state_says(cluster):
    """Draining, left, and displaced by a later process of its name."""
    first, _ = cluster.running(2)
    client = first.client

    def all_say(reason):
        for rpc, call in (("Broadcast", lambda: client.broadcast("t", b"x")), ("Send", lambda: send(client)),
                          ("Send", lambda: send(client, delivery=1))):
            seen = Seen("messaging.proto", rpc)
            seen.expect(reason, call)
        assert rejection_of(client).reason == reason and send_results(client).reason == reason
    client.drain()
    all_say("NODE_DRAINING")
    client.drain(cancel=True)
    client.broadcast("t", b"x")
    client.leave()
    all_say("NODE_LEFT")


def test_a_displaced_node_says_so(cluster):
    first, second = cluster.running(2)
    double = cluster.daemon(name=second.name, seeds=[first.gossip]).start()
    double.wait_serving()
    wait_until(lambda: second.client.node_status().conflict, "the displaced one knows", 5.0)
    for rpc, call in (("Broadcast", lambda: second.client.broadcast("t", b"x")),
                      ("Send", lambda: send(second.client, member="n1"))):
        Seen("messaging.proto", rpc).expect("NAME_CONFLICT", call)
    assert rejection_of(second.client).reason == "NAME_CONFLICT"
    Seen("membership.proto", "Attach").expect("NAME_CONFLICT", lambda: next(attach(second.client, "web")))


def test_a_full_queue(cluster):
    """The call says QUEUE_FULL; a stream waits instead, and all of it is taken."""
    first, second = cluster.running(2, broadcast__queue_limit=64, broadcast__bytes_per_second=1_000_000)
    listener = second.client.subscribe("stream").attached()
    seen = Seen("messaging.proto", "Broadcast")
    # Payloads of which the pace takes some 60 a second: a client that gets little of the processor is still faster.
    large = message("call", b"x" * 16 * 1024)
    futures = [first.client.messages.Broadcast.future(large, timeout=CALL_TIMEOUT) for _ in range(500)]
    refused = [future for future in futures if future.exception() is not None]
    assert refused, "none of 500 at once met a full queue of 64"
    for future in refused:
        seen.expect("QUEUE_FULL", future.result)
    batches = [messaging_pb2.BroadcastStreamRequest(
        first_id=256 * number,
        messages=[message("stream", b"%0900d" % (256 * number + at)) for at in range(256)]) for number in range(3)]
    answers = list(first.client.messages.BroadcastStream(iter(batches), timeout=CALL_TIMEOUT))
    assert [(answer.first_id, answer.accepted, len(answer.rejected)) for answer in answers] == [
        (256 * number, 256, 0) for number in range(3)]
    wait_until(lambda: len(listener.messages) + sum(gap.missed for gap in listener.gaps) >= 768, "all of them", 10.0)
    assert not listener.gaps and sorted(map(int, listener.payloads())) == list(range(768))
    wait_until(lambda: first.client.node_status().stats.batches_held > 0, "a batch that waited, in the statistics", 5.0)
    listener.close()


def test_a_member_that_is_gone(cluster):
    """UNREACHABLE while nobody noticed, MEMBER_NOT_ALIVE when everybody has; nothing is left under way."""
    # Slow to notice: so the first answer is about the connection.
    first, second = cluster.running(2, gossip__probe_interval="20s", gossip__probe_deadline="20s",
                                    gossip__suspicion_max_timeout="60s")
    stream = second.client.subscribe().attached()
    seen = Seen("messaging.proto", "Send")
    send(first.client)
    second.kill()
    seen.expect("UNREACHABLE", lambda: send(first.client))
    assert send_results(first.client).reason == "UNREACHABLE"
    first.client.force_leave("n2")
    seen.expect("MEMBER_NOT_ALIVE", lambda: send(first.client))
    seen.expect("MEMBER_NOT_ALIVE", lambda: send(first.client, delivery=1))
    assert send_results(first.client).metadata["status"] == "LEFT"
    wait_until(lambda: first.metric("swim_operations_pending") == 0, "nothing under way", 1.0)
    stream.close()


@pytest.mark.parametrize("token", ["nonsense", "0" * 64, "f" * 64, "é" * 64])
def test_forged_tokens(cluster, token):
    """Never an error: a snapshot or a reset that says why."""
    first = cluster.running(1)[0]
    watch = first.client.watch(token=token).in_sync()
    assert watch.snapshots == ["TOKEN_EXPIRED"]
    messages = first.client.subscribe(token=token).attached()
    wait_until(lambda: messages.resets == ["REASON_TOKEN_INVALID"], "the reset", 1.0)
    for stream in (watch, messages):
        stream.close()


def test_foreign_tokens(cluster):
    """Of another daemon, for another filter, and one kind's for the other kind."""
    first, second = cluster.running(2)
    watch = first.client.watch().in_sync()
    orders = first.client.subscribe("orders.*").attached()
    for client, token, filters, wanted in ((second.client, watch.token, {}, "RESTARTED"),
                                           (first.client, watch.token, {"selector": "a=b"}, "TOKEN_EXPIRED"),
                                           (first.client, orders.token, {}, "TOKEN_EXPIRED")):
        other = client.watch(token=token, **filters).in_sync()
        assert other.snapshots == [wanted]
        other.close()
    for client, token, topics, wanted in ((second.client, orders.token, ["orders.*"], "REASON_RESTARTED"),
                                          (first.client, orders.token, ["stock"], "REASON_TOKEN_INVALID"),
                                          (first.client, watch.token, ["orders.*"], "REASON_TOKEN_INVALID")):
        other = client.subscribe(*topics, token=token).attached()
        wait_until(lambda other=other, wanted=wanted: other.resets == [wanted], f"the reset {wanted}", 1.0)
        other.close()
    for stream in (watch, orders):
        stream.close()


def test_streams(cluster):
    """Bad filters and patterns, too many, batches that are too large, and a node that goes."""
    first = cluster.running(1, api__max_streams=2)[0]
    client = first.client
    opened = {"WatchMembers": lambda **f: client.members_service.WatchMembers(
                  membership_pb2.WatchMembersRequest(**f), timeout=CALL_TIMEOUT),
              "Subscribe": lambda **f: client.messages.Subscribe(
                  messaging_pb2.SubscribeRequest(**f), timeout=CALL_TIMEOUT),
              "BroadcastStream": lambda batches=(): client.messages.BroadcastStream(iter(batches), timeout=CALL_TIMEOUT),
              "SendStream": lambda batches=(): client.messages.SendStream(iter(batches), timeout=CALL_TIMEOUT)}
    seen = {rpc: Seen("membership.proto" if rpc == "WatchMembers" else "messaging.proto", rpc) for rpc in opened}
    seen["WatchMembers"].expect("BAD_FILTER", lambda: next(
        opened["WatchMembers"](filter=membership_pb2.MemberFilter(label_selector="a in (b"))))
    for topic in ("a*b", "", "x" * 65):
        seen["Subscribe"].expect("BAD_TOPIC", lambda topic=topic: next(opened["Subscribe"](topics=[topic])))
    seen["BroadcastStream"].expect("BAD_BATCH", lambda: next(
        opened["BroadcastStream"]([messaging_pb2.BroadcastStreamRequest(messages=[message()] * 257)])))
    seen["SendStream"].expect("BAD_BATCH", lambda: next(opened["SendStream"](
        [messaging_pb2.SendStreamRequest(messages=[messaging_pb2.SendRequest()] * 257)])))
    wait_until(lambda: first.metric("swim_watchers") == 0, "those are gone", 1.0)
    held = [client.watch().in_sync(), client.subscribe().attached()]
    for rpc, call in opened.items():
        seen[rpc].expect("TOO_MANY_STREAMS", lambda call=call: next(call()))
    held[0].close()
    wait_until(lambda: client.node_status().stats.watchers == 0, "a place is free", 1.0)
    # One of each at a time while the node goes.
    stop = threading.Event()

    def slowly(request):
        yield request
        stop.wait(CALL_TIMEOUT)
    idle = client.messages.BroadcastStream(slowly(messaging_pb2.BroadcastStreamRequest()), timeout=CALL_TIMEOUT)
    assert next(idle).accepted == 0
    first.terminate()
    seen["BroadcastStream"].expect("SHUTTING_DOWN", lambda: next(idle))
    stop.set()
    wait_until(lambda: held[1].ended, "the subscription ended", 1.0)

    def ended_with(error):
        raise error
    seen["Subscribe"].expect("SHUTTING_DOWN", lambda: ended_with(held[1].error))
    first.wait_end()
    seen["BroadcastStream"].close()
    # When: StreamGate.tells_again_where_the_engine_was_too_busy.
    seen["Subscribe"].close("QUEUE_FULL")
    # test_lifecycle.py and SendStream.it_ends_with_the_client_and_with_the_node show the other two.
    seen["WatchMembers"].close("SHUTTING_DOWN")
    seen["SendStream"].close("SHUTTING_DOWN")


def attach(client, *names, then=None):
    """The stream of an app that says these names, and waits for `then` before it says goodbye."""
    def requests():
        yield from (membership_pb2.AttachRequest(name=name) for name in names)
        if then is not None:
            then.wait(CALL_TIMEOUT)
    return client.members_service.Attach(requests(), timeout=CALL_TIMEOUT)


def test_apps(cluster):
    """Names that are none, too many, one whose place is taken, and a node that left or goes."""
    first, second = cluster.running(2)
    seen, over = Seen("membership.proto", "Attach"), threading.Event()
    for names in ([], [""], ["no name"], ["x" * 64]):
        seen.expect("BAD_APP_NAME", lambda names=names: next(attach(first.client, *names)))
    apps = [attach(first.client, f"app-{number}", then=over) for number in range(8)]
    for app in apps:
        assert next(app).member.name == "n1"
    seen.expect("TOO_MANY_APPS", lambda: next(attach(first.client, "one-more", then=over)))
    successor = attach(first.client, "app-0", then=over)
    next(successor)
    seen.expect("APP_REPLACED", lambda: next(apps[0]))
    second.client.leave()
    seen.expect("NODE_LEFT", lambda: next(attach(second.client, "web", then=over)))
    first.terminate()
    seen.expect("SHUTTING_DOWN", lambda: next(successor))
    over.set()
    first.wait_end()
    # TOO_MANY_STREAMS: attach_test.cpp; NAME_CONFLICT: a displaced node, above; QUEUE_FULL: status_test.cpp, as all
    # calls say it.
    seen.close("TOO_MANY_STREAMS", "NAME_CONFLICT", "QUEUE_FULL")


def test_a_call_that_is_given_up_leaves_nothing(cluster):
    first, second = cluster.running(2)
    stream = second.client.subscribe().attached()
    given_up = 0
    for turn in range(400):
        call = first.client.messages.Send.future(messaging_pb2.SendRequest(
            member="n2", topic="t", payload=b"x" * 1_000_000, delivery=2), timeout=CALL_TIMEOUT)
        time.sleep(0.0005 * (turn % 4))  # somewhere in the middle, no matter where; some are through by then
        call.cancel()
        try:
            call.result()
        except (grpc.FutureCancelledError, grpc.RpcError):
            given_up += 1
        if given_up == 20:
            break
    assert given_up == 20
    wait_until(lambda: first.metric("swim_operations_pending") == 0, "nothing under way", 3.0)
    stream.close()
