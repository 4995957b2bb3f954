"""swimctl's streams: watch, members -w and subscribe, over changes and restarts of the daemon."""

import json
import os
import re
import signal
import socket
import subprocess
import threading

import pytest
from harness.refusing import refusing_in_place_of
from harness.settings import bin_dir, clean_environment
from harness.swimctl import FAILED, TIMED_OUT, USAGE, Swimctl
from harness.terminal import Terminal
from harness.waiting import wait_until


def test_watch_prints_each_change_as_it_happens(cluster):
    first, second = cluster.running(2)
    ctl = Swimctl(first)
    lines, objects = ctl.follow("watch"), ctl.follow("watch", "-o", "json")
    lines.wait_line("SNAPSHOT", "2 members: 2 ALIVE")
    assert len(objects.wait_object(type="SNAPSHOT", reason="INITIAL")["members"]) == 2
    third = cluster.daemon().start()
    lines.wait_line("JOINED", "n3", third.gossip)
    second.kill()
    lines.wait_line("FAILED", "n2")
    failed = objects.wait_object(type="FAILED", name="n2")
    assert failed["previousStatus"] in ("SUSPECT", "ALIVE") and failed["member"]["status"] == "FAILED"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", failed["eventTime"])
    assert not lines.notes and not objects.notes
    lines.close()
    objects.close()


def test_watch_goes_on_where_a_list_ended(cluster):
    first, second = cluster.running(2)
    ctl = Swimctl(first)
    token = ctl.json("members")["resumeToken"]
    second.stop()
    ctl.ok("wait", "--member", "n2=left")
    out = ctl.ok("watch", "--resume-token", token, "-n", "1", "-o", "name")
    assert out == "n2\n", "the change that came between"


def test_watch_claims_nothing_about_members_it_never_saw(cluster):
    first, second = cluster.running(2)
    ctl = Swimctl(first)
    watch = ctl.follow("watch", "--resume-token", ctl.json("members")["resumeToken"])
    second.kill()
    watch.wait_line("FAILED", "n2")
    first.kill()
    first.start()
    watch.wait_line("SNAPSHOT", "restarted")
    second.start()
    watch.wait_line("n2", "at " + second.gossip)
    assert not any("meanwhile" in line for line in watch.lines), watch.lines
    watch.close()


def wait_begun(messages, sender):
    """Its first response was read, so that what ends now is a stream that had begun."""
    def heard():
        sender.client.broadcast("t", b"are you there")
        return any("are you there" in line for line in messages.lines)
    wait_until(heard, "the subscriber hears", 2.0)


def test_streams_come_back_after_a_restart(cluster):
    first, second = cluster.running(2)
    ctl = Swimctl(first)
    watch, messages = ctl.follow("watch"), ctl.follow("subscribe", "-o", "json")
    watch.wait_line("SNAPSHOT")
    wait_begun(messages, second)
    first.kill()
    watch.wait_note("lost the daemon")
    messages.wait_note("lost the daemon")
    first.start()
    watch.wait_note("connected again")
    watch.wait_line("SNAPSHOT", "restarted")
    messages.wait_object(type="RESET", reason="RESTARTED")
    cluster.see_each_other([first, second])
    second.client.broadcast("t", b"after the restart")
    assert messages.wait_object(type="MESSAGE", text="after the restart")["origin"] == "n2"
    watch.close()
    messages.close()


def test_streams_notice_a_daemon_that_stands_still(cluster):
    """Nothing breaks when it stops; only its signs of life are missing."""
    first, second = cluster.running(2)
    ctl = Swimctl(first)
    watch, messages = ctl.follow("watch"), ctl.follow("subscribe")
    watch.wait_line("SNAPSHOT")
    wait_begun(messages, second)
    first.pause()
    for stream in (watch, messages):
        stream.wait_note("lost the daemon", "nothing came for 15", wanted=16.0)
    first.resume()
    for stream in (watch, messages):
        stream.wait_note("connected again", wanted=15.0)
    cluster.see_each_other([first, second])
    second.client.broadcast("t", b"after the pause")
    messages.wait_line("after the pause")
    watch.close()
    messages.close()


def test_a_stream_that_never_began_ends_in_time(cluster):
    first, = cluster.running(1)
    first.pause()
    for command in (("watch",), ("subscribe",), ("members", "-w")):
        code, error = Swimctl(first).fails(*command, "--timeout", "300ms")
        assert code == TIMED_OUT and "no answer from" in error
    first.resume()


