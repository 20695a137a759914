#!/usr/bin/env bash
# Builds a container image with real MySQL from Debian's packages, for machines that reach no image registry.
# README.md, beside this file, says what it is good for.
#
#   build.sh [--force] [TAG...]      default tag: toolcrib/mysql:9.7; further tags name the same image
#
#   MYSQL_IMAGE_TAR  a zstd-compressed `docker save`: loaded when the file exists, written after a build when it does not
#   DEBIAN_MIRROR    default: the mirror this machine's apt is set up with
#   DEBIAN_SUITE     default: sid, the only suite that carries mysql-server-core 9
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${MYSQL_IMAGE_TAR:-}
case $cache in '' | /*) ;; *) cache=$PWD/$cache ;; esac   # before lib.sh moves to the repository's root
# shellcheck source=../../scripts/lib.sh
. "$here/../../scripts/lib.sh"

force=
if [ "${1:-}" = --force ]; then force=1; shift; fi
if [ $# -eq 0 ]; then set -- toolcrib/mysql:9.7; fi
main=$1

exists() { [ -z "$force" ] && docker image inspect "$main" >/dev/null 2>&1; }

# The cache may have been saved under another name: docker load says which, and we tag that.
load_cache() {
  [ -z "$force" ] && [ -n "$cache" ] && [ -s "$cache" ] || return 1
  need_apt zstd
  local loaded
  loaded=$(zstd -dcq --no-pass-through "$cache" | docker load | sed -n 's/^Loaded image\( ID\)\?: //p' | head -n 1) || true
  if [ -z "$loaded" ]; then say "$cache could not be loaded: building instead"; return 1; fi
  if [ "$loaded" != "$main" ]; then docker tag "$loaded" "$main"; fi
  say "$main loaded from $cache"
}

# Never over a file that is there: a wrong path in MYSQL_IMAGE_TAR must not cost anybody a file. Written beside and
# moved into place (-n: not over one that came meanwhile), so that a run cut short leaves no half cache either.
save_cache() {
  [ -n "$cache" ] || return 0
  if [ -e "$cache" ]; then say "$cache is left as it is: remove it to have it written anew"; return 0; fi
  local part
  part=$(mktemp "$(dirname "$cache")/.mysql-image.XXXXXX")
  docker save "$main" | zstd -T0 -9 -q -f -o "$part"
  chmod 0644 "$part"
  mv -n "$part" "$cache"
}

debian_mirror() {
  if [ -n "${DEBIAN_MIRROR:-}" ]; then echo "$DEBIAN_MIRROR"; return; fi
  # Origin and Label leave out the security archive and third-party repositories, which carry no sid.
  # shellcheck disable=SC2016  # apt-get's own placeholders
  apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' 'Label: Debian' 2>/dev/null | head -n 1
}

build() {
  need_apt mmdebstrap zstd
  local mirror work
  mirror=$(debian_mirror)
  if [ -z "$mirror" ]; then as_root apt-get update -qq >&2 || true; mirror=$(debian_mirror); fi
  [ -n "$mirror" ] || die "this machine's apt knows no Debian mirror: set DEBIAN_MIRROR, or MYSQL_IMAGE to an image you can pull"

  work=$(mktemp -d)
  # shellcheck disable=SC2064  # the path of now, not of when the trap fires
  trap "rm -rf '$work'" EXIT
  say "building $main from Debian ${DEBIAN_SUITE:-sid} (about a minute)"
  # sid's index is re-signed several times a day; a mirror that lags a little is still good.
  # shellcheck disable=SC2016  # the hook's own shell expands these
  FILES=$here/files CUSTOMIZE=$here/customize.sh mmdebstrap --quiet --variant=essential \
    --include=mysql-server-core,mysql-client-core,tzdata,passwd \
    --aptopt='Acquire::Check-Valid-Until "false"' --aptopt='APT::Install-Recommends "false"' \
    --skip=cleanup/run \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' \
    --customize-hook='bash "$CUSTOMIZE" "$1"' \
    "${DEBIAN_SUITE:-sid}" "$work/rootfs.tar" "$mirror"
  docker import \
    -c 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
    -c 'ENTRYPOINT ["docker-entrypoint.sh"]' -c 'CMD ["mysqld"]' \
    -c 'EXPOSE 3306 33060' -c 'VOLUME /var/lib/mysql' \
    "$work/rootfs.tar" "$main" >/dev/null
  save_cache
}

need_docker
if exists; then
  say "$main exists"
else
  # Two test runs on one machine must not build the same image at once.
  exec 9>"${TMPDIR:-/tmp}/toolcrib-mysql-image.lock"
  flock 9
  exists || load_cache || build
fi
for tag in "${@:2}"; do docker tag "$main" "$tag"; done
docker image ls --format '{{.Repository}}:{{.Tag}} {{.ID}} {{.Size}}' "$main" >&2
