#!/usr/bin/env python3
"""Breaks the sources on purpose, one mistake at a time, and asks whether the tests notice.

    run.py [--only NAME ...] [--seeds N] [--folder FOLDER] [--together] [--write]
    run.py --fits

Copies what is needed to a folder of its own and sees that all is well there. Then for each mutation: applies it to the copy,
builds only the programs that it names, runs the tests that must fail, or the worlds until one does, and takes it back. Exit:
0 each was caught; 1 one was not, or no longer applies; 2 nothing could run. Not for the continuous integration: each
mutation is a build. There --fits asks whether each still applies, and whether its row in README.md says what it is and who
must be red; it builds nothing.
"""

import argparse
import os
import pathlib
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True

from mutations import MUTATIONS  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
CLIENTS = ROOT / "tests" / "integration"
NEEDED = ("CMakeLists.txt", "bench", "cmake", "core", "tests/CMakeLists.txt", "tests/generators", "tests/property", "tests/runtime",
          "tests/sim", "tests/support", "tests/unit", "proto", "server")
WORLDS = ("swim_sim", "sim_tests")
DAEMONS = "swimd"  # its tests are those of tests/integration
BENCHES = "bench"  # its tests are those of bench/run_test.py, which builds nothing
BUILD = "build/mutant"  # as deep as everybody's own build folders, so that ccache knows what is not broken
CHUNK = 5  # scenarios between two looks at whether it is caught
TOO_LONG = 600
MEMORY = 6 << 30
TOO_LONG_FOR_NAMED = 120
NOT_RUN = 77
# The same random cases each time, so that the table can be made again; and daemons are waited for three times as long as on
# a quiet machine, since a wait for what never comes is most of the time here.
SURROUNDINGS = {**os.environ, "RC_PARAMS": "seed=20", "SWIM_TEST_SLACK": "3"}


def files_of(root):
    """Relative paths of all that is needed."""
    for name in NEEDED:
        path = root / name
        found = path.rglob("*") if path.is_dir() else [path] if path.exists() else []
        yield from (one.relative_to(root) for one in found if one.is_file() and "__pycache__" not in one.parts)


def copy_tree(folder):
    """Only what differs is written, with the time of now: what a run that was stopped left broken is built again."""
    wanted = set(files_of(ROOT))
    for gone in set(files_of(folder)) - wanted:
        (folder / gone).unlink()
    for name in wanted:
        target, content = folder / name, (ROOT / name).read_bytes()
        if not target.exists() or target.read_bytes() != content:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


def build(folder, programs):
    """None, or what the compiler said."""
    programs = [one for one in programs if one != BENCHES]
    if not programs:
        return None
    commands = []
    cache = folder / BUILD / "CMakeCache.txt"
    known = cache.read_text() if (folder / BUILD / "build.ninja").exists() else ""
    if not known or (DAEMONS in programs and "SWIM_SERVER:BOOL=ON" not in known):
        commands.append(["cmake", "-S", folder, "-B", folder / BUILD, "-G", "Ninja", "-DSWIM_BENCH=OFF",
                         f"-DSWIM_SERVER={'ON' if DAEMONS in programs else 'OFF'}", "-DCMAKE_BUILD_TYPE=Release"])
    commands.append(["ninja", "-C", folder / BUILD, *programs])
    if DAEMONS in programs:
        commands.append([sys.executable, CLIENTS / "prepare.py", "--stubs", folder / BUILD / "python"])
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            return (done.stdout + done.stderr)[-2000:]
    return None


def bound_memory():
    """What was broken may ask for memory without end."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def run(command, limit=TOO_LONG):
    """(exit code, output); a program that hangs is stopped, which is a way to be caught."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=limit,
                              errors="replace", env=SURROUNDINGS, preexec_fn=bound_memory)
    except subprocess.TimeoutExpired:
        return "hangs", ""
    return done.returncode, done.stdout + done.stderr


def ask_worlds(folder, seeds):
    """None, or which rule broke in the first world that turned red."""
    for first in range(1, seeds + 1, CHUNK):
        code, output = run([folder / BUILD / "bin/swim_sim", "--first", str(first), "--seeds",
                            str(min(CHUNK, seeds + 1 - first)), "--nodes", "3-9", "--minutes", "2",
                            "--sealed-every", "1"])
        if code == 0:
            continue
        seed = re.search(r"seed (\d+)", output)
        rule = re.search(r"broken rule: ([^:]+):", output)
        number = int(seed[1]) if seed else first
        return (f"rule `{rule[1]}`" if rule else f"a world that ended with {code}") + f", world {number}"
    return None


