"""The end-to-end rows of the library's integration tests, by their names, between real processes.

test_indirect_probe and test_network_partition need network namespaces: test_namespaces.py.
"""

import time

from harness.client import reason_name, type_name
from harness.waiting import measured, wait_until

# Broadcasts a second to all members that must at least be had on a machine that compiles beside it; what it really
# is, bench/ says.
THROUGHPUT_FLOOR = 100


# ---- two nodes ----
def test_two_node_join(cluster):
    first = cluster.daemon().start()
    first.wait_serving()
    assert first.client.names("ALIVE") == ["n1"]
    second = cluster.daemon().start()
    measured("a second node joins", cluster.see_each_other([first, second]), 3.0)


def test_two_node_leave(cluster):
    first, second = cluster.running(2)
    second.stop()
    wait_until(lambda: first.client.status_of("n2") == "LEFT", "LEFT on the other", 1.0)
    assert first.client.names("ALIVE") == ["n1"]


def test_two_node_broadcast(cluster):
    first, second = cluster.running(2)
    stream = second.client.subscribe("news").attached()
    start = time.monotonic()
    first.client.broadcast("news", b"hello \x00\xff")
    message, when = stream.wait_for(b"hello \x00\xff")
    measured("broadcast → receipt", when - start, 1.0)
    assert (message.origin, message.topic, message.broadcast, message.own) == ("n1", "news", True, False)
    assert message.origin_uid == first.client.get().uid
    stream.close()


def test_two_node_direct_send(cluster):
    first, second = cluster.running(2)
    stream = second.client.subscribe().attached()
    own = first.client.subscribe(include_own=True).attached()
    first.client.send("n2", "job", b"by stream", acknowledged=True)
    message, _ = stream.wait_for(b"by stream")
    assert (message.origin, message.broadcast, message.sequence) == ("n1", False, 0)
    first.client.send("n2", "job", b"by datagram", acknowledged=False)
    stream.wait_for(b"by datagram")
    assert not own.messages, "nobody but its receiver gets a direct message"
    for each in (stream, own):
        each.close()


# ---- three nodes ----
def test_gossip_propagation(cluster):
    daemons = cluster.running(3)
    streams = [daemon.client.subscribe(include_own=True).attached() for daemon in daemons]
    start = time.monotonic()
    daemons[0].client.broadcast("t", b"to all")
    times = [stream.wait_for(b"to all")[1] - start for stream in streams]
    measured("broadcast → receipt on all three", max(times), 1.0)
    for stream in streams:
        stream.close()


def test_failure_detection(cluster):
    daemons = cluster.running(3)
    start = time.monotonic()
    daemons[2].kill()
    for daemon in daemons[:2]:
        wait_until(lambda daemon=daemon: daemon.client.status_of("n3") == "FAILED", "FAILED", 1.5)
        assert daemon.client.names("ALIVE") == ["n1", "n2"]
    measured("kill -9 → FAILED on both others", time.monotonic() - start, 1.5)


# ---- failures ----
def test_node_crash(cluster):
    """Suspected first, then failed, with what the probe found: a killed process on a living host refuses."""
    daemons = cluster.running(3)
    watch = daemons[0].client.watch().in_sync()
    daemons[1].kill()
    event, _ = watch.wait_for("n2", "FAILED", wanted=1.5)
    types = watch.types_of("n2")
    assert types[-1] == "FAILED" and "SUSPECTED" in types, types
    assert reason_name(event).startswith("PROBE_") or reason_name(event) == "ACCUSED", reason_name(event)
    assert event.accuser in ("n1", "n3")
    watch.close()


def test_rejoin_after_crash(cluster):
    daemons = cluster.running(3)
    daemons[1].kill()
    wait_until(lambda: daemons[0].client.status_of("n2") == "FAILED", "FAILED", 1.5)
    watch = daemons[0].client.watch().in_sync()
    daemons[1].start()
    event, _ = watch.wait_for("n2", "JOINED", wanted=3.0)
    assert reason_name(event) == "REJOINED"
    measured("restart after a crash → all see all", cluster.see_each_other(daemons), 3.0)
    watch.close()


