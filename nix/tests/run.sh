#!/usr/bin/env bash
# Tests the flake without a network and without nixpkgs: `make test-nix`. The inputs are stubs (docs/nix.md says what that
# proves). Nix comes from Debian's nix-bin; the formatter and deadnix are compiled once, into .cache.
set -euo pipefail
# shellcheck source=../../scripts/lib.sh
. "$(dirname "$0")/../../scripts/lib.sh"

have nix-instantiate || need_apt nix-bin
have python3 || need_apt python3
need_rust
python3 -c 'import tomllib' 2>/dev/null || die "python3 is older than 3.11, and the tests of the flake read TOML with it"
missing=$(docker_missing)
if [ -n "$missing" ] && [ "${TOOLCRIB_SKIP_DOCKER:-}" != 1 ]; then
  say "images are not compared with Docker's help: $missing"
  export TOOLCRIB_SKIP_DOCKER=1
fi

# tool CRATE VERSION PROGRAM: prints where it is. Each version has a folder of its own, so a new one is compiled anew.
tool() {
  local root=.cache/nix-tools/$1-$2
  if [ ! -x "$root/bin/$3" ]; then
    say "$1 $2 is missing: compiling it once (a minute)"
    cargo install --locked --quiet --root "$root" "$1@$2" >&2 || die "could not install $1 (cargo install --locked $1@$2)"
  fi
  echo "$PWD/$root/bin/$3"
}
# The official formatter in Rust, which needs no Haskell; `nix fmt` is the official one itself.
NIXFMT=$(tool nixfmt_rs 0.5.3 nixfmt)
DEADNIX=$(tool deadnix 1.3.1 deadnix)
export NIXFMT DEADNIX

# Nix opens its store also where nothing is to be built. This one is ours, so no root, no daemon and no /nix is needed.
NIX_REMOTE="local?root=$PWD/.cache/nix-store"
PYTHONDONTWRITEBYTECODE=1
export NIX_REMOTE PYTHONDONTWRITEBYTECODE

start=$SECONDS
nix-instantiate --version
status=0
python3 nix/tests/run.py || status=$?
echo "evaluated for x86_64-linux and aarch64-linux in $((SECONDS - start)) s"
exit "$status"
