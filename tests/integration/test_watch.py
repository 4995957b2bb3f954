"""WatchMembers: nothing missed and nothing twice, whatever becomes of client and daemon."""

import threading

import grpc
from google.protobuf import duration_pb2
from swim.v1 import membership_pb2

from harness.client import error_of, reason_name, type_name
from harness.waiting import wait_until


def revisions(watch):
    return [event.revision for event, _ in watch.events]


def test_watch_begins_with_the_members(cluster):
    daemons = cluster.running(3)
    watch = daemons[0].client.watch().in_sync()
    assert watch.snapshots == ["INITIAL"]
    assert watch.statuses() == {"n1": "ALIVE", "n2": "ALIVE", "n3": "ALIVE"}
    watch.close()


def test_watch_shows_every_change_in_order(cluster):
    daemons = cluster.running(3)
    watch = daemons[0].client.watch().in_sync()
    daemons[1].client.set_labels({"role": "web"})
    watch.wait_for("n2", "UPDATED")
    daemons[2].stop()
    watch.wait_for("n3", "LEFT")
    daemons[1].kill()
    watch.wait_for("n2", "FAILED", wanted=1.5)
    assert watch.statuses() == {"n1": "ALIVE", "n2": "FAILED", "n3": "LEFT"}
    seen = revisions(watch)
    assert seen == list(range(seen[0], seen[0] + len(seen))), "the revision grows by one with each change"
    event = watch.of("n2", "UPDATED")[0][0]
    assert reason_name(event) == "LABELS" and dict(event.member.labels) == {"role": "web"}
    watch.close()


def test_watch_resumed_with_its_token_misses_nothing(cluster):
    """One watch stays, another is closed, misses changes, and is resumed: both have seen the same."""
    daemons = cluster.running(3)
    client = daemons[0].client
    lasting, first = client.watch().in_sync(), client.watch().in_sync()
    daemons[1].client.set_labels({"step": "1"})
    first.wait_for("n2", "UPDATED")
    first.close()
    daemons[1].client.set_labels({"step": "2"})
    daemons[2].stop()
    daemons[1].client.set_labels({"step": "3"})
    lasting.wait_for("n3", "LEFT")

    # A newer label may replace an older one on its way; the last one arrives.
    wait_until(lambda: lasting.map["n2"].labels["step"] == "3", "the last label in the lasting watch", 1.0)
    resumed = client.watch(token=first.token)
    wait_until(lambda: len(first.events) + len(resumed.events) >= len(lasting.events), "the resumed watch", 1.0)
    assert resumed.snapshots == [], "the token was good: no snapshot"
    assert revisions(first) + revisions(resumed) == revisions(lasting)
    before = len(resumed.events)
    daemons[1].client.set_labels({"step": "4"})
    resumed.wait_for("n2", "UPDATED", since=before)
    for watch in (lasting, resumed):
        watch.close()


def test_watch_from_a_list_has_no_hole(cluster):
    daemons = cluster.running(2)
    answer = daemons[0].client.list()
    daemons[1].client.set_labels({"after": "the list"})
    watch = daemons[0].client.watch(token=answer.resume_token)
    event, _ = watch.wait_for("n2", "UPDATED")
    assert dict(event.member.labels) == {"after": "the list"} and not watch.snapshots
    watch.close()


def test_damaged_token_gives_a_snapshot(cluster):
    daemon = cluster.running(1)[0]
    watch = daemon.client.watch(token="nonsense").in_sync()
    assert watch.snapshots == ["TOKEN_EXPIRED"] and list(watch.map) == ["n1"]
    watch.close()


def test_watch_across_a_killed_daemon_restarts(cluster):
    first, _ = cluster.running(2)
    watch = first.client.watch().in_sync()
    first.kill()
    wait_until(lambda: watch.ended, "the end of the stream", 1.0)
    assert watch.error.code() == grpc.StatusCode.UNAVAILABLE
    first.start()
    first.wait_serving()
    resumed = first.client.watch(token=watch.token).in_sync()
    assert resumed.snapshots == ["RESTARTED"]
    wait_until(lambda: resumed.statuses() == {"n1": "ALIVE", "n2": "ALIVE"}, "the map is right again", 3.0)
    resumed.close()


def test_watch_ends_with_shutting_down(cluster):
    """Before the end each watcher sees its own node leave, then a status that says: connect again."""
    daemon = cluster.running(1)[0]
    watch = daemon.client.watch().in_sync()
    daemon.stop()
    wait_until(lambda: watch.ended, "the end of the stream", 1.0)
    code, reason, _, _ = error_of(lambda: (_ for _ in ()).throw(watch.error))
    assert (code, reason) == ("UNAVAILABLE", "SHUTTING_DOWN")
    assert watch.types_of("n1")[-1] == "LEFT", watch.types_of("n1")


def test_idle_watch_gets_bookmarks(cluster):
    daemon = cluster.running(1)[0]
    watch = daemon.client.watch(bookmark_seconds=1).in_sync()
    wait_until(lambda: watch.bookmarks >= 2, "two bookmarks", 3.0)
    watch.close()


