#!/usr/bin/env bash
# The concurrency checker (tests/tests/torture) at length: `make torture`. `make test` runs it for about a minute.
#   TORTURE_SECONDS  how long each scenario goes on on each database (300: an hour in all)
#   TORTURE_SEED     repeats the choices of the run that printed it
# Arguments go to the test binary: `scripts/torture.sh kill::mysql`, `scripts/torture.sh windows::`.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

export TORTURE_SECONDS=${TORTURE_SECONDS:-300}
arguments=("$@")
if [ "${TOOLCRIB_SKIP_DOCKER:-}" = 1 ]; then
  say "WITHOUT MySQL: TOOLCRIB_SKIP_DOCKER=1"
  arguments+=(--skip ::mysql)
else
  MYSQL_IMAGE=$(scripts/mysql-image.sh)
  export MYSQL_IMAGE
fi
need_rust

# The naive build must be caught, or the run proves nothing. With the test among the targets both calls unify the
# dependencies' features alike, and nothing is compiled twice.
cargo build --locked --workspace --features hardware/naive --bin hardware-naive --test torture
cargo build --locked --workspace --bins --test torture
cargo test --locked --workspace --test torture --no-fail-fast -- ${arguments[@]+"${arguments[@]}"}
