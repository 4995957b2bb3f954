"""The demo's daemons: addresses, key, start and end, and what swimctl says of them."""

import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

NAMES = ("amber", "birch", "cedar")
GOSSIP_PORT, HTTP_PORT, GUARD_PORT = 7946, 7948, 7900
LABEL = "demo/tour"
UNREACHABLE, TIMED_OUT = 3, 4  # exit codes of swimctl
PATIENCE = 20.0  # seconds that a step may take on a busy machine before the demo gives up


class DemoError(Exception):
    """A step went wrong; the text is for people."""


def wait_until(condition, what, patience=PATIENCE):
    deadline = time.monotonic() + patience
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise DemoError(f"{what}: not within {patience:g} s")
        time.sleep(0.005)


def base_folder():
    """Where swimd has its own fallback too: ours alone."""
    folder = pathlib.Path(tempfile.gettempdir()) / f"swim-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise DemoError(f"{folder} belongs to somebody else; set TMPDIR to a folder of your own")
    return folder


class Addresses:
    """Three loopback addresses with free ports: 127.0.0.1 to .3, or others where those are in use."""

    def __init__(self):
        for base in ["127.0.0", *(f"127.{random.randrange(1, 255)}.{random.randrange(255)}" for _ in range(100))]:
            self._guard = self._bound(f"{base}.254", GUARD_PORT)
            self.hosts = [f"{base}.{number}" for number in range(1, len(NAMES) + 1)]
            if self._guard and all(self._free(host) for host in self.hosts):
                return
            self.release()
        raise DemoError("no free addresses on loopback")

    @staticmethod
    def _bound(host, port, kind=socket.SOCK_STREAM):
        made = socket.socket(socket.AF_INET, kind)
        try:
            made.bind((host, port))
            return made
        except OSError:
            made.close()
            return None

    def _free(self, host):
        for port, kind in ((GOSSIP_PORT, socket.SOCK_STREAM), (GOSSIP_PORT, socket.SOCK_DGRAM),
                           (HTTP_PORT, socket.SOCK_STREAM)):
            probe = self._bound(host, port, kind)
            if probe is None:
                return False
            probe.close()
        return True

    def release(self):
        """The guard keeps other demos away from the addresses until our daemons hold them."""
        if self._guard:
            self._guard.close()
            self._guard = None


def clean_environment():
    """swimd takes every SWIM_ variable for a setting."""
    return {name: value for name, value in os.environ.items() if not name.startswith("SWIM_")}


class Node:
    def __init__(self, cluster, name, host):
        self.cluster, self.name, self.host = cluster, name, host
        self.folder = cluster.folder / name
        self.folder.mkdir()
        self.process = None

    @property
    def endpoint(self):
        return str(self.folder / "swim.sock")

    @property
    def http(self):
        return f"http://{self.host}:{HTTP_PORT}"

    @property
    def log_path(self):
        return self.folder / "swimd.log"

    def start(self):
        command = [str(self.cluster.swimd), f"--node.name={self.name}", f"--cluster.label={LABEL}",
                   f"--gossip.bind-address={self.host}:{GOSSIP_PORT}",
                   f"--encryption.keyring-dir={self.cluster.folder / 'keys'}",
                   f"--discovery.seeds={self.cluster.seeds}", f"--api.socket={self.endpoint}",
                   f"--admin.socket={self.folder / 'admin.sock'}"]
        # A demo that is killed leaves nothing behind, one that is to be kept does.
        guard = shutil.which("setpriv")
        prefix = [guard, "--pdeathsig", "KILL"] if guard and not self.cluster.keep else []
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(prefix + command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env=clean_environment(), start_new_session=True)

    @property
    def alive(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        self.process.kill()
        self.process.wait()

    def terminate(self):
        self.process.terminate()

    def check(self):
        if not self.alive:
            raise DemoError(f"{self.name} ended by itself, with {self.process.returncode}")

    def run_ctl(self, *arguments):
        command = [str(self.cluster.swimctl), "--endpoint", self.endpoint, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE,
                              stdin=subprocess.DEVNULL, env=clean_environment())

    def ctl(self, *arguments):
        """stdout of swimctl at this node."""
        done = self.run_ctl(*arguments)
        if done.returncode != 0:
            raise DemoError(f"swimctl {' '.join(arguments)} at {self.name} ended with {done.returncode}: "
                            f"{done.stderr.strip()}")
        return done.stdout

    def members(self):
        """{name: status}; empty while the daemon is not up yet."""
        self.check()
        done = self.run_ctl("members", "-o", "json")
        if done.returncode in (UNREACHABLE, TIMED_OUT):
            return {}
        if done.returncode != 0:
            raise DemoError(f"swimctl members at {self.name} ended with {done.returncode}: {done.stderr.strip()}")
        return {member["name"]: member["status"] for member in json.loads(done.stdout)["members"]}



class Follower:
    """swimctl that goes on (watch, subscribe): its JSON lines, each with the moment of its arrival."""

    def __init__(self, node, *arguments):
        self.node = node
        self.lines = []
        self._lock = threading.Lock()
        command = [str(node.cluster.swimctl), "--endpoint", node.endpoint, *arguments]
        self.errors = open(node.folder / f"{arguments[0]}.err", "w+", encoding="utf-8")
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.errors, text=True,
                                        stdin=subprocess.DEVNULL, env=clean_environment(), start_new_session=True)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for text in self.process.stdout:
            now = time.monotonic()
            with self._lock:
                self.lines.append((json.loads(text), now))

    def find(self, matches):
        with self._lock:
            return next(((value, when) for value, when in self.lines if matches(value)), None)

    def wait_for(self, matches, what):
        def found():
            if self.process.poll() is not None and self.find(matches) is None:
                self.errors.seek(0)
                raise DemoError(f"{what}: swimctl at {self.node.name} ended: {self.errors.read().strip()}")
            return self.find(matches)
        return wait_until(found, what)

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.errors.close()


