"""Reads C++ as far as the house rules need it: code without comments and strings, includes, functions.

No compiler: it must work on a file that does not build yet, in milliseconds.
"""

import re

_TOKEN = re.compile(
    r"""//(?:\\\n|[^\n])*              # line comment
      | /\*.*?(?:\*/|\Z)               # block comment
      | (?:u8|[uUL])?R"(?P<mark>[^()\\\s]{0,16})\(.*?(?:\)(?P=mark)"|\Z)
      | "(?:\\.|[^"\\\n])*"?           # string
      | (?<![0-9a-zA-Z_])(?:u8|[uUL])?'(?:\\.|[^'\\\n])*'?   # character, but not a digit separator
    """,
    re.VERBOSE | re.DOTALL)
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)
_ACCESS = re.compile(r"\b(?:public|private|protected)\s*:(?!:)")


def _blank(text):
    return re.sub(r"[^\n]", " ", text)


def without_comments(text):
    """Comments blanked, strings kept; every line and column stays where it was."""
    return _TOKEN.sub(lambda m: _blank(m[0]) if m[0].startswith("/") else m[0], text)


def code_only(text):
    """Comments and the insides of strings blanked; every line and column stays where it was."""
    def replace(match):
        found = match[0]
        if found.startswith("/"):
            return _blank(found)
        quote = "'" if found.endswith("'") else '"'
        return quote + _blank(found[1:-1]) + quote if len(found) > 1 else " "
    return _TOKEN.sub(replace, text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def includes(text):
    """(line, "<" or '"', path) of each include that is not commented out."""
    kept = without_comments(text)
    return [(line_of(kept, m.start(1)), m[1], m[2].strip()) for m in _INCLUDE.finditer(kept)]


def _without_directives(code):
    """Preprocessor lines blanked, and of #if/#else only the first branch kept, so that braces balance."""
    kept, taken, continued = [], [], False
    for line in code.split("\n"):
        directive = re.match(r"\s*#\s*(\w+)", line)
        if directive and not continued:
            word = directive[1]
            if word in ("if", "ifdef", "ifndef"):
                taken.append(True)
            elif word in ("else", "elif", "elifdef", "elifndef") and taken:
                taken[-1] = False
            elif word == "endif" and taken:
                taken.pop()
        is_directive = bool(directive) or continued
        continued = is_directive and line.rstrip().endswith("\\")
        kept.append(line if all(taken) and not is_directive else _blank(line))
    return "\n".join(kept)


def _strip_template(head):
    """Without a leading `template <...>`, whose default arguments hold a '='."""
    match = re.match(r"\s*template\s*<", head)
    if not match:
        return head
    depth = 1
    for i in range(match.end(), len(head)):
        depth += {"<": 1, ">": -1}.get(head[i], 0)
        if depth == 0:
            return _strip_template(head[i + 1:])
    return head


def _outside_parentheses(head):
    """The head with the inside of each (...) and [...] removed."""
    kept, depth = [], 0
    for c in head:
        if c in ")]":
            depth = max(0, depth - 1)
        if depth == 0:
            kept.append(c)
        if c in "([":
            depth += 1
    return "".join(kept)


def opens_function(head):
    """Whether the text before a '{', outside of any function, makes it the beginning of a function's body."""
    head = _strip_template(head)
    head = re.sub(r"\b(?:alignas|__attribute__|\[\[\w+)\s*\([^{]*?\)+", " ", head)
    head = re.sub(r"\boperator\s*(?:\(\s*\)|\[\s*\]|[^\s\w(]+)", "operator", head)
    flat = _outside_parentheses(head)
    if re.search(r"\[\]\s*(?:\(\)[^=]*)?$", flat) and not re.search(r"\w\s*\[\]\s*=?\s*$", flat):
        return True  # a lambda
    if re.search(r"(?<![=!<>])=(?!=)", flat):
        return False  # an initialiser
    tail = flat.rpartition(")")[2]
    if re.search(r"\b(?:namespace|class|struct|union|enum)\b", tail):
        return False
    return ")" in flat


def functions(text):
    """(first line, last line, name) of each function outside of any other; lambdas count to their function."""
    code = _without_directives(code_only(text))
    code = _ACCESS.sub(lambda m: _blank(m[0])[:-1] + ";", code)
    found, stack, head_start = [], [], 0
    for match in re.finditer(r"[{};]", code):
        at, c = match.start(), match[0]
        inside = bool(stack) and stack[-1][0] != "scope"
        if c == "{":
            head = code[head_start:at]
            if inside:
                stack.append(("block", 0, ""))
            elif opens_function(head):
                begin = head_start + len(head) - len(head.lstrip())
                stack.append(("function", begin, _name_of(head)))
            else:
                stack.append(("scope" if "=" not in _outside_parentheses(_strip_template(head)) else "value",
                              0, ""))
            head_start = at + 1 if stack[-1][0] == "scope" else head_start
        elif c == "}" and stack:
            kind, begin, name = stack.pop()
            goes_on = re.match(r"\s*[,({]", code[at + 1:at + 200]) and kind != "scope"
            if kind == "function" and not goes_on:
                found.append((line_of(code, begin), line_of(code, at), name))
            if not stack or stack[-1][0] == "scope":
                head_start = head_start if goes_on else at + 1
        elif c == ";" and not inside:
            head_start = at + 1
    return found


def _name_of(head):
    """The function's name for people, e.g. `Foo::bar`; approximate."""
    flat = " ".join(_strip_template(head).split())
    match = re.search(r"([\w:~]+|operator\s*\S+?)\s*\(", flat)
    if not match:
        return flat[:40]
    macro = re.match(r"([A-Z][A-Z0-9_]*)\s*\(\s*(\w+)\s*,\s*(\w+)", flat)
    return f"{macro[2]}.{macro[3]}" if macro else match[1]
