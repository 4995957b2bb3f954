"""The Grafana dashboard of deploy/monitoring: its queries are PromQL on metrics that exist, and nothing lies over anything else. That its
queries find something is seen by a real Prometheus in tests/integration/test_prometheus.py; that it is what dashboard.py writes, too."""

import json
import re
import shutil
import subprocess
import tempfile
import unittest

import yaml

import tools

MONITORING = tools.ROOT / "deploy" / "monitoring"
BOARD = json.loads((MONITORING / "swim.dashboard.json").read_text())
VARIABLES = {"namespace": "n", "cluster": "c", "pod": "a|b", "__rate_interval": "1m"}


def filled_in(query):
    """As Grafana sends it."""
    return re.sub(r"\$(\w+)", lambda match: VARIABLES[match[1]], query)


def queries(board):
    """(panel, query) of all panels."""
    return [(panel["title"], target["expr"]) for panel in board["panels"] for target in panel.get("targets", [])]


def parts(metric):
    """A metric by its name, or by that of a series of a summary."""
    return {metric, re.sub(r"_(sum|count)$", "", metric)}


class Dashboard(unittest.TestCase):
    def test_queries_are_promql(self):
        self.assertIsNotNone(shutil.which("promtool"), "install Debian's package prometheus")
        rules = [{"record": f"panel:{number}", "expr": filled_in(query)} for number, (_, query) in enumerate(queries(BOARD))]
        self.assertGreater(len(rules), 40)
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            yaml.safe_dump({"groups": [{"name": "board", "rules": rules}]}, file)
            file.flush()
            done = subprocess.run(["promtool", "check", "rules", file.name], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_metrics_are_those_that_swimd_writes(self):
        written = tools.written_metrics()
        for panel, query in queries(BOARD):
            for metric in set(re.findall(r"\b(?:swim|process)_[a-z_]+\b", query)) - {"swim_cluster"}:
                self.assertTrue(parts(metric) & written, f"{panel}: {metric}")

    def test_panels_ask_for_the_chosen_cluster_alone(self):
        for panel, query in queries(BOARD):
            selectors = re.findall(r"\{([^}]*)\}", query)
            self.assertTrue(selectors, panel)
            for selector in selectors:
                self.assertTrue(selector.startswith('namespace="$namespace",pod=~"$pod"'), f"{panel}: {selector}")

    def test_panels_lie_beside_each_other(self):
        taken = {}
        for panel in BOARD["panels"]:
            at = panel["gridPos"]
            for x in range(at["x"], at["x"] + at["w"]):
                self.assertLess(x, 24, panel["title"])
                for y in range(at["y"], at["y"] + at["h"]):
                    self.assertIsNone(taken.setdefault((x, y), None), f"{panel['title']} over {taken[x, y]}")
                    taken[x, y] = panel["title"]

    def test_panels_and_their_queries_can_be_told_apart(self):
        for names in ([panel["id"] for panel in BOARD["panels"]], [panel["title"] for panel in BOARD["panels"]],
                      *([target["refId"] for target in panel.get("targets", [])] for panel in BOARD["panels"])):
            self.assertEqual(len(names), len(set(names)), names)
            self.assertNotIn("", names)

    def test_alerts_that_it_names_exist(self):
        alerts = {rule["alert"] for group in yaml.safe_load((MONITORING / "swim.rules.yaml").read_text())["groups"]
                  for rule in group["rules"]}
        named = {name for panel in BOARD["panels"] for name in re.findall(r"\bSwim[A-Z]\w+", panel.get("description", ""))}
        self.assertGreater(len(named), 8)
        self.assertEqual(named - alerts, set())


if __name__ == "__main__":
    unittest.main()