def ask_clients(folder, test):
    """As ask_tests, of one test with real daemons."""
    code, output = run([sys.executable, CLIENTS / "run.py", "--build", folder / BUILD, test], TOO_LONG)
    if code == NOT_RUN:
        return [output.strip()], 0
    return [test] if code != 0 else [], 1


def ask_benches(folder, test):
    """As ask_tests, of one test of what runs the benchmarks."""
    code, output = run(["env", "-C", folder / "bench", sys.executable, "-B", "-m", "unittest", f"run_test.{test}"])
    ran = re.search(r"^Ran (\d+) test", output, re.MULTILINE)
    return [test] if code != 0 else [], int(ran[1]) if ran else 0


def ask_tests(folder, program, tests):
    """(names of tests that failed, up to the first of them; how many ran)"""
    if program == DAEMONS:
        return ask_clients(folder, tests)
    if program == BENCHES:
        return ask_benches(folder, tests)
    code, output = run([folder / BUILD / "bin" / program, "--gtest_brief=1", "--gtest_fail_fast", f"--gtest_filter={tests}"],
                       TOO_LONG if tests.startswith("-") else TOO_LONG_FOR_NAMED)
    failed = sorted(set(re.findall(r"^\[  FAILED  \] ([\w/]+\.[\w/]+)", output, re.MULTILINE)))
    ran = re.search(r"^\[==========\] (\d+) tests? from", output, re.MULTILINE)
    if code == 0:
        return [], int(ran[1]) if ran else 0
    return failed or [f"{program} {tests} (ends with {code})"], 1


def apply(folder, mutation):
    """The files as they were, by path; None where the mutation no longer fits."""
    texts = {}
    for edit in mutation.edits:
        path = folder / edit.path
        text = path.read_text() if path.exists() else ""
        texts.setdefault(path, text)
        if text.count(edit.before) != 1:
            restore(texts)
            return None
        path.write_text(text.replace(edit.before, edit.after))
    return texts


def restore(texts):
    for path, text in texts.items():
        if path.exists():
            path.write_text(text)


def caught_by(mutation):
    """All that must be red."""
    return ", ".join(f"`{tests}`" for _, tests in mutation.reds)


def ask(folder, mutation, seeds):
    """(caught, who caught it)"""
    if not mutation.reds:
        worlds = ask_worlds(folder, seeds)
        if worlds:
            return True, worlds
        failed, _ = ask_tests(folder, "sim_tests", "-*SwarmTest*")
        return bool(failed), f"`{failed[0]}`, no rule in {seeds} worlds" if failed else "NOT CAUGHT"
    green = [tests for program, tests in mutation.reds if not ask_tests(folder, program, tests)[0]]
    if green:
        return False, f"NOT CAUGHT by {', '.join(green)}"
    return True, caught_by(mutation)


def judge(folder, mutation, seeds):
    """(caught, who caught it)"""
    texts = apply(folder, mutation)
    if texts is None:
        return False, "DOES NOT APPLY any more: bring it up to date"
    try:
        said = build(folder, programs_of([mutation]))
        return (False, f"DOES NOT COMPILE: {said}") if said is not None else ask(folder, mutation, seeds)
    finally:
        restore(texts)


def judge_together(folder, mutations, seeds):
    """(mutation, caught, who caught it) of those that could be applied beside each other; none where that does not compile."""
    texts, applied = {}, []
    for mutation in mutations:
        before = apply(folder, mutation) if mutation.reds else None
        if before is not None:
            texts = {**before, **texts}  # the oldest of each file
            applied.append(mutation)
    try:
        said = build(folder, programs_of(applied))
        if said is not None:
            print(f"together they do not compile: {said}")
            return []
        return [(one, *ask(folder, one, seeds)) for one in applied]
    finally:
        restore(texts)


def programs_of(mutations):
    return sorted({program for one in mutations for program in ([name for name, _ in one.reds] or WORLDS)})


