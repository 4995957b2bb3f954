"""What charts and manifests say to swimd and swimctl exists there. The programs are in the folder SWIMD_BIN."""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import yaml

import tools
from tools import named, only, pod_of

BIN = pathlib.Path(os.environ["SWIMD_BIN"])
CLEAN = {"PATH": os.environ["PATH"]}  # no setting of ours by chance


def printed(program, *arguments):
    done = subprocess.run([BIN / program, *arguments], capture_output=True, text=True, timeout=30, check=False, env=CLEAN)
    assert done.returncode == 0, f"{program} {arguments}: exit {done.returncode}\n{done.stderr}"
    return done.stdout


def known_settings():
    return set(re.findall(r"[a-z]+\.[a-z][a-z-]*", printed("swimd", "--print-settings-docs")))


def configurations():
    """(where from, the YAML text) of all the settings that we render."""
    for values in tools.VALUES:
        yield values.name, only(tools.rendered("-f", values), "ConfigMap")["data"]["swim.yaml"]
    yield "deploy", (tools.ROOT / "deploy" / "kustomize" / "base" / "swim.yaml").read_text()


class Settings(unittest.TestCase):
    def test_every_setting_is_known(self):
        known = known_settings()
        self.assertIn("gossip.bind-address", known)
        for where, text in configurations():
            for section, settings in yaml.safe_load(text).items():
                for name in settings:
                    self.assertIn(f"{section}.{name}", known, where)

    def test_every_variable_is_known(self):
        known = {"SWIM_" + re.sub(r"[.-]", "_", name).upper() for name in known_settings()} | {"SWIM_ENDPOINT"}
        pod = pod_of(only(tools.rendered("--set", "mode=demo"), "StatefulSet"))
        names = [entry["name"] for container in pod["initContainers"] + pod["containers"] for entry in container["env"]]
        self.assertIn("SWIM_NODE_LABELS", names)
        self.assertLessEqual({name for name in names if name.startswith("SWIM_")}, known)

    def test_swimd_takes_the_values_up_to_the_key(self):
        """With a folder of keys that is not there, swimd refuses to start: it has taken all the settings then."""
        for where, text in configurations():
            with self.subTest(where), tempfile.TemporaryDirectory() as folder:
                path = pathlib.Path(folder) / "swim.yaml"
                path.write_text(text.replace("/etc/swim/keys", f"{folder}/no-keys"))
                for arguments, said in (([], "no-keys"), (["--gossip.preset=no-preset"], "no-preset")):
                    done = subprocess.run([BIN / "swimd", f"--config.file={path}", *arguments], capture_output=True, text=True,
                                          timeout=30, check=False, env=CLEAN)
                    self.assertEqual(done.returncode, 2, done.stderr)
                    self.assertIn(said, done.stderr)
                    self.assertNotIn("swim.yaml:", done.stderr)  # a fault of the file is told with its line

    def test_commands_of_the_hooks_exist(self):
        pods = [pod_of(only(tools.rendered("--set", "mode=demo", "--set", f"swim.nativeSidecar={native}"), "StatefulSet"))
                for native in ("true", "false")]
        commands = []
        for pod in pods:
            containers = pod.get("initContainers", []) + pod["containers"]
            hooks = named(containers, "swim")["lifecycle"].values()
            commands += [hook["exec"]["command"] for hook in hooks] + [named(containers, "app")["command"]]
        self.assertGreaterEqual(len(commands), 5)
        for command in commands:
            self.assertEqual(command[0], "/usr/bin/swimctl")
            usage = printed("swimctl", command[1], "--help")
            self.assertIn(f"Usage: swimctl {command[1]} ", usage)  # of an unknown command it is that of all
            for flag in command[2:]:
                self.assertIn(flag.split("=")[0], usage, command)


if __name__ == "__main__":
    unittest.main()
