#!/usr/bin/env bash
# Runs the containers of customer a's manifests (profile local) with Docker: the same images, variables, user, read-only root
# and dropped capabilities as in a cluster; k8s/tests/containers says what is shown. A few minutes.
#   CONTAINERS=debug   images of the binaries in target/debug, made for this run (default)
#   CONTAINERS=real    the images that the manifests name: `make images` comes first
#   CUSTOMER=a         whose manifests
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

need_docker
containers=${CONTAINERS:-debug}
case $containers in debug | real) ;; *) die "CONTAINERS=$containers: debug or real" ;; esac
have python3 || need_apt python3
# It brings a reader of YAML; k8s/tests/run.sh has the same.
venv k8s "$(grep '^kubernetes-validate==' scripts/requirements.txt)"
if [ "$containers" = debug ] && ! { [ -x target/debug/hardware ] && [ -x target/debug/portal ]; }; then
  need_rust
  cargo build --locked --workspace --bins
fi
tests/mysql-image/build.sh toolcrib/mysql:9.7

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
CUSTOMER=${CUSTOMER:-a} PROFILE=local scripts/render.sh > "$work/manifests.yaml"
PYTHONDONTWRITEBYTECODE=1 .cache/k8s/bin/python k8s/tests/containers/run.py "$work/manifests.yaml" --images "$containers"
