"""Each alert of deploy/monitoring fires on what it is for, and not on what looks like it; by promtool, with series made here. And
deploy/README.md shows a job that gathers what they need."""

import pathlib
import re
import shutil
import subprocess
import tempfile
import textwrap
import unittest

import yaml

import tools

RULES = tools.ROOT / "deploy" / "monitoring" / "swim.rules.yaml"


def of(pod, metric, **labels):
    names = dict(labels, namespace="n", pod=pod)
    return metric + "{" + ",".join(f'{key}="{value}"' for key, value in names.items()) + "}"


def alive(pod, cluster="c"):
    return of(pod, "swim_members", status="alive", swim_cluster=cluster)


def info(pod):
    return of(pod, "swim_node_info", swim_cluster="c", member=pod)


def primary(pod, fingerprint):
    return of(pod, "swim_keyring_info", role="primary", fingerprint=fingerprint)


def seeds(pod, state):
    return of(pod, "swim_discovery_seeds", state=state)


def left(pod):
    """It left and runs on: to the others it is no member any more."""
    return of(pod, "swim_node_state", state="left")


def draining(pod):
    """To the others it is LEAVING, which is not ALIVE."""
    return of(pod, "swim_node_state", state="draining")


def views(values):
    """Members a, b, … and how many each sees alive."""
    return {alive(pod): value for pod, value in zip("abcdef", values)}


# alert → ({series: values at each minute} on which it fires by minute 59, the same on which it does not); each may be a list of such
CASES = {
    "SwimMembersInconsistent": (
        {alive("a"): "3x60", alive("b"): "3x10 2x50"},
        [{alive("a"): "3x20 4x30 5x10", alive("b"): "3x22 4x38", alive("a", "d"): "9x60"},
         {**views(["3x60", "3x60", "1x60"]), left("c"): "1x60"},
         {**views(["2x60", "2x60", "3x60"]), draining("c"): "1x60"},
         {**views(["2x60", "2x60", "1x60"]), draining("c"): "1x60"}]),
    "SwimClusterSplit": (
        [views(["3x60"] * 3 + ["2x60"] * 2), views(["3x60"] * 6), views(["1x60"] * 2),
         {**views(["3x60"] * 3 + ["2x60"] * 3), draining("f"): "1x60"}],
        [views(["5x60"] * 5), views(["1x60"]), views(["2x60"] * 2), views(["4x60"] * 6),
         {alive("a"): "1x60", alive("b", "d"): "1x60"},
         {**views(["1x60"] * 2), left("b"): "1x60"},
         {**views(["3x60"] * 6), **{draining(pod): "0x14 1x45" for pod in "abc"}, **{alive(pod): "_x14 3x45" for pod in "def"}}]),
    "SwimNodeNotJoined": (
        {of("a", "swim_node_state", state="joining"): "1x60", of("a", "swim_node_state", state="running"): "0x60"},
        {of("a", "swim_node_state", state="joining"): "1x3 0x57", of("a", "swim_node_state", state="running"): "0x3 1x57"}),
    "SwimSeedUnreached": (
        {seeds("a", "unreached"): "0x10 1x50", seeds("a", "reached"): "2x10 1x50"},
        [{seeds("a", "unreached"): "1x5 0x50 1x5", seeds("a", "reached"): "0x5 1x50 0x5"},
         {seeds("a", "unreached"): "0x60", seeds("a", "reached"): "1x60"}]),
    "SwimNotAuthenticated": (
        {of("a", "swim_join_not_authenticated_total"): "0+2x60"},
        {of("a", "swim_join_not_authenticated_total"): "0x5 2x55"}),
    "SwimKeyringInconsistent": (
        {info("a"): "1x60", info("b"): "1x60", primary("a", "x"): "1x60", primary("b", "y"): "1x60"},
        {info("a"): "1x60", info("b"): "1x60", primary("a", "x"): "1x60", primary("b", "x"): "1x60"}),
    "SwimHealthDegraded": (
        {of("a", "swim_health_score"): "5x60"},
        {of("a", "swim_health_score"): "0x40 5x3 0x1 5x3 0x1 5x3 0x1 5x3 0x1 5x6"}),
    "SwimAnswersMissed": (
        {of("a", "swim_missed_answers_ratio"): "0.3x60"},
        [{of("a", "swim_missed_answers_ratio"): "0.05x60"},
         {of("a", "swim_missed_answers_ratio"): "0.02x45 0.3x14"}]),
    "SwimHardlyHeard": (
        {of("a", "swim_refutations_total"): "0+12x60"},
        [{of("a", "swim_refutations_total"): "0+2x60"},
         {of("a", "swim_refutations_total"): "0x40 60x20"}]),
    "SwimMembersFlapping": (
        {info("a"): "1x60", of("a", "swim_member_events_total", type="failed"): "0+1x60"},
        {info("a"): "1x60", of("a", "swim_member_events_total", type="failed"): "0x40 3x20",
         of("a", "swim_member_events_total", type="left"): "0+1x60"}),
    "SwimCpuThrottled": (
        {of("a", "swim_cgroup_cpu_throttled_seconds_total"): "0+12x60"},
        {of("a", "swim_cgroup_cpu_throttled_seconds_total"): "0+1x60"}),
    "SwimReceiveBufferOverflow": (
        {of("a", "swim_socket_receive_drops_total"): "0+60x60"},
        {of("a", "swim_socket_receive_drops_total"): "7x60"}),
    "SwimNameConflict": (
        {of("a", "swim_node_displaced"): "1x60"},
        {of("a", "swim_node_displaced"): "0x10 1x2 0x48"}),
    "SwimMemberTableFull": (
        {of("a", "swim_names_refused_total"): "0x50 5x10"},
        {of("a", "swim_names_refused_total"): "7x60"}),
    "SwimAppLost": (
        {of("a", "swim_apps", state="lost"): "0x10 1x50", of("a", "swim_apps", state="attached"): "1x60"},
        {of("a", "swim_apps", state="lost"): "0x50 1x1 0x9", of("a", "swim_apps", state="attached"): "1x60"}),
    "SwimBroadcastsLost": (
        {of("a", "swim_broadcasts_lost_total"): "0x50 40x10"},
        {of("a", "swim_broadcasts_lost_total"): "40x60"}),
    "SwimConfigReloadFailed": (
        {of("a", "swim_config_last_reload_successful"): "1x10 0x50"},
        {of("a", "swim_config_last_reload_successful"): "1x50 0x2 1x8"}),
}


