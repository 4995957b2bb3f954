#!/usr/bin/env python3
"""Removes what the tests of containers made. `clean.py --all` also removes the base image and the cache, that is the whole state."""

import shutil
import subprocess
import sys

import podman


def unmount():
    with open("/proc/mounts", encoding="utf-8") as mounts:
        points = [line.split()[1] for line in mounts]
    for point in sorted(points, reverse=True):
        if point.startswith(f"{podman.STATE}/"):
            subprocess.run(["umount", "-l", point], check=True)


def main():
    containers = podman.must("ps", "-aq", "--external").split()  # those of a build that was cut short too
    if containers:
        podman.must("rm", "-f", "-t", "0", *containers, timeout=300)
    for what in ("volume", "network"):
        names = podman.must(what, "ls", "-q", "--filter", f"name={podman.PREFIX}").split()
        if names:
            podman.must(what, "rm", "-f", *names)
    podman.run("rmi", "-f", podman.IMAGE)
    podman.must("image", "prune", "-f", timeout=300)
    shutil.rmtree(podman.STATE / "tmp", ignore_errors=True)
    unmount()
    if "--all" in sys.argv[1:]:
        shutil.rmtree(podman.STATE)


if __name__ == "__main__":
    main()
