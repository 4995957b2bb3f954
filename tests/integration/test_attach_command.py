"""The command that `swimctl attach` runs: its words, its signals, its exit code, and that nothing else ends it."""

import contextlib
import os
import pty
import signal
import subprocess
import sys
import termios

import pytest
from harness.app import App
from harness.refusing import refusing_in_place_of
from harness.settings import bin_dir
from harness.swimctl import USAGE, Followed, Swimctl
from harness.waiting import wait_until

# Says which signals it got, goes on, and ends well by SIGTERM.
LISTENER = ("sh", "-c", "for name in HUP INT QUIT USR1 USR2; do trap \"echo $name\" $name; done; "
            "trap 'echo TERM; exit 0' TERM; echo runs; while :; do sleep 0.02; done")


def attached(daemon, *command):
    held = Swimctl(daemon).follow("attach", "web", "--", *(command or LISTENER))
    held.wait_line("runs")
    return held


def ended(held):
    """Its exit code, when SIGTERM was sent to swimctl."""
    held.process.send_signal(signal.SIGTERM)
    code = held.process.wait(30)
    held.close()
    return code


def test_a_reader_of_the_notes_that_goes_away_ends_nothing(cluster):
    """As in `swimctl attach … 2>&1 | head -1`."""
    (daemon,) = cluster.running(1)
    held = subprocess.Popen([bin_dir() / "swimctl", "attach", "web", "--", *LISTENER], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=Swimctl(daemon).environment)
    assert b"attached" in held.stderr.readline() and held.stdout.readline() == b"runs\n"
    held.stderr.close()
    daemon.kill()
    daemon.start()
    wait_until(lambda: "web" in Swimctl(daemon).run("members", "-o", "json")[1], "attached again", 3.0)
    held.send_signal(signal.SIGTERM)
    assert held.wait(30) == 0
    held.stdout.close()


def test_the_command_dies_of_a_broken_pipe_as_ever(cluster):
    (daemon,) = cluster.running(1)
    script = 'sh -c "kill -PIPE \\$\\$"; echo "ended by $?"'
    code, out, err = Swimctl(daemon).run("attach", "job", "--", "sh", "-c", script)
    assert (code, out) == (0, "ended by 141\n"), err


# ---- words ----
SAY = "import sys; print(sys.argv[1:])"


@pytest.mark.parametrize("words", [["[ -f /ready ]"], ['["a","b"]'], ["[]", ""], ["[[x]]", "--", "-h", "--timeout"]])
def test_the_command_gets_its_words_as_they_were_typed(cluster, words):
    (daemon,) = cluster.running(1)
    code, out, err = Swimctl(daemon).run("attach", "job", "--", sys.executable, "-c", SAY, *words)
    assert (code, out) == (0, f"{words}\n"), err


def test_lists_are_not_made_of_brackets(cluster):
    first, second = cluster.running(2)
    code, error = Swimctl(first).fails("wait", "--members", "[>=1,>=1]")
    assert code == USAGE and "[>=1,>=1]" in error
    messages = Swimctl(first).follow("subscribe", "[a,b]", "other", "-n", "1")
    wait_until(lambda: first.client.node_status().stats.subscribers == 1, "the subscriber is there", 2.0)
    second.client.broadcast("a", b"not this")
    second.client.broadcast("[a,b]", b"but this")
    messages.wait_line("but this")
    assert messages.process.wait(30) == 0 and len(messages.lines) == 1
    messages.close()


# ---- exit codes ----
@pytest.mark.parametrize("script, wanted", [("exit 42", 42), ("exit 3", 3), ("exit 255", 255), ("kill -KILL $$", 137)])
def test_the_exit_code_is_the_commands(cluster, script, wanted):
    (daemon,) = cluster.running(1)
    code, _, err = Swimctl(daemon).run("attach", "job", "--", "sh", "-c", script)
    assert code == wanted, err


def test_a_command_that_cannot_be_started(cluster):
    (daemon,) = cluster.running(1)
    for command, wanted in (("/nowhere/at-all", 127), ("/etc/passwd", 126)):
        code, _, err = Swimctl(daemon).run("attach", "job", "--", command)
        assert code == wanted and "can't be started" in err
    wait_until(lambda: not daemon.client.get("self").apps, "it said goodbye", 2.0)


# ---- signals ----
def test_signals_are_passed_on(cluster):
    (daemon,) = cluster.running(1)
    held = attached(daemon)
    for name in ("HUP", "QUIT", "USR1", "USR2", "INT"):
        held.process.send_signal(getattr(signal, f"SIG{name}"))
        held.wait_line(name)
    assert ended(held) == 0
    assert held.lines == ["runs", "HUP", "QUIT", "USR1", "USR2", "INT", "TERM"]


def test_without_a_command_a_hang_up_is_a_goodbye(cluster):
    (daemon,) = cluster.running(1)
    for number in (signal.SIGHUP, signal.SIGQUIT):
        held = Swimctl(daemon).follow("attach", "web")
        held.wait_note("attached")
        held.process.send_signal(signal.SIGUSR1)  # means nothing
        held.process.send_signal(number)
        assert held.process.wait(30) == 0
        held.close()
        wait_until(lambda: not daemon.client.get("self").apps, "the app is gone", 1.0)


def test_what_nohup_ignores_stays_ignored(cluster):
    (daemon,) = cluster.running(1)
    held = Followed(["nohup", bin_dir() / "swimctl", "attach", "web"], Swimctl(daemon).environment)
    held.wait_note("attached")
    held.process.send_signal(signal.SIGHUP)
    held.process.send_signal(signal.SIGUSR1)
    assert ended(held) == 0, "the hang-up would have ended it before"


