"""Broadcast, Send and Subscribe between real daemons."""

import uuid

from harness.client import error_of
from harness.waiting import wait_until


def test_topics_select(cluster):
    first, second = cluster.running(2)
    orders = second.client.subscribe("orders.*").attached()
    exact = second.client.subscribe("orders.new").attached()
    every = second.client.subscribe().attached()
    for topic in ("orders.new", "orders.paid", "stock"):
        first.client.broadcast(topic, topic.encode())
    every.wait_for(b"stock")
    wait_until(lambda: len(every.messages) == 3 and len(orders.messages) == 2 and len(exact.messages) == 1,
               "each subscription has its messages", 1.0)
    assert sorted(orders.payloads()) == [b"orders.new", b"orders.paid"] and exact.payloads() == [b"orders.new"]
    for stream in (orders, exact, every):
        stream.close()


def test_own_broadcasts_only_when_asked_for(cluster):
    first, second = cluster.running(2)
    silent = first.client.subscribe().attached()
    own = first.client.subscribe(include_own=True).attached()
    first.client.broadcast("t", b"mine")
    message, _ = own.wait_for(b"mine")
    assert message.own and message.broadcast and message.origin == "n1" and message.sequence > 0
    second.client.broadcast("t", b"theirs")
    silent.wait_for(b"theirs")
    assert silent.payloads() == [b"theirs"]
    for stream in (silent, own):
        stream.close()


def test_broadcasts_of_one_node_arrive_once(cluster):
    daemons = cluster.running(4)
    streams = [daemon.client.subscribe().attached() for daemon in daemons[1:]]
    sent = [b"message %d" % number for number in range(200)]
    for payload in sent:
        daemons[0].client.broadcast("t", payload)
    for stream in streams:
        wait_until(lambda stream=stream: len(stream.messages) + sum(g.missed for g in stream.gaps) >= len(sent),
                   "all messages, or their loss announced", 3.0)
        payloads = stream.payloads()
        assert len(payloads) == len(set(payloads)), "one came twice"
        assert not stream.gaps and sorted(payloads) == sorted(sent)
        stream.close()


def test_subscription_resumed_with_its_token(cluster):
    first, second = cluster.running(2)
    stream = second.client.subscribe().attached()
    first.client.broadcast("t", b"before")
    stream.wait_for(b"before")
    stream.close()
    first.client.broadcast("t", b"meanwhile")
    wait_until(lambda: second.client.node_status().stats.broadcasts_received >= 2, "it arrived", 3.0)
    resumed = second.client.subscribe(token=stream.token).attached()
    resumed.wait_for(b"meanwhile")
    assert resumed.payloads() == [b"meanwhile"] and not resumed.resets and not resumed.gaps
    resumed.close()


def test_subscription_of_another_run_is_reset(cluster):
    first, _ = cluster.running(2)
    stream = first.client.subscribe().attached()
    first.client.send("self", "t", b"x")
    stream.wait_for(b"x")
    first.kill()
    first.start()
    first.wait_serving()
    resumed = first.client.subscribe(token=stream.token).attached()
    wait_until(lambda: resumed.resets == ["REASON_RESTARTED"], "the reset", 1.0)
    resumed.close()


def test_send_acknowledged_carries_a_large_payload(cluster):
    first, second = cluster.running(2)
    stream = second.client.subscribe().attached()
    payload = bytes(range(256)) * 2048
    answer = first.client.send("n2", "big", payload)
    message, _ = stream.wait_for(payload)
    assert answer.round_trip.ToNanoseconds() > 0
    assert (message.origin, message.broadcast, message.request_id) == ("n1", False, answer.request_id)
    stream.close()


def test_send_repeated_with_one_request_id_is_taken_once(cluster):
    first, second = cluster.running(2)
    stream = second.client.subscribe().attached()
    request_id = str(uuid.uuid4())
    for _ in range(3):
        assert first.client.send("n2", "t", b"once", request_id=request_id).request_id == request_id
    first.client.send("n2", "t", b"end")
    stream.wait_for(b"end")
    assert stream.payloads() == [b"once", b"end"]
    stream.close()


def test_send_errors(cluster):
    daemons = cluster.running(3)
    client = daemons[0].client
    assert error_of(lambda: client.send("nobody", "t", b"x"))[:2] == ("NOT_FOUND", "MEMBER_NOT_FOUND")
    code, reason, message, _ = error_of(lambda: client.send("n2", "t", b"x"))
    assert (code, reason) == ("FAILED_PRECONDITION", "NO_SUBSCRIBER") and "n2" in message
    assert error_of(lambda: client.send("n2", "t", b"x", request_id="no-uuid"))[1] == "BAD_REQUEST_ID"
    for topic in ("", "x" * 65, "a*b"):
        assert error_of(lambda topic=topic: client.send("n2", topic, b"x"))[:2] == ("INVALID_ARGUMENT", "BAD_TOPIC")
        assert error_of(lambda topic=topic: client.broadcast(topic, b"x"))[:2] == ("INVALID_ARGUMENT", "BAD_TOPIC")


def test_send_to_a_dead_member(cluster):
    first, second = cluster.running(2)
    second.kill()
    wait_until(lambda: first.client.status_of("n2") == "FAILED", "FAILED", 1.5)
    for acknowledged in (True, False):
        code, reason, message, metadata = error_of(
            lambda acknowledged=acknowledged: first.client.send("n2", "t", b"x", acknowledged))
        assert (code, reason) == ("FAILED_PRECONDITION", "MEMBER_NOT_ALIVE"), message
        assert metadata["status"] == "FAILED" and "n2" in message


def test_send_to_one_that_just_died_is_told(cluster):
    """Before anybody noticed: the caller hears that it could not be reached, not that all went well."""
    first, second = cluster.running(2)
    stream = second.client.subscribe().attached()
    second.kill()
    code, reason, _, _ = error_of(lambda: first.client.send("n2", "t", b"x"))
    assert reason in ("UNREACHABLE", "TIMEOUT", "MEMBER_NOT_ALIVE"), (code, reason)
    stream.close()


def test_oversized_payloads(cluster):
    first, _ = cluster.running(2)
    limits = first.client.node_status().limits
    for call, limit in ((lambda p: first.client.broadcast("t", p), limits.max_broadcast_payload_bytes),
                        (lambda p: first.client.send("n2", "t", p), limits.max_send_payload_bytes)):
        code, reason, message, metadata = error_of(lambda call=call, limit=limit: call(b"x" * (limit + 1)))
        assert (code, reason) == ("INVALID_ARGUMENT", "PAYLOAD_TOO_LARGE"), message
        assert int(metadata["max_bytes"]) == limit and int(metadata["actual_bytes"]) == limit + 1
    beyond_any = b"x" * (limits.max_send_payload_bytes + 1)
    for call, limit in ((lambda: first.client.broadcast("t", beyond_any), limits.max_broadcast_payload_bytes),
                        (lambda: first.client.send("n2", "t", beyond_any, acknowledged=False),
                         limits.max_datagram_payload_bytes)):
        _, reason, message, metadata = error_of(call)
        assert reason == "PAYLOAD_TOO_LARGE", message
        assert metadata["max_bytes"] == str(limit), "the bound of this way, not of another"
    first.client.broadcast("t", b"x" * limits.max_broadcast_payload_bytes)
