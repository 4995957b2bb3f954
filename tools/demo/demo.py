#!/usr/bin/env python3
"""A cluster of three on this machine, and a tour of it with measured times. `./dev demo` runs this.

Ends by itself: 0 if all of it worked, 1 with the end of the logs if not. Standard library only.
"""

import argparse
import pathlib
import shlex
import signal
import sys
import time

sys.dont_write_bytecode = True  # the source tree stays as it is
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import cluster as demo  # noqa: E402
from show import Screen, line  # noqa: E402
from tour import Tour  # noqa: E402

LOG_TAIL = 25


def options():
    parser = argparse.ArgumentParser(prog="dev demo", description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--bin-dir", type=pathlib.Path, default=pathlib.Path("build/release/bin"),
                        help="folder with swimd and swimctl")
    parser.add_argument("--swimd", type=pathlib.Path, help="default: swimd in --bin-dir")
    parser.add_argument("--swimctl", type=pathlib.Path, help="default: swimctl in --bin-dir")
    parser.add_argument("--keep", action="store_true", help="leave the cluster and its status page up")
    parser.add_argument("--stop", action="store_true", help="end the cluster that --keep left")
    chosen = parser.parse_args()
    chosen.swimd = (chosen.swimd or chosen.bin_dir / "swimd").resolve()
    chosen.swimctl = (chosen.swimctl or chosen.bin_dir / "swimctl").resolve()
    return chosen


def relative(path):
    """As people would type it here."""
    try:
        return str(path.relative_to(pathlib.Path.cwd()))
    except ValueError:
        return str(path)


def introduce(cluster, screen):
    screen.title("swimd: an encrypted cluster of three on this machine, and a tour of it")
    screen.fact("members", "   ".join(f"{node.name} {node.host}:{demo.GOSSIP_PORT}" for node in cluster.nodes))
    screen.fact("logs", str(cluster.folder))


def leave_running(cluster, screen, chosen):
    """All three up again, and the words to look at them."""
    cluster.unfollow()
    cluster.nodes[2].start()
    wanted = {node.name: "ALIVE" for node in cluster.nodes}
    for node in cluster.nodes:
        demo.wait_until(lambda node=node: node.members() == wanted, f"{node.name} sees {len(wanted)} again")
    demo.remember(cluster)
    amber = cluster.nodes[0]
    control = f"{shlex.quote(relative(chosen.swimctl))} --endpoint {shlex.quote(amber.endpoint)}"
    screen.step("Keep", "the cluster stays up")
    screen.row("members", f"{control} members -w")
    screen.row("events", f"{control} watch")
    screen.row("status page", f"{amber.http}/status")
    screen.row("stop", "./dev demo --stop")


def show_logs(cluster):
    for node in cluster.nodes:
        if node.log_path.exists():
            line(f"\n---- the end of {node.log_path}")
            line("\n".join(node.log_path.read_text(errors="replace").splitlines()[-LOG_TAIL:]))


def tour(chosen, screen):
    start = time.monotonic()
    cluster = demo.Cluster(chosen.swimd, chosen.swimctl, chosen.keep)
    try:
        introduce(cluster, screen)
        cluster.make_key()
        Tour(cluster, screen).run()
        if chosen.keep:
            leave_running(cluster, screen, chosen)
    except demo.DemoError as error:
        screen.failed(str(error))
        show_logs(cluster)
        line(f"\nAll logs are in {cluster.folder}")
        cluster.end()
        return 1
    except BaseException:
        cluster.end()
        cluster.remove()
        raise
    if not chosen.keep:
        cluster.end()
        cluster.remove()
    screen.done(f"All of it worked, in {time.monotonic() - start:.1f} s.")
    return 0


def interrupted(_signal, _frame):
    raise KeyboardInterrupt


def main():
    chosen, screen = options(), Screen()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupted)
    try:
        if chosen.stop:
            ended = demo.stop_kept()
            line(f"Ended {ended} daemons." if ended else "No demo cluster is running.")
            return 0
        for program in (chosen.swimd, chosen.swimctl):
            if not program.exists():
                line(f"There is no {program}; ./dev demo builds it.")
                return 1
        if chosen.keep and demo.kept():
            line("A demo cluster is running already; ./dev demo --stop ends it.")
            return 1
        return tour(chosen, screen)
    except demo.DemoError as error:
        screen.failed(str(error))
        return 1
    except KeyboardInterrupt:
        line("\nInterrupted; what was started is ended.")
        return 130


if __name__ == "__main__":
    sys.exit(main())
