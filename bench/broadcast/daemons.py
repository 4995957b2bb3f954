"""Real swimd daemons on loopback, their CPU time and their bytes. They end with the block that started them."""

import base64
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

GOSSIP_PORT, HTTP_PORT, GUARD_PORT = 7946, 7948, 7900
PATIENCE = 60.0  # seconds until the cluster must be whole
TICKS = os.sysconf("SC_CLK_TCK")


class Failed(Exception):
    """Something could not be measured; the text is for people."""


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


class Network:
    """127.a.b.0/24, ours as long as the guard socket is bound: programs that run beside each other never meet."""

    def __init__(self):
        for _ in range(100):
            self.base = f"127.{random.randrange(1, 255)}.{random.randrange(255)}"
            self._guard = socket.socket()
            try:
                self._guard.bind((f"{self.base}.254", GUARD_PORT))
                return
            except OSError:
                self._guard.close()
        raise Failed("no free addresses on loopback")

    def close(self):
        self._guard.close()


class Daemons:
    """A cluster of `count`; use as a context manager."""

    def __init__(self, swimd, count):
        self._swimd, self._count = swimd, count
        self._folder = pathlib.Path(tempfile.mkdtemp(prefix="swim-bench-"))
        self._network = Network()
        self.processes = []

    def __enter__(self):
        try:
            keys = self._folder / "keys"
            keys.mkdir()
            (keys / "primary").write_text(base64.b64encode(os.urandom(32)).decode(), encoding="ascii")
            for number in range(1, self._count + 1):
                self._start(number, keys)
            self._wait()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    @property
    def pids(self):
        return [process.pid for process in self.processes]

    @property
    def sockets(self):
        return [str(self._folder / f"{number}.sock") for number in range(1, self._count + 1)]

    def _host(self, number):
        return f"{self._network.base}.{number}"

    def _start(self, number, keys):
        settings = {"node.name": f"n{number}", "cluster.label": "bench/broadcast", "encryption.keyring-dir": keys,
                    "gossip.bind-address": f"{self._host(number)}:{GOSSIP_PORT}",
                    "discovery.seeds": f"{self._host(1)}:{GOSSIP_PORT}", "api.socket": self._folder / f"{number}.sock",
                    "admin.socket": self._folder / f"{number}-admin.sock", "log.level": "warn"}
        # The kernel ends a daemon should this program be killed.
        command = ["setpriv", "--pdeathsig", "KILL", self._swimd,
                   *(f"--{name}={value}" for name, value in settings.items())]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SWIM_")}
        with open(self._folder / f"{number}.log", "ab") as log:
            self.processes.append(subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                                   env=environment))

    def metric(self, number, name, label=""):
        """The sum of a node's samples of this name."""
        with urllib.request.urlopen(f"http://{self._host(number)}:{HTTP_PORT}/metrics", timeout=10) as answer:
            lines = answer.read().decode().splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines
                   if line.startswith((name + "{", name + " ")) and label in line)

    def metrics(self, name, label=""):
        return [self.metric(number, name, label) for number in range(1, self._count + 1)]

    def _wait(self):
        deadline = time.monotonic() + PATIENCE
        while True:
            for number, process in enumerate(self.processes, start=1):
                if process.poll() is not None:
                    raise Failed(f"n{number} ended with {process.returncode}:\n{self.log(number)}")
            try:
                if all(count == self._count for count in self.metrics("swim_members", 'status="alive"')):
                    return
            except (urllib.error.URLError, OSError):
                pass  # not listening yet
            if time.monotonic() > deadline:
                raise Failed(f"the {self._count} daemons did not see each other within {PATIENCE:g} s")
            time.sleep(0.05)

    def log(self, number):
        return (self._folder / f"{number}.log").read_text(encoding="utf-8", errors="replace")[-2000:]

    def close(self):
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._network.close()
        shutil.rmtree(self._folder, ignore_errors=True)
