#!/usr/bin/env python3
"""Makes the Debian base image from the machine's own apt configuration, by debootstrap, under the name that the Dockerfile uses."""

import glob
import shutil
import subprocess
import sys
import tempfile

import podman

SUITE = "bookworm"
# What a container needs to install packages as this machine does. The product's image is made from scratch and has none of it.
COPIED = ("/etc/apt/sources.list", "/etc/apt/sources.list.d/*.list", "/etc/apt/sources.list.d/*.sources", "/etc/apt/apt.conf.d/99*",
          "/etc/ssl/certs/ca-certificates.crt")


def mirror():
    """The machine's own source of the suite, else of any."""
    lines = subprocess.run(["apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE)"], capture_output=True, text=True,
                           check=True).stdout.split("\n")
    found = [line.split() for line in lines if line]
    if not found:
        sys.exit("base_image.py: apt knows no source of packages; run apt-get update first")
    return next((uri for uri, suite in found if suite == SUITE), found[0][0])


def bootstrap(folder):
    command = ["debootstrap", "--variant=minbase", "--include=ca-certificates", SUITE, folder, mirror()]
    subprocess.run(command, env=podman.environment(), check=True)
    for pattern in COPIED:
        for path in glob.glob(pattern):
            shutil.copy(path, folder + path)
    for path in ("/var/cache/apt/archives/*.deb", "/var/lib/apt/lists/*", "/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*"):
        subprocess.run(["rm", "-rf", *glob.glob(folder + path)], check=True)


def load(folder):
    with subprocess.Popen(["tar", "-C", folder, "--numeric-owner", "-c", "."], stdout=subprocess.PIPE) as tar:
        podman.must("import", "-c", 'CMD ["bash"]', "-", podman.BASE, stdin=tar.stdout, timeout=300)
    if tar.returncode != 0:
        sys.exit(f"base_image.py: tar failed: {tar.returncode}")


def main():
    if podman.exists(podman.BASE):
        return
    podman.environment()
    with tempfile.TemporaryDirectory(dir=podman.STATE / "tmp") as folder:
        bootstrap(folder)
        load(folder)


if __name__ == "__main__":
    main()
