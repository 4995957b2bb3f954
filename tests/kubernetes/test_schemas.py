"""All that the charts and deploy/ give, against strict schemas of several versions of Kubernetes."""

import json
import unittest

import tools

BROKEN = """
apiVersion: v1
kind: Service
metadata: {name: x}
spec: {publishNotReadyAdresses: true}
"""
WRONG_TYPE = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: x}
spec:
  replicas: three
  selector: {matchLabels: {a: b}}
  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}
"""


def conform(text, version):
    """(exit code, report) of kubeconform, which fetches nothing."""
    location = str(tools.schemas_folder() / version / "{{.ResourceKind}}{{.KindSuffix}}.json")
    done = tools.run("kubeconform", "-strict", "-summary", "-output", "json", "-schema-location", location, "-", stdin=text)
    return done.returncode, json.loads(done.stdout)


class Schemas(unittest.TestCase):
    def valid(self, text, version, count):
        code, report = conform(text, version)
        self.assertEqual(code, 0, json.dumps(report, indent=1))
        self.assertEqual(report["summary"], {"valid": count, "invalid": 0, "errors": 0, "skipped": 0})

    def test_every_file_of_values_in_every_version(self):
        for values in tools.VALUES:
            for version in tools.VERSIONS:
                with self.subTest(values=values.name, version=version):
                    text = tools.template("-f", values, version=version)
                    self.valid(text, version, len(tools.objects(text)))

    def test_native_sidecar_in_every_version(self):
        for version in tools.VERSIONS:
            with self.subTest(version=version):
                text = tools.template("--set", "mode=demo", "--set", "swim.nativeSidecar=true", version=version)
                self.valid(text, version, 5)

    def test_manifests_without_helm(self):
        for overlay, count in (("demo", 4), ("samples", 2)):
            for version in tools.VERSIONS:
                with self.subTest(overlay=overlay, version=version):
                    self.valid(tools.must("kustomize", "build", tools.ROOT / "deploy" / "kustomize" / overlay), version, count)

    def test_the_schemas_find_what_is_wrong(self):
        for text, where in ((BROKEN, "publishNotReadyAdresses"), (WRONG_TYPE, "replicas")):
            code, report = conform(text, tools.VERSIONS[-1])
            self.assertEqual(code, 1)
            self.assertIn(where, json.dumps(report))


if __name__ == "__main__":
    unittest.main()
