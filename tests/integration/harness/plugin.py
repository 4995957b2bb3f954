"""Fixtures, and what makes a test fail beside its own assertions; conftest.py of each kind takes them from here."""

import pytest

from harness.cluster import Cluster

FAILED = pytest.StashKey()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.skipped:
        # run.py decides what is not run, and says so; a skip in here would count as passed.
        report.outcome = "failed"
    if call.when == "call":
        item.stash[FAILED] = report.failed
    return report


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
