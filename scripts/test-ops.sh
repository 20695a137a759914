#!/usr/bin/env bash
# Tests what operators call (Secrets, push, deploy, roll back, rotate, back up, customers) in copies of this tree: `make test-ops`.
# There is no cluster: the real kubectl talks to a stand-in for the API (tests/ops/stand_in.py), which records in what order. The
# registry is a real one, and so is the MySQL that is dumped and restored. Some of it: OPS_TESTS="test_secret test_release.Rotate"
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

have python3 || need_apt python3
have openssl || need_apt openssl
have kubectl || die "kubectl is missing, which these tests deploy with: https://kubernetes.io/docs/tasks/tools"

# docker_registry: prints where a docker-registry is. It is unpacked and not installed: Debian's package would start it, on the
# portal's port.
docker_registry() {
  local folder=$PWD/.cache/docker-registry
  if have docker-registry; then command -v docker-registry; return; fi
  if [ ! -x "$folder/usr/bin/docker-registry" ]; then
    have apt-get && have dpkg-deb || return 1
    rm -rf "$folder"
    mkdir -p "$folder"
    ( cd "$folder" && { apt-get download -qq docker-registry || { as_root apt-get update -qq && apt-get download -qq docker-registry; }; } ) >/dev/null 2>&1 || return 1
    dpkg-deb --extract "$folder"/docker-registry_*.deb "$folder"
  fi
  echo "$folder/usr/bin/docker-registry"
}

missing=$(docker_missing)
if [ "${TOOLCRIB_SKIP_DOCKER:-}" != 1 ] && [ -n "$missing" ]; then
  say "without Docker nothing is pushed and no MySQL is backed up: $missing"
  export TOOLCRIB_SKIP_DOCKER=1
fi
if [ "${TOOLCRIB_SKIP_DOCKER:-}" != 1 ]; then
  DOCKER_REGISTRY=$(docker_registry) || say "docker-registry cannot be had (Debian: apt-get install docker-registry): nothing will be pushed"
  export DOCKER_REGISTRY
  if [ -z "${MYSQL_IMAGE:-}" ]; then tests/mysql-image/build.sh toolcrib/mysql:9.7 >&2; fi
fi
# What the other suites have just built, else a release; restoring is not tested where there is neither.
for binary in "${CARGO_TARGET_DIR:-target}"/{debug,release}/hardware; do
  if [ -z "${HARDWARE:-}" ] && [ -x "$binary" ]; then HARDWARE=$PWD/${binary#"$PWD/"}; export HARDWARE; fi
done

# shellcheck disable=SC2086  # several names, apart
exec python3 -B tests/ops/run.py ${OPS_TESTS:-}
