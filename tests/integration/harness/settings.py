"""What the runner (run.py) tells the tests, and the one factor by which times are stretched."""

import os
import pathlib

# The numbers hold on a quiet machine; tests run beside compilers. A wait ends when its condition is true,
# so a large factor costs time only where a test fails anyway. Measured times are always printed.
SLACK = float(os.environ.get("SWIM_TEST_SLACK", "10"))

# Full mode: what is missing on the machine is a failure instead of NOT RUN.
FULL = os.environ.get("SWIM_TEST_FULL", "") not in ("", "0")

ROOT = pathlib.Path(__file__).resolve().parents[3]
PROTOS = ROOT / "proto"


def bin_dir():
    return pathlib.Path(os.environ["SWIM_TEST_BIN_DIR"])


def stubs_dir():
    return pathlib.Path(os.environ["SWIM_TEST_STUBS_DIR"])


def clean_environment(**more):
    """For child processes: swimd takes every SWIM_ variable for a setting."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SWIM_")}
    kept.update(more)
    return kept
