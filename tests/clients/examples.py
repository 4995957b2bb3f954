"""The programs of examples/, run as their READMEs say, and their lines."""

import json
import os
import sys

from harness.client import status_name
from harness.settings import ROOT, clean_environment, stubs_dir
from harness.swimctl import Followed
from harness.waiting import wait_until

FOLDER = ROOT / "examples"
COMMANDS = {
    "python": lambda program: [sys.executable, FOLDER / "python" / f"{program}.py"],
    "go": lambda program: [FOLDER / "go" / "bin" / program],
    "node": lambda program: ["node", FOLDER / "node" / f"{program}.js"],
    "java": lambda program: ["java", "-cp", f"{FOLDER}/java/target/classes:{FOLDER}/java/target/lib/*",
                             f"io.swim.examples.{program.capitalize()}"],
}
START = 3.0  # seconds that a virtual machine may take until its first line, where nothing else runs


class Example:
    """A program that never ends by itself; the kernel ends it should the tests die."""

    def __init__(self, language, program, target):
        command = ["setpriv", "--pdeathsig", "KILL", *map(str, COMMANDS[language](program)), target]
        environment = clean_environment(PYTHONPATH=os.fspath(stubs_dir()), PYTHONDONTWRITEBYTECODE="1")
        self._followed = Followed(command, environment)

    @property
    def lines(self):
        return [json.loads(line) for line in list(self._followed.lines)]

    def wait_for(self, condition, what, wanted=1.0):
        """Until the condition holds of its lines; it must not have ended meanwhile."""
        def holds():
            process = self._followed.process
            assert process.poll() is None, f"it ended with {process.returncode}: {self._followed.notes}"
            return condition(self.lines)
        try:
            return wait_until(holds, what, wanted)[0]
        except AssertionError as error:
            raise AssertionError(f"{error}\nits last lines: {self._followed.lines[-5:]}\n{self._followed.notes}") from error

    def close(self):
        self._followed.close()


class Watcher(Example):
    def __init__(self, language, target):
        super().__init__(language, "watch", target)

    def snapshots(self):
        return [line["why"] for line in self.lines if line["why"] != "EVENTS"]

    def wait_snapshots(self, *reasons, wanted=START):
        self.wait_for(lambda lines: len([line for line in lines if line["why"] != "EVENTS"]) >= len(reasons),
                      f"snapshots {reasons}", wanted)
        assert self.snapshots() == list(reasons)

    def wait_true(self, daemon, **statuses):
        """Until its map is of the daemon's revision and these are the members; a map that differs from ListMembers at
        an equal revision is wrong, not late."""
        def true(lines):
            answer = daemon.client.list()
            listed = {member.name: {"status": status_name(member.status), "uid": member.uid,
                                    "labels": dict(member.labels)} for member in answer.members}
            last = self.lines[-1] if lines else None
            if last is None or last["revision"] != answer.revision:
                return False
            assert last["members"] == listed, f"at revision {answer.revision} the client has {last}, listed are {listed}"
            return {name: member["status"] for name, member in listed.items()} == statuses
        self.wait_for(true, f"the map is that of {daemon.name}: {statuses}", 5.0)


class Subscriber(Example):
    def __init__(self, language, target):
        super().__init__(language, "subscribe", target)

    def attached(self):
        """Waits until the daemon said that every message from now on is sent, and returns self."""
        self.wait_for(lambda lines: lines, "the first response", START)
        return self

    def messages(self):
        return [line["message"] for line in self.lines if "message" in line]

    def wait_message(self, text):
        self.wait_for(lambda lines: any(line.get("message") == text for line in lines), f"message {text}", 3.0)

    def losses(self):
        """What it was told of losses, in order."""
        return [line for line in self.lines if "gap" in line or "reset" in line]
