"""Metrics as Prometheus itself sees them: promtool's check, and a real scrape of three nodes."""

import contextlib
import json
import re
import socket
import subprocess
import sys
import urllib.parse
import urllib.request

from harness import tools
from harness.settings import ROOT, clean_environment
from harness.waiting import wait_until

NEEDS = ("promtool", "prometheus")
MONITORING = ROOT / "deploy" / "monitoring"

SAMPLE = re.compile(r"^(\w+)\{(.*)\} \S+$")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


def test_promtool_check_metrics(cluster):
    daemons = cluster.running(3)
    daemons[0].client.broadcast("t", b"x")
    for daemon in daemons:
        text = daemon.get("/metrics")[1]
        done = subprocess.run([tools.find("promtool"), "check", "metrics"], input=text, capture_output=True,
                              text=True, check=False, timeout=60)
        assert done.returncode == 0 and not done.stderr and not done.stdout, done.stdout + done.stderr


def test_no_label_carries_a_members_name(cluster):
    """A series for each peer would grow with the square of the cluster. swim_node_info tells the node's own name."""
    names = ["the-first-node", "the-second-node", "the-third-node"]
    daemons = [cluster.daemon(name=name).start() for name in names]
    cluster.see_each_other(daemons)
    own, seen = set(), 0
    for daemon in daemons:
        for line in daemon.get("/metrics")[1].splitlines():
            match = SAMPLE.match(line)
            for _, value in LABEL.findall(match[2]) if match else ():
                seen += 1
                if any(name in value for name in names):
                    assert match[1] == "swim_node_info" and value == daemon.name, line
                    own.add(value)
    assert own == set(names) and seen > 10


def test_promtool_would_find_a_bad_metric():
    """The check above can fail."""
    bad = "# HELP swim_waits_milliseconds Bad unit.\n# TYPE swim_waits_milliseconds gauge\nswim_waits_milliseconds 1\n"
    done = subprocess.run([tools.find("promtool"), "check", "metrics"], input=bad, capture_output=True, text=True,
                          check=False, timeout=60)
    assert done.returncode != 0


def free_port(host):
    with socket.socket() as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]


def query(url, expression):
    """[(labels, value)] of an instant query; empty while Prometheus is not ready for it."""
    try:
        with urllib.request.urlopen(f"{url}/api/v1/query?{urllib.parse.urlencode({'query': expression})}",
                                    timeout=10) as answer:
            result = json.load(answer)["data"]["result"]
    except OSError:
        return []
    return [(sample["metric"], float(sample["value"][1])) for sample in result]


@contextlib.contextmanager
def prometheus_of(cluster, daemons):
    """The address of a Prometheus that scrapes the daemons each second, as pods a, b, … of namespace n."""
    host = cluster.network.host(100)
    url = f"http://{host}:{free_port(host)}"
    config = cluster.folder / "prometheus.yml"
    targets = [{"targets": [f"{daemon.host}:7948"], "labels": {"namespace": "n", "pod": pod}} for pod, daemon in zip("abcdef", daemons)]
    config.write_text(json.dumps({"global": {"scrape_interval": "1s", "scrape_timeout": "1s"},  # JSON is YAML
                                  "scrape_configs": [{"job_name": "swim", "static_configs": targets}]}))
    with open(cluster.folder / "prometheus.log", "wb") as log:
        prometheus = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", tools.find("prometheus"), f"--config.file={config}",
             f"--storage.tsdb.path={cluster.folder}/tsdb", f"--web.listen-address={url.removeprefix('http://')}"],
            stdout=log, stderr=log, env=clean_environment())
    try:
        wait_until(lambda: [value for _, value in query(url, "sum(up)")] == [len(daemons)], "all targets are up", 6.0)
        yield url
    finally:
        prometheus.terminate()
        prometheus.wait(30)


def test_prometheus_scrapes_three_nodes(cluster):
    daemons = cluster.running(3)
    with prometheus_of(cluster, daemons) as url:
        def value_of(expression):
            return [value for _, value in query(url, expression)]
        wait_until(lambda: value_of('swim_members{status="alive"}') == [3.0] * 3,
                   "swim_members says 3 on each of three", 3.0)
        daemons[2].kill()
        wait_until(lambda: sorted(value_of('swim_members{status="failed"}'))[-2:] == [1.0, 1.0],
                   "a failed member shows", 3.0)


def test_each_panel_of_the_dashboard_finds_something(cluster):
    daemons = cluster.running(3)
    board = json.loads((MONITORING / "swim.dashboard.json").read_text())
    chosen = {"namespace": "n", "pod": "a|b|c", "__rate_interval": "5s"}
    asked = {(panel["title"], re.sub(r"\$(\w+)", lambda match: chosen[match[1]], target["expr"]))
             for panel in board["panels"] for target in panel.get("targets", [])}
    assert len(asked) > 40
    with prometheus_of(cluster, daemons) as url:
        def without_answer():
            # The ten worst of those who are not well: nobody here.
            return {title for title, expression in asked if not query(url, expression) and "topk" not in expression}
        wait_until(lambda: not without_answer(), "each query has an answer", 6.0)
        numbers = {panel["title"]: query(url, expression)[0][1] for panel in board["panels"] if panel["type"] == "stat"
                   for title, expression in asked if title == panel["title"]}
        assert numbers == {"Members alive": 3, "Views differ by": 0, "Suspect or failed": 0, "Not joined": 0, "Keys that seal": 1,
                           "Applications lost": 0}
        daemons[2].kill()
        wait_until(lambda: [query(url, expression)[0][1] for title, expression in asked if title == "Suspect or failed"] == [1.0],
                   "the killed one is not well", 3.0)
        variables = {variable["name"]: variable["query"]["query"] for variable in board["templating"]["list"] if variable["type"] == "query"}
        label = re.fullmatch(r"label_values\((.*), (\w+)\)", variables["pod"].replace("$namespace", "n").replace("$cluster", cluster.label))
        assert {labels[label[2]] for labels, _ in query(url, label[1])} >= {"a", "b"}


def test_the_dashboard_is_what_its_rows_say(tmp_path):
    written = tmp_path / "swim.dashboard.json"
    subprocess.run([sys.executable, MONITORING / "dashboard.py", written], check=True, timeout=60)
    assert written.read_text() == (MONITORING / "swim.dashboard.json").read_text(), "run build/venv/bin/python deploy/monitoring/dashboard.py"
