#!/usr/bin/env bash
# Container images toolcrib/hardware and toolcrib/portal for this machine's architecture, tagged as VERSION, VERSION-ARCH,
# BRANCH-SHA (or TAG) and dev; and toolcrib/mysql:9.7 where it is missing. Two ways make images that behave alike:
#   IMAGES=nix      by the flake (docs/nix.md)
#   IMAGES=static   without Nix, a registry or a base image
# Unset, it is Nix where Nix and the locked inputs are to be had.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

flake() { nix --extra-experimental-features 'nix-command flakes' --no-write-lock-file "$@"; }

# no_nix: prints why Nix cannot be used, or nothing. The smallest of the locked inputs is fetched to find out: seconds, and
# Nix itself is asked, which knows its proxies and caches.
no_nix() {
  local input
  if ! have nix; then echo "there is no nix command here"; return; fi
  # shellcheck disable=SC2016  # Nix's variables
  input=$(nix-instantiate --eval --json --expr 'with (builtins.fromJSON (builtins.readFile ./flake.lock)).nodes.crane.locked;
    "github:${owner}/${repo}/${rev}"' 2>/dev/null | tr -d '"') || { echo "nix does not run here"; return; }
  timeout 15 nix --extra-experimental-features 'nix-command flakes' --option download-attempts 1 --option connect-timeout 5 \
    flake metadata "$input" >/dev/null 2>&1 || echo "the flake's inputs are not to be had (tried $input)"
}

case ${IMAGES:-} in
  nix) why=$(no_nix); [ -z "$why" ] || die "IMAGES=nix: $why"; way=nix ;;
  static) way=static ;;
  "")
    why=$(no_nix); way=nix
    if [ -n "$why" ]; then say "making the images without Nix: $why"; way=static; fi ;;
  *) die "IMAGES=$IMAGES: nix or static" ;;
esac

[ "$(uname -s)" = Linux ] || die "images are built on Linux (this is $(uname -s))"
need_docker
tags=$(image_tags)
check_tag "${tags##* }"
made=$(version)-$(oci_arch)

if [ "$way" = static ]; then
  scripts/images-static.sh
else
  mkdir -p .cache/nix
  for service in hardware portal; do
    say "nix build .#$service-image"
    flake build --out-link ".cache/nix/$service-image" ".#$service-image"
    docker load --quiet --input ".cache/nix/$service-image" >/dev/null
  done
fi

for service in hardware portal; do
  for tag in $tags dev; do docker tag "toolcrib/$service:$made" "toolcrib/$service:$tag"; done
  docker image ls --format '{{.Repository}}:{{.Tag}} {{.ID}} {{.Size}}' "toolcrib/$service:$made"
done
say "tags: $tags dev"
if [ -z "${MYSQL_IMAGE:-}" ]; then tests/mysql-image/build.sh toolcrib/mysql:9.7; fi
