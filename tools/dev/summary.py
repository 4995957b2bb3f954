#!/usr/bin/env python3
"""Sums up what ctest ran: failures with the end of their output, tests by label, what was NOT RUN and why.

    summary.py --folder build/reports --strict full|part RUN...

Reads RUN.xml (ctest --output-junit) and RUN.list.json (ctest --show-only=json-v1) of each run, and not-run.tsv
(label, reason). Ends with a line in ctest's style. Exit 1 where a test failed or, with `--strict full`, did not run.
"""

import argparse
import collections
import json
import pathlib
import sys
import xml.etree.ElementTree as xml

OUTPUT_LINES = 25
FAILURES_SHOWN = 10
NEED = "needs-"
STATUSES = {"run": "passed", "fail": "failed", "disabled": "skipped", "notrun": "skipped"}


class Run:
    """One run of ctest: the tests it knows, with their labels, and what became of each."""

    def __init__(self, folder, name):
        self.name = name
        listed = json.loads((folder / f"{name}.list.json").read_text())
        self.labels = {test["name"]: _labels(test) for test in listed["tests"]}
        self.cases = {}
        report = folder / f"{name}.xml"
        if report.exists():
            self.cases = {case.get("name"): case for case in xml.parse(report).getroot().iter("testcase")}

    def status(self, test):
        case = self.cases.get(test)
        if case is None:
            return "not run"
        return STATUSES.get(case.get("status"), "failed")

    def output(self, test):
        text = self.cases[test].findtext("system-out") or ""
        return text.rstrip().splitlines()

    def kinds(self, test):
        """The labels that say what kind of test it is."""
        found = [label for label in self.labels[test] if not label.startswith(NEED)] or ["no label"]
        return found if self.name == "release" else [f"{self.name}: {label}" for label in found]


def _labels(test):
    for item in test.get("properties", []):
        if item["name"] == "LABELS":
            return item["value"]
    return []


def _reason(run, test, reasons):
    for label in run.labels[test]:
        if label in reasons:
            return reasons[label]
    if test not in run.cases:
        return "ctest did not come to it"
    lines = [line.strip() for line in run.output(test) if line.strip()]
    telling = [line for line in lines if "skip" in line.lower() or "not run" in line.lower()]
    return (telling or lines or ["no reason given"])[-1]


def print_failures(runs):
    shown = 0
    for run in runs:
        for test in run.labels:
            if run.status(test) != "failed":
                continue
            shown += 1
            if shown <= FAILURES_SHOWN:
                print(f"\nFAILED {test} ({run.name}); the end of its output:")
                print("\n".join("    " + line for line in run.output(test)[-OUTPUT_LINES:]))
    if shown > FAILURES_SHOWN:
        print(f"\n... and {shown - FAILURES_SHOWN} more; see build/logs/test-*.log")


def print_labels(runs):
    counts = collections.defaultdict(collections.Counter)
    for run in runs:
        for test in run.labels:
            for kind in run.kinds(test):
                counts[kind][run.status(test)] += 1
    print(f"\n{'tests by label':<32}{'passed':>8}{'failed':>8}{'not run':>9}")
    for kind in sorted(counts, key=lambda name: (":" in name, name)):
        count = counts[kind]
        print(f"{kind:<32}{count['passed']:>8}{count['failed']:>8}{count['not run'] + count['skipped']:>9}")


def print_not_run(runs, reasons):
    by_reason = collections.defaultdict(list)
    for run in runs:
        for test in run.labels:
            if run.status(test) in ("not run", "skipped"):
                by_reason[_reason(run, test, reasons)].append(test)
    if by_reason:
        print("\nNOT RUN")
    for reason, tests in by_reason.items():
        named = ", ".join(tests[:4]) + (f" and {len(tests) - 4} more" if len(tests) > 4 else "")
        print(f"  {len(tests)} ({named}): {reason}")


def print_result(runs, strict, broken):
    counts = collections.Counter(run.status(test) for run in runs for test in run.labels)
    counts["failed"] += len(broken)
    for stage in broken:
        print(f"\nFAILED: {stage}; it counts as one failed test")
    failed, missed = counts["failed"], counts["not run"] + counts["skipped"]
    ran = counts["passed"] + failed
    if missed:
        print(f"\n{missed} tests were not run" + (", and `full` asks for all of them" if strict else ""))
    share = 0 if ran == 0 else 100 if failed == 0 else min(99, round(100 * counts["passed"] / ran))
    print(f"\n{share}% tests passed, {failed} tests failed out of {ran}")
    return 1 if failed or ran == 0 or (strict and missed) else 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--strict", choices=("full", "part"), required=True)
    parser.add_argument("--broken", action="append", default=[], help="a stage that failed before its tests")
    parser.add_argument("run", nargs="*")
    arguments = parser.parse_args()
    runs = [Run(arguments.folder, name) for name in arguments.run]
    lines = (arguments.folder / "not-run.tsv").read_text().splitlines()
    reasons = dict(line.split("\t", 1) for line in lines)
    print_failures(runs)
    print_labels(runs)
    print_not_run(runs, reasons)
    return print_result(runs, arguments.strict == "full", arguments.broken)


if __name__ == "__main__":
    sys.exit(main())
