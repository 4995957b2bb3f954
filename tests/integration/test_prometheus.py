"""Metrics as Prometheus itself sees them: promtool's check, and a real scrape of three nodes."""

import json
import re
import socket
import subprocess
import urllib.parse
import urllib.request

from harness import tools
from harness.settings import clean_environment
from harness.waiting import wait_until

NEEDS = ("promtool", "prometheus")

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


def test_prometheus_scrapes_three_nodes(cluster):
    daemons = cluster.running(3)
    host = cluster.network.host(100)
    url = f"http://{host}:{free_port(host)}"
    config = cluster.folder / "prometheus.yml"
    targets = ", ".join(f"'{daemon.host}:7948'" for daemon in daemons)
    config.write_text("global: {scrape_interval: 1s, scrape_timeout: 1s}\n"
                      "scrape_configs:\n"
                      f"  - {{job_name: swim, static_configs: [{{targets: [{targets}]}}]}}\n")
    with open(cluster.folder / "prometheus.log", "wb") as log:
        prometheus = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", tools.find("prometheus"), f"--config.file={config}",
             f"--storage.tsdb.path={cluster.folder}/tsdb", f"--web.listen-address={url.removeprefix('http://')}"],
            stdout=log, stderr=log, env=clean_environment())
    try:
        def value_of(expression):
            return [value for _, value in query(url, expression)]
        wait_until(lambda: value_of("sum(up)") == [3.0], "three targets are up", 6.0)
        wait_until(lambda: value_of('swim_members{status="alive"}') == [3.0] * 3,
                   "swim_members says 3 on each of three", 3.0)
        daemons[2].kill()
        wait_until(lambda: sorted(value_of('swim_members{status="failed"}'))[-2:] == [1.0, 1.0],
                   "a failed member shows", 3.0)
    finally:
        prometheus.terminate()
        prometheus.wait(30)
