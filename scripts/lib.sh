# Shared by the scripts in this folder: `. "$(dirname "$0")/lib.sh"`. It also moves to the repository's root.
# shellcheck shell=bash
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

# Scripts' own words go to stderr, so that stdout stays free for data (an image name, a version).
say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

version() { sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1; }

# as_root COMMAND...: directly as root, else through a sudo that asks nothing (a prompt would hang CI).
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif have sudo && sudo -n true 2>/dev/null; then sudo -n "$@"
  else return 126; fi
}

# need_apt PACKAGE...: installs what is missing; where it cannot, one line names it all.
need_apt() {
  local missing=() p
  for p in "$@"; do
    dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing+=("$p")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  have apt-get || die "please install what Debian calls: ${missing[*]} (there is no apt-get here to do it)"
  as_root true || die "please run: apt-get install ${missing[*]} (this needs root or a sudo without a password)"
  say "installing ${missing[*]}"
  # A broken third-party source must not stop us while the packages we want can be had.
  as_root apt-get update -qq >&2 || say "apt-get update complained; going on with the lists at hand"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" \
    >"${TMPDIR:-/tmp}/toolcrib-apt.log" 2>&1 </dev/null ||
    { tail -n 20 "${TMPDIR:-/tmp}/toolcrib-apt.log" >&2; die "apt-get could not install: ${missing[*]}"; }
}

# docker_missing: prints the one line that says what is missing, or nothing when the daemon answers.
docker_missing() {
  if ! have docker; then echo "the docker command is missing (Debian: apt-get install docker.io)"
  elif ! timeout 20 docker info >/dev/null 2>&1; then
    echo "docker is installed but its daemon does not answer (is it running, and may $(id -un) use it?)"
  fi
}

need_docker() { local m; m=$(docker_missing); [ -z "$m" ] || die "Docker is needed: $m"; }

# compose ARGS...: the v2 plugin where there is one, else the old command.
compose() {
  if docker compose version >/dev/null 2>&1; then docker compose "$@"
  elif have docker-compose; then docker-compose "$@"
  else die "neither 'docker compose' nor 'docker-compose' is here (Debian: apt-get install docker-compose)"; fi
}
