#!/usr/bin/env python3
"""Builds the image from a clean clone of this checkout's HEAD, from source, with the compiler cache of this machine.

usage: build_image.py [--binaries FOLDER]    FOLDER: with swimd and swimctl made on this Debian, in place of compiling in the image
"""

import argparse
import pathlib
import shutil
import subprocess
import tempfile
import time

import podman


def compiler_cache():
    """The folder where this machine's ccache keeps its results, so that the image compiles only what no build had."""
    if shutil.which("ccache") is None:
        return None
    folder = subprocess.run(["ccache", "--get-config", "cache_dir"], capture_output=True, text=True, check=True).stdout.strip()
    pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    return folder


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--binaries", type=pathlib.Path)
    binaries = parser.parse_args().binaries
    podman.environment()
    with tempfile.TemporaryDirectory(dir=podman.STATE / "tmp") as clone:
        subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(podman.ROOT), clone], check=True)
        arguments = []
        if binaries is not None:
            arguments += ["--target", "runtime-from-context"]
            inside = pathlib.Path(clone) / "build" / "release" / "bin"
            inside.mkdir(parents=True)
            for name in ("swimd", "swimctl"):
                shutil.copy(binaries / name, inside / name)
        elif cache := compiler_cache():
            arguments += ["--volume", f"{cache}:/ccache"]
        started = time.monotonic()
        # By a name of its own, so that clean.py leaves it for the next run.
        podman.build(clone, "--target", "packages", "--tag", podman.PACKAGES)
        packages = time.monotonic()
        podman.build(clone, *arguments, "--tag", podman.IMAGE)
    print(f"packages: {packages - started:.0f} s, the rest of the image: {time.monotonic() - packages:.0f} s")


if __name__ == "__main__":
    main()
