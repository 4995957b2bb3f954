# shellcheck shell=bash
# Debian packages: reads packages.txt, installs what is missing, quick when nothing is.

packages_of() { # packages_of [GROUP...]: the names, of all groups where none is given
  awk -v wanted=" $* " '
    /^## / { group = $2; next }
    /^#/ || NF == 0 { next }
    wanted ~ /^ *$/ || index(wanted, " " group " ") { print $1 }' "$root/packages.txt"
}

missing_packages() { # missing_packages [GROUP...]
  # A package that another one stands for (libfoo-dev by libfoo2-dev) is there when apt would do nothing; that is
  # too slow to ask each time, and packages.txt names none.
  local names
  names=$(packages_of "$@")
  comm -23 <(sort <<<"$names") \
    <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' 2>/dev/null | awk '$1 == "installed" {print $2}' | sort)
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

apt_install() { # apt_install PACKAGE...: without starting any service that a package brings
  local policy=/usr/sbin/policy-rc.d made=
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod +x "$policy"
    made=$policy
  fi
  local result=0
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q update || result=$?
  if [ "$result" -eq 0 ]; then
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends "$@" || result=$?
  fi
  [ -z "$made" ] || as_root rm -f "$made"
  return "$result"
}

install_packages() { # install_packages [GROUP...]
  command -v dpkg-query >/dev/null ||
    die "this machine has no dpkg. Install what packages.txt lists under its own names, and use cmake --preset release"
  local missing
  missing=$(missing_packages "$@")
  [ -n "$missing" ] || return 0
  # shellcheck disable=SC2086
  set -- $missing
  if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
    die "missing packages, and neither root nor sudo to install them: apt-get install --no-install-recommends $*"
  fi
  say "Missing Debian packages: $*"
  if [ "$(id -u)" -ne 0 ]; then sudo -v || die "sudo was refused: apt-get install --no-install-recommends $*"; fi
  step packages "Installing $# packages by apt" apt_install "$@" ||
    die "apt could not install them. This project is built on Debian 12 (bookworm)"
}

dev_packages() { install_packages "$@" && say "All packages are there."; }
