#!/usr/bin/env bash
# buf lint over the public protos. buf comes from npm; `dev` fetches the version that tests/tools/package.json pins.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
buf=$PWD/build/tools/npm/node_modules/.bin/buf
[ -x "$buf" ] || { echo "no $buf: ./dev lint and ./dev test fetch it" && exit 2; }
cd proto
"$buf" lint
echo "protos: $(find swim -name '*.proto' | wc -l) files"
