"""Stop, pause and go on; probes over HTTP; reload; the defaults of a newcomer."""

import json
import os
import signal
import subprocess
import time

from swim.v1 import admin_pb2, member_pb2

from harness.client import CALL_TIMEOUT, status_name, told_by
from harness.cluster import write_key
from harness.settings import clean_environment
from harness.waiting import measured, wait_until


def test_sigterm_ends_quickly_alone_and_in_a_cluster(cluster):
    alone = cluster.daemon(name="alone", seeds=(), cluster__label="test/alone").start()
    alone.wait_serving()
    measured("SIGTERM → exit 0, alone", alone.stop(), 1.5)
    daemons = [cluster.daemon() for _ in range(3)]
    for daemon in daemons:
        daemon.start()
    cluster.see_each_other(daemons)
    measured("SIGTERM → exit 0, one of three", daemons[2].stop(), 1.5)
    for daemon in daemons[:2]:
        daemon.terminate()
    for daemon in daemons[:2]:
        assert daemon.wait_end()[0] == 0, "both last ones at once"


def test_sigterm_with_open_streams_and_unreachable_peers(cluster):
    """Neither a client that holds streams open nor a peer that does not answer may keep it from ending."""
    daemons = cluster.running(3)
    streams = [daemons[0].client.watch().in_sync() for _ in range(5)]
    streams += [daemons[0].client.subscribe().attached() for _ in range(5)]
    for daemon in daemons[1:]:
        daemon.pause()
    measured("SIGTERM → exit 0, peers stopped, ten streams open", daemons[0].stop(), 1.5)
    wait_until(lambda: all(stream.ended for stream in streams), "the streams ended", 1.0)


def test_file_that_never_answers_delays_no_end(cluster):
    """As on a mount that hangs: the reload waits for it, and neither signals nor other calls do."""
    config = cluster.folder / "swim.yaml"
    config.write_text("")
    daemon = cluster.running(1, config__file=config)[0]
    config.unlink()
    os.mkfifo(config)
    reload = daemon.client.admin.Reload.future(admin_pb2.ReloadRequest(), timeout=CALL_TIMEOUT)
    writers = []

    def is_read():
        try:
            writers.append(os.open(config, os.O_WRONLY | os.O_NONBLOCK))
        except OSError:
            return False
        return True
    wait_until(is_read, "the reload reads", 1.0)
    os.kill(daemon.process.pid, signal.SIGHUP)
    wait_until(lambda: "SIGHUP" in daemon.log, "the signal is heard", 1.0)
    assert daemon.client.node_status().member.name == daemon.name
    measured("SIGTERM → exit 0, a reload waits for its file", daemon.stop(), 1.5)
    assert told_by(reload.exception())[1] == "SHUTTING_DOWN"
    for writer in writers:
        os.close(writer)


def test_sigint_leaves_too(cluster):
    first, second = cluster.running(2)
    os.kill(second.process.pid, signal.SIGINT)
    assert second.wait_end()[0] == 0
    wait_until(lambda: first.client.status_of("n2") == "LEFT", "LEFT", 1.0)


def test_signal_behind_a_leave_with_shutdown_changes_nothing(cluster):
    """As a service manager does: its stop command returns, and it sends SIGTERM to what is about to end."""
    daemon = cluster.running(1)[0]
    daemon.client.leave(shutdown=True)
    wait_until(lambda: "msg=stopping" in daemon.log, "it stops", 1.0, poll=0.001)
    os.kill(daemon.process.pid, signal.SIGTERM)
    assert daemon.wait_end()[0] == 0


