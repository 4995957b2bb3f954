"""Each folder of the house says what it is."""

# Folders whose children are rooms of their own.
HOUSES = ("core", "helm")


def _folders(paths):
    found = set()
    for path in paths:
        parts = path.split("/")
        if len(parts) > 1 and not parts[0].startswith("."):
            found.add(parts[0])
            if len(parts) > 2 and parts[0] in HOUSES:
                found.add(f"{parts[0]}/{parts[1]}")
    return found


def check(tree):
    paths = set(tree.paths)
    found = []
    for folder in _folders(paths):
        if f"{folder}/README.md" not in paths:
            found.append((f"{folder}/README.md", 0, "folder-readme",
                          "missing: what the folder is, its rules, where to start, its decisions"))
    return found
