#!/usr/bin/env python3
"""How soon everybody knows that an app was killed: kill -9 of attached clients beside ten real daemons.

Each kill is timed from the signal to the APP_LOST at the watcher of each node. Percentiles are nearest rank.
`./dev bench attach` builds what it needs; --help lists the rest. Exit 1 where a loss did not arrive.
"""

import argparse
import json
import math
import os
import pathlib
import signal
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
GOAL = 0.050  # seconds, p99 of "at all of them"
PATIENCE = 10.0  # seconds after which a loss counts as not told


def nearest_rank(values, percent):
    """The smallest value that at least `percent` of them do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)]


class Watchers:
    """A watch at each node, and when each was told of how many losses of which member's app."""

    def __init__(self, daemons):
        self._all = {daemon.name: daemon.client.watch().in_sync(30.0) for daemon in daemons}

    def told(self, member, times):
        """When each was told of the member's loss number `times`; None for who was not yet."""
        def arrival(watch):
            losses = watch.of(member, "APP_LOST")
            return losses[times - 1][1] if len(losses) >= times else None
        return {name: arrival(watch) for name, watch in self._all.items()}

    def wait(self, member, event, times, patience=PATIENCE):
        end = time.monotonic() + patience
        while any(len(watch.of(member, *event)) < times for watch in self._all.values()):
            if time.monotonic() > end:
                return False
            time.sleep(0.002)
        return True

    def close(self):
        for watch in self._all.values():
            watch.close()


def attach(daemon):
    from harness.swimctl import Swimctl
    held = Swimctl(daemon).follow("attach", "bench")
    held.wait_note("attached to", wanted=30.0)
    return held


def measure(args):
    """(seconds of each kill at each watcher, of each kill at the last one; kills that somebody was not told)"""
    from harness.cluster import Cluster
    each, last, missed = [], [], []
    cluster = Cluster("bench/attach")
    try:
        daemons = cluster.running(args.nodes)
        watchers = Watchers(daemons)
        apps = {daemon.name: attach(daemon) for daemon in daemons}
        losses = dict.fromkeys(apps, 0)
        for kill in range(args.kills):
            daemon = daemons[kill % len(daemons)]
            if losses[daemon.name]:  # the app of the round before must be told to be back first
                watchers.wait(daemon.name, ("APP_BACK",), losses[daemon.name])
            losses[daemon.name] += 1
            start = time.monotonic()
            os.kill(apps[daemon.name].process.pid, signal.SIGKILL)
            if not watchers.wait(daemon.name, ("APP_LOST",), losses[daemon.name]):
                missed.append(kill)
            times = [when - start for when in watchers.told(daemon.name, losses[daemon.name]).values() if when]
            each += times
            last.append(max(times, default=math.inf))
            apps[daemon.name].close()
            apps[daemon.name] = attach(daemon)
            if sys.stderr.isatty():
                sys.stderr.write(f"\r\033[K{kill + 1} of {args.kills} kills")
        watchers.close()
        for app in apps.values():
            app.close()
    finally:
        faults = cluster.close()
        cluster.remove()
        for fault in faults:
            print(f"FAILED: {fault}", file=sys.stderr)
    return each, last, missed


def row(what, values, goal=""):
    print(f"  {what:<44}" + "".join(f"{1000 * value:>10.2f}" for value in
                                    (nearest_rank(values, 50), nearest_rank(values, 99), max(values))) + f"  {goal}")


def options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "release", metavar="DIR")
    parser.add_argument("--nodes", type=int, default=10, metavar="N")
    parser.add_argument("--kills", type=int, default=200, metavar="N")
    parser.add_argument("--json", metavar="FILE", help="write every time there too, in seconds")
    return parser.parse_args()


def main():
    args = options()
    os.environ.setdefault("SWIM_TEST_BIN_DIR", str(args.build / "bin"))
    os.environ.setdefault("SWIM_TEST_STUBS_DIR", str(args.build / "python"))
    sys.path[:0] = [str(ROOT / "tests" / "integration"), os.environ["SWIM_TEST_STUBS_DIR"]]
    load = os.getloadavg()[0]
    each, last, missed = measure(args)
    print(f"kill -9 of an attached client to APP_LOST, {args.kills} kills over {args.nodes} daemons on loopback\n")
    print(f"  {'ms':<44}{'p50':>10}{'p99':>10}{'maximum':>10}")
    row("at each watcher", each)
    row("at all of them", last, f"goal: p99 ≤ {1000 * GOAL:.0f} ms: "
                                f"{'yes' if nearest_rank(last, 99) <= GOAL else 'NO'}")
    if load > 0.5 * os.cpu_count():
        print(f"\nNOTE: the machine was busy at the start (load {load:.2f} on {os.cpu_count()} cores): "
              "times are upper bounds")
    if args.json:
        with open(args.json, "w", encoding="utf-8") as file:
            json.dump({"load": load, "nodes": args.nodes, "each": each, "all": last, "missed": missed}, file)
    if missed:
        print(f"\nFAILED: not told everywhere within {PATIENCE:g} s: kills {missed}")
    return 1 if missed else 0


if __name__ == "__main__":
    # The tests' Python has gRPC; this file may have been started by another.
    venv = ROOT / "build" / "venv" / "bin" / "python"
    if sys.prefix == sys.base_prefix and venv.exists():
        os.execv(venv, [str(venv), "-B", __file__, *sys.argv[1:]])
    sys.exit(main())