def test_log_that_nobody_reads_delays_no_end(cluster):
    daemon = cluster.daemon(seeds=())
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb"), os.fdopen(writer, "wb") as full:
        os.set_blocking(writer, False)
        try:
            while True:
                os.write(writer, b"x" * 4096)
        except BlockingIOError:
            os.set_blocking(writer, True)
        daemon.process = subprocess.Popen(daemon.command(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                          stderr=full, env=clean_environment())
        wait_until(daemon.client.is_up, "its API answers", 3.0)
        measured("SIGTERM → exit 0, with a full log", daemon.stop(), 1.5)


def test_short_pause_kills_nobody(cluster):
    """A pause of half a second: suspected perhaps, failed by nobody, and it accuses nobody when it wakes."""
    daemons = cluster.running(4)
    watches = [daemon.client.watch().in_sync() for daemon in daemons]
    daemons[1].pause()
    time.sleep(0.5)  # the pause is the input here, not a wait
    daemons[1].resume()
    cluster.see_each_other(daemons)
    for watch in watches:
        for other in ("n1", "n3", "n4"):
            assert not watch.of(other, "SUSPECTED", "FAILED"), f"{other}: {watch.types_of(other)}"
        watch.close()


def test_long_pause_heals_by_itself(cluster):
    """Stopped until all others hold it failed, it comes back without anybody's help when it goes on."""
    daemons = cluster.running(4)
    watches = [daemon.client.watch().in_sync() for daemon in daemons if daemon.name != "n2"]
    daemons[1].pause()
    for watch in watches:
        watch.wait_for("n2", "FAILED", wanted=10.0)
    start = time.monotonic()
    daemons[1].resume()
    for watch in watches:
        watch.wait_for("n2", "JOINED", wanted=3.0)
    measured("SIGCONT → back on all", time.monotonic() - start, 3.0)
    cluster.see_each_other(daemons)
    for watch in watches:
        assert "CONFLICT" not in watch.types_of("n2")
        assert not any(watch.of(other, "FAILED") for other in ("n1", "n3", "n4"))
        watch.close()


def test_drainer_that_is_killed_is_left(cluster):
    first, second = cluster.running(2)
    watch = first.client.watch().in_sync()
    second.client.drain()
    watch.wait_for("n2", "LEAVING")
    second.kill()
    event, _ = watch.wait_for("n2", "LEFT", "FAILED", wanted=3.0)
    assert event.member.left_reason == member_pb2.LEFT_REASON_SILENT, watch.types_of("n2")
    watch.close()


def test_http_probes_and_status(cluster):
    first, _ = cluster.running(2)
    assert first.get("/healthz")[0] == 200 and first.get("/readyz")[0] == 200
    code, body = first.get("/status", accept="application/json")
    assert code == 200 and "n2" in body
    json.loads(body)
    code, page = first.get("/status", accept="text/html")
    assert code == 200 and "<html" in page and "n1" in page and "n2" in page
    assert first.client.health_of() == "SERVING"
    assert first.client.health_of("swim.v1.MembershipService") == "SERVING"
    first.client.leave()
    wait_until(lambda: first.client.health_of() == "NOT_SERVING", "NOT_SERVING after leave", 1.0)
    assert first.get("/healthz")[0] == 200, "alive, though it left"
    assert first.get("/readyz")[0] == 503, "nobody should be sent to who left"


def test_keys_are_reloaded_without_a_restart(cluster):
    daemons = cluster.running(2)
    write_key(cluster.keys, b"n" * 32, "secondary-new")
    for daemon in daemons:
        daemon.client.reload()
        wait_until(lambda daemon=daemon: len(daemon.client.keys().keys) == 2, "two keys", 1.0)
    (cluster.keys / "primary").write_text("broken")
    try:
        daemons[0].client.reload()
        raise AssertionError("a broken key ring was taken over")
    except Exception as error:  # noqa: BLE001
        assert "primary" in str(error)
    assert len(daemons[0].client.keys().keys) == 2, "the old ring is kept whole"
    cluster.see_each_other(daemons)


def test_no_secret_in_log_or_status(cluster):
    daemons = cluster.running(2)
    secret = (cluster.keys / "primary").read_text().strip()
    daemons[0].client.broadcast("t", b"payload-that-stays-private")
    wait_until(lambda: daemons[1].client.node_status().stats.broadcasts_received == 1, "it arrived", 1.0)
    for daemon in daemons:
        shown = daemon.log + daemon.get("/status")[1] + daemon.get("/metrics")[1]
        assert secret not in shown and secret.rstrip("=") not in shown
        assert "payload-that-stays-private" not in shown


def test_daemon_without_any_key_is_standalone(cluster):
    """As a newcomer starts it, but for the addresses: it runs, and warns that nobody can join it."""
    daemon = cluster.daemon(name="solo", seeds=(), **{"encryption__keyring_dir": None, "cluster__label": None}).start()
    daemon.wait_serving()
    wait_until(lambda: daemon.get("/readyz")[0] == 200, "ready", 1.0)
    status = daemon.client.node_status()
    assert status.cluster == "standalone" and status.key_count == 1
    assert any("level=warn" in line and "key" in line for line in daemon.log.splitlines())


def test_first_node_restarted_at_once_is_back_without_its_seeds(cluster):
    """A node that only knows itself as a seed comes back within the second, again and again: the one that stayed
    finds it by the protocol alone (its own seeds are not asked again for an hour)."""
    first = cluster.daemon(seeds=[f"{cluster.network.host(1)}:7946"], discovery__refresh_interval="1h")
    second = cluster.daemon(discovery__refresh_interval="1h")
    first.start()
    second.start()
    cluster.see_each_other()
    for _ in range(6):
        first.kill()
        first.start()
        first.wait_serving()

        def known():
            seen = second.client.get("n1")
            return (seen.uid == first.client.get().uid and status_name(seen.status) == "ALIVE"
                    and first.client.status_of("n2") == "ALIVE")
        _, seconds = wait_until(known, "the new run is known to the other, and the other to it", 2.0)
        measured("killed and started at once → both see both", seconds, 2.0)
