#!/usr/bin/env bash
# Builds an image of the flake really, where nixpkgs cannot be had: crane and rust-overlay are the real ones, nixpkgs' lib is,
# and the rest of nixpkgs is nix/tests/stand-in, with this machine's programs. A quarter of an hour; as root; for maintainers
# of the flake, not a part of `make test`.
#   NIX_TEST_CRANE, NIX_TEST_RUST_OVERLAY   their trees, at the commits of flake.lock
#   NIX_TEST_LIB                            the folder `lib` of nixpkgs (with a Nix below 2.14: see docs/nix.md)
#   build.sh ATTRIBUTE [OPTION...]          packages.x86_64-linux.hardware-image, and options of nix-build such as --check
set -euo pipefail
# shellcheck source=../../scripts/lib.sh
. "$(dirname "$0")/../../scripts/lib.sh"

for variable in NIX_TEST_CRANE NIX_TEST_RUST_OVERLAY NIX_TEST_LIB; do
  [ -d "${!variable:-}" ] || die "$variable should name a folder; see the head of nix/tests/build.sh"
done
attribute=${1:-packages.$(uname -m)-linux.hardware-image}
[ $# = 0 ] || shift
have nix-build || need_apt nix-bin
need_rust
need_apt musl-tools jq rsync zstd fakeroot python3 ca-certificates
[ -d "$(rustc --print target-libdir --target "$(uname -m)-unknown-linux-musl")" ] || rustup target add "$(uname -m)-unknown-linux-musl"
cargo fetch --locked

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat > "$work/default.nix" <<END
import $PWD/nix/tests/stand-in {
  libPath = $(realpath "$NIX_TEST_LIB");
  cargoHome = "${CARGO_HOME:-$HOME/.cargo}";
  toolchainPath = "$(rustc --print sysroot)";
}
END
# Without a sandbox, since the programs are this machine's.
nix-build nix/tests/build.nix --no-out-link --attr "$attribute" \
  --argstr crane "$NIX_TEST_CRANE" --argstr rustOverlay "$NIX_TEST_RUST_OVERLAY" --argstr nixpkgs "$work" \
  --argstr revision "$(revision)" \
  --option sandbox false --option build-users-group '' --option substitute false \
  --option allow-import-from-derivation false "$@"
