#!/usr/bin/env python3
"""Broadcasts among real daemons: the highest sustained rate, the goal, latency, and memberlist beside it. See README.md."""

import argparse
import math
import pathlib
import statistics
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent))
import run as benches  # noqa: E402
import summary  # noqa: E402
from daemons import Daemons, Failed  # noqa: E402
from loads import run_load, run_memberlist, sustained  # noqa: E402

GOAL, PACED = 10_000, 1_000  # messages/s
NODES = 10
# profile: (how it is called, how many times as much swimd wants to deliver)
PROFILES = {"lan": ("memberlist, DefaultLANConfig", 50), "fast": ("memberlist, gossip each 50 ms", 50),
            "tick5": ("memberlist, gossip each 5 ms", 10)}


def say(text):
    print(text, flush=True)


def ratio_interval(ratios):
    """(geometric mean, least, greatest) of ratios that belong together in pairs: 95 % by Student's t of their logarithms."""
    found = summary.summarise([math.log(ratio) for ratio in ratios], "mean")
    return tuple(math.exp(value) for value in (found.value, found.low, found.high))


def faults_text(run):
    return "none" if not run.faults else ", ".join(f"{count:,} {name}" for name, count in run.faults.items())


def show(title, run):
    say(f"\n{title}: {'kept' if run.kept else 'NOT KEPT'}")
    say(f"  accepted    {run.accepted:10,.0f} messages/s")
    say(f"  delivered   {run.delivered:10,.0f} messages/s to every subscriber, for {run.seconds:.0f} s; "
        f"the last {run.drain_seconds:.2f} s after the end")
    say(f"  faults      {faults_text(run)}")
    for name, which in (("to each", run.to_each), ("to all", run.to_all)):
        say(f"  {name:<11} p50 {which['p50_ms']:.2f} ms, p99 {which['p99_ms']:.2f} ms, max {which['max_ms']:.1f} ms "
            f"({which['samples']:,} samples)")
    cpu, sent = run.cpu_percent, run.sent_per_second
    say(f"  a node      {statistics.fmean(cpu):.1f} % of a core ({min(cpu):.1f} … {max(cpu):.1f}), "
        f"{statistics.fmean(sent) / 1000:,.0f} kB/s sent ({min(sent) / 1000:,.0f} … {max(sent) / 1000:,.0f}); "
        f"the load took {run.load_cpu_percent:.0f} %")


def search(args, daemons):
    """The highest sustained rate."""
    seconds, steps = (2, 4) if args.quick else (6, 8)
    free = run_load(args.load, daemons, 0, seconds)
    show("As fast as BroadcastStream takes them", free)

    def measure(rate):
        run = run_load(args.load, daemons, rate, seconds)
        say(f"  {rate:10,.0f}/s: {'kept' if run.kept else 'not kept'}; accepted {run.accepted:,.0f}/s, delivered "
            f"{run.delivered:,.0f}/s, faults {faults_text(run)}")
        return run
    say("\nHighest sustained rate")
    rate, best = sustained(measure, max(1000.0, 0.9 * free.delivered), steps)
    say(f"  {rate:10,.0f} messages/s" if best else "  none of these was sustained")


def beside(args, daemons):
    """swimd and memberlist in turn, pair by pair: each as fast as it goes, with as much under way as suits it."""
    repetitions, seconds = (2, 3) if args.quick else (args.repetitions, 6)
    ours, theirs = [], {profile: [] for profile in PROFILES}
    for turn in range(repetitions):
        run = run_load(args.load, daemons, 0, seconds)
        ours.append(run.delivered)
        for profile in PROFILES:
            found = run_memberlist(args.memberlist, profile, NODES, seconds)
            theirs[profile].append(found["complete"] / found["seconds"])
        say(f"  {turn + 1} of {repetitions}: swimd {run.delivered:,.0f}/s (faults: {faults_text(run)}), memberlist "
            + ", ".join(f"{profile} {rates[-1]:,.0f}/s" for profile, rates in theirs.items()))
    for profile, (title, wanted) in PROFILES.items():
        if min(theirs[profile]) == 0 or min(ours) == 0:
            say(f"  {title}: a run delivered nothing, so there is no ratio")
            continue
        mean, low, high = ratio_interval([our / their for our, their in zip(ours, theirs[profile])])
        say(f"  swimd / {title}: {mean:,.1f} (95 %: {low:,.1f} … {high:,.1f}); goal >= {wanted}: "
            f"{'yes' if low >= wanted else 'NO'}")


def options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=pathlib.Path, default=ROOT / "build" / "release" / "bin",
                        help="where swimd and broadcast_load are (default: build/release/bin)")
    parser.add_argument("--memberlist", type=pathlib.Path, default=ROOT / "build" / "bench" / "memberlist_load",
                        help="our program on memberlist; left out where it is not there")
    parser.add_argument("--quick", action="store_true", help="about two minutes: shorter runs, fewer repetitions")
    parser.add_argument("--goal-seconds", type=float, help="length of the run at the goal's rate (60; quick: 10)")
    parser.add_argument("--repetitions", type=int, default=5, help="of the pairs with memberlist (quick: 2)")
    args = parser.parse_args()
    args.load = args.bin / "broadcast_load"
    args.goal_seconds = args.goal_seconds or (10 if args.quick else 60)
    if args.repetitions < 2:
        parser.error("an interval needs two repetitions at least")
    return args


def main():
    args = options()
    about = benches.machine({})
    say(f"{about['cpu']}, {about['cores']} cores, Linux {about['kernel']}, commit {about['commit']}, {about['date']}")
    if about["load"] > 0.5 * about["cores"]:
        say(f"NOTE: the machine is busy (load {about['load']} on {about['cores']} cores): no numbers to keep")
    say(f"{NODES} daemons on loopback, 3 publishers through BroadcastStream, a subscriber at each, 64 bytes")
    try:
        with Daemons(args.bin / "swimd", NODES) as daemons:
            search(args, daemons)
            show(f"Goal: {GOAL:,} messages/s", run_load(args.load, daemons, GOAL, args.goal_seconds))
            show(f"At {PACED:,} messages/s", run_load(args.load, daemons, PACED, 5 if args.quick else 20))
            if args.memberlist.exists():
                say("\nmemberlist doing the same work, in turn")
                beside(args, daemons)
            else:
                say(f"\nmemberlist: NOT RUN, {args.memberlist} is not there (Go builds it)")
    except Failed as failure:
        print(f"bench: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