def after(preparation, *arguments):
    """A swimctl whose process did that before: between fork and exec our own gRPC would still run in it, and end it."""
    code = f"import fcntl, os, signal, sys, termios; {preparation}; os.execv(sys.argv[1], sys.argv[1:])"
    return [sys.executable, "-c", code, bin_dir() / "swimctl", *arguments]


def test_the_end_is_seen_where_children_are_ignored(cluster):
    """Whoever ignores SIGCHLD hands that down, and the kernel then tells nobody how a child ended."""
    (daemon,) = cluster.running(1)
    done = subprocess.run(
        after("signal.signal(signal.SIGCHLD, signal.SIG_IGN)", "attach", "job", "--", "sh", "-c", "exit 42"),
        env=Swimctl(daemon).environment, timeout=60, check=False)
    assert done.returncode == 42


class OnTerminal:
    """Leads a session on a terminal of its own, as in a container with one."""

    def __init__(self, daemon, *command):
        self.ours, theirs = pty.openpty()
        os.set_blocking(self.ours, False)
        # A control C throws away what was written and not read yet, unless the terminal is told not to.
        modes = termios.tcgetattr(theirs)
        modes[3] = modes[3] & ~termios.ECHO | termios.NOFLSH
        termios.tcsetattr(theirs, termios.TCSANOW, modes)
        self.process = subprocess.Popen(
            after("fcntl.ioctl(0, termios.TIOCSCTTY, 0)", "attach", "web", "--", *command), stdin=theirs, stdout=theirs,
            stderr=theirs, env=Swimctl(daemon).environment, start_new_session=True)
        os.close(theirs)
        self._text = b""

    def lines(self):
        with contextlib.suppress(OSError):  # nothing now, or nobody has it open any more
            while piece := os.read(self.ours, 65536):
                self._text += piece
        return self._text.decode().split("\r\n")[:-1]

    def wait_line(self, line):
        wait_until(lambda: line in self.lines(), f"the line {line!r}", 2.0)


# Takes each signal by itself, where a shell would make one of two that come together.
COUNTER = """
import signal
signals = {signal.SIGINT, signal.SIGTERM}
signal.pthread_sigmask(signal.SIG_BLOCK, signals)
print("runs", flush=True)
while (got := signal.sigwaitinfo(signals).si_signo) != signal.SIGTERM:
    print("INT", flush=True)
"""


def test_ctrl_c_reaches_the_command_once(cluster):
    (daemon,) = cluster.running(1)
    terminal = OnTerminal(daemon, sys.executable, "-c", COUNTER)
    terminal.wait_line("runs")
    for count in range(1, 31):
        os.write(terminal.ours, b"\x03")
        wait_until(lambda count=count: terminal.lines().count("INT") >= count, "the command hears it", 2.0)
    terminal.process.send_signal(signal.SIGTERM)  # is heard after what was passed on before
    assert terminal.process.wait(30) == 0
    assert terminal.lines().count("INT") == 30
    os.close(terminal.ours)


def test_a_terminal_that_hangs_up_is_told_to_the_command(cluster, tmp_path):
    """The kernel tells it to the leader of the session alone."""
    (daemon,) = cluster.running(1)
    heard = tmp_path / "heard"
    terminal = OnTerminal(daemon, "sh", "-c", f"trap 'echo HUP > {heard}; exit 0' HUP; echo runs; "
                          "while :; do sleep 0.02; done")
    terminal.wait_line("runs")
    os.close(terminal.ours)
    assert terminal.process.wait(30) == 0
    assert heard.read_text() == "HUP\n"


# ---- nothing else ends it ----
@pytest.mark.parametrize("code, reason", [("RESOURCE_EXHAUSTED", "QUEUE_FULL"), ("RESOURCE_EXHAUSTED", "TOO_MANY_STREAMS"),
                                          ("RESOURCE_EXHAUSTED", "TOO_MANY_APPS"),
                                          ("FAILED_PRECONDITION", "NAME_CONFLICT"), ("FAILED_PRECONDITION", "NODE_LEFT")])
def test_a_refusal_that_passes_leaves_the_command_alone(cluster, code, reason):
    (daemon,) = cluster.running(1)
    held = attached(daemon)
    with refusing_in_place_of(daemon, reason, code) as refusing:
        wait_until(lambda: refusing.asked > 1, "it attaches again and again", 3.0)
        held.wait_note("not attached", reason)
        assert held.lines == ["runs"] and held.process.poll() is None
    daemon.start()
    wait_until(lambda: len([note for note in held.notes if "attached to" in note]) == 2, "attached again", 5.0)
    assert ended(held) == 0
    assert held.lines == ["runs", "TERM"]


def test_a_command_whose_place_another_took_goes_on(cluster):
    (daemon,) = cluster.running(1)
    held = attached(daemon)
    other = App(daemon, "web").attached()
    held.wait_note("no longer attached", "APP_REPLACED", "goes on")
    held.process.send_signal(signal.SIGUSR1)
    held.wait_line("USR1")
    assert ended(held) == 0
    assert held.lines == ["runs", "USR1", "TERM"]
    assert [app.name for app in daemon.client.get("self").apps] == ["web"], "the other one's, untouched"
    assert other.say_goodbye() == 0


def test_without_a_command_who_is_replaced_ends(cluster):
    (daemon,) = cluster.running(1)
    held = Swimctl(daemon).follow("attach", "web")
    held.wait_note("attached")
    other = App(daemon, "web").attached()
    assert held.process.wait(30) == 1
    held.close()
    assert "APP_REPLACED" in held.notes[-1]
    assert other.say_goodbye() == 0
