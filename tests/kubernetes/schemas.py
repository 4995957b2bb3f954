#!/usr/bin/env python3
"""Makes strict schemas that kubeconform can use without a network, from those that PyPI's kubernetes-validate carries.

kubeconform takes these files as they are, but then finds nothing wrong: their references point at a web server. So the
references are made relative, and the identifiers dropped. Written to the folder of the tools, once for each version of this file.
"""

import hashlib
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile

import tools

PACKAGE = "kubernetes-validate==1.37.0"
INSIDE = "kubernetes_validate/kubernetes-json-schema/v{}-local-strict/"


def pip():
    """The pip of the clients' environment, where `dev` has made it; Debian's Python has none."""
    of_venv = tools.ROOT / "build" / "venv" / "bin" / "pip"
    return [str(of_venv)] if of_venv.exists() else [sys.executable, "-m", "pip"]


def fetch(folder):
    subprocess.run([*pip(), "download", "--quiet", "--disable-pip-version-check", "--no-deps",
                    "--dest", folder, PACKAGE], check=True)
    return next(pathlib.Path(folder).glob("*.whl"))


def convert(text):
    schema = json.loads(text.replace('"/api/_definitions.json#', '"_definitions.json#'))
    for key in ("$id", "id"):
        schema.pop(key, None)
    return json.dumps(schema)


def write(wheel, version, folder):
    """All schemas of one version; how many."""
    inside = INSIDE.format(version)
    folder.mkdir(parents=True)
    names = [name for name in wheel.namelist() if name.startswith(inside) and name.endswith(".json")]
    for name in names:
        (folder / name[len(inside):]).write_text(convert(wheel.read(name).decode()))
    return len(names)


def main():
    folder = tools.schemas_folder()
    stamp = hashlib.sha256(pathlib.Path(__file__).read_bytes() + repr(tools.VERSIONS).encode()).hexdigest()
    if (folder / "stamp").is_file() and (folder / "stamp").read_text() == stamp:
        return
    shutil.rmtree(folder, ignore_errors=True)
    with tempfile.TemporaryDirectory() as scratch, zipfile.ZipFile(fetch(scratch)) as wheel:
        for version in tools.VERSIONS:
            count = write(wheel, version, folder / version)
            print(f"Kubernetes {version}: {count} schemas")
            assert count > 100, f"no schemas of {version} in {PACKAGE}"
    (folder / "stamp").write_text(stamp)


if __name__ == "__main__":
    main()
