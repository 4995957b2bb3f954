#!/usr/bin/env bash
# Builds the tools that tests/kubernetes needs (helm, kubeconform, kustomize, grpcurl) from the versions that go.mod pins, once:
# into ${SWIMD_TOOLS_DIR:-~/.cache/swimd-tools}/<hash of go.mod, go.sum and Go's version>/bin. Prints that folder's path.
#
#   install.sh          builds what is missing, then prints the folder
#   install.sh --path   prints the folder only; exit 1 where a tool is missing, 3 where this machine has no Go that can build them
#   install.sh --go     exit 3 where this machine has no such Go
#
# helm compiles for minutes; the other three take about one. Progress goes to stderr.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export GOFLAGS=-buildvcs=false CGO_ENABLED=0
tools=(
  github.com/yannh/kubeconform/cmd/kubeconform
  sigs.k8s.io/kustomize/kustomize/v5
  github.com/fullstorydev/grpcurl/cmd/grpcurl
  helm.sh/helm/v3/cmd/helm
)

# kustomize's import path ends in its major version.
name_of() {
  case "$1" in
    */v[0-9]) basename "$(dirname "$1")" ;;
    *) basename "$1" ;;
  esac
}

say() { echo "install.sh: $*" >&2; }

need_go() {
  local wanted have
  wanted=$(awk '$1 == "go" {print $2}' "$here/go.mod")
  have=$(GOTOOLCHAIN=local go env GOVERSION 2>/dev/null | sed 's/^go//') || true
  if [ -z "$have" ]; then
    say "no Go here; Go $wanted or newer builds the tools"
    return 3
  fi
  if [ "$(printf '%s\n%s\n' "$wanted" "$have" | sort -V | head -n 1)" != "$wanted" ]; then
    say "Go $have is too old to build the tools; they need $wanted or newer"
    return 3
  fi
}

folder() {
  local hash
  hash=$( (cat "$here/go.mod" "$here/go.sum"; go env GOVERSION GOARCH) | sha256sum | cut -c 1-16)
  echo "${SWIMD_TOOLS_DIR:-$HOME/.cache/swimd-tools}/$hash/bin"
}

missing() { # missing FOLDER: the tools that are not there yet
  local tool
  for tool in "${tools[@]}"; do
    [ -x "$1/$(name_of "$tool")" ] || echo "$tool"
  done
}

build() { # build FOLDER
  local tool name started
  mkdir -p "$1"
  # Two runs at a time would compile everything twice.
  exec 9>"$1/.lock"
  flock 9
  for tool in $(missing "$1"); do
    name=$(name_of "$tool")
    say "building $name"
    started=$SECONDS
    (cd "$here" && nice -n 10 go build -p 2 -trimpath -ldflags "-s -w" -o "$1/.$name.new" "$tool")
    mv "$1/.$name.new" "$1/$name" # a build that was cut short leaves nothing under the name
    say "$name built in $((SECONDS - started)) s"
  done
}

need_go || exit $?
bin=$(folder)
case "${1:-}" in
  --go) exit 0 ;;
  --path) [ -z "$(missing "$bin")" ] || exit 1 ;;
  "") build "$bin" >&2 ;;
  *)
    say "unknown argument $1"
    exit 2
    ;;
esac
echo "$bin"
