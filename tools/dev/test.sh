# shellcheck shell=bash
# Build, run what was asked for, sum up. What each test needs is in needs.sh.

reports=$root/build/reports
runs=()       # of ctest, for the summary
broken=()     # stages that failed before their tests
ctest_args=() # what the user gave after --
test_mode=    # full, part, or default where nothing was named

# What the compiler said first is worth more at the end of an hour than the name of a log.
broken_build() { # broken_build PRESET
  local why
  why=$(grep -m 1 -E 'error: |CMake Error' "$logs/build-$1.log" 2>/dev/null || last_line "$logs/configure-$1.log" 400)
  broken+=("the build of preset $1 (${why//"$root/"/})")
}

# Integration tests of what may leave something behind: errors, streams cut short, large payloads, bad input.
daemons_watched='^integration\.(prepare$|(attach|documented_errors|hostile_input|messages|payloads|send_cut_short|watch)\.)'

# Labels of tests that wait for what processes and threads do.
crowded=(integration server runtime)

# Labels whose programs can be built alone, by target tests-LABEL.
alone=" unit property sim runtime server fuzz-regression "

parts_regex() { # parts_regex PART...: for ctest -L
  local IFS='|'
  printf '^(%s)$' "$*"
}

# One ctest run; its results are read by summary.py at the end.
run_tests() { # run_tests NAME PRESET TEXT CTEST-ARGS...
  local name=$1 preset=$2 text=$3
  shift 3
  mkdir -p "$reports"
  rm -f "$reports/$name".*
  ctest --preset "$preset" "$@" --show-only=json-v1 >"$reports/$name.list.json" || return 1
  local without=()
  [ ${#missing[@]} -eq 0 ] || without=(-LE "^needs-($(IFS='|' && echo "${!missing[*]}"))\$")
  runs+=("$name")
  STEP_TAIL=0 step "test-$name" "$text" \
    ctest --preset "$preset" -j "$cores" --output-junit "$reports/$name.xml" "$@" "${without[@]}"
}

# What the labels of the parts need, of the tests that ctest knows.
needs_of() { # needs_of PRESET CTEST-ARGS...
  ctest --preset "$@" --show-only=json-v1 | grep -o '"needs-[a-z-]*"' | sort -u | tr -d '"' |
    sed 's/^needs-//' || true
}

test_release() { # test_release [PART...]
  local filter=() targets=() part
  [ $# -eq 0 ] || filter=(-L "$(parts_regex "$@")")
  for part in "$@"; do
    if [[ $alone == *" $part "* ]]; then targets+=("tests-$part"); else targets+=(all); fi
  done
  build_preset release "${targets[@]}" || { broken_build release; return 1; }
  # shellcheck disable=SC2046
  check_needs $(needs_of release "${filter[@]}" "${ctest_args[@]}")
  run_tests release release "Testing ${*:-what is built}" "${filter[@]}" "${ctest_args[@]}"
}

test_asan() { # every fact about memory, in all of core and server; a daemon that leaks ends with an error
  build_preset asan tests-unit tests-property tests-sim tests-runtime tests-server tests-fuzz-regression swimd swimctl ||
    { broken_build asan; return 1; }
  run_tests asan asan "Testing core and server under AddressSanitizer and UndefinedBehaviorSanitizer" \
    -L "$(parts_regex unit property sim runtime server fuzz-regression)" "${ctest_args[@]}"
  # shellcheck disable=SC2046
  check_needs $(needs_of asan -R "$daemons_watched")
  run_tests asan-daemons asan "Testing daemons under AddressSanitizer and UndefinedBehaviorSanitizer" \
    -R "$daemons_watched" "${ctest_args[@]}"
}

test_tsan() { # where there are threads
  build_preset tsan tests-runtime tests-threads || { broken_build tsan; return 1; }
  run_tests tsan tsan "Testing the threads of core under ThreadSanitizer" \
    -L "$(parts_regex runtime threads)" "${ctest_args[@]}"
}

test_fuzz() { # clang builds them, and each searches for a while
  build_preset fuzz tests-fuzz-regression || { broken_build fuzz; return 1; }
  run_tests fuzz fuzz "Replaying the corpora under libFuzzer" -L "$(parts_regex fuzz-regression)" "${ctest_args[@]}"
  search_all "${FUZZ_SECONDS:-10}" || { broken+=("fuzzing found something") && return 1; }
}

# What must hold on a machine that others use as well. The loops share our session, so that nothing of
# the kernel's grouping favours the tests, and end by themselves should we be killed.
test_crowded() {
  build_preset release all || { broken_build release; return 1; }
  # shellcheck disable=SC2046
  check_needs $(needs_of release -L "$(parts_regex "${crowded[@]}")" "${ctest_args[@]}")
  local loops=() round result=0
  for _ in 1 2 3 4; do
    timeout --foreground 5400 sh -c 'while :; do :; done' &
    loops+=($!)
  done
  for round in 1 2 3; do
    run_tests "crowded-$round" release "Tests that wait, in shuffled order beside four busy loops, $round of 3" \
      -L "$(parts_regex "${crowded[@]}")" --schedule-random "${ctest_args[@]}" || result=1
  done
  kill "${loops[@]}" 2>/dev/null || true
  wait "${loops[@]}" 2>/dev/null || true
  return $result
}

test_worlds() { # random clusters under random faults, on all cores for some minutes
  build_preset release swim_sim || { broken+=("the build of swim_sim") && return 1; }
  local worlds=${WORLDS:-300} covered=()
  # Fewer than these may well miss a fault or a way through the protocol; all that more of them miss is missing.
  [ "$worlds" -lt 60 ] || covered=(--require-coverage)
  STEP_TAIL=80 step worlds "Running $worlds simulated worlds full of faults" timeout 3600 \
    "${large_pages[@]}" build/release/bin/swim_sim --seeds "$worlds" "${covered[@]}" ||
    { broken+=("a rule broke in a simulated world, or something was never tried in any") && return 1; }
  grep -v '^[0-9]* of ' "$logs/worlds.log" | sed 's/^/    /' # what they exercised
}

summary() { # summary full|part
  local need stage stages=()
  mkdir -p "$reports"
  : >"$reports/not-run.tsv"
  for need in "${!missing[@]}"; do
    printf 'needs-%s\t%s\n' "$need" "${missing[$need]}" >>"$reports/not-run.tsv"
  done
  for stage in "${broken[@]}"; do stages+=(--broken "$stage"); done
  python3 tools/dev/summary.py --folder "$reports" --strict "$1" "${stages[@]}" "${runs[@]}"
}

# At once, and not after the hour that the rest takes, which runs all the same.
say_what_full_lacks() {
  local need
  # shellcheck disable=SC2046
  check_needs $(all_needs)
  for need in "${!missing[@]}"; do
    say "./dev test full will fail: tests that need $need can't run: ${missing[$need]}"
  done
}

dev_test() {
  local parts=() presets=() strict=part started=$SECONDS
  while [ $# -gt 0 ] && [ "$1" != -- ]; do
    case "$1" in
      full) strict=full && presets=(worlds asan tsan fuzz) ;;
      worlds | asan | tsan | fuzz | crowded) presets+=("$1") ;;
      -*) die "ctest's options come after --, as in: ./dev test unit -- -R Ring" ;;
      *) parts+=("$1") ;;
    esac
    shift
  done
  [ $# -eq 0 ] || { shift && ctest_args=("$@"); }
  test_mode=$strict
  [ "$strict" = part ] || export SWIM_TEST_FULL=1 # what would be skipped inside of a test fails as well
  [ "$strict" = full ] || [ ${#parts[@]} -gt 0 ] || test_mode=default
  # shellcheck disable=SC2046
  install_packages $(groups_for "$strict" "${parts[*]}" "${presets[*]}")
  [ "$strict" = part ] || say_what_full_lacks
  [ "$strict" = part ] && [ ${#presets[@]} -gt 0 ] && [ ${#parts[@]} -eq 0 ] || test_release "${parts[@]}" || true
  local preset
  for preset in "${presets[@]}"; do "test_$preset" || true; done
  local result=0
  summary "$strict" || result=1
  say "Total Test time (real) = $((SECONDS - started)) sec"
  return $result
}

groups_for() { # groups_for full|part PARTS PRESETS: what to install
  local groups="build"
  [ "$1" = full ] && groups=""
  [ "$1" = full ] || [ -n "$3" ] || case " $2 " in
    "  ") groups="build test containers" ;;
    *" kubernetes "*) groups="build test containers" ;;
    *" clients "*) groups="build test clients" ;;
    *" tidy "*) groups="build test lint" ;;
    *" integration "* | *" server "*) groups="build test" ;;
  esac
  [[ $3 != *asan* && $3 != *crowded* ]] || [ "$1" = full ] || groups="$groups test"
  [[ $3 != *fuzz* ]] || [ "$1" = full ] || groups="$groups lint fuzz"
  echo "$groups"
}
