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
  local wanted=() p
  for p in "$@"; do
    dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || wanted+=("$p")
  done
  [ ${#wanted[@]} -gt 0 ] || return 0
  have apt-get || die "please install what Debian calls: ${wanted[*]} (there is no apt-get here to do it)"
  as_root true || die "please run: apt-get install ${wanted[*]} (this needs root or a sudo without a password)"
  say "installing ${wanted[*]}"
  # A broken third-party source must not stop us while the packages we want can be had.
  as_root apt-get update -qq >&2 || say "apt-get update complained; going on with the lists at hand"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${wanted[@]}" \
    >"${TMPDIR:-/tmp}/toolcrib-apt.log" 2>&1 </dev/null ||
    { tail -n 20 "${TMPDIR:-/tmp}/toolcrib-apt.log" >&2; die "apt-get could not install: ${wanted[*]}"; }
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

# http_status PORT PATH [HOST]: the status code that HOST (127.0.0.1) gives, or nothing. Bash alone, so that nobody needs curl.
http_status() {
  # shellcheck disable=SC2016  # the inner shell expands these
  timeout 5 bash -c '
    exec 3<>"/dev/tcp/$3/$1" || exit 1
    printf "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" "$2" >&3
    read -r _ status _ <&3 && echo "$status"' _ "$1" "$2" "${3:-127.0.0.1}" 2>/dev/null || true
}

# shellcheck disable=SC2016  # the inner shell expands it
port_taken() { timeout 2 bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$1"' _ "$1" 2>/dev/null; }

# moto_server_path: prints a moto_server, installing it into .cache/moto where there is none; 1 where it cannot be had.
moto_server_path() {
  local moto=$PWD/.cache/moto
  if have moto_server; then command -v moto_server; return; fi
  if [ ! -x "$moto/bin/moto_server" ]; then
    have python3 || need_apt python3
    python3 -m venv "$moto" >/dev/null 2>&1 || { need_apt python3-venv; python3 -m venv "$moto"; }
    "$moto/bin/pip" install --quiet --disable-pip-version-check 'moto[server,s3]==5.2.1' >&2 || return 1
  fi
  echo "$moto/bin/moto_server"
}

# venv NAME PACKAGE...: a virtual environment in .cache with just these, made anew when they change.
venv() {
  local dir=.cache/$1 stamp
  shift
  stamp=$dir/$(printf '%s' "$*" | cksum | tr ' ' -)
  [ -e "$stamp" ] || {
    rm -rf "$dir"
    python3 -m venv "$dir" > /dev/null 2>&1 || { need_apt python3-venv; python3 -m venv "$dir"; }
    "$dir/bin/pip" install --quiet --disable-pip-version-check "$@" && touch "$stamp"
  }
}

# Both run.sh and the tests need these: cargo, and a C compiler for SQLite and ring.
need_rust() {
  have cargo || die "Rust is missing: install rustup; it then reads the version from rust-toolchain.toml"
  have cc || need_apt gcc libc6-dev
}

# The architecture of this machine as OCI names it.
oci_arch() {
  case $(uname -m) in
    x86_64) echo amd64 ;;
    aarch64 | arm64) echo arm64 ;;
    *) die "images are for amd64 and arm64; this machine is $(uname -m)" ;;
  esac
}

# revision [DIGITS]: the commit of this tree, with -dirty behind it when something is not committed; `unknown` without git.
revision() {
  local commit dirty=""
  commit=$(git rev-parse --verify --quiet ${1:+"--short=$1"} HEAD 2>/dev/null) || { echo unknown; return; }
  [ -z "$(git status --porcelain 2>/dev/null)" ] || dirty=-dirty
  echo "$commit$dirty"
}

# The branch: git's, or where HEAD is detached, as in pipelines, what the pipeline says it builds.
branch() {
  local name
  name=$(git symbolic-ref --quiet --short HEAD 2>/dev/null || true)
  echo "${name:-${GITHUB_HEAD_REF:-${GITHUB_REF_NAME:-${CI_COMMIT_REF_NAME:-detached}}}}"
}

# BRANCH-SHA, which names one build: as the registry allows it, 128 characters that begin with a letter, a digit or `_`. What
# is too long is cut from the branch, never from the commit.
deploy_tag() {
  local name suffix
  suffix=-$(revision 12)
  name=$(branch | LC_ALL=C tr -c 'A-Za-z0-9._\n-' _)
  name=${name:0:$((128 - ${#suffix}))}
  case $name in [.-]*) name=_${name:1} ;; esac
  echo "$name$suffix"
}

# Every tag that an image of this tree gets, beside `dev`, which is the one made last. TAG stands in for BRANCH-SHA.
image_tags() { echo "$(version) $(version)-$(oci_arch) ${TAG:-$(deploy_tag)}"; }

# check_tag TAG: as a registry takes it.
check_tag() { [[ $1 =~ ^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$ ]] || die "'$1' is no tag: up to 128 of A-Z a-z 0-9 . _ -, and no . or - in front"; }

# The commit alone, 8 digits: objects in Kubernetes are named by it, since a branch may hold what Kubernetes refuses.
object_suffix() { local commit; commit=$(revision 8); echo "${commit%-dirty}"; }

# open_browser URL: where there is a browser and a screen for it; else whoever reads opens it.
open_browser() {
  if [ "$(uname -s)" = Darwin ] && have open; then open "$1"
  elif [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] && have xdg-open; then xdg-open "$1" >/dev/null 2>&1 || say "open $1"
  else say "open $1"; fi
}

# hardware_binary: prints the newest one that was built, building one where there is none. HARDWARE names another.
hardware_binary() {
  local target=${CARGO_TARGET_DIR:-target} newest=''
  local candidate
  if [ -n "${HARDWARE:-}" ]; then echo "$HARDWARE"; return; fi
  for candidate in "$target/debug/hardware" "$target/release/hardware"; do
    if [ -x "$candidate" ] && { [ -z "$newest" ] || [ "$candidate" -nt "$newest" ]; }; then newest=$candidate; fi
  done
  if [ -z "$newest" ]; then need_rust; cargo build --locked -p hardware >&2; newest=$target/debug/hardware; fi
  echo "$newest"
}
