"""deploy/: the component puts in the same sidecar as the chart, and only where it is asked to."""

import os
import pathlib
import re
import subprocess
import tempfile
import textwrap
import unittest

import yaml

import tools
from tools import named, only, pod_of

DEPLOY = tools.ROOT / "deploy"
APPLICATIONS = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {swim.io/inject: "true"}}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      initContainers: [{name: migrate, image: migrate}]
      containers: [{name: web, image: web}]
      volumes: [{name: data, emptyDir: {}}]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: store, labels: {swim.io/inject: "true"}}
spec:
  serviceName: store
  selector: {matchLabels: {app: store}}
  template: {metadata: {labels: {app: store}}, spec: {containers: [{name: store, image: store}]}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: other}
spec:
  selector: {matchLabels: {app: other}}
  template: {metadata: {labels: {app: other}}, spec: {containers: [{name: other, image: other}]}}
"""


def built(overlay):
    return tools.objects(tools.must("kustomize", "build", DEPLOY / "kustomize" / overlay))


def of_chart():
    return tools.rendered("--set", "mode=demo", "--set", "swim.name=swim", "--set", "swim.nativeSidecar=true", release="swim")


def with_component(**more):
    """The applications with the component, and more in their kustomization."""
    with tempfile.TemporaryDirectory() as folder:
        component = os.path.relpath(DEPLOY / "kustomize" / "component", os.path.realpath(folder))
        (pathlib.Path(folder) / "apps.yaml").write_text(APPLICATIONS)
        (pathlib.Path(folder) / "kustomization.yaml").write_text(
            yaml.safe_dump({"resources": ["apps.yaml"], "components": [component], **more}))
        return tools.objects(tools.must("kustomize", "build", "--load-restrictor", "LoadRestrictionsNone", folder))


class Component(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.found = with_component()

    def test_goes_before_the_applications_own_init_containers(self):
        pod = pod_of(self.found[("Deployment", "web")])
        self.assertEqual([container["name"] for container in pod["initContainers"]], ["swim", "migrate"])
        self.assertEqual([container["name"] for container in pod["containers"]], ["web"])
        self.assertIn("data", [volume["name"] for volume in pod["volumes"]])

    def test_goes_into_stateful_sets_too_with_the_label_of_the_service(self):
        workload = self.found[("StatefulSet", "store")]
        self.assertEqual(pod_of(workload)["initContainers"][0]["name"], "swim")
        selected = only(built("demo"), "Service")["spec"]["selector"]
        self.assertLessEqual(selected.items(), workload["spec"]["template"]["metadata"]["labels"].items())
        self.assertNotIn("swim.io/cluster", workload["spec"]["selector"]["matchLabels"])  # it could not be changed

    def test_patch_of_the_readme_takes_the_drain_away(self):
        self.assertIn("preStop", pod_of(self.found[("Deployment", "web")])["initContainers"][0]["lifecycle"])
        shown = re.search(r"^ +patches:\n(?: +.*\n)+", (DEPLOY / "README.md").read_text(), re.M)[0]
        pod = pod_of(with_component(**yaml.safe_load(textwrap.dedent(shown)))[("Deployment", "web")])
        self.assertNotIn("lifecycle", pod["initContainers"][0])
        self.assertEqual(pod["initContainers"][0]["name"], "swim")

    def test_leaves_the_others_alone(self):
        self.assertEqual(pod_of(self.found[("Deployment", "other")]), {"containers": [{"name": "other", "image": "other"}]})


class SameAsTheChart(unittest.TestCase):
    def test_sidecar_and_volumes(self):
        ours = pod_of(only(built("demo"), "StatefulSet"))
        charts = pod_of(only(of_chart(), "StatefulSet"))
        self.assertEqual(named(ours["initContainers"], "swim"), named(charts["initContainers"], "swim"))
        self.assertEqual(named(ours["containers"], "app"), named(charts["containers"], "app"))
        self.assertEqual(ours["volumes"], charts["volumes"])
        for key in ("securityContext", "terminationGracePeriodSeconds", "automountServiceAccountToken", "enableServiceLinks"):
            self.assertEqual(ours[key], charts[key], key)

    def test_service_and_policy(self):
        ours, charts = built("demo"), of_chart()
        for kind in ("Service", "NetworkPolicy"):
            self.assertEqual(only(ours, kind)["spec"], only(charts, kind)["spec"])
            self.assertEqual(only(ours, kind)["metadata"]["name"], only(charts, kind)["metadata"]["name"])

    def test_settings_but_for_what_the_namespace_decides(self):
        ours, charts = (yaml.safe_load(only(found, "ConfigMap")["data"]["swim.yaml"]) for found in (built("demo"), of_chart()))
        self.assertEqual(ours["discovery"]["seeds"], ["dns+swim-gossip:7946"])
        self.assertEqual(ours["cluster"]["label"], "swim")
        for settings in (ours, charts):
            del settings["discovery"], settings["cluster"]
        self.assertEqual(ours, charts)

    def test_terminates_within_the_time_of_the_drain(self):
        settings = yaml.safe_load(only(built("demo"), "ConfigMap")["data"]["swim.yaml"])
        grace = pod_of(only(built("demo"), "StatefulSet"))["terminationGracePeriodSeconds"]
        self.assertEqual(settings["lifecycle"]["drain-timeout"], f"{grace}s")


class Image(unittest.TestCase):
    def test_the_one_that_the_pages_build_is_the_one_that_is_asked_for(self):
        asked = {container["image"] for found in (built("demo"), of_chart())
                 for containers in (pod_of(only(found, "StatefulSet"))[key] for key in ("initContainers", "containers"))
                 for container in containers}
        self.assertEqual(len(asked), 1, asked)
        for page in ("Dockerfile", "README.md", "deploy/README.md", "helm/swim/README.md"):
            text = (tools.ROOT / page).read_text()
            made = re.findall(r"docker build -t (?:YOUR-REGISTRY/)?(\S+)", text)
            self.assertGreaterEqual(len(made), 2, page)
            self.assertEqual(set(made), asked, page)
            self.assertLessEqual(set(re.findall(r"kind load docker-image ([\w.:]+\w)", text)), asked, page)


class Plain(unittest.TestCase):
    def test_is_what_render_makes(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([DEPLOY / "render.sh", folder], check=True,
                           env=dict(os.environ, KUSTOMIZE=str(tools.tools_folder() / "kustomize")))
            made = {path.relative_to(folder): path.read_text() for path in pathlib.Path(folder).rglob("*.yaml")}
        kept = {path.relative_to(DEPLOY / "plain"): path.read_text() for path in (DEPLOY / "plain").rglob("*.yaml")}
        self.assertEqual(sorted(made), sorted(kept), "run deploy/render.sh")
        for path, text in made.items():
            self.assertEqual(text, kept[path], f"{path}: run deploy/render.sh")


if __name__ == "__main__":
    unittest.main()
