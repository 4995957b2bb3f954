"""swimctl as a person or a script runs it."""

import json
import subprocess
import threading

from harness.settings import bin_dir, clean_environment
from harness.waiting import wait_until

OK, FAILED, USAGE, UNREACHABLE, TIMED_OUT = 0, 1, 2, 3, 4


class Swimctl:
    """Talks to one daemon; its admin socket is found beside the other."""

    def __init__(self, daemon):
        self.environment = clean_environment(SWIM_ENDPOINT=daemon.api_target)

    def run(self, *arguments, stdin=b"", timeout=100):
        """(exit code, stdout, stderr)"""
        done = subprocess.run([bin_dir() / "swimctl", *arguments], input=stdin, capture_output=True, check=False,
                              timeout=timeout, env=self.environment)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def ok(self, *arguments, **more):
        """Its standard output; it must end well and say nothing else."""
        code, out, err = self.run(*arguments, **more)
        assert (code, err) == (OK, ""), f"swimctl {' '.join(arguments)}: exit {code}\n{out}{err}"
        return out

    def fails(self, *arguments, **more):
        """(exit code, its one line of error)"""
        code, out, err = self.run(*arguments, **more)
        assert code != OK, f"swimctl {' '.join(arguments)} should have failed:\n{out}{err}"
        assert err.startswith("swimctl: ") and err.count("\n") == 1, f"one line of error expected: {err!r}"
        return code, err

    def json(self, *arguments):
        return json.loads(self.ok(*arguments, "-o", "json"))

    def follow(self, *arguments):
        return Followed([bin_dir() / "swimctl", *arguments], self.environment)


class Followed:
    """A swimctl that does not end by itself; its lines as they come."""

    def __init__(self, command, environment):
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, env=environment, text=True)
        self.lines, self.notes = [], []
        self._threads = [threading.Thread(target=self._read, args=pair, daemon=True)
                         for pair in ((self.process.stdout, self.lines), (self.process.stderr, self.notes))]
        for thread in self._threads:
            thread.start()

    @staticmethod
    def _read(stream, into):
        for line in stream:
            into.append(line.rstrip("\n"))

    def wait_line(self, *parts, wanted=2.0):
        """The first line of standard output that holds all of these."""
        return self._wait(self.lines, parts, wanted)

    def wait_note(self, *parts, wanted=2.0):
        return self._wait(self.notes, parts, wanted)

    def _wait(self, lines, parts, wanted):
        def found():
            return [line for line in list(lines) if all(part in line for part in parts)]
        try:
            return wait_until(found, f"a line with {parts}", wanted)[0][0]
        except AssertionError as error:
            raise AssertionError(f"{error}; there were {self.lines} and {self.notes}") from error

    def wait_object(self, wanted=2.0, **fields):
        """The first line that is a JSON object with these values."""
        def found():
            return [parsed for parsed in map(json.loads, list(self.lines))
                    if all(parsed.get(key) == value for key, value in fields.items())]
        try:
            return wait_until(found, f"an object with {fields}", wanted)[0][0]
        except AssertionError as error:
            raise AssertionError(f"{error}; there were {self.lines} and {self.notes}") from error

    def close(self):
        self.process.kill()
        self.process.wait(10)
        for thread in self._threads:
            thread.join(10)
