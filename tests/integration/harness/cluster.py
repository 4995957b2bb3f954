"""Daemons with one key on loopback addresses of their own, and their end after each test."""

import base64
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import tempfile

from harness.daemon import STOP_WANTED, Daemon
from harness.settings import SLACK, clean_environment, bin_dir
from harness.waiting import wait_until

GUARD_PORT = 7900


def write_key(folder, key=None, name="primary"):
    """A key ring of one key. `key` is bytes (default: random), written as base64."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(base64.b64encode(key if key is not None else os.urandom(32)).decode() + "\n")
    return folder


class Network:
    """127.a.b.0/24, ours as long as the guard socket is bound: tests that run beside each other never meet."""

    def __init__(self):
        while True:
            self.base = f"127.{random.randrange(1, 255)}.{random.randrange(0, 255)}"
            self._guard = socket.socket()
            try:
                self._guard.bind((f"{self.base}.254", GUARD_PORT))
                self._guard.listen(1)
                return
            except OSError:
                self._guard.close()

    def host(self, number):
        return f"{self.base}.{number}"

    def close(self):
        self._guard.close()


class Cluster:
    """The daemons of one test. Ended, and looked at for crashes, by close()."""

    def __init__(self, label="test/it"):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="swim-it-"))
        self.network = Network()
        self.label = label
        self.keys = write_key(self.folder / "keys")
        self.daemons = []
        self.faults = []

    # ---- making daemons ----
    def daemon(self, name=None, seeds=None, host=None, keys=None, prefix=(), **settings):
        """Adds one, not started. Settings as n__m_o=…: gossip__bind_address="…" is gossip.bind-address."""
        number = len(self.daemons) + 1
        name = name or f"n{number}"
        host = host or self.network.host(number)
        dotted = {key.replace("__", ".").replace("_", "-"): value for key, value in settings.items()}
        made = Daemon(self.folder / f"{number}-{name}", name, host, {
            "cluster.label": self.label,
            "encryption.keyring-dir": str(keys or self.keys),
            "discovery.seeds": ",".join(self.seeds() if seeds is None else seeds) or None,
        } | dotted, prefix)
        self.daemons.append(made)
        return made

    def seeds(self):
        return [daemon.gossip for daemon in self.daemons[:3]] or [f"{self.network.host(1)}:7946"]

    def start(self, count, **settings):
        """Starts `count` more at once; use see_each_other() to wait."""
        made = [self.daemon(**settings) for _ in range(count)]
        for daemon in made:
            daemon.start()
        return made

    def see_each_other(self, daemons=None, wanted=3.0):
        """Until each lists exactly these as ALIVE; the seconds that it took."""
        daemons = daemons or [daemon for daemon in self.daemons if daemon.alive]
        names = sorted(daemon.name for daemon in daemons)

        def agreed():
            for daemon in daemons:
                daemon.check_alive()
            return all(daemon.serves() and daemon.client.names("ALIVE") == names for daemon in daemons)
        return wait_until(agreed, f"{len(daemons)} daemons see each other", wanted)[1]

    def running(self, count, **settings):
        """`count` daemons that see each other."""
        made = self.start(count, **settings)
        self.see_each_other(made)
        return made

    # ---- programs of ours that end by themselves ----
    @staticmethod
    def run(program, *arguments, timeout=30, **environment):
        """(exit code, stdout, stderr)"""
        done = subprocess.run([bin_dir() / program, *arguments], capture_output=True, text=True, check=False,
                              timeout=timeout, env=clean_environment(**environment), stdin=subprocess.DEVNULL)
        return done.returncode, done.stdout, done.stderr

    # ---- the end ----
    def end_daemons(self):
        """Ends what runs; what went wrong is in `faults`, one line each."""
        running = [daemon for daemon in self.daemons if daemon.alive]
        for daemon in running:
            daemon.resume()
            daemon.terminate()
        for daemon in running:
            try:
                code = daemon.process.wait(STOP_WANTED * SLACK)
                if code != 0:
                    self.faults.append(f"{daemon.name} ended with {code} after SIGTERM")
            except subprocess.TimeoutExpired:
                daemon.process.kill()
                daemon.process.wait()
                self.faults.append(f"{daemon.name} did not end {STOP_WANTED * SLACK:g} s after SIGTERM")

    def close(self):
        """All faults: daemons that ended by themselves, or did not end well."""
        for daemon in self.daemons:
            if daemon.process is not None and daemon.process.poll() not in (None, 0, -signal.SIGKILL):
                self.faults.append(f"{daemon.name} ended by itself with {daemon.process.returncode}")
        self.end_daemons()
        for daemon in self.daemons:
            daemon.drop_client()
        self.network.close()
        return self.faults

    def logs(self, tail=4000):
        return "\n".join(f"---- {daemon.log_path}\n{daemon.log[-tail:]}" for daemon in self.daemons)

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)