# ---- metadata ----
def test_metadata_propagation(cluster):
    daemons = cluster.running(2)
    daemons.append(cluster.daemon(node__labels="role=web,version=7", node__zone="a").start())
    cluster.see_each_other(daemons)
    for daemon in daemons:
        member = daemon.client.get("n3")
        assert dict(member.labels) == {"role": "web", "version": "7"} and member.zone == "a"


def test_metadata_update(cluster):
    daemons = cluster.running(3, node__labels="role=web")
    daemons[0].client.set_labels({"role": "db", "leader": "yes"})
    for daemon in daemons:
        wait_until(lambda daemon=daemon: dict(daemon.client.get("n1").labels) == {"role": "db", "leader": "yes"},
                   "the new labels", 1.0)
    daemons[0].client.set_labels({"role": "cache"}, replace_all=True)
    for daemon in daemons:
        wait_until(lambda daemon=daemon: dict(daemon.client.get("n1").labels) == {"role": "cache"},
                   "the labels that replace the old", 1.0)
        assert dict(daemon.client.get("n2").labels) == {"role": "web"}


# ---- events ----
def test_join_event_fired(cluster):
    first = cluster.running(1)[0]
    watch = first.client.watch().in_sync()
    cluster.daemon().start()
    event, _ = watch.wait_for("n2", "JOINED", wanted=3.0)
    assert reason_name(event) == "FIRST_SEEN" and event.member.name == "n2"
    assert watch.types_of("n2") == ["JOINED"]
    watch.close()


def test_leave_event_fired(cluster):
    first, second = cluster.running(2)
    watch = first.client.watch().in_sync()
    second.stop()
    event, _ = watch.wait_for("n2", "LEFT")
    assert reason_name(event) == "GOODBYE"
    assert set(watch.types_of("n2")) <= {"LEAVING", "LEFT"}
    watch.close()


def test_suspect_event_fired(cluster):
    """A stopped process is suspected, and refutes that when it goes on."""
    daemons = cluster.running(3, gossip__suspicion_max_timeout="60s", gossip__suspicion_confirmations="8")
    watch = daemons[0].client.watch().in_sync()
    daemons[1].pause()
    event, _ = watch.wait_for("n2", "SUSPECTED", wanted=2.0)
    assert event.accuser in ("n1", "n3")
    assert watch.statuses()["n2"] == "SUSPECT"
    daemons[1].resume()
    watch.wait_for("n2", "REFUTED", wanted=2.0)
    wait_until(lambda: daemons[0].client.status_of("n2") == "ALIVE", "ALIVE", 2.0)
    assert "FAILED" not in watch.types_of("n2")
    watch.close()


# ---- performance: counts are asserted, times are measured ----
def test_convergence_time(cluster):
    cluster.running(5)
    newcomer = cluster.daemon().start()
    measured("a sixth node joins five, each sees six", cluster.see_each_other(), 3.0)
    assert newcomer.client.node_status().stats.joins_accepted >= 1
    start = time.monotonic()
    newcomer.client.set_labels({"mark": "1"})
    wait_until(lambda: all(d.client.get("n6").labels.get("mark") == "1" for d in cluster.daemons), "labels", 1.0)
    measured("a label is known to all six", time.monotonic() - start, 1.0)


def test_message_throughput(cluster):
    """Each of many broadcasts reaches each of three nodes once, or its loss is announced."""
    daemons = cluster.running(3)
    streams = [daemon.client.subscribe().attached() for daemon in daemons[1:]]
    watch = daemons[0].client.watch().in_sync()
    count, queue = 2000, 0
    start = time.monotonic()
    for number in range(count):
        queue = max(queue, daemons[0].client.broadcast("t", b"%d" % number).queue_depth)
    for stream in streams:
        wait_until(lambda stream=stream: len(stream.messages) + sum(gap.missed for gap in stream.gaps) >= count,
                   "all broadcasts", count / THROUGHPUT_FLOOR / 10)
    seconds = time.monotonic() - start
    for stream in streams:
        assert len(set(stream.payloads())) == len(stream.payloads()) == count and not stream.gaps
        stream.close()
    print(f"measured: {count / seconds:.0f} broadcasts a second to all of three, by unary calls from Python")
    daemons[0].client.set_labels({"mark": "1"})  # behind whatever happened to members meanwhile
    watch.wait_for("n1", "UPDATED")
    assert [type_name(event) for event, _ in watch.events] == ["UPDATED"]
    watch.close()
