#!/usr/bin/env bash
# Renders deploy/plain from deploy/kustomize, one file an object. `render.sh FOLDER` renders into another folder.
# Needs kustomize (KUSTOMIZE names another one than the one on PATH).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
into=${1:-plain}
for overlay in demo samples; do
  rm -rf "${into:?}/$overlay"
  mkdir -p "$into/$overlay"
  "${KUSTOMIZE:-kustomize}" build "kustomize/$overlay" -o "$into/$overlay"
done
