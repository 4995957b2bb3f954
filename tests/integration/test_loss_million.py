"""A million broadcasts over links that lose 5 % of all datagrams: every one arrives everywhere, once and in order."""

import json
import subprocess

from harness.settings import bin_dir, clean_environment
from harness.waiting import measured

NEEDS = ("ip", "nft", "namespaces", "broadcast_load", "time")

NODES, PUBLISHERS = 4, 2
WANTED = 1_000_000
RATE = 8_000  # messages/s of both; fewer where the machine is busy, and the test takes longer
LONGEST = 600  # seconds


def load(daemons, seconds):
    """What `broadcast_load` found in so many seconds."""
    sockets = [daemon.settings["api.socket"] for daemon in daemons]
    done = subprocess.run([bin_dir() / "broadcast_load", *sockets, f"--publishers={PUBLISHERS}", f"--rate={RATE}",
                           f"--seconds={seconds}", "--patience=30"], capture_output=True, text=True, check=False,
                          timeout=seconds + 120, env=clean_environment())
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_a_million_broadcasts_without_a_gap(lan_cluster):
    daemons, hosts = lan_cluster(NODES)
    for host in hosts:
        host.lose(5)
    sent, spent = 0, 0.0
    while sent < WANTED and spent < LONGEST:
        found = load(daemons, 25)
        faults = {name: found[name] for name in ("skipped", "repeated_or_late", "announced_lost", "resets", "strange")}
        assert not any(faults.values()), f"after {sent} messages: {faults}"
        assert found["complete_in_all"] == found["accepted_in_all"], found
        sent += found["accepted_in_all"]
        spent += found["seconds"] + found["drain_seconds"]
    assert sent >= WANTED, f"only {sent} messages in {spent:.0f} s"
    measured(f"{sent} broadcasts at 5 % loss, each everywhere once and in order", spent)
