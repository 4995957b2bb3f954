#!/usr/bin/env python3
"""Makes build/venv from tests/requirements.txt, and the Python stubs from proto/ alone.

    prepare.py --stubs FOLDER

Does nothing where both are up to date. Safe to run twice at a time.
"""

import argparse
import fcntl
import hashlib
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
VENV = ROOT / "build" / "venv"
REQUIREMENTS = ROOT / "tests" / "requirements.txt"


def digest(paths):
    total = hashlib.sha256()
    for path in paths:
        total.update(path.as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def up_to_date(stamp, wanted):
    return stamp.exists() and stamp.read_text() == wanted


def make_venv():
    stamp, wanted = VENV / "requirements.txt", REQUIREMENTS.read_text()  # `dev` makes it with the same stamp
    if up_to_date(stamp, wanted):
        return
    print("making build/venv", flush=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
    subprocess.run([VENV / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check",
                    "--requirement", REQUIREMENTS], check=True)
    stamp.write_text(wanted)


def make_stubs(folder):
    protos = sorted((ROOT / "proto" / "swim").rglob("*.proto"))
    stamp, wanted = folder / "protos.stamp", digest([*protos, REQUIREMENTS])
    if up_to_date(stamp, wanted):
        return
    print(f"making Python stubs of {len(protos)} protos", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    subprocess.run([VENV / "bin" / "python", "-m", "grpc_tools.protoc", f"-I{ROOT / 'proto'}",
                    f"--python_out={folder}", f"--grpc_python_out={folder}", *protos], check=True)
    stamp.write_text(wanted)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--stubs", type=pathlib.Path, required=True)
    folder = parser.parse_args().stubs.resolve()
    (ROOT / "build").mkdir(exist_ok=True)
    with open(ROOT / "build" / ".prepare.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        make_venv()
        make_stubs(folder)


if __name__ == "__main__":
    main()
