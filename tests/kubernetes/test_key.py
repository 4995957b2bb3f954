"""The key that chart swim makes is made once, and nothing that Helm does afterwards changes or removes it: by Helm, against api_server.py."""

import os
import pathlib
import subprocess
import tempfile
import unittest

import api_server
import tools

SECRET = ("ns", "secrets", "rel-swim-keys")
SETTINGS = ("ns", "configmaps", "rel-swim-config")
ROTATED = {"primary": "bmV3", "secondary-old": "b2xk"}


class Key(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(api_server.Server())
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        (self.folder / "config").write_text(self.server.config)

    def helm(self, *arguments, fails=False):
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("HELM_", "KUBE"))}
        environment.update(KUBECONFIG=str(self.folder / "config"), HOME=str(self.folder))
        done = subprocess.run([tools.tools_folder() / "helm", "-n", "ns", *arguments], capture_output=True, text=True, timeout=60,
                              check=False, env=environment)
        self.assertEqual(done.returncode != 0, fails, f"{arguments}\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def make(self, command, *more, **named):
        return self.helm(command, "rel", str(tools.CHART), "--disable-openapi-validation", *more, **named)

    def rotate(self):
        self.server.kept[SECRET]["data"] = dict(ROTATED)

    def assert_rotated(self):
        self.assertIn(SECRET, list(self.server.kept))
        self.assertEqual(self.server.kept[SECRET]["data"], ROTATED)

    def log_level(self):
        return self.server.kept[SETTINGS]["data"]["swim.yaml"].split("level: ")[1].split("\n")[0]

    def test_neither_upgrade_nor_rollback_touches_a_rotated_key(self):
        self.make("install", "--set", "commonAnnotations.owner=shop")
        made = self.server.kept[SECRET]
        self.assertEqual(list(made["data"]), ["primary"])
        self.assertEqual(made["metadata"]["annotations"]["owner"], "shop")
        self.rotate()
        self.make("upgrade", "--set", "swim.log.level=debug")
        self.assertEqual(self.log_level(), "debug")
        self.assert_rotated()
        self.helm("rollback", "rel", "1")
        self.assertEqual(self.log_level(), "info")
        self.assert_rotated()

    def test_a_failed_atomic_upgrade_does_not_bring_the_old_key_back(self):
        self.make("install")
        self.rotate()
        said = self.make("upgrade", "--atomic", "--set-string", "commonLabels.refuse=true", fails=True)
        self.assertIn("has been rolled back", said)
        self.assert_rotated()

    def test_a_key_of_ones_own_leaves_the_made_one(self):
        self.make("install")
        self.rotate()
        self.make("upgrade", "--set", "swim.encryption.existingSecret=mine")
        self.assert_rotated()

    def test_the_key_outlives_an_uninstall_and_the_next_install_takes_it(self):
        self.make("install")
        self.rotate()
        self.helm("uninstall", "rel")
        self.assertNotIn(SETTINGS, list(self.server.kept))
        self.assert_rotated()
        self.make("install")
        self.assert_rotated()

    def test_an_upgrade_makes_a_key_where_there_is_none(self):
        self.make("install", "--set", "swim.encryption.existingSecret=mine")
        self.assertNotIn(SECRET, list(self.server.kept))
        self.make("upgrade", "--set", "swim.encryption.existingSecret=")
        self.assertIn(SECRET, list(self.server.kept))

    def test_a_key_that_comes_up_meanwhile_is_an_error_and_stays(self):
        self.server.hidden.add(SECRET)
        self.server.kept[SECRET] = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": SECRET[-1]}, "data": dict(ROTATED)}
        self.assertIn("AlreadyExists", self.make("install", fails=True))
        self.assert_rotated()


if __name__ == "__main__":
    unittest.main()