def variants(cases):
    return cases if isinstance(cases, list) else [cases]


def case(alert, series, fires):
    expected = [{"labels": "firing{}", "value": 1}] if fires else []
    return {
        "name": f"{alert}: {'fires' if fires else 'silent'}",
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [{"expr": f'label_replace(count(ALERTS{{alertname="{alert}",alertstate="firing"}}), "__name__", "firing", "", "")',
                              "eval_time": "59m", "exp_samples": expected}],
    }


class Alerts(unittest.TestCase):
    def setUp(self):
        self.rules = [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]

    def test_every_alert_has_its_cases(self):
        self.assertEqual({rule["alert"] for rule in self.rules}, set(CASES))

    def test_every_alert_says_what_and_how_bad(self):
        for rule in self.rules:
            self.assertEqual(set(rule["annotations"]), {"summary", "description"}, rule["alert"])
            self.assertIn(rule["labels"]["severity"], ("warning", "critical"))

    def test_fires_on_what_it_is_for_and_on_nothing_else(self):
        self.assertIsNotNone(shutil.which("promtool"), "install Debian's package prometheus")
        cases = [case(alert, series, fires) for alert, both in CASES.items() for some, fires in zip(both, (True, False))
                 for series in variants(some)]
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            yaml.safe_dump({"rule_files": [str(RULES)], "evaluation_interval": "1m", "tests": cases}, file)
            file.flush()
            done = subprocess.run(["promtool", "test", "rules", file.name], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_the_scrape_job_of_the_readme_is_one_and_sets_the_labels_of_the_rules(self):
        page = (tools.ROOT / "deploy" / "README.md").read_text()
        config = yaml.safe_load(textwrap.dedent(re.search(r"^    rule_files:.*\n(?:    .*\n)+", page, re.M)[0]))
        job = config["scrape_configs"][0]
        self.assertEqual(job.pop("kubernetes_sd_configs"), [{"role": "pod"}])  # Debian's promtool does not know it
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(RULES, folder)
            path = pathlib.Path(folder) / "prometheus.yaml"
            path.write_text(yaml.safe_dump(config))
            done = subprocess.run(["promtool", "check", "config", path], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn(f"{len(self.rules)} rules found", done.stdout)
        steps = job["relabel_configs"]
        kept = [(step["source_labels"], step["regex"]) for step in steps if step.get("action") == "keep"]
        self.assertEqual(kept, [(["__meta_kubernetes_pod_container_port_name"], "swim-http")])
        sidecar = yaml.safe_load((tools.ROOT / "deploy" / "kustomize" / "component" / "sidecar.yaml").read_text())
        ports = tools.pod_of(sidecar)["initContainers"][0]["ports"]
        self.assertEqual(tools.named(ports, "swim-http")["containerPort"], 7948)
        grouped = {label for rule in self.rules for labels in re.findall(r"\b(?:by|on) \(([^)]*)\)", rule["expr"])
                   for label in labels.split(", ")}
        self.assertEqual(grouped & {step.get("target_label") for step in steps}, {"namespace", "pod"})
        self.assertLessEqual(grouped, {"namespace", "pod", "swim_cluster", "fingerprint"})

    def test_metrics_are_those_that_swimd_writes(self):
        used = {name for rule in self.rules for name in re.findall(r"\bswim_[a-z_]+\b", rule["expr"])} - {"swim_cluster"}
        self.assertGreater(len(used), 8)
        self.assertEqual(used - tools.written_metrics(), set())


if __name__ == "__main__":
    unittest.main()
