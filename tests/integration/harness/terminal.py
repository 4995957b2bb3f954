"""A terminal as a program sees it."""

import os
import pty
import re
import subprocess
import termios
import threading


class Terminal:
    """A program on a terminal of its own, and all that it drew."""

    def __init__(self, command, environment, rows=24, columns=80):
        self._ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (rows, columns))
        self.process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
        os.close(theirs)
        self.drawn = b""
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        try:
            while True:
                self.drawn += os.read(self._ours, 65536)
        except OSError:
            pass  # the other side is closed

    def screen(self):
        """What the last redraw shows, without colours."""
        return re.sub(r"\x1b\[[?0-9;]*[mKJhl]", "", self.drawn.decode(errors="replace").split("\x1b[H")[-1])

    def close(self):
        self.process.kill()
        self.process.wait(10)
        self._thread.join(10)
        os.close(self._ours)
