"""Values that the charts must refuse, each with its path in the message, and lint of those that they must take."""

import json
import unittest

import yaml

import tools

WRONG = (
    ("mode=daemon", "mode"),
    ("modes=demo", "modes"),
    ("swim.nativeSidecar=maybe", "nativeSidecar"),
    ("swim.native=true", "native"),
    ("swim.image.tagg=1", "tagg"),
    ("swim.image.pullPolicy=Sometimes", "pullPolicy"),
    ("swim.image.digest=sha256:12", "digest"),
    ("swim.gossip.port=80", "port"),
    ("swim.gossip.port=70000", "port"),
    ("swim.gossip.ipFamily=IPv5", "ipFamily"),
    ("swim.resources.limits.cpu=fast", "cpu"),
    ("swim.resources.limits.gpu=1", "gpu"),
    ("swim.log.level=verbose", "level"),
    ("swim.mesh=consul", "mesh"),
    ("swim.user=0", "user"),
    ("swim.drainOnStop=later", "drainOnStop"),
    ("swim.terminationGracePeriodSeconds=2", "terminationGracePeriodSeconds"),
    ("swim.extraConfig.gossip=fast", "gossip"),
    ("swim.extraConfig.api.socket-mode=rw-rw----", "socket-mode"),
    ("swim.encryption.enabled=false", "enabled"),
    ("swim.discovery.extraSeeds={host-without-port}", "extraSeeds"),
    ("swim.probes.startup.period=1", "period"),
    ("swim.name=Not_A_Name", "name"),
    ("networkPolicy.enabled=sometimes", "enabled"),
    ("demo.replicas=0", "replicas"),
    ("demo.replicas=three", "replicas"),
    ("demo.app.cmd=x", "cmd"),
)


def keys_of(schema, path=()):
    """Paths of all properties that a schema names."""
    for key, value in schema.get("properties", {}).items():
        yield path + (key,)
        yield from keys_of(value, path + (key,))


def paths_of(values, path=()):
    for key, value in (values or {}).items():
        yield path + (key,)
        if isinstance(value, dict):
            yield from paths_of(value, path + (key,))


class Values(unittest.TestCase):
    def test_wrong_values_are_refused_by_name(self):
        for setting, name in WRONG:
            with self.subTest(setting):
                done = tools.run("helm", "template", "rel", tools.CHART, "--kube-version", "1.33.0", "--set", setting)
                self.assertNotEqual(done.returncode, 0, "was taken")
                self.assertIn("values don't meet the specifications of the schema", done.stderr)
                self.assertIn(name, done.stderr)

    def test_all_the_files_of_values_lint(self):
        self.assertGreaterEqual(len(tools.VALUES), 4)
        for values in tools.VALUES:
            with self.subTest(values.name):
                tools.must("helm", "lint", "--strict", tools.CHART, "-f", values, "--kube-version", "1.33.0")

    def test_library_lints(self):
        tools.must("helm", "lint", "--strict", tools.LIBRARY)

    def test_defaults_and_schema_name_the_same_values(self):
        for chart in (tools.CHART, tools.LIBRARY):
            with self.subTest(chart.name):
                known = set(keys_of(json.loads((chart / "values.schema.json").read_text())))
                listed = set(paths_of(yaml.safe_load((chart / "values.yaml").read_text())))
                free = {("swim",), ("labels",), ("demo", "app", "resources")}  # of another schema, or free
                unknown = {path for path in listed - known if not any(path[:len(prefix)] == prefix for prefix in free)}
                self.assertEqual(unknown, set())
                top = {path for path in known if len(path) == 1 and path != ("global",)}
                self.assertEqual(top - listed, set(), "in the schema, but not in values.yaml")

    def test_the_full_file_sets_each_value(self):
        full = set(paths_of(yaml.safe_load((tools.CHART / "ci" / "full-values.yaml").read_text())))
        of_chart = set(keys_of(json.loads((tools.CHART / "values.schema.json").read_text())))
        of_library = {("swim",) + path for path in keys_of(json.loads((tools.LIBRARY / "values.schema.json").read_text()))}
        optional = {"global", "tag", "ephemeral-storage", "initialDelaySeconds", "timeoutSeconds", "failureThreshold", "periodSeconds"}
        items = {path for path in of_chart | of_library if "imagePullSecrets" in path[:-1]}
        missing = {path for path in of_chart | of_library if not optional & set(path)} - full - items
        self.assertEqual(missing, set())


if __name__ == "__main__":
    unittest.main()
