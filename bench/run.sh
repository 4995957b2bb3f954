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
log=build/logs/build-benches.log
mkdir -p build/logs
{ cmake --preset release && cmake --build --preset release --target benches; } >"$log" 2>&1 || {
  tail -n 40 "$log" >&2
  echo "The benches do not build; all of it is in $log" >&2
  exit 2
}
exec python3 bench/run.py "$@"
