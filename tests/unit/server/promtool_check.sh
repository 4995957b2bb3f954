#!/bin/sh
# promtool_check.sh PROMTOOL PRINTER: `promtool check metrics` over what PRINTER prints, with no word of
# complaint. 77: promtool was not found.
set -eu
promtool=$1
printer=$2
if [ ! -x "$promtool" ]; then
  echo "NOT RUN: promtool is missing (Debian package prometheus)"
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
