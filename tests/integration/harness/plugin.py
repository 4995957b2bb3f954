"""Fixtures, and what makes a test fail beside its own assertions; conftest.py of each kind takes them from here."""

import pytest

from harness.cluster import Cluster
from harness.namespaces import Lan

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


@pytest.fixture
def lan_cluster(cluster):
    """make(count, **settings) → (daemons that see each other, their hosts), a host for each."""
    lans = []

    def make(count, ipv6=False, **settings):
        lan = Lan(count)
        lans.append(lan)
        seeds = [f"{lan.hosts[0].address}:7946"]
        for host in lan.hosts:
            extra = {"gossip__bind_address": f"[{host.address6}]:7946"} if ipv6 else {}
            own_seeds = [f"[{lan.hosts[0].address6}]:7946"] if ipv6 else seeds
            cluster.daemon(host=host.address, seeds=own_seeds, prefix=host.prefix, **(extra | settings))
        for daemon in cluster.daemons:
            daemon.start()
        cluster.see_each_other()
        return cluster.daemons, lan.hosts
    yield make
    for lan in lans:
        lan.heal()
    # A namespace lives as long as the processes in it: they end first.
    cluster.end_daemons()
    for lan in lans:
        lan.close()
