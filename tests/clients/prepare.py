#!/usr/bin/env python3
"""Builds the example of one language by the commands of its README, so that these can't go wrong unnoticed.

    prepare.py go|node|java

Does nothing where nothing changed since. The Python example needs what tests/integration/prepare.py makes.
"""

import fcntl
import hashlib
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
# What the commands make, below examples/LANGUAGE: (kept out of the digest, must be there).
MADE = {"go": ("api bin", "bin/watch"), "node": ("node_modules", "node_modules/@grpc/grpc-js/package.json"),
        "java": ("target", "target/classes/io/swim/examples/Watch.class")}


def commands(readme):
    """The lines indented by four spaces below the heading Build."""
    build = readme.read_text().split("\n## Build\n")[1].split("\n## ")[0]
    return [line.strip() for line in build.splitlines() if line.startswith("    ")]


def digest(folder, made):
    total = hashlib.sha256()
    sources = [path for path in sorted(folder.rglob("*"))
               if path.is_file() and path.relative_to(folder).parts[0] not in made]
    for path in [*sources, *sorted((ROOT / "proto" / "swim").rglob("*.proto"))]:
        total.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def main():
    language = sys.argv[1]
    folder = ROOT / "examples" / language
    made, product = MADE[language]
    stamps = ROOT / "build" / "examples"
    stamps.mkdir(parents=True, exist_ok=True)
    stamp, wanted = stamps / f"{language}.stamp", digest(folder, made.split())
    with open(stamps / f"{language}.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (folder / product).exists() and stamp.exists() and stamp.read_text() == wanted:
            return
        for command in commands(folder / "README.md"):
            print(f"{folder.name}: {command}", flush=True)
            subprocess.run(["bash", "-ec", command], cwd=folder, check=True, stdin=subprocess.DEVNULL)
        assert (folder / product).exists(), f"the README's commands did not make {product}"
        stamp.write_text(wanted)


if __name__ == "__main__":
    main()
