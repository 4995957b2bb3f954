"""swimctl as process 1 of a container, where the kernel drops each signal that is not handled."""

import os
import signal

import pytest
from harness.settings import bin_dir, clean_environment
from harness.swimctl import Followed, Swimctl
from harness.terminal import Terminal
from harness.waiting import wait_until

NEEDS = ("namespaces",)

# A namespace of its own for it and its children; both end together.
AS_FIRST = ("unshare", "--pid", "--fork", "--kill-child")


def first_process(outside):
    """The number, seen from outside, of what runs as process 1."""
    def child():
        with open(f"/proc/{outside.pid}/task/{outside.pid}/children", encoding="ascii") as file:
            return file.read().split()
    return int(wait_until(child, "process 1 runs", 2.0)[0][0])


def catches(process, number):
    with open(f"/proc/{process}/status", encoding="ascii") as file:
        caught = next(line.split()[1] for line in file if line.startswith("SigCgt:"))
    return int(caught, 16) >> (number - 1) & 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_watch_ends_at_a_signal(cluster, number):
    first, = cluster.running(1)
    watch = Followed([*AS_FIRST, bin_dir() / "swimctl", "watch"], Swimctl(first).environment)
    watch.wait_line("SNAPSHOT", "1 member")
    os.kill(first_process(watch.process), number)
    assert watch.process.wait(10) == 128 + number
    watch.close()


def test_a_wait_ends_at_a_signal(cluster):
    first, = cluster.running(1)
    wait = Followed([*AS_FIRST, bin_dir() / "swimctl", "wait", "--members", ">=9"], Swimctl(first).environment)
    process = first_process(wait.process)
    wait_until(lambda: catches(process, signal.SIGTERM), "SIGTERM is handled", 2.0)
    os.kill(process, signal.SIGTERM)
    assert wait.process.wait(10) == 128 + signal.SIGTERM
    wait.close()


def test_members_on_a_terminal_end_at_a_signal(cluster):
    first, = cluster.running(1)
    terminal = Terminal([*AS_FIRST, bin_dir() / "swimctl", "members", "-w"],
                        clean_environment(SWIM_ENDPOINT=first.api_target, TERM="xterm"))
    wait_until(lambda: "1 member: 1 ALIVE" in terminal.screen(), "the table", 2.0)
    os.kill(first_process(terminal.process), signal.SIGTERM)
    assert terminal.process.wait(10) == 128 + signal.SIGTERM
    terminal.close()
    assert terminal.drawn.rstrip().endswith(b"\x1b[?7h"), "the shell wraps again"


def test_an_app_under_attach_hears_of_the_end(cluster):
    first, = cluster.running(1)
    attach = Followed([*AS_FIRST, bin_dir() / "swimctl", "attach", "web", "--", "sh", "-c",
                       "trap 'echo goodbye; exit 7' TERM; echo here; while :; do sleep 0.1; done"],
                      Swimctl(first).environment)
    attach.wait_line("here")
    os.kill(first_process(attach.process), signal.SIGTERM)
    assert attach.process.wait(10) == 7
    assert attach.lines == ["here", "goodbye"]
    attach.close()
