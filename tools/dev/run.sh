# shellcheck shell=bash
# What runs a program of ours: demo, bench, sim, fuzz.

dev_demo() {
  if [ "${1:-}" != --stop ]; then # a cluster can be ended from a tree that does not build
    install_packages build
    build_preset release swimd swimctl || exit 1
  fi
  [ -f tools/demo/demo.py ] || die "tools/demo/demo.py is missing from this tree"
  exec python3 tools/demo/demo.py --swimd build/release/bin/swimd --swimctl build/release/bin/swimctl "$@"
}

dev_bench() {
  install_packages build
  case "${1:-}" in
    protocol)
      shift
      build_preset release protocol_bench || exit 1
      exec "${large_pages[@]}" build/release/bin/protocol_bench "$@"
      ;;
    broadcast)
      shift
      build_preset release swimd broadcast_load || exit 1
      build_memberlist_load || exit 1
      exec python3 -B bench/broadcast/broadcast.py "$@"
      ;;
    watch)
      shift
      build_preset release swimd watch_bench || exit 1
      exec build/release/bin/watch_bench build/release/bin/swimd "$@"
      ;;
    attach)
      shift
      build_preset release swimd swimctl || exit 1
      python3 tests/integration/prepare.py --stubs build/release/python || exit 1
      exec python3 bench/attach.py "$@"
      ;;
  esac
  exec bench/run.sh "$@"
}

build_memberlist_load() { # what `bench broadcast` measures beside us; without Go it does without
  local reason
  mkdir -p build/bench
  if reason=$(tests/tools/install.sh --go 2>&1); then
    step memberlist "Building memberlist_load" \
      env GOFLAGS=-buildvcs=false go build -C bench/memberlist -o "$root/build/bench/memberlist_load" .
  else
    rm -f build/bench/memberlist_load
    say "memberlist: NOT RUN: ${reason#install.sh: }"
  fi
}

dev_sim() {
  install_packages build
  if [ "${1:-}" = --mutations ]; then
    shift
    exec python3 tests/sim/mutations/run.py --folder build/mutations "$@"
  fi
  build_preset release swim_sim || exit 1
  exec "${large_pages[@]}" build/release/bin/swim_sim "$@"
}

fuzz_targets() { # the programs of tests/fuzz, with the folder of their corpus: NAME CORPUS
  local corpus name
  for corpus in tests/fuzz/*/corpus/*/; do
    name=fuzz_$(basename "$corpus")
    [ ! -x "build/fuzz/bin/$name" ] || echo "$name $corpus"
  done
}

search() { # search NAME CORPUS SECONDS: what is found stays in build/fuzz/found
  local found=build/fuzz/found/$1
  mkdir -p "$found/inputs"
  STEP_TAIL=60 step "fuzz-$1" "Fuzzing $1 for $3 s" "build/fuzz/bin/$1" "$found/inputs" "$2" \
    -max_total_time="$3" -timeout=10 -rss_limit_mb=4096 -print_final_stats=1 -artifact_prefix="$found/"
}

search_all() { # search_all SECONDS
  local name corpus result=0
  while read -r name corpus; do
    search "$name" "$corpus" "$1" || result=1
  done < <(fuzz_targets)
  return $result
}

dev_fuzz() { # dev_fuzz [TARGET [SECONDS]]
  local seconds=${2:-60} name corpus
  if [[ ${1:-} =~ ^[0-9]+$ ]]; then
    seconds=$1
    shift
  fi
  install_packages build lint fuzz
  build_preset fuzz tests-fuzz-regression || exit 1
  if [ -z "${1:-}" ] || [ "$1" = all ]; then
    search_all "$seconds" || die "an input broke a decoder: the files are in build/fuzz/found"
    return
  fi
  read -r name corpus < <(fuzz_targets | grep -E "^(fuzz_)?${1#fuzz_} ") ||
    die "no fuzz target '$1'; there are: $(fuzz_targets | cut -d ' ' -f 1 | tr '\n' ' ')"
  search "$name" "$corpus" "$seconds" || die "an input broke $name: the files are in build/fuzz/found/$name"
}
