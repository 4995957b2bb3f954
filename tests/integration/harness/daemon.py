"""One swimd process: start, stop, kill, pause; its log, sockets and HTTP door."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

from harness.client import Client
from harness.settings import SLACK, bin_dir, clean_environment
from harness.waiting import wait_until

GOSSIP_PORT, HTTP_PORT = 7946, 7948
STOP_WANTED = 1.5  # seconds from SIGTERM to the end of the process


class Daemon:
    """`settings` are flags without their dashes: {"node.name": "n1"}. Nothing starts before start()."""

    def __init__(self, folder, name, host, settings, prefix=()):
        self.name, self.host, self.folder = name, host, folder
        self.settings = {
            "node.name": name,
            "gossip.bind-address": f"{host}:{GOSSIP_PORT}",
            "api.socket": f"{folder}/swim.sock",
            "admin.socket": f"{folder}/admin.sock",
            "log.level": "debug",
        } | settings
        self.prefix = list(prefix)  # e.g. ip netns exec …
        self.process = None
        self.runs = 0
        self._client = None
        folder.mkdir(parents=True, exist_ok=True)

    # ---- addresses ----
    @property
    def gossip(self):
        return self.settings["gossip.bind-address"]

    @property
    def api_target(self):
        return f"unix://{self.settings['api.socket']}"

    @property
    def admin_target(self):
        return f"unix://{self.settings['admin.socket']}"

    @property
    def client(self):
        if self._client is None:
            self._client = Client(self.api_target, self.admin_target)
        return self._client

    # ---- the process ----
    def command(self):
        flags = [f"--{name}={value}" for name, value in self.settings.items() if value is not None]
        # The kernel ends the daemon should the tests die. Counts from the thread that starts it: the main one.
        return [*self.prefix, "setpriv", "--pdeathsig", "KILL", str(bin_dir() / "swimd"), *flags]

    def start(self):
        assert self.process is None or self.process.poll() is not None, f"{self.name} runs already"
        self.runs += 1
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env=clean_environment())
        return self

    @property
    def alive(self):
        return self.process is not None and self.process.poll() is None

    @property
    def log_path(self):
        return self.folder / "swimd.log"

    @property
    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def check_alive(self):
        assert self.alive, f"{self.name} ended with {self.process.returncode}; its log ends:\n{self.log[-2000:]}"

    def wait_serving(self, wanted=3.0):
        """Until the API answers. Its first answer may say that the node is still joining."""
        def serving():
            self.check_alive()
            return self.serves()
        return wait_until(serving, f"{self.name} serves its API", wanted)[1]

    def serves(self):
        """Whether all doors are open: they open one after the other, and the log line comes last."""
        return self.log.count('msg="node started"') >= self.runs and self.client.is_up()

    def _signal(self, number):
        self.check_alive()
        os.kill(self.process.pid, number)

    def pause(self):
        """Returns when none of its threads runs any more: they stop one by one, and a busy machine takes its time."""
        self._signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)

    def resume(self):
        self._signal(signal.SIGCONT)

    def kill(self):
        """SIGKILL: what a crash is."""
        self._signal(signal.SIGKILL)
        self.process.wait(10)
        self.drop_client()

    def terminate(self):
        self._signal(signal.SIGTERM)

    def wait_end(self, wanted=STOP_WANTED):
        """(exit code, seconds from now)"""
        start = time.monotonic()
        try:
            code = self.process.wait(wanted * SLACK)
        except subprocess.TimeoutExpired as error:
            raise AssertionError(f"{self.name} still runs after {wanted * SLACK:g} s") from error
        self.drop_client()
        return code, time.monotonic() - start

    def stop(self):
        self.terminate()
        code, seconds = self.wait_end()
        assert code == 0, f"{self.name} ended with {code} after SIGTERM; its log ends:\n{self.log[-2000:]}"
        return seconds

    def drop_client(self):
        if self._client is not None:
            self._client.close()
            self._client = None

    # ---- HTTP ----
    @property
    def http(self):
        wanted = self.settings.get("admin.http-address")
        return f"http://{wanted or f'{self.host}:{HTTP_PORT}'}"

    def get(self, path, accept="*/*"):
        """(status, body); the status of an error answer too."""
        if self.prefix:  # on a host of its own: asked from there
            words = [*self.prefix, sys.executable, "-c", "import sys, urllib.request as r; print(r.build_opener("
                     "r.ProxyHandler({})).open(sys.argv[1], timeout=10).read().decode())", self.http + path]
            return 200, subprocess.run(words, capture_output=True, text=True, check=True, timeout=30).stdout
        request = urllib.request.Request(self.http + path, headers={"Accept": accept})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def metric(self, name, **labels):
        """The sum of the samples with these labels, or None where there is none."""
        total = None
        for line in self.get("/metrics")[1].splitlines():
            if line.startswith("#") or not line.startswith((name + "{", name + " ")):
                continue
            head, _, value = line.rpartition(" ")
            if all(f'{label}="{text}"' in head for label, text in labels.items()):
                total = (total or 0.0) + float(value)
        return total
