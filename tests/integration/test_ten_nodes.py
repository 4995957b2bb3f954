"""Ten daemons with one key: start, crash, stop, and the return of a name on another port."""

import time

from harness.client import reason_name, type_name
from harness.waiting import measured, wait_until

COUNT = 10
SEEN, FAILED, BACK = 3.0, 1.5, 1.0  # seconds that users are promised


def watchers(daemons):
    return {daemon.name: daemon.client.watch().in_sync() for daemon in daemons}


def close_all(watches):
    for watch in watches.values():
        watch.close()


def arrivals(watches, member, *types, wanted):
    """When each watcher was told, by its name: the first of these events about `member`."""
    return {name: watch.wait_for(member, *types, wanted=wanted)[1] for name, watch in watches.items()}


def tell(what, start, times, wanted):
    for name, when in sorted(times.items()):
        print(f"  {name}: {when - start:.3f} s")
    measured(what, max(times.values()) - start, wanted)


def test_ten_see_ten(cluster):
    start = time.monotonic()
    cluster.start(COUNT)
    cluster.see_each_other(wanted=SEEN)
    measured("ten daemons started, each sees ten", time.monotonic() - start, SEEN)
    for daemon in cluster.daemons:
        # One that has learnt of all from its first seed may still wait for the others' answers.
        wait_until(lambda daemon=daemon: daemon.client.node_status().ready, f"{daemon.name} is ready", SEEN)
        assert dict(daemon.client.node_status().member_counts).get("ALIVE") == COUNT


def test_killed_is_failed_on_nine(cluster):
    daemons = cluster.running(COUNT)
    victim, others = daemons[4], daemons[:4] + daemons[5:]
    watches = watchers(others)
    start = time.monotonic()
    victim.kill()
    times = arrivals(watches, victim.name, "FAILED", wanted=FAILED)
    tell("kill -9 → FAILED on nine", start, times, FAILED)
    assert len(times) == COUNT - 1
    for daemon in others:
        assert daemon.client.status_of(victim.name) == "FAILED"
        assert len(daemon.client.names("ALIVE")) == COUNT - 1, "nobody else was harmed"
    close_all(watches)


def test_graceful_stop_is_left_on_all(cluster):
    daemons = cluster.running(COUNT)
    leaver, others = daemons[-1], daemons[:-1]
    watches = watchers(others)
    start = time.monotonic()
    seconds = leaver.stop()
    measured("SIGTERM → end of the process", seconds, 1.5)
    times = arrivals(watches, leaver.name, "LEFT", wanted=1.5)
    tell("SIGTERM → LEFT on nine", start, times, 1.5)
    for watch in watches.values():
        (event, _), = watch.of(leaver.name, "LEFT")
        assert reason_name(event) == "GOODBYE"
        assert not watch.of(leaver.name, "FAILED", "SUSPECTED"), watch.types_of(leaver.name)
    close_all(watches)


def restart_on_other_port(daemon):
    daemon.settings["gossip.bind-address"] = f"{daemon.host}:7956"
    start = time.monotonic()
    daemon.start()
    return start


def test_killed_name_is_back_on_another_port(cluster):
    """At once after its death, before or after anybody noticed: no refusal and no conflict either way."""
    daemons = cluster.running(COUNT)
    victim, others = daemons[6], daemons[:6] + daemons[7:]
    boot = victim.client.get().uid
    watches = watchers(others)
    victim.kill()
    start = restart_on_other_port(victim)
    times = arrivals(watches, victim.name, "REPLACED", "JOINED", wanted=BACK)
    tell("restart under the same name on another port → back on nine", start, times, BACK)
    cluster.see_each_other(daemons)
    for watch in watches.values():
        types = watch.types_of(victim.name)
        back = watch.of(victim.name, "REPLACED", "JOINED")
        assert len(back) == 1, types
        event = back[0][0]
        assert (type_name(event) == "REPLACED") == ("FAILED" not in types), types
        assert event.member.port == 7956 and event.member.uid != boot
        assert "CONFLICT" not in types
    assert not any(daemon.client.node_status().conflict for daemon in daemons)
    close_all(watches)


def test_stopped_name_is_back_on_another_port(cluster):
    daemons = cluster.running(COUNT)
    leaver, others = daemons[6], daemons[:6] + daemons[7:]
    watches = watchers(others)
    leaver.stop()
    arrivals(watches, leaver.name, "LEFT", wanted=1.5)
    start = restart_on_other_port(leaver)
    times = arrivals(watches, leaver.name, "JOINED", wanted=BACK)
    tell("start under the name of one that left → JOINED on nine", start, times, BACK)
    cluster.see_each_other(daemons)
    for watch in watches.values():
        assert watch.types_of(leaver.name)[-2:] == ["LEFT", "JOINED"], watch.types_of(leaver.name)
        assert reason_name(watch.of(leaver.name, "JOINED")[0][0]) == "REJOINED"
        assert "CONFLICT" not in watch.types_of(leaver.name)
    close_all(watches)


def test_views_agree_after_everybody_restarted(cluster):
    daemons = cluster.running(5)
    for daemon in daemons:
        daemon.kill()
    for daemon in daemons:
        daemon.start()
    seconds = cluster.see_each_other(daemons)
    measured("five daemons killed and restarted at once, each sees five", seconds, SEEN)
    wait_until(lambda: all(not d.client.names("SUSPECT", "FAILED") for d in daemons), "nobody is suspected", 3.0)
