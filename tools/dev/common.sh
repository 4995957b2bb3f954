# shellcheck shell=bash
# What all parts of `dev` use: messages, steps with progress and a log each.

root=$PWD
logs=$root/build/logs
cores=$(nproc)
# In front of a simulator: its clusters lie all over the heap, and in large pages, where the system has them, more of it
# is found at once.
large_pages=(env "GLIBC_TUNABLES=${GLIBC_TUNABLES:+$GLIBC_TUNABLES:}glibc.malloc.hugetlb=1")

say() { printf '%s\n' "$*"; }

die() {
  printf 'dev: %s\n' "$*" >&2
  exit 1
}

duration() { # duration SECONDS: as people write it
  if [ "$1" -lt 60 ]; then printf '%d s' "$1"; else printf '%d min %02d s' $(($1 / 60)) $(($1 % 60)); fi
}

last_line() { # last_line FILE: what a program said last, short enough for a terminal
  tail -c 2000 "$1" 2>/dev/null | tr '\r' '\n' | sed 's/\x1b\[[0-9;]*[A-Za-z]//g' | grep -v '^[[:space:]]*$' | tail -n 1 |
    cut -c 1-"$2" || true
}

# Shows that a step goes on: in place on a terminal, twice a minute elsewhere. Ends with its parent.
progress() { # progress TEXT LOG
  local started=$SECONDS width=$((${COLUMNS:-100} - ${#1} - 20)) waited=0
  [ "$width" -gt 20 ] || width=20
  while sleep 1 && kill -0 "$$" 2>/dev/null; do
    waited=$((SECONDS - started))
    if [ -t 1 ]; then
      printf '\r\033[K%s … %s  %s' "$1" "$(duration $waited)" "$(last_line "$2" "$width")"
    elif [ $((waited % 30)) -eq 29 ]; then
      printf '  %s … %s  %s\n' "$1" "$(duration $waited)" "$(last_line "$2" 100)"
    fi
  done
}

# Runs a command with its output in a log; says how long it took, and on failure the end of the log.
step() { # step NAME TEXT COMMAND...
  local log=$logs/$1.log text=$2 started=$SECONDS result=0 ticker
  shift 2
  mkdir -p "$logs"
  [ -t 1 ] || say "$text"
  : >"$log"
  progress "$text" "$log" &
  ticker=$!
  "$@" >"$log" 2>&1 </dev/null || result=$?
  kill "$ticker" 2>/dev/null || true
  wait "$ticker" 2>/dev/null || true
  [ ! -t 1 ] || printf '\r\033[K'
  if [ "$result" -eq 0 ]; then
    say "$text: $(duration $((SECONDS - started)))"
    return 0
  fi
  say "$text: failed after $(duration $((SECONDS - started))) (exit $result); all of it is in ${log#"$root"/}"
  tail -n "${STEP_TAIL:-40}" "$log" | sed 's/^/    /'
  return "$result"
}
