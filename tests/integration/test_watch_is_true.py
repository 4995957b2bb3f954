"""Whatever happens to cluster, daemon and client: a map kept by the three rules of WatchMembers is the daemon's view.

Faults are drawn from a seed, which is printed; SWIMD_SEED=… draws the same again. Maps and lists are compared wherever
both are of the same run of the daemon and the same revision.
"""

import os
import random
import threading
import time

import grpc
from google.protobuf import duration_pb2
from swim.v1 import member_pb2, membership_pb2

from harness.client import CALL_TIMEOUT, told_by
from harness.waiting import wait_until


def face(member):
    """What is public of it; the incarnation's count may grow without an event."""
    return (member.uid, member.status, member.address, member.port, member.zone, tuple(sorted(member.labels.items())))


def faces(members):
    return {member.name: face(member) for member in members}


def moment(members, revision):
    """Which run of the daemon and which revision; None where the daemon itself is not among them yet."""
    runs = [member.uid for member in members if member.local]
    return (runs[0], revision) if runs else None


class Rules(threading.Thread):
    """A client that knows three rules; reads slowly, and connects again for no reason, as its seed says."""

    def __init__(self, daemon, seed, slow, statuses=()):
        super().__init__(daemon=True)
        self.daemon_process, self.chance, self.slow = daemon, random.Random(seed), slow
        self.statuses = statuses  # of its filter
        self.map, self.token = {}, ""
        self.views = {}      # moment → faces
        self.reasons = []
        self.connects = 0
        self.over = threading.Event()
        self.hurry = threading.Event()  # from here on without pauses
        self.problem = None

    def run(self):
        try:
            while not self.over.is_set():
                self.connect()
        except Exception as error:  # pylint: disable=broad-exception-caught
            self.problem = error

    def connect(self):
        self.connects += 1
        # What its filter does not let through moves its revision by a bookmark.
        request = membership_pb2.WatchMembersRequest(
            resume_token=self.token, filter=membership_pb2.MemberFilter(statuses=self.statuses),
            bookmark_interval=duration_pb2.Duration(seconds=1))
        try:
            call = self.daemon_process.client.members_service.WatchMembers(request, timeout=CALL_TIMEOUT)
            for response in call:
                self.take(response)
                if self.over.is_set() or (self.chance.random() < 0.05 and not self.hurry.is_set()):
                    call.cancel()
                    return
                if self.slow and not self.hurry.is_set():
                    self.over.wait(self.chance.random() * self.slow)
        except (grpc.RpcError, ValueError):  # gone, or the test closes the channel of a daemon that it killed
            self.over.wait(0.05)

    def take(self, response):
        if response.snapshot.begin:
            self.map = {}
            self.reasons.append(membership_pb2.MemberSnapshot.Reason.Name(response.snapshot.reason))
        self.map.update((member.name, member) for member in response.snapshot.members)
        for event in response.events.events:
            if event.type == membership_pb2.MemberEvent.TYPE_EXPIRED or event.no_longer_matches:
                self.map.pop(event.member.name, None)
            else:
                self.map[event.member.name] = event.member
        self.token = response.resume_token
        when = moment(self.map.values(), response.revision)
        if when and (response.snapshot.end or not response.HasField("snapshot")):
            self.views[when] = faces(self.map.values())

    def selects(self, view):
        return {name: one for name, one in view.items() if not self.statuses or one[1] in self.statuses}


class Lists(threading.Thread):
    """ListMembers of one daemon, again and again."""

    def __init__(self, daemon):
        super().__init__(daemon=True)
        self.daemon_process, self.views, self.over = daemon, {}, threading.Event()

    def run(self):
        while not self.over.wait(0.01):
            try:
                answer = self.daemon_process.client.list()
            except (grpc.RpcError, ValueError):
                continue
            when = moment(answer.members, answer.revision)
            if when:
                self.views[when] = faces(answer.members)


def label(daemon, value):
    """Of a daemon that was just killed twice others may still speak as of its earlier run: until it knows, it says so."""
    def done():
        try:
            daemon.client.set_labels({"step": value})
        except grpc.RpcError as error:
            if told_by(error)[:2] != ("FAILED_PRECONDITION", "NAME_CONFLICT"):
                raise
            return False
        return True
    wait_until(done, "a label is set", 1.0)


def restart(daemon):
    daemon.kill()
    daemon.start()
    daemon.wait_serving()


def fault(chance, daemons):
    """One thing that happens; most of them heal by themselves."""
    watched, others = daemons[0], daemons[1:]
    victim = chance.choice(others)
    what = chance.choices(("label", "restart", "stop", "pause", "drain", "watched"), (12, 3, 2, 2, 2, 2))[0]
    if what == "label":
        label(chance.choice(daemons), str(chance.randrange(100)))
    elif what == "restart":
        restart(victim)
    elif what == "stop":
        victim.stop()
        victim.start()
        victim.wait_serving()
    elif what == "pause":
        victim.pause()
        time.sleep(chance.random() * 0.5)
        victim.resume()
    elif what == "drain":
        victim.client.drain()
        victim.client.drain(cancel=True)
    else:
        restart(watched)
    return what


def test_three_rules_give_the_view_whatever_happens(cluster):
    seed = int(os.environ.get("SWIMD_SEED") or random.randrange(1 << 32))
    print(f"seed: {seed}")
    chance = random.Random(seed)
    daemons = cluster.running(4, gossip__preset="local")
    alive = (member_pb2.MEMBER_STATUS_ALIVE,)
    ways = ((0,), (0.02,), (0.3,), (0.02, alive))
    clients = [Rules(daemons[0], seed + number, *how) for number, how in enumerate(ways)]
    lists = Lists(daemons[0])
    for thread in (*clients, lists):
        thread.start()
    done = [fault(chance, daemons) for _ in range(25)] + ["watched"]
    restart(daemons[0])
    for client in clients:
        client.hurry.set()
    cluster.see_each_other(daemons, wanted=10.0)

    def final():
        answer = daemons[0].client.list()
        return moment(answer.members, answer.revision), faces(answer.members)

    def holds(client, when, view):
        if client.problem:
            raise client.problem
        return client.views.get(when) == client.selects(view)
    wait_until(lambda: final()[0] and all(holds(client, *final()) for client in clients),
               "all hold the view in the end", 5.0)
    for thread in (*clients, lists):
        thread.over.set()
    compared = 0
    for client in clients:
        assert client.problem is None, client.problem
        assert "REASON_RESTARTED" in client.reasons, f"{done}: {client.reasons}"
        for when, view in list(client.views.items()):
            if when in lists.views:
                listed = client.selects(lists.views[when])
                assert view == listed, f"seed {seed}: the map differs from the list at {when}"
                compared += 1
    print(f"measured: {compared} comparisons, {[client.connects for client in clients]} connects")
    assert compared >= 10