@pytest.mark.parametrize("reason", ["TOO_MANY_STREAMS", "QUEUE_FULL"])
def test_streams_come_back_after_a_shortage(cluster, reason):
    first, = cluster.running(1)
    ctl = Swimctl(first)
    watch, messages = ctl.follow("watch"), ctl.follow("subscribe", "--include-own", "-o", "json")
    watch.wait_line("SNAPSHOT")
    wait_begun(messages, first)
    with refusing_in_place_of(first, reason) as refusing:
        wait_until(lambda: refusing.asked > 3, "they ask again and again", 3.0)
        waiting = ctl.follow("wait", "--member", "self=alive")
        asked = refusing.asked
        wait_until(lambda: refusing.asked > asked + 10, "wait does so too, more often", 3.0)
        assert waiting.process.poll() is None
    first.start()
    watch.wait_note("connected again", wanted=5.0)
    messages.wait_object(type="RESET", wanted=5.0)
    assert waiting.process.wait(30) == 0, waiting.notes
    for stream in (watch, messages, waiting):
        stream.close()


def test_subscribe_raw_hands_on_the_bytes(cluster):
    first, second = cluster.running(2)
    raw = subprocess.Popen([bin_dir() / "swimctl", "subscribe", "blob", "-n", "1", "-o", "raw", "--delimiter", ""],
                           stdout=subprocess.PIPE, env=Swimctl(first).environment)
    wait_until(lambda: first.client.node_status().stats.subscribers == 1, "the subscriber is there", 2.0)
    data = os.urandom(100_000)
    second.client.send("n1", "blob", data)
    assert raw.communicate(timeout=30)[0] == data
    assert raw.returncode == 0


def test_watch_ends_when_nobody_reads_it(cluster):
    first, = cluster.running(1)
    watch = subprocess.Popen([bin_dir() / "swimctl", "watch"], stdout=subprocess.PIPE,
                             env=Swimctl(first).environment)
    assert b"SNAPSHOT" in watch.stdout.readline()
    watch.stdout.close()
    wait_until(lambda: watch.poll() is not None, "watch ends with its reader", 2.0)


def members_on_terminal(endpoint, *flags, **size):
    return Terminal([bin_dir() / "swimctl", "members", "-w", *flags], clean_environment(SWIM_ENDPOINT=endpoint, TERM="xterm"),
                    **size)


def test_members_w_redraws_on_a_terminal(cluster):
    first, second = cluster.running(2)
    terminal = members_on_terminal(first.api_target)
    wait_until(lambda: "2 members: 2 ALIVE" in terminal.screen(), "the table", 2.0)
    assert b"\x1b[32mALIVE" in terminal.drawn, "coloured on a terminal"
    second.kill()
    wait_until(lambda: "1 ALIVE, 1 FAILED" in terminal.screen(), "the table shows the failure", 2.0)
    first.kill()
    wait_until(lambda: "OLD: lost the daemon" in terminal.screen(), "the table says that it is old", 2.0)
    first.start()
    wait_until(lambda: "OLD" not in terminal.screen() and "n1 *" in terminal.screen(), "the table is new", 3.0)
    terminal.close()


def test_members_w_fits_a_small_terminal(cluster):
    """A row wider than the terminal would take two lines: all below it would shift, and old lines stay."""
    labels = ",".join(f"label-{number}=value" for number in range(8))
    nodes = cluster.running(5, node__labels=labels)
    terminal = members_on_terminal(nodes[0].api_target, rows=6, columns=40)
    wait_until(lambda: "5 members: 5 ALIVE" in terminal.screen(), "the table", 2.0)
    nodes[4].kill()
    frame, _ = wait_until(
        lambda: next((seen for seen in [terminal.screen()] if "4 ALIVE, 1 FAILED" in seen and "more" in seen), None),
        "a later frame", 2.0)
    assert frame.count("\n") <= 5, "the frame and the cursor's line fit"
    assert "… and 4 more" in frame
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.process.wait(10) == -signal.SIGINT, "ended by the signal, as a shell must know"
    terminal.close()
    frames = terminal.drawn.split(b"\x1b[H")
    assert all(before.endswith(b"\x1b[?7l") for before in frames[:-1]), "no wrapping while it draws"
    assert all(frame.count(b"\x1b[?7h") == 1 for frame in frames[1:-1])
    whole = b"\x1b[J" in frames[-1]  # else the signal cut it short
    assert frames[-1].count(b"\x1b[?7h") == (2 if whole else 1), "the shell wraps again, whenever the signal came"


