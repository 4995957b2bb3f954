"""The chart that helm/swim-sidecar/README.md shows, with the values that the notes of chart swim print: its pods fit what the release made."""

import pathlib
import re
import shutil
import tempfile
import textwrap
import unittest

import yaml

import tools
from tools import named, only, pod_of

WORKLOAD = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"
BUILD = re.search(r"^    helm (.*) YOUR-CHART$", (tools.LIBRARY / "README.md").read_text(), re.M)[1].split()
NOTES = """kind: Notes
metadata: {name: notes}
text: |
  {{- tpl (.Files.Get "notes") . | nindent 2 }}
"""
OTHERS = ("--set", "swim.name=shop", "--set", "swim.encryption.existingSecret=mine", "--set", "swim.gossip.port=17946",
          "--set", "swim.gossip.ipFamily=IPv6", "--set", "swim.http.port=17948", "--set", "swim.terminationGracePeriodSeconds=60")


def shown_files():
    """name → text of the files in the README's example."""
    page = (tools.LIBRARY / "README.md").read_text()
    example = textwrap.dedent(re.search(r"^    # Chart.yaml\n(?:(?:    .*)?\n)+", page, re.M)[0])
    parts = re.split(r"^# (\S+\.yaml)\n", example, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2]))


def consumer(values):
    """What the example renders to, with other values where they are not None."""
    files = shown_files()
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "swim-sidecar").symlink_to(tools.LIBRARY)  # where the example looks for it
        chart = pathlib.Path(folder) / "web"
        (chart / "templates").mkdir(parents=True)
        (chart / "templates" / "deployment.yaml").write_text(WORKLOAD + files["templates/deployment.yaml"])
        (chart / "Chart.yaml").write_text("apiVersion: v2\nname: web\nversion: 1.0.0\n" + files["Chart.yaml"])
        (chart / "values.yaml").write_text(files["values.yaml"] if values is None else values)
        tools.must("helm", *BUILD, chart)
        return tools.rendered(chart=chart, release="web")


def notes(*arguments):
    """The notes of chart swim: `helm template` leaves them out, so here they are text of an object."""
    with tempfile.TemporaryDirectory() as folder:
        chart = pathlib.Path(folder) / "swim"
        shutil.copytree(tools.CHART, chart)
        (chart / "templates" / "NOTES.txt").rename(chart / "notes")
        (chart / "templates" / "notes.yaml").write_text(NOTES)
        return only(tools.rendered(*arguments, chart=chart), "Notes")["text"]


def noted_values(*arguments):
    return textwrap.dedent(re.search(r"(^  swim:\n(?:    .*\n)+)", notes(*arguments), re.M)[1])


class Consumer(unittest.TestCase):
    def assert_fits(self, pods, shared):
        template = only(pods, "Deployment")["spec"]["template"]
        pod = pod_of(only(pods, "Deployment"))
        settings = yaml.safe_load(only(shared, "ConfigMap")["data"]["swim.yaml"])
        sidecar = named(pod["initContainers"], "swim")
        ports = {port["name"]: port["containerPort"] for port in sidecar["ports"]}
        host, gossip = settings["gossip"]["bind-address"].rsplit(":", 1)
        self.assertEqual({ports["swim-gossip"], ports["swim-gossip-udp"]}, {int(gossip)})
        self.assertEqual(ports["swim-http"], int(settings["admin"]["http-address"].rsplit(":", 1)[1]))
        advertised = named(sidecar["env"], "SWIM_GOSSIP_ADVERTISE_ADDRESS")["value"]
        self.assertEqual(advertised, ("[$(POD_IP)]:" if host == "[::]" else "$(POD_IP):") + gossip)
        self.assertEqual(f"{pod['terminationGracePeriodSeconds']}s", settings["lifecycle"]["drain-timeout"])
        self.assertEqual(named(pod["volumes"], "swim-config")["configMap"]["name"], only(shared, "ConfigMap")["metadata"]["name"])
        self.assertLessEqual(only(shared, "Service")["spec"]["selector"].items(), template["metadata"]["labels"].items())
        return named(pod["volumes"], "swim-keys")["secret"]["secretName"]

    def test_example_joins_the_release_that_it_names(self):
        shared = tools.rendered(release="swim")
        self.assertEqual(self.assert_fits(consumer(None), shared), only(shared, "Secret")["metadata"]["name"])

    def test_noted_values_fit_a_release_of_the_defaults(self):
        shared = tools.rendered()
        self.assertEqual(self.assert_fits(consumer(noted_values()), shared), only(shared, "Secret")["metadata"]["name"])

    def test_noted_values_fit_a_release_of_other_values(self):
        self.assertEqual(self.assert_fits(consumer(noted_values(*OTHERS)), tools.rendered(*OTHERS)), "mine")

    def test_one_port_for_gossip_and_http_is_refused(self):
        with self.assertRaisesRegex(AssertionError, "swim.gossip.port and swim.http.port are both 7946"):
            consumer("swim: {name: swim, http: {port: 7946}}\n")

    def test_values_that_the_readme_says_are_the_same_are_those_noted(self):
        def paths(values, prefix=""):
            for key, value in values.items():
                yield from paths(value, f"{prefix}{key}.") if isinstance(value, dict) else [prefix + key]
        row = re.search(r"^\| the same in both.*\| (.*) \|$", (tools.LIBRARY / "README.md").read_text(), re.M)[1]
        self.assertEqual(sorted(re.findall(r"`([^`]+)`", row)), sorted(paths(yaml.safe_load(noted_values(*OTHERS))["swim"])))

    def test_values_that_the_readme_says_have_no_effect_have_none(self):
        page = (tools.LIBRARY / "README.md").read_text()
        row = re.search(r"^\| only there.*\| (.*) \|$", page, re.M)[1]
        plain, other = "swim: {name: swim}\n", yaml.safe_load((tools.CHART / "ci" / "full-values.yaml").read_text())["swim"]
        values = {"swim": {"name": "swim"}}
        for path in re.findall(r"`([^`]+)`", row):
            at, given = values["swim"], other
            *folders, last = path.split(".")
            for key in folders:
                at, given = at.setdefault(key, {}), given[key]
            at[last] = given[last]
        self.assertEqual(consumer(yaml.safe_dump(values)), consumer(plain))


if __name__ == "__main__":
    unittest.main()
