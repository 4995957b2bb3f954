#!/usr/bin/env bash
# Is all C++ formatted as .clang-format says? Names the files that are not; `./dev fmt` formats them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
mapfile -t files < <(git ls-files --cached --others --exclude-standard -- '*.cpp' '*.hpp' | xargs ls -d 2>/dev/null)
[ ${#files[@]} -gt 0 ] || { echo "format: git lists no C++ here" && exit 2; }
if ! wrong=$(clang-format-14 --dry-run --Werror "${files[@]}" 2>&1); then
  grep -o '^[^: ]*\.[ch]pp' <<<"$wrong" | sort -u || echo "$wrong"
  echo "format: run ./dev fmt"
  exit 1
fi
echo "format: ${#files[@]} files"
