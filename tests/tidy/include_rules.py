"""Who may include whom, and what each room may not include or name."""

import re

import cpp_scan
import house

SUFFIXES = (".hpp", ".cpp", ".h", ".cc", ".ipp")


def check(tree):
    found, used = [], set()
    for path in tree.paths:
        text = tree.text(path)
        if path.endswith(SUFFIXES) and text is not None:
            found += _include_violations(tree, path, text, used)
            found += _name_violations(path, text, used)
    return found + list(_stale_exceptions(tree, used))


def _allowed(path, what, used):
    if (path, what) in house.EXCEPTIONS:
        used.add((path, what))
        return True
    return False


def _target_room(included):
    return house.room_of(included)


def _include_violations(tree, path, text, used):
    room = house.room_of(path)
    for line, quote, included in cpp_scan.includes(text):
        if quote == '"':
            yield from _root_violations(tree, path, line, included)
        if room is None:
            if path.startswith("core/"):
                yield path, line, "include-direction", "this room is not in tests/tidy/house.py"
            continue
        target = _target_room(included)
        outside = re.match(r"(tests|bench|examples)/", included)
        if outside or (target not in (None, room) and target not in house.MAY_INCLUDE[room]):
            allowed = ", ".join(house.MAY_INCLUDE[room]) or "nothing but itself"
            yield (path, line, "include-direction",
                   f"{room} may not include {included} (it may include: {allowed})")
        for ban in house.BANNED_INCLUDES:
            if room in ban.rooms and ban.pattern.match(included) and not _allowed(path, included, used):
                yield path, line, "banned-include", f"<{included}> in {room}: {ban.reason}"


def _root_violations(tree, path, line, included):
    """Quoted includes are paths from the repository's root; then the direction can be read off them."""
    top = included.split("/")[0]
    if "/" not in included or top not in house.INCLUDE_ROOTS:
        yield (path, line, "include-root",
               f'"{included}" must be a path from the root of the repository, or stand in <>')
    elif top != "swim" and included not in tree.paths:
        yield path, line, "include-root", f'"{included}" does not exist'


def _name_violations(path, text, used):
    room = house.room_of(path)
    if room is None:
        return
    code = cpp_scan.code_only(text)
    for ban in house.BANNED_NAMES:
        if room not in ban.rooms:
            continue
        for match in ban.pattern.finditer(code):
            name = match[0].strip()
            if not _allowed(path, name, used):
                yield (path, cpp_scan.line_of(code, match.start()), "banned-name",
                       f"{name} in {room}: {ban.reason}")


def _stale_exceptions(tree, used):
    for path, what in house.EXCEPTIONS:
        if path in tree.paths and (path, what) not in used:
            yield path, 0, "stale-exception", f"{what} is no longer used here: take it out of house.py"
