"""Apps that attach: real client processes, killed beside real daemons."""

import contextlib
import os
import signal
import socket
import threading
import time

from harness.app import App
from harness.client import reason_name, type_name
from harness.swimctl import Swimctl
from harness.waiting import measured, wait_until

COUNT = 10
LOST = 0.05  # seconds that users are promised


def app_events(watch, member, name="web"):
    return [(type_name(event), reason_name(event)) for event, _ in watch.of(member) if event.app == name]


def apps_of(client, member):
    return {app.name: app.state for app in client.get(member).apps}


ATTACHED, LOST_STATE = 1, 2


def test_killed_client_is_app_lost_on_all_ten(cluster):
    daemons = cluster.running(COUNT)
    watches = {daemon.name: daemon.client.watch().in_sync() for daemon in daemons}
    beside = daemons[3]
    app = App(beside).attached()
    for watch in watches.values():
        watch.wait_for(beside.name, "UPDATED")
    start = time.monotonic()
    app.kill()
    times = {name: watch.wait_for(beside.name, "APP_LOST")[1] for name, watch in watches.items()}
    measured("kill -9 of the client → APP_LOST at all ten", max(times.values()) - start, LOST)
    for watch in watches.values():
        event, _ = watch.wait_for(beside.name, "APP_LOST")
        assert (event.app, reason_name(event)) == ("web", "APP_BROKEN")
        assert [(one.name, one.state) for one in event.member.apps] == [("web", LOST_STATE)]
        assert app_events(watch, beside.name) == [("UPDATED", "APP_ATTACHED"), ("APP_LOST", "APP_BROKEN")]

    back = App(beside).attached()
    for watch in watches.values():
        watch.wait_for(beside.name, "APP_BACK")
    assert back.say_goodbye() == 0
    for watch in watches.values():
        wait_until(lambda watch=watch: len(app_events(watch, beside.name)) == 4, "the goodbye", 1.0)
        assert app_events(watch, beside.name)[2:] == [("APP_BACK", "APP_ATTACHED"), ("UPDATED", "APP_DETACHED")]
        watch.close()
    assert all(not apps_of(daemon.client, beside.name) for daemon in daemons)


def test_the_daemons_own_end_is_no_loss_and_the_next_run_has_no_app(cluster):
    first, second = cluster.running(2)
    watch = first.client.watch().in_sync()
    app = App(second).attached()
    watch.wait_for("n2", "UPDATED")
    second.stop()
    watch.wait_for("n2", "LEFT")
    second.start()
    joined, _ = watch.wait_for("n2", "JOINED", wanted=3.0)
    assert not joined.member.apps
    second.kill()
    watch.wait_for("n2", "FAILED", wanted=1.5)
    assert "APP_LOST" not in watch.types_of("n2")
    app.kill()
    watch.close()


def test_a_killed_daemon_under_an_app_that_attaches_to_the_next_run(cluster):
    first, second = cluster.running(2)
    watch = first.client.watch().in_sync()
    held = Swimctl(second).follow("attach", "web")
    held.wait_note("attached to n2 as web")
    watch.wait_for("n2", "UPDATED")
    second.kill()
    second.start()
    watch.wait_for("n2", "REPLACED", "JOINED")
    wait_until(lambda: apps_of(first.client, "n2") == {"web": ATTACHED}, "attached to the next run", 5.0)
    assert "APP_LOST" not in watch.types_of("n2")
    held.wait_note("lost the daemon")
    held.process.send_signal(signal.SIGINT)
    assert held.process.wait(30) == 0
    held.close()
    wait_until(lambda: apps_of(first.client, "n2") == {}, "the goodbye", 1.0)
    watch.close()


# Ends well when it is told to end, and says so.
OBEDIENT = ("sh", "-c", "trap 'echo told; exit 0' TERM; echo runs; while :; do sleep 0.02; done")
PREFACE = b"PRI * HTTP/2.0"  # of a gRPC client
GIVES_UP = 8  # seconds, and more, that swimctl and gRPC wait for a connection


def heard_by_a_mute_server(server, held):
    """A SIGTERM is heard though whoever listens now never says a word, as a stopped daemon does."""
    with server.accept()[0] as connection:
        wait_until(lambda: PREFACE in connection.recv(65536), "swimctl waits for the server", 3.0)
        held.process.send_signal(signal.SIGTERM)
        start = time.monotonic()
        code = held.process.wait(30)
        seconds = time.monotonic() - start
    measured("SIGTERM while nobody answers → the end of swimctl", seconds)
    held.close()
    return code, seconds


def told_by_a_mute_server(server, held):
    code, seconds = heard_by_a_mute_server(server, held)
    assert (code, held.lines) == (0, ["runs", "told"])
    assert any("goodbye" in note for note in held.notes), held.notes
    assert seconds < GIVES_UP, "it was the connection that ended, not the command"