class Relay:
    """A way to a daemon that can be cut while the daemon stays."""

    def __init__(self, path, target):
        self.path, self._target, self._sockets = str(path), target, []
        self.open()

    def open(self):
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(self.path)
        self._server.listen(8)
        threading.Thread(target=self._serve, args=(self._server,), daemon=True).start()

    def _serve(self, server):
        try:
            while True:
                near, far = server.accept()[0], socket.socket(socket.AF_UNIX)
                far.connect(self._target)
                self._sockets += [near, far]
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=self._pump, args=pair, daemon=True).start()
        except OSError:
            pass  # it was cut

    @staticmethod
    def _pump(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def cut(self):
        os.unlink(self.path)
        for one in (self._server, *self._sockets):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # the other side was first
            one.close()
        self._sockets = []


def test_members_w_is_new_again_though_nothing_changed(cluster):
    """With a good token the daemon has nothing to tell but that all is as before: a bookmark, within 10 s."""
    first, _ = cluster.running(2)
    relay = Relay(cluster.folder / "relay.sock", first.settings["api.socket"])
    terminal = members_on_terminal(relay.path)
    wait_until(lambda: "2 members: 2 ALIVE" in terminal.screen(), "the table", 2.0)
    relay.cut()
    wait_until(lambda: "OLD: lost the daemon" in terminal.screen(), "the table says that it is old", 2.0)
    relay.open()
    wait_until(lambda: "OLD" not in terminal.screen() and "2 members" in terminal.screen(), "the table is new", 11.0)
    terminal.close()
    relay.cut()


def test_raw_is_not_for_a_terminal():
    terminal = Terminal([bin_dir() / "swimctl", "subscribe", "-o", "raw"], clean_environment())
    assert terminal.process.wait(10) == USAGE
    terminal.close()
    assert b"pipe it" in terminal.drawn


def test_members_w_with_a_filter_drops_who_no_longer_matches(cluster):
    first, second = cluster.running(2)
    terminal = members_on_terminal(first.api_target, "--status", "alive")
    changes = Swimctl(first).follow("watch", "--status", "alive", "-o", "json")
    wait_until(lambda: "2 members: 2 ALIVE" in terminal.screen(), "the table", 2.0)
    changes.wait_object(type="SNAPSHOT")
    second.kill()
    wait_until(lambda: "1 member: 1 ALIVE" in terminal.screen() and "n2" not in terminal.screen(),
               "one is left", 2.0)
    last = changes.wait_object(name="n2", noLongerMatches=True)
    assert last["previousStatus"] == "ALIVE" and last["member"]["status"] in ("SUSPECT", "FAILED")
    terminal.close()
    changes.close()


def test_members_w_prints_lines_elsewhere(cluster):
    first, second = cluster.running(2)
    followed = Swimctl(first).follow("members", "-w")
    followed.wait_line("n2", "ALIVE", second.gossip)
    second.kill()
    followed.wait_line("FAILED", "n2")
    assert not any("\x1b" in line for line in followed.lines), "no colour, no cursor"
    followed.close()


def test_broadcast_takes_lines(cluster):
    first, second = cluster.running(2)
    ctl = Swimctl(first)
    stream = second.client.subscribe("log").attached()
    lines = [f"line {number}" for number in range(2000)]
    assert ctl.ok("broadcast", "log", "--lines", stdin="\n".join(lines).encode()) == "queued 2000 messages for all members\n"
    wait_until(lambda: [message.payload.decode() for message, _ in stream.messages] == lines, "all lines in order", 5.0)
    assert json.loads(ctl.ok("broadcast", "log", "--lines", "-o", "json", stdin=b"one more")) == \
        {"accepted": "1", "rejected": "0"}
    code, error = ctl.fails("broadcast", "log.*", "--lines", stdin=b"a\nb\n")
    assert code == USAGE and "2 lines refused, the first is line 1" in error and "BAD_TOPIC" in error
    assert "; a subscription may end in `.*`" in error, "what to do, as without --lines"
    code, error = ctl.fails("broadcast", "log", "data", "--lines", stdin=b"a\n")
    assert code == USAGE and "--lines" in error
    stream.close()


def test_a_line_goes_out_as_soon_as_it_is_there(cluster):
    first, second = cluster.running(2)
    stream = second.client.subscribe("log").attached()
    with subprocess.Popen([bin_dir() / "swimctl", "broadcast", "log", "--lines"], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env=clean_environment(SWIM_ENDPOINT=first.api_target)) as writer:
        for count in (1, 2):
            writer.stdin.write(f"{count}\n".encode())
            writer.stdin.flush()
            wait_until(lambda count=count: len(stream.messages) == count, "the line has arrived", 5.0)
        first.kill()
        writer.stdin.write(b"3\n")
        writer.stdin.close()
        assert writer.wait(10) != 0
        assert b"before that it took 2 messages" in writer.stderr.read()
    stream.close()
