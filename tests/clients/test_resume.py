"""Each language's clients come back by themselves, and what they hold is true: after kill -9 of the daemon, and after
a cut of their connection."""

from door import Door
from harness.waiting import wait_until


def test_watch_across_a_killed_daemon(cluster, watch):
    first, second, third = cluster.running(3)
    client = watch(first.api_target)
    client.wait_snapshots("INITIAL")
    client.wait_true(first, n1="ALIVE", n2="ALIVE", n3="ALIVE")
    first.kill()
    second.client.set_labels({"while": "you were away"})
    third.stop()
    first.start()
    client.wait_snapshots("INITIAL", "RESTARTED")
    wait_until(lambda: first.serves() and first.client.status_of("n2") == "ALIVE", "n1 is back", 3.0)
    client.wait_true(first, n1="ALIVE", n2="ALIVE")  # who left before this run of n1 is not listed by it
    assert client.lines[-1]["members"]["n2"]["labels"] == {"while": "you were away"}


def test_watch_forgets_those_of_an_earlier_run(cluster, watch):
    """All are killed and one comes back alone: who was there before is not there now."""
    daemons = cluster.running(3)
    client = watch(daemons[0].api_target)
    client.wait_snapshots("INITIAL")
    for daemon in daemons:
        daemon.kill()
    daemons[0].start()
    daemons[0].wait_serving()
    client.wait_snapshots("INITIAL", "RESTARTED")
    client.wait_true(daemons[0], n1="ALIVE")
    daemons[1].start()
    client.wait_true(daemons[0], n1="ALIVE", n2="ALIVE")


def test_watch_across_a_cut(cluster, watch):
    """The daemon lives: nothing is sent twice, and nothing is missed."""
    first, second, third = cluster.running(3)
    door = Door(first.folder / "door.sock", first.settings["api.socket"])
    client = watch(door.target)
    client.wait_snapshots("INITIAL")
    door.close()
    second.client.set_labels({"step": "2"})
    third.stop()
    door.open()
    client.wait_true(first, n1="ALIVE", n2="ALIVE", n3="LEFT")
    wait_until(lambda: client.lines[-1]["members"]["n2"]["labels"] == {"step": "2"}, "the label", 1.0)
    assert client.snapshots() == ["INITIAL"], "the token was good: no snapshot"
    door.close()


def test_subscription_across_a_killed_daemon(cluster, subscribe):
    first, second = cluster.running(2)
    client = subscribe(first.api_target).attached()
    second.client.broadcast("t", b"before")
    client.wait_message("before")
    first.kill()
    first.start()
    client.wait_for(lambda lines: {"reset": "RESTARTED"} in lines, "the reset", 3.0)
    cluster.see_each_other()
    second.client.broadcast("t", b"after")
    client.wait_message("after")
    assert client.messages() == ["before", "after"] and client.losses() == [{"reset": "RESTARTED"}]


def test_subscription_across_a_cut(cluster, subscribe):
    """The daemon lives, and kept what came meanwhile."""
    first, second = cluster.running(2)
    door = Door(first.folder / "door.sock", first.settings["api.socket"])
    client = subscribe(door.target).attached()
    second.client.broadcast("t", b"before")
    client.wait_message("before")
    door.close()
    received = first.client.node_status().stats.broadcasts_received
    second.client.broadcast("t", b"meanwhile")
    wait_until(lambda: first.client.node_status().stats.broadcasts_received > received, "it arrived", 3.0)
    door.open()
    client.wait_message("meanwhile")
    second.client.broadcast("t", b"after")
    client.wait_message("after")
    assert client.messages() == ["before", "meanwhile", "after"] and not client.losses()
    door.close()