def see_it_well(folder, chosen, seeds):
    """None, or what is wrong without any mutation."""
    said = build(folder, programs_of(chosen))
    if said is not None:
        return said
    wrong = []
    for program, tests in sorted({red for one in chosen for red in one.reds}):
        failed, ran = ask_tests(folder, program, tests)
        if failed or ran == 0:
            wrong.append(f"without any mutation {program} {tests}: {failed or 'no such test'}")
    if any(not one.reds for one in chosen):
        worlds, (tests, _) = ask_worlds(folder, seeds), ask_tests(folder, "sim_tests", "-*SwarmTest*")
        wrong += [f"without any mutation: {one}" for one in [worlds, *tests] if one]
    return "\n".join(wrong) or None


def read_table():
    """What stands before the rows of README.md, and the rows by their names."""
    head, table = (HERE / "README.md").read_text().split("|---|---|---|\n", maxsplit=1)
    return head, {line.split("`", 2)[1]: line for line in table.splitlines() if line.startswith("| `")}


def row(mutation, line):
    return f"| `{mutation.name}` | {mutation.what} | {line} |"


def is_of(known, mutation):
    """Whether that row is what a run of this mutation could have written."""
    return known == row(mutation, caught_by(mutation)) if mutation.reds else known.startswith(row(mutation, "")[:-2])


def write_table(rows):
    """Puts the rows into README.md, in the place of those of the same names."""
    head, known = read_table()
    known.update({one.name: row(one, line) for one, line in rows})
    lines = [known[one.name] for one in MUTATIONS if one.name in known]
    (HERE / "README.md").write_text(head + "|---|---|---|\n" + "\n".join(lines) + "\n")


def all_fit():
    known, wrong = read_table()[1], []
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder)
        for mutation in MUTATIONS:
            for path in {edit.path for edit in mutation.edits if (ROOT / edit.path).exists()}:
                (copy / path).parent.mkdir(parents=True, exist_ok=True)
                (copy / path).write_bytes((ROOT / path).read_bytes())
            if apply(copy, mutation) is None:
                wrong.append(f"{mutation.name}: {mutation.edits[0].path} no longer has what it edits")
            if mutation.name not in known:
                wrong.append(f"{mutation.name}: has no row in README.md: run it with --write")
            elif not is_of(known[mutation.name], mutation):
                wrong.append(f"{mutation.name}: its row in README.md says something else: run it again with --write")
    wrong += [f"{name}: a row of README.md without a mutation" for name in known.keys() - {one.name for one in MUTATIONS}]
    print("\n".join(wrong) or f"{len(MUTATIONS)} mutations fit the sources")
    return 1 if wrong else 0


def run_all(folder, options):
    chosen = [one for one in MUTATIONS if not options.only or one.name in options.only]
    copy_tree(folder)
    print("building what is not broken …", flush=True)
    wrong = see_it_well(folder, chosen, options.seeds)
    if wrong is not None or not chosen:
        print(wrong or "no such mutation")
        return 2
    missed = []
    known = {one.name: result for one, *result in judge_together(folder, chosen, options.seeds)} if options.together else {}
    for mutation in chosen:
        start = time.monotonic()
        caught, line = known.get(mutation.name) or judge(folder, mutation, options.seeds)
        print(f"{mutation.name:32} {line} ({time.monotonic() - start:.0f} s)", flush=True)
        if caught and options.write:
            write_table([(mutation, line)])
        if not caught:
            missed.append(mutation.name)
    print(f"{len(chosen) - len(missed)} of {len(chosen)} caught" + (f"; not: {', '.join(missed)}" if missed else ""))
    return 1 if missed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME")
    parser.add_argument("--seeds", type=int, default=40, help="scenarios for each mutation at most")
    parser.add_argument("--folder", type=pathlib.Path, help="where to build; used again, so that the next run is quick")
    parser.add_argument("--together", action="store_true",
                        help="in one build, as far as possible: only for mutations each of which its own tests see alone")
    parser.add_argument("--write", action="store_true", help="put what caught each into README.md")
    parser.add_argument("--fits", action="store_true", help="only say which no longer fit the sources or their rows there")
    options = parser.parse_args()
    if options.fits:
        return all_fit()
    # Whoever ends this also ends the build under way: it would finish what is broken behind our back.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if options.folder:
        options.folder.mkdir(parents=True, exist_ok=True)
        return run_all(options.folder.resolve(), options)
    with tempfile.TemporaryDirectory() as folder:
        return run_all(pathlib.Path(folder), options)


if __name__ == "__main__":
    sys.exit(main())
