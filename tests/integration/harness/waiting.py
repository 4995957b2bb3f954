"""Waiting for a condition, and saying how long it took."""

import time

from harness.settings import SLACK


class Late(AssertionError):
    """The condition did not come true in time."""


def wait_until(condition, what, wanted, poll=0.02):
    """Polls until `condition()` is true and returns (its value, seconds that it took).

    `wanted` is the time that users are promised, in seconds; the test fails after SLACK times that.
    A condition that raises ends the wait at once: something is broken, not slow.
    """
    start = time.monotonic()
    deadline = start + wanted * SLACK
    while True:
        value = condition()
        now = time.monotonic()
        if value:
            return value, now - start
        if now > deadline:
            raise Late(f"{what}: not within {wanted * SLACK:g} s ({SLACK:g} times the {wanted:g} s wanted)")
        time.sleep(poll)


def measured(what, seconds, wanted=None):
    """One line for people; ctest shows it with -V."""
    note = "" if wanted is None else f" (wanted: {wanted:g} s{'' if seconds <= wanted else ', MISSED'})"
    print(f"measured: {what}: {seconds:.3f} s{note}", flush=True)
