#!/usr/bin/env bash
# What `./dev bench` calls: builds the bench programs of preset release, then runs them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
for argument in "$@"; do
  case "$argument" in
    # Programs that are somewhere else, or nothing to run.
    --bin | --bin=* | -h | --help) exec python3 bench/run.py "$@" ;;
  esac
done
echo "Building the benches (build/release)" >&2
[ -f build/release/build.ninja ] || cmake --preset release >/dev/null
cmake --build build/release --target benches >/dev/null
exec python3 bench/run.py "$@"
