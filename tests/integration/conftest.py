"""Where harness and stubs are."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from harness.settings import stubs_dir  # noqa: E402

sys.path.insert(0, str(stubs_dir()))
from harness.plugin import cluster, lan_cluster, pytest_runtest_makereport  # noqa: E402,F401  pylint: disable=unused-import
