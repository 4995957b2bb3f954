"""What charts and manifests say to swimd and swimctl exists there. The programs are in the folder SWIMD_BIN."""

import os
import pathlib
import re
import signal
import subprocess
import tempfile
import time
import unittest

import yaml

import tools
from tools import named, only, pod_of

BIN = pathlib.Path(os.environ["SWIMD_BIN"])
CLEAN = {"PATH": os.environ["PATH"]}  # no setting of ours by chance
RULES = (tools.ROOT / "deploy" / "monitoring" / "swim.rules.yaml").read_text()


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


class Alerts(unittest.TestCase):
    def test_settings_that_the_alerts_name_are_known(self):
        known = known_settings()
        sections = "|".join({name.split(".")[0] for name in known})
        named_there = set(re.findall(rf"(?<![\w.])(?:{sections})\.[a-z][a-z-]*(?![\w-])", RULES))
        self.assertIn("gossip.failed-retention", named_there)
        self.assertLessEqual(named_there, known)

    def test_what_the_alert_says_clears_a_lost_app(self):
        said = re.search(r"-c swim -- (swimctl attach) NAME (-- .*)`", RULES)
        folder = self.enterContext(tempfile.TemporaryDirectory())
        environment = {"PATH": f"{BIN}:{CLEAN['PATH']}", "SWIM_ENDPOINT": f"{folder}/api"}

        def start(*command):
            process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE,  # pylint: disable=consider-using-with
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for end in (process.stdin.close, process.wait, process.kill):  # the last one first
                self.addCleanup(end)
            return process

        def wait_for(apps):
            until = time.monotonic() + 20
            while True:
                done = subprocess.run(["swimctl", "members"], capture_output=True, text=True, timeout=30, check=False, env=environment)
                if done.returncode == 0 and apps in done.stdout and ("APPS" in done.stdout) == bool(apps):
                    return
                self.assertLess(time.monotonic(), until, f"{apps}: {done.stdout}{done.stderr}")
                time.sleep(0.05)

        start("swimd", "--gossip.bind-address=127.0.0.1:0", f"--api.socket={folder}/api", f"--admin.socket={folder}/admin",
              "--admin.http-address=off")
        wait_for("")
        app = start("swimctl", "attach", "web", "--", "cat")
        wait_for("web ")
        app.send_signal(signal.SIGKILL)
        wait_for("web (LOST)")
        subprocess.run([*said[1].split(), "web", *said[2].split()], check=True, timeout=30, env=environment, stdout=subprocess.DEVNULL)
        wait_for("")


if __name__ == "__main__":
    unittest.main()
