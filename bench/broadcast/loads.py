"""One run of a load, and what it showed: numbers as plain values, and whether every promise was kept."""

import json
import subprocess
import threading
import time
from dataclasses import dataclass

from daemons import Failed, cpu_seconds

# A rate is sustained where so much of it was taken, and where the last message was everywhere so soon after the end.
TAKEN, DRAIN = 0.98, 1.0


@dataclass(frozen=True)
class Run:
    """What broadcast_load found, with what the daemons spent meanwhile."""
    rate: float
    seconds: float
    accepted: float         # messages/s
    delivered: float        # messages/s that every subscriber has
    faults: dict            # name → count, only what is not zero
    drain_seconds: float
    to_each: dict
    to_all: dict
    cpu_percent: list       # of a core, by node
    sent_per_second: list   # bytes, by node
    load_cpu_percent: float

    @property
    def kept(self):
        """Each message at each subscriber once and in order, as fast as it was asked for."""
        return not self.faults and self.accepted >= TAKEN * self.rate and self.drain_seconds <= DRAIN


def faults_of(result):
    """What should be zero and is not."""
    found = {name: result[name] for name in ("skipped", "repeated_or_late", "announced_lost", "resets", "strange")}
    found["missing"] = result["accepted_in_all"] - result["complete_in_all"]
    found |= {f"rejected {reason}": count for reason, count in result["rejected"].items()}
    found |= {failure: 1 for failure in result["failures"]}
    return {name: count for name, count in found.items() if count}


def run_load(program, daemons, rate, seconds, publishers=3, payload=64):
    """Drives the daemons for warm-up, `seconds` and what follows; ends within their sum and 90 s."""
    command = ["setpriv", "--pdeathsig", "KILL", program, *daemons.sockets, f"--rate={rate}", f"--seconds={seconds}", f"--publishers={publishers}",
               f"--payload={payload}"]
    marks, result = {}, None
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        watchdog = threading.Timer(seconds + 90, process.kill)
        watchdog.start()
        try:
            for line in process.stdout:
                told = json.loads(line)
                if told["event"] == "result":
                    result = told
                else:
                    marks[told["event"]] = _spent(daemons, process.pid)
            process.wait(60)
        finally:
            watchdog.cancel()
            if process.poll() is None:
                process.kill()
    if result is None:
        raise Failed(f"broadcast_load ended with {process.returncode} and without a result")
    return _run(result, marks["begin"], marks["end"])


def _spent(daemons, load_pid):
    return {"time": time.monotonic(), "cpu": [cpu_seconds(pid) for pid in daemons.pids],
            "load": cpu_seconds(load_pid), "bytes": daemons.metrics("swim_sent_bytes_total")}


def _run(result, begin, end):
    elapsed = end["time"] - begin["time"]

    def per_second(name):
        return [(after - before) / elapsed for before, after in zip(begin[name], end[name])]
    return Run(rate=result["rate"], seconds=result["seconds"], accepted=result["accepted"] / result["seconds"],
               delivered=result["complete"] / result["seconds"], faults=faults_of(result),
               drain_seconds=result["drain_seconds"], to_each=result["to_each"], to_all=result["to_all"],
               cpu_percent=[100 * share for share in per_second("cpu")], sent_per_second=per_second("bytes"),
               load_cpu_percent=100 * (end["load"] - begin["load"]) / elapsed)


def sustained(measure, start, steps):
    """The highest rate found at which measure(rate).kept, with its run; (0, None) where none was. `start` is a guess."""
    low, high, best = 0.0, None, None
    rate = start
    for _ in range(steps):
        run = measure(rate)
        if run.kept:
            low, best = rate, run
        else:
            high = rate
        rate = 1.3 * low if high is None else (low + high) / 2
    return low, best


# Messages under way at a time that suit a profile best; measured, see README.md.
MEMBERLIST_WINDOWS = {"lan": 128, "fast": 512, "tick5": 512}


def run_memberlist(program, profile, nodes, seconds, publishers=3, payload=64, attempts=3):
    """memberlist_load's result; it ends by itself. Again where its nodes did not come together."""
    command = [program, "-profile", profile, "-nodes", str(nodes), "-publishers", str(publishers), "-payload",
               str(payload), "-seconds", str(seconds), "-window", str(MEMBERLIST_WINDOWS[profile])]
    for _ in range(attempts):
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=seconds + 120)
        if done.returncode == 0:
            return json.loads(done.stdout)
        print(f"  memberlist_load {profile}: {done.stderr.strip()}", flush=True)
    raise Failed(f"memberlist_load {profile} failed {attempts} times")


