"""What the demo prints: aligned columns, colour only on a terminal."""

import os
import sys

NUMBER = 3   # columns of a step's number
NAME = 12    # of a step's or member's name
TEXT = 62    # up to the times, which are right-aligned behind it
TIME = 9

COLORS = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
COLOR_OF = {"ALIVE": "green", "JOINED": "green", "REPLACED": "green", "LEFT": "dim", "LEAVING": "dim",
            "SUSPECTED": "yellow", "FAILED": "red"}


def paint(text, color):
    wanted = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return f"\033[{COLORS[color]}m{text}\033[0m" if wanted and color else text


def line(text=""):
    print(text, flush=True)


def milliseconds(seconds):
    return f"{seconds * 1000:,.0f} ms"


class Screen:
    """Steps are numbered as they come."""

    def __init__(self):
        self.steps = 0

    def title(self, text):
        line()
        line(paint(text, "bold"))
        line()

    def fact(self, name, text):
        line(" " * NUMBER + paint(f"{name:<{NAME}}", "dim") + text)

    def step(self, name, text):
        self.steps += 1
        line()
        line(paint(f"{self.steps:<{NUMBER}}", "cyan") + paint(f"{name:<{NAME}}", "bold") + text)

    def row(self, member, text, seconds=None, word=None):
        """One result: `word` (FAILED …) is coloured, `seconds` stand in their column."""
        plain = f"{word:<10}{text}" if word else text
        shown = paint(f"{word:<10}", COLOR_OF.get(word, "")) + text if word else text
        gap = max(1, TEXT - NUMBER - NAME - len(plain))
        time = "" if seconds is None else " " * gap + paint(f"{milliseconds(seconds):>{TIME}}", "bold")
        line(" " * NUMBER + f"{member:<{NAME}}" + shown + time)

    def note(self, text):
        line(" " * (NUMBER + NAME) + paint(text, "dim"))

    def done(self, text):
        line()
        line(paint(text, "green"))

    def failed(self, text):
        line()
        line(paint("The demo failed: ", "red") + text)
