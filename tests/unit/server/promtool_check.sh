#!/bin/sh
# promtool_check.sh PROMTOOL PRINTER: `promtool check metrics` over what PRINTER prints, with no word of
# complaint. 77: not run, promtool was not found (SWIM_TEST_FULL=1 makes that a failure).
set -eu
promtool=$1
printer=$2
if [ ! -x "$promtool" ]; then
  echo "NOT RUN: promtool is missing (Debian package prometheus)"
  [ "${SWIM_TEST_FULL:-0}" = 1 ] && exit 1
  exit 77
fi
for kind in full bare; do
  text=$("$printer" "$kind")
  [ -n "$text" ]
  if ! said=$(printf '%s\n' "$text" | "$promtool" check metrics 2>&1) || [ -n "$said" ]; then
    echo "promtool about the $kind metrics: $said"
    exit 1
  fi
done
