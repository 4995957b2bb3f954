"""An app beside a daemon, as a process of its own: it can be killed, or told to say goodbye.

    python app.py TARGET NAME      prints "attached", and says goodbye when its standard input ends
"""

import os
import signal
import subprocess
import sys
import threading

from harness.settings import clean_environment, stubs_dir
from harness.waiting import wait_until


class App:
    def __init__(self, daemon, name="web"):
        path = os.pathsep.join([str(stubs_dir()), os.path.dirname(os.path.dirname(os.path.abspath(__file__)))])
        self.name = name
        self._said = []
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", sys.executable, os.path.abspath(__file__), daemon.api_target, name],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=clean_environment(PYTHONPATH=path))
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout:
            self._said.append(line.strip())

    def attached(self, wanted=3.0):
        wait_until(lambda: "attached" in self._said, f"the app {self.name} is attached", wanted)
        return self

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)
        self._close()

    def say_goodbye(self):
        self.process.stdin.close()
        code = self.process.wait(30)
        self._close()
        return code

    def _close(self):
        self._reader.join(10)
        for end in (self.process.stdin, self.process.stdout):
            end.close()


def main():
    # pylint: disable=import-outside-toplevel  # the tests' own process has no use for these
    import grpc
    from swim.v1 import membership_pb2, membership_pb2_grpc

    target, name = sys.argv[1:]
    goodbye = threading.Event()

    def requests():
        yield membership_pb2.AttachRequest(name=name)
        goodbye.wait()

    with grpc.insecure_channel(target) as channel:
        call = membership_pb2_grpc.MembershipServiceStub(channel).Attach(requests())
        next(call)
        print("attached", flush=True)
        threading.Thread(target=lambda: (sys.stdin.read(), goodbye.set()), daemon=True).start()
        for _ in call:  # until the daemon has taken the goodbye
            pass


if __name__ == "__main__":
    main()
