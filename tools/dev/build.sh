# shellcheck shell=bash
# Configure and build by preset.

# The presets' environment lets clones of one machine share what the compiler cache holds, precompiled headers too.

build_preset() { # build_preset PRESET [TARGET...]
  local preset=$1
  shift
  local targets=()
  [ $# -eq 0 ] || targets=(--target "$@")
  step "configure-$preset" "Configuring preset $preset" cmake --preset "$preset" || return 1
  step "build-$preset" "Building preset $preset${1:+: $*}" \
    cmake --build --preset "$preset" --parallel "$cores" "${targets[@]}"
}

dev_build() {
  local preset=${PRESET:-release}
  if [ "$preset" = fuzz ]; then install_packages build lint fuzz; else install_packages build; fi
  build_preset "$preset" "$@" || exit 1
  say "Programs are in build/$preset/bin."
}
