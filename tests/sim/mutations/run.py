#!/usr/bin/env python3
"""Breaks the engine on purpose, one mistake at a time, and asks whether the simulated worlds notice.

    run.py [--only NAME ...] [--seeds N] [--folder FOLDER]

Copies what is needed to a folder of its own, builds swim_sim and sim_tests there, sees that both pass, then for each
mutation of mutations.py: applies it, builds, runs both, takes it back. Exit: 0 each was caught; 1 one was not, or no longer
applies; 2 nothing could run. Not for the continuous integration: each mutation is a build.
"""

import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

from mutations import MUTATIONS  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[3]
NEEDED = ("CMakeLists.txt", "cmake", "core", "tests/CMakeLists.txt", "tests/sim", "tests/support")
CHUNK = 5  # scenarios between two looks at whether it is caught
TOO_LONG = 900


def copy_tree(folder):
    for name in NEEDED:
        source, target = ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            shutil.copy2(source, target)


def build(folder):
    """None, or what the compiler said."""
    commands = []
    if not (folder / "build" / "build.ninja").exists():
        commands.append(["cmake", "-S", folder, "-B", folder / "build", "-G", "Ninja", "-DSWIM_SERVER=OFF",
                         "-DSWIM_BENCH=OFF", "-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_CXX_FLAGS_RELEASE=-O1"])
    commands.append(["ninja", "-C", folder / "build", "swim_sim", "sim_tests"])
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            return (done.stdout + done.stderr)[-2000:]
    return None


def run(command):
    """(exit code, output); a program that hangs is stopped, which is a way to be caught."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=TOO_LONG,
                              errors="replace")
    except subprocess.TimeoutExpired:
        return "hangs", ""
    return done.returncode, done.stdout + done.stderr


def ask_worlds(folder, seeds):
    """What the swarm says: None, or rule and seed."""
    for first in range(1, seeds + 1, CHUNK):
        code, output = run([folder / "build/bin/swim_sim", "--first", str(first), "--seeds",
                            str(min(CHUNK, seeds + 1 - first)), "--nodes", "3-9", "--minutes", "2",
                            "--sealed-every", "1"])
        if code == 0:
            continue
        seed = re.search(r"seed (\d+)", output)
        rule = re.search(r"broken rule: ([^:]+):", output)
        return (f"{rule[1] if rule else f'ended with {code}'}, "
                f"seed {seed[1] if seed else f'{first} or one of the next {CHUNK - 1}'}")
    return None


def ask_tests(folder):
    """Names of the tests that fail."""
    code, output = run([folder / "build/bin/sim_tests", "--gtest_brief=1", "--gtest_filter=-*SwarmTest*"])
    failed = sorted(set(re.findall(r"^\[  FAILED  \] (\w+\.\w+)", output, re.MULTILINE)))
    return failed or ([] if code == 0 else [f"ended with {code}"])


def apply(folder, mutation):
    """The files as they were, by path; None where the mutation no longer fits."""
    texts = {}
    for edit in mutation.edits:
        path = folder / edit.path
        text = path.read_text()
        texts.setdefault(path, text)
        if text.count(edit.before) != 1:
            restore(texts)
            return None
        path.write_text(text.replace(edit.before, edit.after))
    return texts


def restore(texts):
    for path, text in texts.items():
        path.write_text(text)


def judge(folder, mutation, seeds):
    """(caught, line of the table)"""
    texts = apply(folder, mutation)
    if texts is None:
        return False, "DOES NOT APPLY any more: bring mutations.py up to date"
    try:
        said = build(folder)
        if said is not None:
            return False, f"DOES NOT COMPILE: {said}"
        worlds, tests = ask_worlds(folder, seeds), ask_tests(folder)
    finally:
        restore(texts)
    parts = [f"worlds: {worlds}"] if worlds else []
    if tests:
        parts.append(f"tests: {tests[0]}" + (f" and {len(tests) - 1} more" if len(tests) > 1 else ""))
    return bool(parts), "; ".join(parts) or "NOT CAUGHT"


def run_all(folder, options):
    copy_tree(folder)
    print("building what is not broken …", flush=True)
    said = build(folder)
    if said is not None:
        print(said)
        return 2
    clean = ask_worlds(folder, options.seeds), ask_tests(folder)
    if clean != (None, []):
        print(f"without any mutation: worlds {clean[0]}, tests {clean[1]}")
        return 2
    missed = []
    chosen = [one for one in MUTATIONS if not options.only or one.name in options.only]
    print(f"{'mutation':26} caught by")
    for mutation in chosen:
        caught, line = judge(folder, mutation, options.seeds)
        print(f"{mutation.name:26} {line}", flush=True)
        if not caught:
            missed.append(mutation.name)
    print(f"{len(chosen) - len(missed)} of {len(chosen)} caught" + (f"; not: {', '.join(missed)}" if missed else ""))
    return 1 if missed or not chosen else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME")
    parser.add_argument("--seeds", type=int, default=40, help="scenarios for each mutation at most")
    parser.add_argument("--folder", type=pathlib.Path, help="where to build; used again, so that the next run is quick")
    options = parser.parse_args()
    if options.folder:
        options.folder.mkdir(parents=True, exist_ok=True)
        return run_all(options.folder.resolve(), options)
    with tempfile.TemporaryDirectory() as folder:
        return run_all(pathlib.Path(folder), options)


if __name__ == "__main__":
    sys.exit(main())
