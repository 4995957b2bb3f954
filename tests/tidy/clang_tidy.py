#!/usr/bin/env python3
"""Runs clang-tidy over core, server and cli, on as many files at a time as there are cores.

    clang_tidy.py --build FOLDER [file ...]      only these, where any are named

Reads FOLDER/compile_commands.json, so FOLDER is configured; generated headers must have been built. A file is read
again only when it, a header of ours that it includes, its command or .clang-tidy changed since it was last clean:
~/.cache/swimd-tidy holds a hash of all that for each clean file, for all clones of this machine. Exit 1 where clang-tidy complains, 2 where it cannot run.
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import shlex
import shutil
import subprocess
import sys

TIDY = "clang-tidy-14"
ROOMS = ("core/", "server/", "cli/")


def fail(message):
    print(f"clang-tidy: {message}", file=sys.stderr)
    sys.exit(2)


def without_precompiled_header(words, folder):
    """Includes a precompiled header as text, from `folder`: clang would take GCC's binary beside it."""
    header = next((word for word in words if word.endswith("cmake_pch.hxx")), None)
    if header is None:
        return words
    text = pathlib.Path(header).read_text()
    copy = folder / f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.hxx"
    copy.write_text(text)
    return [str(copy) if word == header else word for word in words]


def commands(root, build):
    """Source path from the root → its compile command, for the rooms that are checked.

    Writes the commands as clang can use them to `build`/tidy.
    """
    database = build / "compile_commands.json"
    if not database.exists():
        fail(f"no {database}: configure that folder first")
    (build / "tidy").mkdir(exist_ok=True)
    found, entries = {}, json.loads(database.read_text())
    for entry in entries:
        path = os.path.relpath(os.path.join(entry["directory"], entry["file"]), root)
        if path.startswith(ROOMS):
            words = without_precompiled_header(shlex.split(entry["command"]), build / "tidy")
            entry["command"] = shlex.join(words)
            found[path] = {"command": entry["command"], "object": words[words.index("-o") + 1]}
    (build / "tidy/compile_commands.json").write_text(json.dumps(entries))
    return found


def dependencies(root, build):
    """Object → the files of ours that it was compiled from, as ninja knows them after a build."""
    listed = subprocess.run(["ninja", "-C", str(build), "-t", "deps"], capture_output=True, text=True, check=False)
    found, current = {}, []
    for line in listed.stdout.splitlines():
        if line.startswith("    "):
            path = (build / line.strip()).resolve()
            if path.is_relative_to(root):
                current.append(path)
        elif ": #deps" in line:
            current = []
            found[line.split(": #deps")[0]] = current
    return found


class Cleared:
    """Remembers, as a folder of empty files named by hashes, which inputs were clean."""

    def __init__(self, root, build):
        cache = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
        self.folder = pathlib.Path(cache) / "swimd-tidy"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.root = root
        version = subprocess.run([TIDY, "--version"], capture_output=True, check=True).stdout
        self.common = version + (root / ".clang-tidy").read_bytes()
        self.dependencies = dependencies(root, build)
        self.contents = {}

    def key(self, entry):
        """A hash of everything of ours that clang-tidy reads for this file, or None where ninja does not know it yet."""
        files = self.dependencies.get(entry["object"])
        if not files:
            return None
        digest = hashlib.sha256(self.common + entry["command"].replace(str(self.root), "").encode())
        for path in sorted(set(files)):
            if path not in self.contents:
                self.contents[path] = hashlib.sha256(path.read_bytes()).digest() if path.exists() else b"gone"
            digest.update(str(path.relative_to(self.root)).encode() + self.contents[path])
        return digest.hexdigest()

    def knows(self, key):
        return key is not None and (self.folder / key).exists()

    def add(self, key):
        if key is not None:
            (self.folder / key).touch()


def check(root, build, path):
    # The compile commands are GCC's, which knows warnings that clang does not.
    command = [TIDY, "--quiet", "--extra-arg=-Wno-unknown-warning-option", "-p", str(build / "tidy"), path]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    errors = [line for line in done.stderr.splitlines() if "error:" in line and not line.startswith("Error while")]
    return done.returncode == 0, done.stdout + "\n".join(errors)


def run(root, build, chosen, entries, cleared):
    broken = 0
    keys = {path: cleared.key(entries[path]) for path in chosen}
    wanted = [path for path in chosen if not cleared.knows(keys[path])]
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        results = {pool.submit(check, root, build, path): path for path in wanted}
        for number, future in enumerate(concurrent.futures.as_completed(results), start=1):
            path = results[future]
            clean, output = future.result()
            print(f"[{number}/{len(wanted)}] {path}", flush=True)
            if clean:
                cleared.add(keys[path])
            else:
                broken += 1
                print(output.replace(f"{root}/", ""), flush=True)
    print(f"clang-tidy: {len(chosen)} files, {len(wanted)} of them read now, {broken} with complaints")
    return broken


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("files", nargs="*")
    arguments = parser.parse_args()
    if shutil.which(TIDY) is None:
        fail(f"no {TIDY} here: ./dev packages lint")
    root = pathlib.Path(__file__).resolve().parents[2]
    build = arguments.build.resolve()
    entries = commands(root, build)
    named = [os.path.relpath(name, root) for name in arguments.files]
    unknown = [
        name
        for name in named
        if name.startswith(ROOMS) and name.endswith(".cpp") and name not in entries
    ]
    if unknown:
        fail(f"not part of the build in {build}: {' '.join(unknown)}")
    chosen = [path for path in sorted(entries) if not named or path in named]
    if not entries:
        fail("nothing to read")
    return 1 if run(root, build, chosen, entries, Cleared(root, build)) else 0


if __name__ == "__main__":
    sys.exit(main())
