#!/usr/bin/env python3
"""Is every test that stands in the sources also built?

    compiled_tests.py --build FOLDER [--root FOLDER]

A *_test.cpp that no list of CMake names, or a list that nobody includes, is a test that never runs, and nothing else would
say so. Compares the files under tests/ with the compile commands of a build that has the server. Exit 1 where one is missing.
"""

import argparse
import json
import pathlib
import sys


def not_compiled(root, commands):
    """Relative paths of the tests that no command compiles; `commands` as in compile_commands.json."""
    compiled = {(pathlib.Path(one["directory"]) / one["file"]).resolve() for one in commands}
    return [str(path.relative_to(root)) for path in sorted((root / "tests").rglob("*_test.cpp"))
            if path.resolve() not in compiled]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parents[2])
    parser.add_argument("--build", type=pathlib.Path, required=True)
    options = parser.parse_args()
    commands = json.loads((options.build / "compile_commands.json").read_text())
    missing = not_compiled(options.root, commands)
    print("\n".join([*(f"{path}: no program is built of it: name it in the list of its folder" for path in missing),
                     f"tests that are not built: {len(missing)}"]))
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
