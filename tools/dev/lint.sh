# shellcheck shell=bash
# Everything that reads the code without running it. The tests of label tidy run the same programs.

cpp_files() { # what git tracks or would add
  git ls-files --cached --others --exclude-standard -- '*.cpp' '*.hpp' | while read -r file; do
    [ ! -f "$file" ] || echo "$file"
  done
}

lint() { # lint NAME TEXT COMMAND...: all are run, so that one look shows everything
  step "lint-$1" "${@:2}" || lint_failed+=("$1")
}

dev_lint() { # dev_lint [FILE...]: clang-tidy on these only; all that changed since they were last clean by default
  local lint_failed=()
  install_packages build test lint
  STEP_TAIL=200 lint house "House rules" python3 tests/tidy/house_rules.py
  STEP_TAIL=200 lint seed "Seed rows and their tests" python3 tests/tidy/seed_rows.py
  lint format "Format" tests/tidy/format_check.sh
  STEP_TAIL=200 lint shell "Shell scripts" tests/tidy/shell_check.sh
  check_needs node
  if [ -z "${missing[node]:-}" ]; then
    STEP_TAIL=200 lint protos "Protos" tests/tidy/proto_check.sh
  else
    say "Protos: NOT RUN: ${missing[node]}"
  fi
  # The compile commands and the generated headers are what clang-tidy reads.
  build_preset release || lint_failed+=(build)
  STEP_TAIL=200 lint clang-tidy "clang-tidy" python3 tests/tidy/clang_tidy.py --build build/release "$@"
  [ ${#lint_failed[@]} -eq 0 ] || die "lint: ${lint_failed[*]}; what each said is in build/logs/lint-*.log"
  say "Nothing to complain about."
}

dev_fmt() {
  install_packages build test
  local changed
  changed=$(cpp_files | xargs clang-format-14 --dry-run 2>&1 | grep -o '^[^:]*\.[ch]pp' | sort -u) || true
  if [ -z "$changed" ]; then
    say "Everything is formatted."
    return
  fi
  # shellcheck disable=SC2086
  clang-format-14 -i $changed
  say "Formatted:" && say "$changed"
}
