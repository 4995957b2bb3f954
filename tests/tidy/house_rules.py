#!/usr/bin/env python3
"""The rules of the house that a program can check. Prints file:line, the rule and what to do; exit 1 if any.

    python3 tests/tidy/house_rules.py [--root FOLDER] [file ...]

Looks at what git tracks or would add (without git: at every file outside of build folders). Files named on the
command line narrow the report, not the reading. Standard library only. The rules as data are in house.py.
"""

import argparse
import os
import pathlib
import subprocess
import sys

sys.dont_write_bytecode = True  # the source tree stays as it is

import content_rules
import house
import include_rules
import length_rules
import tree_rules

SKIPPED_FOLDERS = {".git", "build", "node_modules", "__pycache__", ".cache"}


def listed_by_git(root):
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(command, capture_output=True, check=False)
    except FileNotFoundError:
        return None
    if done.returncode != 0 or not (root / ".git").exists():
        return None
    return [name for name in done.stdout.decode("utf-8", "surrogateescape").split("\0") if name]


def listed_by_walking(root):
    names = []
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(set(folders) - SKIPPED_FOLDERS)
        names += [(pathlib.Path(folder) / name).relative_to(root).as_posix() for name in files]
    return names


class Tree:
    """The files under a root, each read once."""

    def __init__(self, root):
        self.root = pathlib.Path(root).resolve()
        names = listed_by_git(self.root)
        if names is None:
            names = listed_by_walking(self.root)
        # Tracked but deleted: about to be removed, nothing to check.
        self.paths = sorted(name for name in set(names) if (self.root / name).is_file())
        self._texts = {}

    def text(self, path):
        """The file as text, or None where it is binary."""
        if path not in self._texts:
            raw = (self.root / path).read_bytes()
            try:
                self._texts[path] = None if b"\0" in raw else raw.decode("utf-8")
            except UnicodeDecodeError:
                self._texts[path] = None
        return self._texts[path]


def violations(root):
    """(path, line, rule, message) of all rules, sorted. A line of 0 means the file or folder as a whole."""
    tree = Tree(root)
    found = []
    for rules in (include_rules, length_rules, tree_rules, content_rules):
        found += rules.check(tree)
    return tree, sorted(set(found))


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--root", default=pathlib.Path(__file__).resolve().parents[2])
    parser.add_argument("files", nargs="*", help="report on these only, named from the root")
    options = parser.parse_args(arguments)
    tree, found = violations(options.root)
    if options.files:
        found = [violation for violation in found if violation[0] in options.files]
    for path, line, rule, message in found:
        print(f"{path}:{line}: [{rule}] {message}")
    print(f"house rules: {len(tree.paths)} files, {len(found)} violation(s); "
          f"limits {house.FILE_LINES_MAX} lines a file, {house.FUNCTION_LINES_MAX} a function",
          file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
