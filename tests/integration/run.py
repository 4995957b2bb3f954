#!/usr/bin/env python3
"""Runs one test (or one file of them) for ctest.

    run.py [--build FOLDER] TEST_FILE[::TEST] [pytest argument ...]

Exit: 0 passed; 1 failed; 77 not run, with the reason, because a program that the file NEEDS is missing
(SWIM_TEST_FULL=1 makes that a failure).
"""

import argparse
import ast
import os
import pathlib
import sys

sys.dont_write_bytecode = True  # the source tree stays as it is
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from harness import settings, tools  # noqa: E402

NOT_RUN = 77


def needs_of(path):
    """The value of NEEDS in the file, without running it."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "NEEDS":
            return ast.literal_eval(node.value)
    return ()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--build", type=pathlib.Path, default=settings.ROOT / "build" / "release")
    parser.add_argument("test")
    options, rest = parser.parse_known_args()
    name, colons, case = options.test.partition("::")
    path = HERE / name
    os.environ.setdefault("SWIM_TEST_BIN_DIR", str(options.build / "bin"))
    os.environ.setdefault("SWIM_TEST_STUBS_DIR", str(options.build / "python"))
    lacking = tools.missing(needs_of(path))
    if lacking:
        print("\n".join(f"NOT RUN: {options.test} needs {line}" for line in lacking))
        return 1 if settings.FULL else NOT_RUN
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    python = settings.ROOT / "build" / "venv" / "bin" / "python"
    command = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", "-rP", "--tb=short",
               "--rootdir", str(HERE), f"{path}{colons}{case}", *rest]
    os.execv(python, command)


if __name__ == "__main__":
    sys.exit(main())
