"""Takes daemons from the integration tests' harness, and starts the examples beside them."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))
from harness.settings import stubs_dir  # noqa: E402

sys.path.insert(0, str(stubs_dir()))
from harness.plugin import cluster, pytest_runtest_makereport  # noqa: E402,F401  pylint: disable=unused-import
from examples import COMMANDS, Subscriber, Watcher  # noqa: E402


def pytest_generate_tests(metafunc):
    if "language" in metafunc.fixturenames:
        metafunc.parametrize("language", sorted(COMMANDS))


def _starter(language, kind):
    started = []

    def start(target):
        started.append(kind(language, target))
        return started[-1]
    yield start
    for example in started:
        example.close()


@pytest.fixture
def watch(language):
    yield from _starter(language, Watcher)


@pytest.fixture
def subscribe(language):
    yield from _starter(language, Subscriber)
