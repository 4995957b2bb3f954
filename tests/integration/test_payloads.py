"""Broadcasts whose payload fits no datagram, between real daemons."""

import random
import threading

from harness.client import error_of
from harness.waiting import wait_until

from swim.v1 import messaging_pb2

MEBIBYTE = 1024 * 1024
CALL_TIMEOUT = 20


def payload_of(number, size):
    return random.Random(number).randbytes(size)


def test_one_mebibyte_reaches_three_daemons_in_order(cluster):
    daemons = cluster.running(3)
    streams = [daemon.client.subscribe(include_own=True).attached() for daemon in daemons]
    sizes = (64, MEBIBYTE, 64, 2 * 1024, 64, 64 * 1024, MEBIBYTE, 64)
    sent = [payload_of(number, size) for number, size in enumerate(sizes)]
    for payload in sent:
        daemons[0].client.broadcast("t", payload)
    for stream in streams:
        wait_until(lambda stream=stream: len(stream.messages) + len(stream.gaps) >= len(sent), "all of them", 10.0)
        assert not stream.gaps and stream.payloads() == sent
        assert [message.sequence for message, _ in stream.messages] == list(range(1, len(sent) + 1))
        stream.close()
    for daemon in daemons:
        assert daemon.client.status_of("n1") == "ALIVE", "and nobody was suspected for it"


def test_above_one_mebibyte_is_refused(cluster):
    first, _ = cluster.running(2)
    limits = first.client.node_status().limits
    assert limits.max_broadcast_payload_bytes == MEBIBYTE and limits.max_datagram_payload_bytes < 2048
    code, reason, message, metadata = error_of(lambda: first.client.broadcast("t", b"x" * (MEBIBYTE + 1)))
    assert (code, reason) == ("INVALID_ARGUMENT", "PAYLOAD_TOO_LARGE"), message
    assert metadata == {"max_bytes": str(MEBIBYTE), "actual_bytes": str(MEBIBYTE + 1)}


def test_a_stream_of_large_ones_is_slowed_down_and_loses_nothing(cluster):
    daemons = cluster.running(3)
    streams = [daemon.client.subscribe().attached() for daemon in daemons[1:]]
    sent = [payload_of(number, 300 * 1024 if number % 3 else 64) for number in range(60)]
    requests = [messaging_pb2.BroadcastStreamRequest(
        first_id=at, messages=[messaging_pb2.BroadcastRequest(topic="t", payload=payload)
                               for payload in sent[at:at + 6]]) for at in range(0, len(sent), 6)]
    large = messaging_pb2.BroadcastRequest(topic="t", payload=b"x" * (MEBIBYTE + 1))
    requests.append(messaging_pb2.BroadcastStreamRequest(first_id=100, messages=[large]))
    answers = list(daemons[0].client.messages.BroadcastStream(iter(requests), timeout=CALL_TIMEOUT))
    assert sum(answer.accepted for answer in answers) == len(sent)
    refused, = answers[-1].rejected
    assert (refused.id, refused.reason) == (100, "PAYLOAD_TOO_LARGE")
    for stream in streams:
        wait_until(lambda stream=stream: len(stream.messages) + len(stream.gaps) >= len(sent), "all of them", 20.0)
        assert not stream.gaps and stream.payloads() == sent
        stream.close()


def test_what_one_has_of_a_killed_origin_reaches_who_comes_later_to_it(cluster):
    """The origin is gone before anybody asks it again: a member that has the payload gives it."""
    first, second, third = cluster.running(3)
    payload = payload_of(1, MEBIBYTE)
    stream = second.client.subscribe().attached()
    late = third.client.subscribe().attached()
    third.pause()
    first.client.broadcast("t", payload)
    stream.wait_for(payload, 5.0)
    first.kill()
    third.resume()
    late.wait_for(payload, 10.0)
    assert not late.gaps
    for each in (stream, late):
        each.close()


def test_a_crash_is_seen_while_large_ones_flow(cluster):
    """The bulk of the streams takes neither their turn nor their time from probes."""
    daemons = cluster.running(4)
    origin, *others, doomed = daemons
    watches = [daemon.client.watch().in_sync() for daemon in (origin, *others)]
    streams = [daemon.client.subscribe().attached() for daemon in others]
    sent, over = [], threading.Event()

    def requests():
        while not over.is_set():
            sent.append(payload_of(len(sent), MEBIBYTE))
            yield messaging_pb2.BroadcastStreamRequest(
                messages=[messaging_pb2.BroadcastRequest(topic="t", payload=sent[-1])])
    answers = []
    publisher = threading.Thread(target=lambda: answers.extend(origin.client.messages.BroadcastStream(requests())))
    publisher.start()
    try:
        wait_until(lambda: all(len(stream.messages) >= 5 for stream in streams), "the first ones", 20.0)
        doomed.kill()
        for watch in watches:
            watch.wait_for(doomed.name, "FAILED", wanted=2.0)
        after = [len(stream.messages) for stream in streams]
        wait_until(lambda: all(len(stream.messages) >= seen + 5 for stream, seen in zip(streams, after)), "more", 20.0)
    finally:
        over.set()
        publisher.join()
    assert sum(answer.accepted for answer in answers) == len(sent)
    for stream in streams:
        wait_until(lambda stream=stream: len(stream.messages) + len(stream.gaps) >= len(sent), "all of them", 30.0)
        assert not stream.gaps and stream.payloads() == sent
        stream.close()
    for watch in watches:
        for daemon in (origin, *others):
            assert not watch.of(daemon.name, "FAILED"), f"{daemon.name} was alive all the time"
        watch.close()
