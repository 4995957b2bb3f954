#!/usr/bin/env bash
# collect FOLDER PROGRAM...: makes FOLDER the root of an image that runs these programs: they and their shared libraries, the
# loader, a user, and for each Debian package that a library is from its licence and what scanners look for. Run in `Dockerfile`.
set -euo pipefail
into=$1
shift

# The same links as in Debian, so that /lib/… and /usr/lib/… are one.
mkdir -p "$into/usr/bin" "$into/usr/lib" "$into/usr/lib64" "$into/etc" "$into/run/swim" "$into/run/swim-admin" "$into/tmp"
ln -s usr/bin "$into/bin"
ln -s usr/lib "$into/lib"
ln -s usr/lib64 "$into/lib64"
chmod 0770 "$into/run/swim"
chmod 0700 "$into/run/swim-admin"
chmod 1777 "$into/tmp"

cat >"$into/etc/passwd" <<'X'
root:x:0:0:root:/:/usr/sbin/nologin
swim:x:65532:65532:swim:/:/usr/sbin/nologin
X
printf 'root:x:0:\nswim:x:65532:\n' >"$into/etc/group"
printf 'hosts: files dns\npasswd: files\ngroup: files\n' >"$into/etc/nsswitch.conf"
echo 'swimd' >"$into/etc/hostname"

libraries() { # libraries PROGRAM...: paths of the loader and of all shared libraries, one a line
  local missing
  if missing=$(ldd "$@" | grep 'not found'); then
    echo "collect: not on this Debian: $missing" >&2
    return 1
  fi
  ldd "$@" | awk '$2 == "=>" {print $3} $1 ~ /^\// && $1 !~ /:$/ {print $1}' | sort -u
}

# The package database knows a file by the path it was packaged under, with or without /usr.
owner() { # owner LIBRARY
  local real
  real=$(readlink -f "$1")
  { dpkg -S "$real" || dpkg -S "${real#/usr}"; } 2>/dev/null | sed 's/: .*//; s/:.*//'
}

describe() { # describe PACKAGE
  local name=${1%%:*}
  mkdir -p "$into/var/lib/dpkg/status.d" "$into/usr/share/doc/$name"
  dpkg -s "$1" >"$into/var/lib/dpkg/status.d/$name"
  cp "/usr/share/doc/$name/copyright" "$into/usr/share/doc/$name/" 2>/dev/null ||
    echo "See the licence of Debian's package $name" >"$into/usr/share/doc/$name/copyright"
}

found=$(libraries "$@")
for library in $found; do
  target=$into$(readlink -f "$(dirname "$library")")/$(basename "$library")
  mkdir -p "$(dirname "$target")"
  cp -L "$library" "$target"
done
packages=$(for library in $found; do owner "$library"; done | sort -u)
for package in $packages; do
  describe "$package"
done
for program in "$@"; do
  install -m 0755 -s "$program" "$into/usr/bin/"
done
install -D -m 0644 LICENSE "$into/usr/share/doc/swimd/LICENSE"