class Cluster:
    def __init__(self, swimd, swimctl, keep=False):
        self.swimd, self.swimctl, self.keep = swimd, swimctl, keep
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="demo-", dir=base_folder()))
        self.addresses = Addresses()
        self.seeds = ",".join(f"{host}:{GOSSIP_PORT}" for host in self.addresses.hosts)
        self.nodes = [Node(self, name, host) for name, host in zip(NAMES, self.addresses.hosts)]
        self.followers = []

    def make_key(self):
        done = subprocess.run([str(self.swimctl), "keys", "generate"], capture_output=True, text=True, check=False,
                              timeout=PATIENCE, env=clean_environment())
        if done.returncode != 0:
            raise DemoError(f"swimctl keys generate: {done.stderr.strip()}")
        keys = self.folder / "keys"
        keys.mkdir(mode=0o700)
        (keys / "primary").write_text(done.stdout)

    def follow(self, node, *arguments):
        made = Follower(node, *arguments)
        self.followers.append(made)
        return made

    def unfollow(self):
        for follower in self.followers:
            follower.close()
        self.followers = []

    def end(self):
        """Everything that was started, whatever its state."""
        self.unfollow()
        self.addresses.release()
        running = [node for node in self.nodes if node.alive]
        for node in running:
            node.terminate()
        for node in running:
            try:
                node.process.wait(5)
            except subprocess.TimeoutExpired:
                node.kill()

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)


# ---- a kept cluster ----
def state_path():
    return base_folder() / "demo.json"


def is_ours(process):
    """Whether this pid is still the daemon that we started, and not somebody who got its number."""
    try:
        return process["socket"].encode() in pathlib.Path(f"/proc/{process['pid']}/cmdline").read_bytes()
    except OSError:
        return False


def kept():
    """(folder, live processes) of a cluster that was kept, or None."""
    try:
        state = json.loads(state_path().read_text())
    except FileNotFoundError:
        return None
    live = [process for process in state["processes"] if is_ours(process)]
    return (pathlib.Path(state["folder"]), live) if live else None


def remember(cluster):
    processes = [{"pid": node.process.pid, "socket": node.endpoint} for node in cluster.nodes]
    state_path().write_text(json.dumps({"folder": str(cluster.folder), "processes": processes}))


def stop_kept():
    """How many daemons were ended."""
    found = kept()
    if found is None:
        state_path().unlink(missing_ok=True)
        return 0
    folder, live = found
    for process in live:
        os.kill(process["pid"], signal.SIGTERM)
    wait_until(lambda: not any(is_ours(process) for process in live), "the daemons end")
    shutil.rmtree(folder, ignore_errors=True)
    state_path().unlink(missing_ok=True)
    return len(live)
