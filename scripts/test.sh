#!/usr/bin/env bash
# The whole test run, suite by suite, as `make test` and .ci/run call it. Later suites still run when one fails; the
# table at the end says which, and the exit status is 1 then.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

failed=0
passed=0
table=()

# suite NAME COMMAND...
suite() {
  local name=$1 start=$SECONDS result=ok
  shift
  printf '\n== %s ==\n' "$name"
  if "$@" </dev/null; then passed=$((passed + 1)); else result=FAILED; failed=$((failed + 1)); fi
  table+=("$(printf '%-20s %-7s %4d s' "$name" "$result" $((SECONDS - start)))")
}
skipped() { printf '\n== %s ==\nSKIPPED: %s\n' "$1" "$2"; table+=("$(printf '%-20s skipped (%s)' "$1" "$2")"); }

# Removes the containers of test processes that are gone. The label names the process, so a run beside this one is safe.
# shellcheck disable=SC2329  # the trap calls it
sweep() {
  have docker && have ps || return 0
  timeout 20 docker ps -a --filter label=toolcrib.test=1 --format '{{.ID}} {{.Label "toolcrib.pid"}}' 2>/dev/null |
    while read -r id pid; do
      if [ -n "$pid" ] && ! ps -p "$pid" >/dev/null; then
        say "removing left-over container $id"
        docker rm -fv "$id" >/dev/null
      fi
    done || true
}
trap sweep EXIT

start=$SECONDS
scripts/setup-test.sh
if [ "${TOOLCRIB_SKIP_DOCKER:-}" != 1 ]; then
  MYSQL_IMAGE=$(scripts/mysql-image.sh)
  export MYSQL_IMAGE
fi
table+=("$(printf '%-20s %-7s %4d s' Setup ok $((SECONDS - start)))")

profile=default
if [ -n "${CI:-}" ]; then profile=ci; export CARGO_INCREMENTAL=0; fi

# "mysql" as a whole segment of the test's path: what merely has the word in its name needs no server.
no_mysql='not test(/(^|::)mysql(::|$)/)'

# Every cargo call below selects the whole workspace and narrows down by target or filter: with another selection of
# packages cargo unifies features otherwise, and compiles half the dependencies once more.
sqlite_suite() {
  echo "embedded SQLite, and every test that needs no server"
  cargo nextest run --locked --workspace --profile "$profile" -E "not package(system-tests) and $no_mysql"
}

mysql_suite() {
  echo "server: $MYSQL_IMAGE"
  # One process, not nextest's one per test: they share a single container.
  cargo test --locked --workspace --test it --no-fail-fast -- ::mysql
}

system_suite() {
  local filter=()
  if [ "${TOOLCRIB_SKIP_DOCKER:-}" = 1 ]; then
    echo "WITHOUT its MySQL part: TOOLCRIB_SKIP_DOCKER=1"
    filter=(--skip mysql::)
  fi
  cargo test --locked --workspace --test system --no-fail-fast -- ${filter[@]+"${filter[@]}"}
}

# Races, crashes, and a build that must be caught at overbooking: tests/tests/torture. `make torture` goes on for longer.
torture_suite() {
  local filter=()
  if [ "${TOOLCRIB_SKIP_DOCKER:-}" = 1 ]; then
    echo "WITHOUT its MySQL part: TOOLCRIB_SKIP_DOCKER=1"
    filter=(--skip ::mysql)
  fi
  cargo test --locked --workspace --test torture --no-fail-fast -- ${filter[@]+"${filter[@]}"}
}

build_suite() {
  # The careless build is a binary of its own. With the test among the targets both calls unify features alike.
  cargo build --locked --workspace --features hardware/naive --bin hardware-naive --test torture &&
    cargo build --locked --workspace --bins --tests
}

suite Format cargo fmt --all --check
suite Clippy cargo clippy --locked --workspace --all-targets -- -D warnings
suite Build build_suite
if [ "$failed" = 0 ]; then
  suite "SQLite suite" sqlite_suite
  if [ "${TOOLCRIB_SKIP_DOCKER:-}" = 1 ]; then skipped "MySQL suite" "TOOLCRIB_SKIP_DOCKER=1"; else suite "MySQL suite" mysql_suite; fi
  suite "System suite" system_suite
  suite "Torture suite" torture_suite
  suite "Doc tests" cargo test --locked --workspace --doc --quiet
else
  skipped "Tests" "the code does not pass format, clippy and build yet"
fi
suite "Script checks" scripts/check-scripts.sh
suite Nix nix/tests/run.sh
if have kubectl; then
  suite Kubernetes k8s/tests/run.sh
  suite Operators scripts/test-ops.sh
  if [ "${TOOLCRIB_SKIP_DOCKER:-}" = 1 ]; then skipped Containers "TOOLCRIB_SKIP_DOCKER=1"; else suite Containers scripts/test-containers.sh; fi
else
  skipped "Kubernetes suites" "kubectl is not installed: https://kubernetes.io/docs/tasks/tools/"
fi
if command -v terraform >/dev/null; then
  suite Terraform scripts/test-terraform.sh
else
  skipped Terraform "terraform is not installed: https://developer.hashicorp.com/terraform/install"
fi
if cargo deny --version >/dev/null 2>&1; then
  suite "Dependencies" cargo deny --locked --offline check bans licenses sources
else
  skipped "Dependencies" "cargo-deny is not installed: make deny"
fi

printf '\n== Result ==\n'
printf '%s\n' "${table[@]}"
echo "suites: $passed passed, $failed failed"
if [ "$failed" = 0 ]; then echo "all green${TOOLCRIB_SKIP_DOCKER:+, but NOT everything ran: TOOLCRIB_SKIP_DOCKER=$TOOLCRIB_SKIP_DOCKER}"; else echo "something FAILED, see above"; exit 1; fi
