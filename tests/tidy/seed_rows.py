#!/usr/bin/env python3
"""Does every test that tests/README.md names for a row of the seed exist?

    seed_rows.py [--root FOLDER]

In the tables under "The seed's rows" the last cell of a row names what shows it, in backticks: `Suite.test` (GoogleTest or
rapidcheck), `file.py::test` (under tests/), `bench_name` (a benchmark) or `path:name` (a name in a file). A row without any
says "next issue". Exit 1 where a named one does not exist, or a row names none.
"""

import argparse
import pathlib
import re
import sys

HEADING = "## The seed's rows"
NEXT = "next issue"
GTEST = re.compile(r"^(?:TEST|TEST_F|TEST_P|TYPED_TEST|RC_GTEST_PROP|RC_GTEST_FIXTURE_PROP)\(\s*(\w+)\s*,\s*(\w+)", re.M)
PYTEST = re.compile(r"^\s*def (test_\w+)\(", re.M)
BENCH = re.compile(r"^BENCHMARK\((\w+)\)", re.M)


def known_tests(root):
    """Every name that a row may give, but for `path:name`."""
    found = set()
    for path in (root / "tests").rglob("*.cpp"):
        found |= {f"{suite}.{name}" for suite, name in GTEST.findall(path.read_text())}
    for path in (root / "tests").rglob("*.py"):
        found |= {f"{path.name}::{name}" for name in PYTEST.findall(path.read_text())}
    for path in (root / "bench").rglob("*.cpp"):
        found |= set(BENCH.findall(path.read_text()))
    return found


def rows(text):
    """(line number, first cell, last cell) of each row of the tables in the section."""
    inside = False
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("## "):
            inside = line.strip() == HEADING
        if inside and line.startswith("|"):
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if set("".join(cells)) - set("-: ") and cells[0] != "row":
                yield number, cells[0], cells[-1]


def exists(root, name, known):
    path, colon, symbol = name.partition(":")
    if colon and not symbol.startswith(":"):
        file = root / path
        return file.is_file() and re.search(rf"\b{re.escape(symbol)}\b", file.read_text()) is not None
    return name in known


def check(root):
    text = (root / "tests/README.md").read_text()
    known = known_tests(root)
    problems, total, left = [], 0, 0
    for number, row, cell in rows(text):
        total += 1
        names = re.findall(r"`([^`]+)`", cell)
        left += NEXT in cell
        if not names and NEXT not in cell:
            problems.append(f"tests/README.md:{number}: {row}: names no test, and does not say \"{NEXT}\"")
        problems += [f"tests/README.md:{number}: {row}: no test {name}" for name in names if not exists(root, name, known)]
    if total == 0:
        problems.append(f"tests/README.md: no rows under \"{HEADING}\"")
    return problems, total, left


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parents[2])
    problems, total, left = check(parser.parse_args().root)
    print("\n".join([*problems, f"seed rows: {total}, {left} of them for the next issue, {len(problems)} problem(s)"]))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
