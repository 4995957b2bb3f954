"""Programs of other people that some tests need, and where they come from."""

import functools
import pathlib
import shutil
import subprocess

from harness.settings import ROOT, bin_dir

SOURCE = {
    "grpcurl": "tests/tools/install.sh builds it with Go",
    "promtool": "apt-get install prometheus",
    "prometheus": "apt-get install prometheus",
    "nft": "apt-get install nftables",
    "ip": "apt-get install iproute2",
    "setpriv": "apt-get install util-linux",
}


@functools.lru_cache(maxsize=None)
def _built_tools():
    installer = ROOT / "tests" / "tools" / "install.sh"
    if installer.exists():
        done = subprocess.run([installer, "--path"], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return pathlib.Path(done.stdout.strip())
    # Some tool is missing there, but perhaps not the one that is asked for.
    folders = sorted(pathlib.Path.home().glob(".cache/swimd-tools/*/bin"))
    return folders[-1] if folders else None


def find(tool):
    """Its path, or None."""
    found = shutil.which(tool) or shutil.which(tool, path="/usr/sbin:/sbin")
    if found is None and _built_tools() is not None:
        found = shutil.which(tool, path=str(_built_tools()))
    return found


def can_make_namespaces():
    done = subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False)
    return done.returncode == 0


def missing(needs):
    """Why these needs are not met, one line each; empty if all are."""
    lines = []
    for need in needs:
        if need == "namespaces":
            if not can_make_namespaces():
                lines.append("network namespaces: run the tests as root (CAP_SYS_ADMIN)")
        elif need == "broadcast_load":
            if not (bin_dir() / need).exists():
                lines.append(f"{need}: build it, ./dev build broadcast_load")
        elif need != "time" and find(need) is None:
            lines.append(f"{need}: {SOURCE[need]}")
    return lines
