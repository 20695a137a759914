#!/usr/bin/env bash
# Container images without Nix, a registry or a base image: one static binary each, `docker import`ed as VERSION-ARCH.
# images.sh calls this, and gives the other tags. nix/images.nix describes the same images; nix/tests compares the two.
#   images-static.sh --changes SERVICE   prints what docker import is told, and builds nothing
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

version=$(version)

# changes SERVICE: the image's configuration, in the words of a Dockerfile.
changes() {
  local port=5001
  [ "$1" = hardware ] || port=5000
  cat <<END
USER 65532:65532
WORKDIR /data
ENV BIND=0.0.0.0:$port DATA_DIR=/data PATH=/bin SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
EXPOSE $port
ENTRYPOINT ["/bin/$1"]
CMD ["serve"]
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["/bin/$1", "healthcheck"]
LABEL org.opencontainers.image.title="Toolcrib $1" org.opencontainers.image.version="$version"
LABEL org.opencontainers.image.revision="$(revision)" org.opencontainers.image.licenses="MIT OR Apache-2.0"
LABEL org.opencontainers.image.source="$(sed -n 's/^repository = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)"
END
}
if [ "${1:-}" = --changes ]; then changes "$2"; exit; fi

need_rust
need_apt musl-tools ca-certificates
have python3 || need_apt python3

target=$(uname -m)-unknown-linux-musl
# The commit's time, not the clock's: the same commit makes the same file system. Not exported: C dependencies would be compiled
# again after every commit.
mtime=@${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}

say "building static binaries for $target (release; the first time takes some minutes)"
[ -d "$(rustc --print target-libdir --target "$target")" ] || rustup target add "$target" >&2
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
  mkdir -p "$root"/{bin,etc/ssl/certs,usr/share/sbom,data,tmp}
  install -m 0755 "$bin/$1" "$root/bin/$1"
  install -m 0644 /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
  python3 scripts/sbom.py "$1" > "$root/usr/share/sbom/$1.cdx.json"
  echo 'toolcrib:x:65532:65532:Toolcrib:/data:/sbin/nologin' > "$root/etc/passwd"
  echo 'toolcrib:x:65532:' > "$root/etc/group"
  chmod -R u=rwX,go=rX "$root"
  chmod 1777 "$root/tmp"
  # Everything root's but /data: a service can change none of its own files. Two passes, for one owner each.
  tar --create --file "$work/$1.tar" --directory "$root" --sort=name --mtime="$mtime" \
    --numeric-owner --owner=0 --group=0 --exclude=./data .
  tar --append --file "$work/$1.tar" --directory "$root" --mtime="$mtime" \
    --numeric-owner --owner=65532 --group=65532 ./data
}

for service in hardware portal; do
  rootfs "$service"
  told=()
  while IFS= read -r line; do told+=(-c "$line"); done < <(changes "$service")
  docker import "${told[@]}" "$work/$service.tar" "toolcrib/$service:$version-$(oci_arch)" >/dev/null
  say "  file system of $service: sha256:$(sha256sum "$work/$service.tar" | cut -d' ' -f1)"
done
