#!/usr/bin/env bash
# Runs shellcheck over every shell script that git tracks or would add; what `dev` sources is checked with it, as one program.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
scripts=()
while read -r file; do
  [ -f "$file" ] || continue
  case "$file" in tools/dev/*.sh) continue ;; esac
  if IFS= read -r first <"$file" && [[ $first =~ ^\#!.*[/\ ](ba|da)?sh( |$) ]]; then scripts+=("$file"); fi
done < <(git ls-files --cached --others --exclude-standard)
[ ${#scripts[@]} -gt 0 ] || { echo "shell: git lists no scripts here" && exit 2; }
shellcheck --external-sources --check-sourced "${scripts[@]}"
echo "shell: ${#scripts[@]} scripts"
