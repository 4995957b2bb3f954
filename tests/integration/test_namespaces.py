"""Daemons on hosts of their own (network namespaces): cut links, partitions, loss, a host that is gone."""

import time

from harness.client import reason_name
from harness.waiting import measured, wait_until

NEEDS = ("ip", "nft", "namespaces")

SILENT = 1.5  # seconds until a host that is gone is known to be
HEALED = 30.0  # seconds from the end of a partition until all see all again, with nobody's help


def watch_all(daemons):
    return {daemon.name: daemon.client.watch().in_sync() for daemon in daemons}


def close_all(watches):
    for watch in watches.values():
        watch.close()


def wait_probes(daemons, count):
    """Until each of them has started so many probes more."""
    before = {daemon.name: daemon.client.node_status().stats.probes_started for daemon in daemons}
    return wait_until(lambda: all(daemon.client.node_status().stats.probes_started >= before[daemon.name] + count
                                  for daemon in daemons), f"{count} probes of each", count * 0.15)


def test_indirect_probe(lan_cluster):
    """One link is cut: the third node's probes show that both are alive. Without that link they would not."""
    daemons, (a, b, c) = lan_cluster(3)
    watches = watch_all(daemons)
    a.cut_from(b)
    wait_probes(daemons, 50)
    for watch in watches.values():
        assert not [event for event, _ in watch.events if event.member.status in (2, 5)], watch.events
    assert all(daemon.client.names("ALIVE") == ["n1", "n2", "n3"] for daemon in daemons)
    start = time.monotonic()
    c.cut_from(b)
    for name in ("n1", "n3"):
        watches[name].wait_for("n2", "FAILED", wanted=SILENT)
    measured("second link cut → FAILED on both", time.monotonic() - start, SILENT)
    close_all(watches)


def test_network_partition(lan_cluster):
    """Two halves: each goes on and holds the other failed; afterwards all see all, with nobody's help."""
    daemons, hosts = lan_cluster(4, discovery__refresh_interval="2s")
    left, right = hosts[:2], hosts[2:]
    start = time.monotonic()
    for host in left:
        host.cut_from(*right)
    for daemon, others in ((daemons[0], ["n3", "n4"]), (daemons[1], ["n3", "n4"]), (daemons[2], ["n1", "n2"]),
                           (daemons[3], ["n1", "n2"])):
        wait_until(lambda daemon=daemon, others=others: daemon.client.names("FAILED") == others,
                   f"{daemon.name} holds the other half failed", 2 * SILENT)
    measured("partition → each half holds the other failed", time.monotonic() - start, 2 * SILENT)
    stream = daemons[1].client.subscribe().attached()
    daemons[0].client.broadcast("t", b"within the half")
    stream.wait_for(b"within the half")
    stream.close()
    for host in hosts:
        host.heal()
    measured("healed → all see all", cluster_agrees(daemons), HEALED)


def cluster_agrees(daemons):
    names = sorted(daemon.name for daemon in daemons)
    return wait_until(lambda: all(daemon.client.names("ALIVE") == names for daemon in daemons),
                      "all see all again", HEALED)[1]


def test_partition_of_two(lan_cluster):
    daemons, (a, b) = lan_cluster(2, discovery__refresh_interval="2s")
    a.cut_from(b)
    for daemon, other in ((daemons[0], "n2"), (daemons[1], "n1")):
        wait_until(lambda daemon=daemon, other=other: daemon.client.status_of(other) == "FAILED", "FAILED", 2 * SILENT)
    a.heal()
    b.heal()
    measured("two healed → both see both", cluster_agrees(daemons), HEALED)


def test_host_that_is_gone(lan_cluster):
    """No refusal, no answer, nothing: silent is what its accusers say, and it comes back by itself."""
    daemons, hosts = lan_cluster(4, discovery__refresh_interval="2s")
    watches = watch_all(daemons[:3])
    start = time.monotonic()
    hosts[3].black_hole()
    for watch in watches.values():
        event, when = watch.wait_for("n4", "FAILED", wanted=SILENT)
        print(f"  FAILED after {when - start:.3f} s, {reason_name(event)}")
        assert reason_name(event) in ("PROBE_SILENT", "ACCUSED")
    measured("host gone → FAILED on three", time.monotonic() - start, SILENT)
    hosts[3].heal()
    measured("host back → all see all", cluster_agrees(daemons), HEALED)
    for watch in watches.values():
        back = watch.of("n4", "JOINED")
        assert len(back) == 1 and reason_name(back[0][0]) == "RECOVERED", watch.types_of("n4")
    # While it was alone it may have declared the others dead, and tells when it is back: each takes a new life at once.
    for watch in watches.values():
        for other in ("n1", "n2", "n3"):
            wait_until(lambda watch=watch, other=other: undone(watch, other), f"{other} is not left FAILED", 2.0)
    close_all(watches)


def undone(watch, name):
    """Whether each FAILED of the member that was shown is followed by its recovery."""
    recovered = [event for event, _ in watch.of(name, "JOINED") if reason_name(event) == "RECOVERED"]
    return len(watch.of(name, "FAILED")) == len(recovered)


def test_one_way_cut(lan_cluster):
    """n2 no longer hears n1, n1 hears n2: helpers carry it, nobody fails."""
    daemons, (a, b, _) = lan_cluster(3)
    watches = watch_all(daemons)
    b.hear_nothing_from(a)
    wait_probes(daemons, 50)
    for watch in watches.values():
        assert not watch.of("n1", "FAILED") and not watch.of("n2", "FAILED")
    assert all(daemon.client.names("FAILED") == [] for daemon in daemons)
    close_all(watches)


def test_datagram_loss(lan_cluster):
    """A quarter of all datagrams is lost on every host: nobody fails, and news still reach all."""
    daemons, hosts = lan_cluster(4)
    watches = watch_all(daemons)
    for host in hosts:
        host.lose(25)
    wait_probes(daemons, 60)
    daemons[0].client.set_labels({"through": "the loss"})
    wait_until(lambda: all(d.client.get("n1").labels.get("through") == "the loss" for d in daemons), "labels", 3.0)
    suspected = sum(len(watch.of(name, "SUSPECTED")) for watch in watches.values() for name in watches)
    print(f"measured: {suspected} SUSPECTED events in 4 watches, at 25 % loss")
    for watch in watches.values():
        assert not any(watch.of(name, "FAILED") for name in watches)
    close_all(watches)


def test_ipv6_cluster(lan_cluster):
    daemons, _ = lan_cluster(3, ipv6=True)
    assert daemons[0].client.get("n2").address == "fd77::2"
    daemons[2].kill()
    wait_until(lambda: daemons[0].client.status_of("n3") == "FAILED", "FAILED", SILENT)
