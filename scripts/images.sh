#!/usr/bin/env bash
# Container images without a registry and without a base image: one static binary each, `docker import`ed.
# Makes toolcrib/hardware and toolcrib/portal as VERSION and as dev, and toolcrib/mysql:9.7 where it is missing.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

if [ "${IMAGES:-}" = nix ] && [ ! -e flake.nix ]; then die "IMAGES=nix: there is no flake.nix in this checkout yet"; fi
[ "$(uname -s)" = Linux ] || die "images are built on Linux (this is $(uname -s))"
need_docker
need_rust
need_apt musl-tools ca-certificates

arch=$(uname -m)
target=$arch-unknown-linux-musl
version=$(version)
revision=$(git rev-parse HEAD 2>/dev/null || echo unknown)
if [ -n "$(git status --porcelain 2>/dev/null)" ]; then revision=$revision-dirty; fi
source=$(sed -n 's/^repository = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
# The commit's time, not the clock's: the same commit makes the same file system. Not exported: C dependencies would be compiled
# again after every commit.
mtime=@${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}

say "building static binaries for $target (release; the first time takes some minutes)"
rustup target list --installed | grep -qx "$target" || rustup target add "$target" >&2
# No path of the building machine in the binaries.
CARGO_ENCODED_RUSTFLAGS=$(printf -- '--remap-path-prefix=%s=/cargo\037--remap-path-prefix=%s=/src' "${CARGO_HOME:-$HOME/.cargo}" "$PWD")
export CARGO_ENCODED_RUSTFLAGS
export CFLAGS=-g0
cargo build --locked --release --target "$target" -p hardware -p portal
bin=${CARGO_TARGET_DIR:-target}/$target/release

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# rootfs SERVICE: writes $work/SERVICE.tar
rootfs() {
  local root=$work/$1
  mkdir -p "$root"/{bin,etc/ssl/certs,data,tmp}
  install -m 0755 "$bin/$1" "$root/bin/$1"
  install -m 0644 /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
  echo 'toolcrib:x:65532:65532:Toolcrib:/data:/sbin/nologin' > "$root/etc/passwd"
  echo 'toolcrib:x:65532:' > "$root/etc/group"
  chmod 0755 "$root" "$root"/{bin,etc,etc/ssl,etc/ssl/certs,data}
  chmod 0644 "$root"/etc/{passwd,group}
  chmod 1777 "$root/tmp"
  # Everything root's but /data: a service can change none of its own files. Two passes, for one owner each.
  tar --create --file "$work/$1.tar" --directory "$root" --sort=name --mtime="$mtime" \
    --numeric-owner --owner=0 --group=0 --exclude=./data .
  tar --append --file "$work/$1.tar" --directory "$root" --mtime="$mtime" \
    --numeric-owner --owner=65532 --group=65532 ./data
}

# image SERVICE PORT TITLE
image() {
  local ref=toolcrib/$1:$version
  rootfs "$1"
  docker import \
    -c 'USER 65532:65532' -c 'WORKDIR /data' \
    -c "ENV BIND=0.0.0.0:$2 DATA_DIR=/data PATH=/bin SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt" \
    -c "EXPOSE $2" -c "ENTRYPOINT [\"/bin/$1\"]" -c 'CMD ["serve"]' \
    -c "HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD [\"/bin/$1\", \"healthcheck\"]" \
    -c "LABEL org.opencontainers.image.title=\"$3\" org.opencontainers.image.version=\"$version\"" \
    -c "LABEL org.opencontainers.image.revision=\"$revision\" org.opencontainers.image.licenses=\"MIT OR Apache-2.0\"" \
    -c "LABEL org.opencontainers.image.source=\"$source\"" \
    "$work/$1.tar" "$ref" >/dev/null
  docker tag "$ref" "toolcrib/$1:dev"
  docker image ls --format '{{.Repository}}:{{.Tag}} {{.ID}} {{.Size}}' "$ref"
  say "  file system sha256:$(sha256sum "$work/$1.tar" | cut -d' ' -f1)"
}

image hardware 5001 "Toolcrib hardware"
image portal 5000 "Toolcrib portal"
if [ -z "${MYSQL_IMAGE:-}" ]; then tests/mysql-image/build.sh toolcrib/mysql:9.7; fi
