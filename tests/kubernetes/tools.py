"""Where the tools are, and how the tests of charts and manifests call them."""

import functools
import pathlib
import re
import subprocess

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHART = ROOT / "helm" / "swim"
LIBRARY = ROOT / "helm" / "swim-sidecar"
VALUES = sorted((CHART / "ci").glob("*-values.yaml"))
# The oldest with native sidecars on by default, the first where `auto` means native, the newest there are schemas for.
VERSIONS = ("1.29.0", "1.33.0", "1.37.0")


@functools.lru_cache(maxsize=None)
def tools_folder():
    """The folder of helm, kubeconform and kustomize; builds them where they are missing."""
    done = subprocess.run([ROOT / "tests" / "tools" / "install.sh"], stdout=subprocess.PIPE, text=True, check=True)
    return pathlib.Path(done.stdout.strip())


def schemas_folder():
    return tools_folder().parent / "schemas"


def run(tool, *arguments, stdin=None):
    """The finished process of one of the tools."""
    return subprocess.run([str(tools_folder() / tool), *map(str, arguments)], input=stdin, capture_output=True, text=True,
                          check=False)


def must(tool, *arguments, stdin=None):
    """What the tool printed; an error of the tool is one of the test."""
    done = run(tool, *arguments, stdin=stdin)
    if done.returncode != 0:
        raise AssertionError(f"{tool} {' '.join(map(str, arguments))}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def template(*arguments, version="1.33.0", chart=CHART, release="rel", namespace="ns"):
    """What the chart renders to, as text."""
    return must("helm", "template", release, chart, "-n", namespace, "--kube-version", version, *arguments)


def objects(text):
    """The objects of a rendered text by (kind, name)."""
    found = {}
    for document in yaml.safe_load_all(text):
        if document is not None:
            key = (document["kind"], document["metadata"]["name"])
            assert key not in found, f"rendered twice: {key}"
            found[key] = document
    return found


def rendered(*arguments, **named):
    return objects(template(*arguments, **named))


def only(found, kind):
    """The one object of a kind."""
    of_kind = [value for (its_kind, _), value in found.items() if its_kind == kind]
    assert len(of_kind) == 1, f"{len(of_kind)} of kind {kind}"
    return of_kind[0]


def pod_of(workload):
    return workload["spec"]["template"]["spec"]


def written_metrics():
    """The names of all metrics that swimd writes."""
    source = "\n".join(path.read_text() for path in (ROOT / "server").glob("metrics_*.cpp"))
    return set(re.findall(r'"((?:swim|process)_[a-z_]+)"', source))


def named(items, name):
    """The item of a list by its name."""
    found = [item for item in items if item["name"] == name]
    assert len(found) == 1, f"{len(found)} items named {name}"
    return found[0]
