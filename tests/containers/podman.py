"""podman with storage of our own, on machines without systemd, with cgroups v1 or without CAP_SYS_RESOURCE.

All state is in $SWIMD_CONTAINERS_DIR, by default ~/.cache/swimd-containers: the base image and the installed packages stay there
from run to run, everything else is removed by clean.py.
"""

import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
STATE = pathlib.Path(os.environ.get("SWIMD_CONTAINERS_DIR", pathlib.Path.home() / ".cache" / "swimd-containers")).resolve()
BASE = "docker.io/library/debian:bookworm-slim"  # what the Dockerfile's name means, made here, never fetched
PACKAGES = "localhost/swimd-packages:cache"
IMAGE = "localhost/swimd:test"
PREFIX = "swimd-test-"
# Docker's format for HEALTHCHECK; the machine's network for apt.
BUILD = ("--pull=never", "--network=host", "--format=docker")

STORAGE = """\
[storage]
driver = "overlay"
graphroot = "{state}/graph"
runroot = "{state}/run"
"""
# runc, since crun 1.8 refuses hybrid cgroups; cgroupfs and a file for events, since there is no systemd; fixed limits, since raising
# them needs a capability; netavark with aardvark-dns, since the older CNI gives containers no names.
CONTAINERS = """\
[containers]
default_ulimits = ["nofile=16384:16384", "nproc=16384:16384"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
tmp_dir = "{state}/run/libpod"
[network]
network_backend = "netavark"
network_config_dir = "{state}/net"
"""


def environment():
    conf = STATE / "conf"
    conf.mkdir(parents=True, exist_ok=True)
    files = {"storage.conf": STORAGE, "containers.conf": CONTAINERS}
    for name, text in files.items():
        (conf / name).write_text(text.format(state=STATE))
    (STATE / "tmp").mkdir(exist_ok=True)
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    return dict(os.environ, PATH=path, TMPDIR=str(STATE / "tmp"), CONTAINERS_STORAGE_CONF=str(conf / "storage.conf"),
                CONTAINERS_CONF=str(conf / "containers.conf"))


def run(*arguments, timeout=60, **more):
    """The finished podman, with its output as text."""
    return subprocess.run(["podman", *map(str, arguments)], env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, timeout=timeout, check=False, **more)


def must(*arguments, **more):
    """What podman printed; its failure is the caller's."""
    done = run(*arguments, **more)
    if done.returncode != 0:
        raise RuntimeError(f"podman {' '.join(map(str, arguments))}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout.strip()


def build(folder, *arguments):
    """Builds with the Dockerfile of the folder; its output goes to ours."""
    subprocess.run(["nice", "-n", "10", "podman", "build", *BUILD, *map(str, arguments), str(folder)], env=environment(), check=True)


def exists(image):
    return run("image", "exists", image).returncode == 0
