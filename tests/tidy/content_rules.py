"""What must be in a file's text, and what must not."""

import re

import cpp_scan

HEADERS = (".hpp", ".h", ".ipp")
# Not Go: gofmt indents with tabs.
TEXT = (".hpp", ".cpp", ".h", ".cc", ".ipp", ".py", ".proto", ".cmake", ".sh", ".md", ".yaml", ".yml",
        ".json", ".toml", ".js", ".mjs", ".ts", ".java", ".html", ".css", ".tpl", ".txt")
# Data of other people's making or of a test: bytes, not style.
DATA = re.compile(r"(^|/)(corpus|golden|testdata)/|(^|/)(package-lock\.json|go\.sum)$")

# Folders of the machine that somebody worked on. In pieces, or this file would break its own rule.
MACHINE_FOLDERS = ("home", "root", "work", "Users")
MACHINE_PATH = re.compile(r"(?<![\w.}$)*])/(?:" + "|".join(MACHINE_FOLDERS) + r")/[\w.$-]*")
LEFT_OPEN = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME)\b")


def check(tree):
    found = []
    for path in tree.paths:
        text = tree.text(path)
        if text is None or DATA.search(path):
            continue
        if path.endswith(HEADERS):
            found += _pragma_once(path, text)
        if path.endswith(TEXT) or text.startswith("#!"):
            found += _white_space(path, text)
        found += _matches(path, text, MACHINE_PATH, "machine-path",
                          "a path of somebody's machine: {}")
        if not path.endswith(".md"):
            found += _matches(path, text, LEFT_OPEN, "left-open", "{}: do it, or open an issue")
    return found


def _pragma_once(path, text):
    code = cpp_scan.without_comments(text)
    first = re.search(r"\S[^\n]*", code)
    if first is None or not re.fullmatch(r"#\s*pragma\s+once\s*", first[0]):
        line = cpp_scan.line_of(code, first.start()) if first else 1
        yield path, line, "pragma-once", "a header begins with #pragma once, after its comment"


def _white_space(path, text):
    for number, line in enumerate(text.split("\n"), start=1):
        if line.endswith("\r"):
            yield path, number, "line-end", "a carriage return: lines end with \\n alone"
        elif line != line.rstrip():
            yield path, number, "trailing-space", "white space at the end of the line"
        if "\t" in line:
            yield path, number, "tab", "a tab: indent with spaces"
    if text and not text.endswith("\n"):
        yield path, text.count("\n") + 1, "line-end", "the last line does not end"


def _matches(path, text, pattern, rule, message):
    for match in pattern.finditer(text):
        yield path, cpp_scan.line_of(text, match.start()), rule, message.format(match[0])
