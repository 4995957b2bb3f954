"""Three containers of the image on a network of their own, as a pod would run them: they find each other by DNS, and part as they should.

Each container has what a pod of the chart has: read-only root, no capability, user 65532, the key as a folder, the settings of
deploy/kustomize/base, and folders for its sockets that belong to the group of the pod.
"""

import json
import os
import pathlib
import re
import shutil
import tempfile
import time
import unittest
import urllib.request

import podman

NETWORK = podman.PREFIX + "net"
NAMES = [podman.PREFIX + name for name in ("a", "b", "c")]
CONFINED = ("--read-only", "--read-only-tmpfs=false", "--cap-drop=ALL", "--security-opt=no-new-privileges", "--memory=64m",
            "--pids-limit=64")


def wait_for(what, condition, seconds=30):
    """Polls until the condition gives something; how long it took, and what it gave."""
    started = time.monotonic()
    while True:
        result = condition()
        passed = time.monotonic() - started
        if result:
            return passed, result
        if passed > seconds:
            raise AssertionError(f"after {seconds} s still not: {what}")
        time.sleep(0.05)


def member_name(container):
    return f"{container}.shop"


def seen_by(container):
    """name → status, as a container sees the cluster; nothing while it cannot be asked."""
    done = podman.run("exec", container, "swimctl", "members", "-o", "json")
    if done.returncode != 0:
        return {}
    return {member["name"]: member["status"] for member in json.loads(done.stdout)["members"]}


def wait_until_all_see(containers, statuses):
    expected = {member_name(name): status for name, status in zip(NAMES, statuses)}
    views = {}

    def agreed():
        views.update({container: seen_by(container) for container in containers})
        return all(view == expected for view in views.values())

    try:
        return wait_for(f"{expected} on {containers}", agreed)[0]
    except AssertionError as error:
        logs = "".join(f"--- {name}\n" + podman.run("logs", name).stderr[-3000:] for name in NAMES)
        raise AssertionError(f"{error}; they see {views}\n{logs}") from None


def inspect(container, template):
    return podman.must("inspect", "--format", template, container)


def address_of(container):
    return inspect(container, '{{(index .NetworkSettings.Networks "%s").IPAddress}}' % NETWORK)


def get(container, path):
    with urllib.request.urlopen(f"http://{address_of(container)}:7948{path}", timeout=5) as answer:
        return answer.read().decode()


