#!/usr/bin/env bash
# cargo deny by the rules of deny.toml. Compiles cargo-deny the first time, into a folder of its own.
# Advisories need their database from the network: ADVISORIES=1 asks for them too.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

need_rust
if ! cargo deny --version >/dev/null 2>&1; then
  say "cargo-deny is missing: compiling it once (some minutes)"
  cargo install --locked --quiet cargo-deny
fi
cargo deny --locked check bans licenses sources ${ADVISORIES:+advisories}