def test_watch_with_a_filter_says_goodbye_to_who_stops_matching(cluster):
    first, second = cluster.running(2)
    watch = first.client.watch(statuses=["ALIVE"]).in_sync()
    second.stop()
    last, _ = watch.wait_for("n2", "LEFT", "LEAVING")
    assert last.no_longer_matches and list(watch.map) == ["n1"]
    watch.close()
    fresh = first.client.watch(statuses=["ALIVE"]).in_sync()
    assert list(fresh.map) == ["n1"]
    fresh.close()


def test_watch_with_a_filter_holds_those_that_match_and_no_others(cluster):
    """A member is killed, which is SUSPECT first; one is relabelled, and killed; one comes back."""
    first, second, third = cluster.running(3)
    for daemon in (second, third):
        daemon.client.set_labels({"role": "web"})
    wait_until(lambda: all(first.client.get(name).labels.get("role") == "web" for name in ("n2", "n3")),
               "the labels", 1.0)
    everything = first.client.watch().in_sync()
    alive, web = first.client.watch(statuses=["ALIVE"]).in_sync(), first.client.watch(selector="role=web").in_sync()
    assert sorted(alive.map) == ["n1", "n2", "n3"] and sorted(web.map) == ["n2", "n3"]
    second.kill()
    third.client.set_labels({"role": "db"})
    everything.wait_for("n2", "FAILED", wanted=1.5)
    everything.wait_for("n3", "UPDATED")
    third.kill()
    everything.wait_for("n3", "FAILED", wanted=1.5)
    # What was sent of n1 comes last: whoever has it has all before it.
    first.client.set_labels({"role": "web"})
    for watch in (alive, web):
        watch.wait_for("n1", "UPDATED")
    assert alive.statuses() == {"n1": "ALIVE"}, "who was suspected first is not kept as SUSPECT"
    assert web.statuses() == {"n1": "ALIVE", "n2": "FAILED"}, "who is no longer web is not kept as ALIVE"
    assert alive.types_of("n2")[-1] in ("SUSPECTED", "FAILED") and web.types_of("n3")[-1] == "UPDATED"
    assert not any(event.no_longer_matches for event, _ in everything.events)
    second.start()
    second.wait_serving()
    wait_until(lambda: alive.statuses() == {"n1": "ALIVE", "n2": "ALIVE"}, "n2 is back", 3.0)
    wait_until(lambda: "n2" not in web.map, "n2 came back without its label", 1.0)
    for watch in (everything, alive, web):
        watch.close()


def test_slow_watcher_neither_stalls_nor_misses(cluster):
    """A client that doesn't read: the node goes on, and afterwards its map is right, by events or by a snapshot."""
    first, second = cluster.running(2)
    request = membership_pb2.WatchMembersRequest(bookmark_interval=duration_pb2.Duration(seconds=1))
    gate, final, got = threading.Event(), threading.Event(), {}
    call = first.client.members_service.WatchMembers(request)

    def read_late():
        iterator = iter(call)
        next(iterator)
        gate.wait(120)
        try:
            for response in iterator:
                for member in response.snapshot.members:
                    got[member.name] = member
                for event in response.events.events:
                    got[event.member.name] = event.member
                if "n2" in got and got["n2"].labels.get("turn") == "last":
                    final.set()
                    return
        except grpc.RpcError:
            pass
    reader = threading.Thread(target=read_late, daemon=True)
    reader.start()
    ready = first.client.watch().in_sync()
    for turn in range(300):
        second.client.set_labels({"turn": str(turn), "ballast": "x" * 250, "more": "y" * 200})
    second.client.set_labels({"turn": "last"})
    wait_until(lambda: first.client.get("n2").labels.get("turn") == "last", "the last label arrived", 3.0)
    wait_until(lambda: ready.map["n2"].labels.get("turn") == "last", "the other watcher was not held up", 1.0)
    gate.set()
    assert final.wait(60), "the slow watcher never learned the last state"
    call.cancel()
    ready.close()


def test_too_many_streams_are_refused(cluster):
    daemon = cluster.running(1, api__max_streams=2)[0]
    kept = [daemon.client.watch().in_sync() for _ in range(2)]
    refused = daemon.client.watch()
    wait_until(lambda: refused.ended, "the refusal", 1.0)
    code, reason, message, _ = error_of(lambda: (_ for _ in ()).throw(refused.error))
    assert (code, reason) == ("RESOURCE_EXHAUSTED", "TOO_MANY_STREAMS") and message
    kept[0].close()
    wait_until(lambda: daemon.client.node_status().stats.watchers == 1, "the stream is given back", 2.0)
    again = daemon.client.watch().in_sync()
    for watch in (kept[1], again):
        watch.close()


def test_type_names_are_those_of_the_design():
    names = {name.removeprefix("TYPE_") for name in membership_pb2.MemberEvent.Type.keys()}
    assert {"JOINED", "UPDATED", "SUSPECTED", "REFUTED", "FAILED", "LEAVING", "LEFT", "REPLACED", "CONFLICT",
            "EXPIRED"} <= names
    assert type_name(membership_pb2.MemberEvent(type="TYPE_JOINED")) == "JOINED"