class Cluster(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="swimd-containers-")
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        os.chmod(cls.folder, 0o755)
        settings = pathlib.Path(cls.folder) / "config"
        keys = pathlib.Path(cls.folder) / "keys"
        settings.mkdir()
        keys.mkdir()
        shutil.copy(podman.ROOT / "deploy" / "kustomize" / "base" / "swim.yaml", settings)
        (keys / "primary").write_text(podman.must("run", "--rm", "--network=none", "--entrypoint=swimctl", podman.IMAGE, "keys", "generate"))
        os.chmod(keys / "primary", 0o440)
        os.chown(keys / "primary", 0, 65532)
        podman.must("network", "create", NETWORK)
        cls.addClassCleanup(podman.must, "network", "rm", "-f", NETWORK)
        cls.started = time.monotonic()
        for name in NAMES:
            cls.addClassCleanup(podman.run, "rm", "-f", "-t", "0", name)
            cls.start(name)

    @classmethod
    def start(cls, name):
        volumes = []
        for socket in ("swim", "swim-admin"):
            folder = pathlib.Path(cls.folder) / name / socket
            folder.mkdir(parents=True)
            os.chown(folder, 0, 65532)
            os.chmod(folder, 0o2770)
            volumes += ["--volume", f"{folder}:/run/{socket}"]
        podman.must("run", "--detach", "--name", name, "--network", f"{NETWORK}:alias=swim-gossip", *CONFINED, *volumes,
                    "--volume", f"{cls.folder}/config:/etc/swim/config:ro", "--volume", f"{cls.folder}/keys:/etc/swim/keys:ro",
                    "--env", f"POD_NAME={name}", "--env", "POD_NAMESPACE=shop", podman.IMAGE, "--config.file=/etc/swim/config/swim.yaml")

    def test_1_they_find_each_other_by_the_name_they_share(self):
        wait_until_all_see(NAMES, ["ALIVE"] * 3)
        print(f"three members, {time.monotonic() - self.started:.1f} s after the first `podman run`", flush=True)

    def test_2_they_run_confined(self):
        for name in NAMES:
            process = pathlib.Path("/proc") / inspect(name, "{{.State.Pid}}")
            status = dict(line.split(":\t", 1) for line in (process / "status").read_text().splitlines() if ":\t" in line)
            self.assertEqual(status["Name"], "swimd")
            self.assertEqual(set(status["Uid"].split() + status["Gid"].split()), {"65532"})
            for capabilities in ("CapEff", "CapPrm", "CapBnd"):
                self.assertEqual(int(status[capabilities], 16), 0)
            self.assertEqual(status["NoNewPrivs"], "1")
            root = [line.split() for line in (process / "mountinfo").read_text().splitlines() if line.split()[4] == "/"]
            self.assertIn("ro", root[0][5].split(","))

    def test_3_health_is_what_the_daemon_says(self):
        for name in NAMES:
            self.assertEqual(podman.run("healthcheck", "run", name).returncode, 0)
        alone = podman.run("run", "--rm", "--network=none", "--entrypoint=swimctl", podman.IMAGE, "health")
        self.assertNotEqual(alone.returncode, 0, "healthy without a daemon")

    def test_4_metrics_and_readiness_are_on_the_address_of_the_container(self):
        for name in NAMES:
            get(name, "/readyz")
            alive = re.findall(r'^swim_members\{[^}]*status="alive"[^}]*\} (\d+)$', get(name, "/metrics"), re.MULTILINE | re.IGNORECASE)
            self.assertEqual(alive, ["3"])

    def test_4_alerts_are_about_metrics_that_are_there(self):
        written = set(re.findall(r"^(swim_[a-z_]+?)(?:_sum|_count)?[ {]", get(NAMES[0], "/metrics"), re.MULTILINE))
        rules = (podman.ROOT / "deploy" / "monitoring" / "swim.rules.yaml").read_text()
        used = set(re.findall(r"\bswim_[a-z_]+\b", rules)) - {"swim_cluster"}
        where_limited = {"swim_cgroup_cpu_throttled_seconds_total"}  # only where the container has a CPU limit
        self.assertGreater(len(used), 8)
        self.assertEqual(used - written - where_limited, set())

    def test_5_an_application_beside_it_opens_the_socket_but_not_the_admins(self):
        beside = ("run", "--rm", "--network=none", *CONFINED, "--user=65533:65533", "--group-add=65532",
                  "--volume", f"{self.folder}/{NAMES[0]}/swim:/run/swim", "--entrypoint=swimctl", podman.IMAGE)
        members = json.loads(podman.must(*beside, "members", "-o", "json"))["members"]
        self.assertEqual(len(members), 3)
        self.assertNotEqual(podman.run(*beside, "force-leave", member_name(NAMES[1])).returncode, 0)
        wait_until_all_see(NAMES, ["ALIVE"] * 3)
        stranger = podman.run("run", "--rm", "--network=none", *CONFINED, "--user=65533:65533",
                              "--volume", f"{self.folder}/{NAMES[0]}/swim:/run/swim", "--entrypoint=swimctl", podman.IMAGE, "members")
        self.assertNotEqual(stranger.returncode, 0, "a user outside of the group opened the socket")

    def test_5_a_drained_one_is_leaving_until_it_is_told_otherwise(self):
        podman.must("exec", NAMES[1], "swimctl", "drain")
        wait_until_all_see(NAMES, ["ALIVE", "LEAVING", "ALIVE"])
        podman.must("exec", NAMES[1], "swimctl", "drain", "--cancel")
        wait_until_all_see(NAMES, ["ALIVE"] * 3)

    def test_6_a_stopped_one_has_left(self):
        started = time.monotonic()
        podman.must("stop", "--time", "10", NAMES[2])
        stopped = time.monotonic() - started
        self.assertEqual(inspect(NAMES[2], "{{.State.ExitCode}}"), "0")
        later = wait_until_all_see(NAMES[:2], ["ALIVE", "ALIVE", "LEFT"])
        print(f"podman stop: {stopped:.1f} s, LEFT on both others at most {later:.1f} s later", flush=True)
        self.assertLess(stopped, 8, "it was killed after 10 s, or nearly")

    def test_7_a_killed_one_has_failed_and_comes_back_under_its_name(self):
        podman.must("kill", "--signal", "KILL", NAMES[1])
        failed = wait_until_all_see(NAMES[:1], ["ALIVE", "FAILED", "LEFT"])
        podman.must("start", NAMES[1])
        back = wait_until_all_see(NAMES[:1], ["ALIVE", "ALIVE", "LEFT"])
        wait_for("its own view", lambda: seen_by(NAMES[1]).get(member_name(NAMES[0])) == "ALIVE")
        print(f"killed: FAILED after {failed:.1f} s; started: ALIVE after {back:.1f} s", flush=True)

    def test_8_the_end_of_a_pod_drains_first_and_then_leaves(self):
        podman.must("exec", NAMES[1], "swimctl", "drain")
        podman.must("stop", "--time", "10", NAMES[1])
        self.assertEqual(inspect(NAMES[1], "{{.State.ExitCode}}"), "0")
        wait_until_all_see(NAMES[:1], ["ALIVE", "LEFT", "LEFT"])


class Image(unittest.TestCase):
    def test_says_how_it_is_run(self):
        config = json.loads(podman.must("image", "inspect", podman.IMAGE))[0]
        self.assertEqual(config["User"], "65532:65532")
        self.assertEqual(config["Config"]["Entrypoint"], ["/usr/bin/swimd"])
        self.assertEqual(config["Healthcheck"]["Test"], ["CMD", "/usr/bin/swimctl", "health"])
        self.assertEqual(sorted(config["Config"]["ExposedPorts"]), ["7946/tcp", "7946/udp", "7948/tcp"])
        print(f"size: {config['Size'] / 1e6:.0f} MB", flush=True)
        self.assertLess(config["Size"], 100e6)

    def test_has_no_shell(self):
        self.assertEqual(podman.run("run", "--rm", "--network=none", "--entrypoint=/bin/sh", podman.IMAGE, "-c", "true").returncode, 127)

    def test_names_the_packages_it_is_made_of(self):
        with tempfile.TemporaryDirectory() as folder:
            name = podman.PREFIX + "export"
            podman.must("create", "--name", name, podman.IMAGE)
            self.addCleanup(podman.must, "rm", "-f", name)
            podman.must("cp", f"{name}:/var/lib/dpkg/status.d", folder)
            podman.must("cp", f"{name}:/usr/share/doc", folder)
            packages = {path.name for path in (pathlib.Path(folder) / "status.d").iterdir()}
            licences = {path.parent.name for path in (pathlib.Path(folder) / "doc").glob("*/*")}
        self.assertLessEqual({"libc6", "libgrpc++1.51", "libssl3", "libstdc++6"}, packages)
        self.assertLessEqual(packages | {"swimd"}, licences)


if __name__ == "__main__":
    unittest.main()
