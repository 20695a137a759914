#!/usr/bin/env bash
# Compared benchmarks: `make bench` measures the release build beside its peers, in turns, prints ratios, and writes
# docs/performance.md. About 12 minutes, and some more the first time. Needs Docker, for MySQL.
# `make bench-history` (--history as the first option) asks long histories instead, up to a million claims on each
# database: half an hour, 4 GB on the disk and 6 GB of memory.
#   BENCH_SECONDS  of each measurement (5, histories 2)        BENCH_ROUNDS  turns (3)
#   --quick        a short look whether all of it works; the page goes to target/bench instead
#   --again        write the page anew from the last results, without measuring
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

export PYTHONDONTWRITEBYTECODE=1
readonly OHA=1.16.0
target=${CARGO_TARGET_DIR:-$PWD/target}
out=$target/bench
venv=.cache/bench
program=run.py
seconds=5
if [ "${1:-}" = --history ]; then program=scale.py; seconds=2; shift; fi
options=(--seconds "${BENCH_SECONDS:-$seconds}" --rounds "${BENCH_ROUNDS:-3}" --out "$out")
docs=docs
quick=
case ${1:-} in
  '') ;;
  --quick)
    quick=1; docs=$out; options=(--seconds 1 --rounds 2 --out "$out")
    if [ $program = run.py ]; then options+=(--starts 6 --hostile-seconds 10); else options+=(--quick); fi ;;
  --again) exec "$venv/bin/python" "bench/$program" --again --out "$out" --docs "$docs" ;;
  *) die "usage: bench.sh [--history] [--quick | --again]" ;;
esac

python_peers() {
  local stamp
  stamp=$venv/$(cksum < bench/requirements.txt | tr ' ' -)
  [ ! -e "$stamp" ] || return 0
  # mysqlclient is compiled here.
  need_apt python3 python3-venv python3-dev pkg-config libmariadb-dev
  say "setting up the Python peers"
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r bench/requirements.txt
  touch "$stamp"
}

fixed_rate_load() {
  [ "$("$target/tools/bin/oha" --version 2>/dev/null)" != "oha $OHA" ] || return 0
  say "compiling oha $OHA once (a few minutes)"
  cargo install --locked --quiet --root "$target/tools" --version "$OHA" oha
}

need_docker
need_rust
need_apt wrk
python_peers
[ $program = scale.py ] || fixed_rate_load
MYSQL_IMAGE=$(scripts/mysql-image.sh)
if [ $program = scale.py ]; then
  cargo build --locked --release -p hardware
  exec "$venv/bin/python" bench/scale.py "${options[@]}" --docs "$docs" --binaries "$target/release" --mysql-image "$MYSQL_IMAGE"
fi
# The services apart from the peers: what is measured is what `make build` builds.
cargo build --locked --release -p hardware -p portal
cargo build --locked --release -p bench-peers
[ -n "$quick" ] || cargo bench --locked -p hardware --bench availability --no-run

"$venv/bin/python" bench/run.py "${options[@]}" --docs "$docs" --binaries "$target/release" \
  --oha "$target/tools/bin/oha" --mysql-image "$MYSQL_IMAGE"

if [ -z "$quick" ]; then
  say "the availability functions alone, without HTTP and SQL"
  cargo bench --locked -p hardware --bench availability
fi
