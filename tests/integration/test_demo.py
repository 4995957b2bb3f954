"""./dev demo as a program: the tour, --keep and --stop, a failure, and Ctrl-C."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

import pytest

from harness.settings import ROOT, bin_dir, clean_environment
from harness.waiting import wait_until

DEMO = ROOT / "tools" / "demo" / "demo.py"
TOUR_SECONDS = 60


@pytest.fixture
def temporary():
    """A folder for all that the demo leaves, apart from a real user's."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="swim-demo-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def start(temporary, *arguments, binaries=None):
    return subprocess.Popen([sys.executable, DEMO, "--bin-dir", binaries or bin_dir(), *arguments], text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                            env=clean_environment(TMPDIR=str(temporary)), start_new_session=True)


def demo(temporary, *arguments, binaries=None):
    """(exit code, output)"""
    process = start(temporary, *arguments, binaries=binaries)
    out, _ = process.communicate(timeout=240)
    print(out)
    return process.returncode, out


def daemons_under(temporary):
    """Processes that were started with a path below this folder."""
    found = []
    for entry in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().split(b"\0")
        except OSError:
            continue
        if any(word.startswith(b"--api.socket=" + str(temporary).encode()) for word in words):
            found.append(int(entry.parent.name))
    return found


def test_demo_tour(temporary):
    code, out = demo(temporary)
    assert code == 0
    assert len(re.findall(r"^ +\w+ +FAILED .* ms$", out, re.MULTILINE)) == 2, "FAILED on every survivor, with its time"
    assert len(re.findall(r"^ +\w+ +(?:JOINED|REPLACED) .* ms$", out, re.MULTILINE)) == 2
    assert len(re.findall(r"^ +\w+ +LEFT .* ms$", out, re.MULTILINE)) == 2
    assert len(re.findall(r"received it .* ms$", out, re.MULTILINE)) == 3
    assert "/metrics" in out and "/status" in out and "\033" not in out
    took = float(re.search(r"All of it worked, in ([\d.]+) s", out)[1])
    print(f"measured: the demo: {took} s (wanted: {TOUR_SECONDS} s)")
    assert not daemons_under(temporary)
    assert not list(temporary.glob("swim-*/*")), "nothing is left behind"


def test_demo_keep_and_stop(temporary):
    code, out = demo(temporary, "--keep")
    try:
        assert code == 0
        assert len(daemons_under(temporary)) == 3
        endpoint = re.search(r"--endpoint (\S+) members -w", out)[1]
        done = subprocess.run([bin_dir() / "swimctl", "--endpoint", endpoint, "members", "-o", "json"],
                              capture_output=True, text=True, check=True, timeout=60, env=clean_environment())
        assert [member["status"] for member in json.loads(done.stdout)["members"]] == ["ALIVE"] * 3
        assert demo(temporary, "--keep")[0] == 1, "one kept cluster at a time"
    finally:
        code, out = demo(temporary, "--stop")
    assert code == 0 and "3 daemons" in out
    assert not daemons_under(temporary)
    assert demo(temporary, "--stop") == (0, "No demo cluster is running.\n")


def test_demo_says_what_failed(temporary):
    """A daemon that does not start: exit 1, the step, and the end of its log."""
    binaries = temporary / "bin"
    binaries.mkdir()
    (binaries / "swimctl").symlink_to(bin_dir() / "swimctl")
    (binaries / "swimd").write_text("#!/bin/sh\necho this daemon is broken on purpose\nexit 3\n")
    (binaries / "swimd").chmod(0o755)
    code, out = demo(temporary, binaries=binaries)
    assert code == 1
    assert "The demo failed" in out and "ended by itself, with 3" in out and "broken on purpose" in out
    assert demo(temporary, binaries=temporary / "nowhere")[0] == 1


def test_demo_cleans_up_on_interrupt(temporary):
    process = start(temporary)
    wait_until(lambda: len(daemons_under(temporary)) == 3, "the demo's daemons run", 5.0)
    os.kill(process.pid, signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130, out
    assert not daemons_under(temporary)