@contextlib.contextmanager
def mute_in_place_of(daemon):
    """A socket where a killed daemon's was; whoever connects gets no answer."""
    daemon.kill()
    path = daemon.settings["api.socket"]
    os.unlink(path)
    with socket.socket(socket.AF_UNIX) as mute:
        mute.settimeout(30)
        mute.bind(path)
        mute.listen(8)
        yield mute


def test_swimctl_hears_signals_while_the_daemon_does_not_answer(cluster):
    """Between a daemon that is gone and the next one that answers, the command is told to end, and its end is seen."""
    (daemon,) = cluster.running(1)
    held = Swimctl(daemon).follow("attach", "web", "--", *OBEDIENT)
    held.wait_line("runs")
    with mute_in_place_of(daemon) as mute:
        mute.accept()[0].close()  # whether somebody listens
        told_by_a_mute_server(mute, held)


def pump(source, sink):
    """Passes on what comes, until either end is closed."""
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)


def test_swimctl_hears_signals_while_a_host_does_not_answer(cluster):
    (daemon,) = cluster.running(1)
    with socket.create_server((cluster.network.host(1), 0)) as server:
        server.settimeout(30)
        ctl = Swimctl(daemon)
        ctl.environment["SWIM_ENDPOINT"] = "{}:{}".format(*server.getsockname())
        held = ctl.follow("attach", "web", "--", *OBEDIENT)
        with server.accept()[0] as near, socket.socket(socket.AF_UNIX) as far:
            far.connect(daemon.settings["api.socket"])
            pumps = [threading.Thread(target=pump, args=pair) for pair in ((near, far), (far, near))]
            for thread in pumps:
                thread.start()
            held.wait_line("runs")
            for end in (near, far):
                end.shutdown(socket.SHUT_RDWR)
            for thread in pumps:
                thread.join()
        told_by_a_mute_server(server, held)


def test_a_signal_before_it_is_attached_is_no_success(cluster):
    (daemon,) = cluster.running(1)
    with mute_in_place_of(daemon) as mute:
        held = Swimctl(daemon).follow("attach", "web", "--", *OBEDIENT)
        mute.accept()[0].close()  # whether somebody listens
        code, seconds = heard_by_a_mute_server(mute, held)
    assert (code, held.lines) == (1, [])
    assert "before the app was attached" in held.notes[-1]
    assert seconds < GIVES_UP


def test_a_goodbye_that_is_not_heard_is_told(cluster):
    (daemon,) = cluster.running(1)
    held = Swimctl(daemon).follow("attach", "web")
    held.wait_note("attached")
    daemon.pause()
    held.process.send_signal(signal.SIGTERM)
    assert held.process.wait(30) == 0
    held.close()
    assert "did not take the goodbye" in held.notes[-1]
    daemon.resume()


def test_swimctl_shows_apps_and_stands_for_a_command(cluster):
    first, second = cluster.running(2)
    ctl, other = Swimctl(second), Swimctl(first)
    lines = other.follow("watch")
    lines.wait_line("SNAPSHOT")
    code, _, err = ctl.run("attach", "job", "--", "true")
    assert code == 0 and "attached to n2 as job" in err
    lines.wait_line("UPDATED", "n2", "app job", "app detached")
    code, _, err = ctl.run("attach", "job", "--", "sh", "-c", "exit 3")
    assert code == 3 and "ended with 3" in err
    lines.wait_line("APP_LOST", "n2", "app job", "app broken")
    assert "job (LOST)" in other.ok("members")
    assert "Apps beside it: job (LOST)" in other.ok("explain", "n2")
    assert "job (LOST)" in ctl.ok("status")
    code, err = ctl.fails("attach", "no name")
    assert code == 2 and "names the app" in err
    lines.close()


def test_readiness_status_and_metrics_show_apps(cluster):
    (daemon,) = cluster.running(1)
    assert "apps" not in daemon.get("/readyz?verbose")[1]
    assert daemon.metric("swim_apps", state="attached") == 0
    app = App(daemon).attached()
    assert "[+]apps ok: web attached" in daemon.get("/readyz?verbose")[1]
    assert apps_of(daemon.client, "self") == {"web": ATTACHED}
    assert [one.name for one in daemon.client.node_status().member.apps] == ["web"]
    wait_until(lambda: daemon.metric("swim_apps", state="attached") == 1, "the gauge", 2.0)
    app.kill()
    wait_until(lambda: apps_of(daemon.client, "self") == {"web": LOST_STATE}, "lost", 1.0)
    status, text = daemon.get("/readyz?verbose")
    assert status == 200 and "[+]apps ok: web lost" in text, "an app's end never fails the daemon's readiness"
    wait_until(lambda: daemon.metric("swim_apps", state="lost") == 1, "the gauge", 2.0)
    assert daemon.metric("swim_app_losses_total") == 1
    assert daemon.metric("swim_member_events_total", type="app_lost") == 1
