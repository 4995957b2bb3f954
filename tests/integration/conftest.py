"""Fixtures, and what makes a test fail beside its own assertions."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from harness.settings import stubs_dir  # noqa: E402

sys.path.insert(0, str(stubs_dir()))
from harness.cluster import Cluster  # noqa: E402


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.skipped:
        # run.py decides what is not run, and says so; a skip in here would count as passed.
        report.outcome = "failed"
    if call.when == "call":
        item.stash[FAILED] = report.failed
    return report


FAILED = pytest.StashKey()


@pytest.fixture
def cluster(request):
    """Daemons of this test; their folders stay where it failed."""
    made = Cluster()
    yield made
    faults = made.close()
    if request.node.stash.get(FAILED, True) or faults:
        print(f"kept: {made.folder}\n{made.logs()}")
    else:
        made.remove()
    assert not faults, faults
