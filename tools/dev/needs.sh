# shellcheck shell=bash
# What some tests need beyond a compiler. A test says so by a label: needs-go, needs-node, needs-java, needs-python,
# needs-containers, needs-root, needs-time. Where this machine does not meet the need, `./dev test` leaves the test out and lists it as
# NOT RUN, and `./dev test full` fails.

# Each prepares what it stands for, or prints the reason why not and fails.
need_go() {
  local reason
  [ -x tests/tools/install.sh ] || { echo "tests/tools/install.sh is missing" && return 1; }
  reason=$(tests/tools/install.sh --go 2>&1 >/dev/null) || { echo "${reason#install.sh: }" && return 1; }
  tests/tools/install.sh --path >/dev/null 2>&1 ||
    step tools "Compiling helm, kubeconform and grpcurl (once; some minutes)" tests/tools/install.sh >&2 ||
    { echo "tests/tools/install.sh failed, see build/logs/tools.log" && return 1; }
}

need_node() {
  command -v npm >/dev/null || { echo "no npm here; buf comes from npm (Node 18 or newer)" && return 1; }
  [ -f tests/tools/package.json ] || { echo "tests/tools/package.json is missing" && return 1; }
  local folder=build/tools/npm
  if ! cmp -s tests/tools/package.json $folder/package.json || [ ! -x $folder/node_modules/.bin/buf ]; then
    mkdir -p $folder && cp tests/tools/package*.json $folder/
    step npm "Fetching buf from npm (once)" npm install --prefix $folder --no-audit --no-fund >&2 ||
      { rm -f $folder/package.json && echo "npm could not fetch buf, see build/logs/npm.log" && return 1; }
  fi
}

need_java() {
  local version
  command -v mvn >/dev/null || { echo "no Maven here: ./dev packages clients" && return 1; }
  version=$(javac -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p') || true
  [ "${version:-0}" -ge 17 ] || { echo "no JDK from 17 on here (javac): ./dev packages clients" && return 1; }
}

make_venv() { # make_venv FOLDER: whole or not at all
  rm -rf "$1"
  python3 -m venv "$1" && "$1/bin/pip" install -q --disable-pip-version-check -r tests/requirements.txt &&
    cp tests/requirements.txt "$1/requirements.txt"
}

need_python() {
  [ -f tests/requirements.txt ] || { echo "tests/requirements.txt is missing" && return 1; }
  cmp -s tests/requirements.txt build/venv/requirements.txt ||
    step venv "Making the Python environment of the clients (once)" make_venv build/venv >&2 ||
    { echo "the Python packages of tests/requirements.txt could not be installed, see build/logs/venv.log" && return 1; }
}

need_root() {
  [ "$(id -u)" -eq 0 ] || { echo "network namespaces are made by root: run as root" && return 1; }
  unshare --net --mount true 2>/dev/null ||
    { echo "root may not make network namespaces here: run on a machine, or in a privileged container" && return 1; }
}

need_containers() {
  local tool
  [ "$(id -u)" -eq 0 ] || { echo "images are built by root: run as root" && return 1; }
  for tool in podman runc debootstrap; do
    command -v $tool >/dev/null || [ -x /usr/sbin/$tool ] || { echo "no $tool here" && return 1; }
  done
  can_mount_overlay "${SWIMD_CONTAINERS_DIR:-$HOME/.cache/swimd-containers}" ||
    { echo "images can't be mounted here: run on a machine, not in a container" && return 1; }
}

can_mount_overlay() { # can_mount_overlay FOLDER: where the layers of images would be
  local folder result=0
  mkdir -p "$1" && folder=$(mktemp -d -p "$1") || return 1
  mkdir "$folder"/{lower,upper,work,merged}
  unshare --mount mount -t overlay overlay "$folder/merged" \
    -o "lowerdir=$folder/lower,upperdir=$folder/upper,workdir=$folder/work" 2>/dev/null || result=1
  rm -rf "$folder"
  return $result
}

need_time() { # tests of minutes, which a developer does not wait for
  [ "$test_mode" != default ] || { echo "takes minutes; part of ./dev test full and of ./dev lint" && return 1; }
}

all_needs() { compgen -A function need_ | sed 's/^need_//'; }

# Sets `missing` (need → reason) for the needs given.
declare -A missing=()
check_needs() { # check_needs NEED...
  local need reason
  missing=()
  for need in "$@"; do
    reason=$("need_$need") || missing[$need]=${reason:-unknown reason}
  done
}
