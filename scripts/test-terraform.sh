#!/usr/bin/env bash
# Proves terraform/ without an account: `make test-terraform`, a suite of `make test`.
#   1 format    terraform fmt, and validate of each module and root
#   2 unit      each validation refuses what it is there for (tests/unit.tftest.hcl)
#   3 plan      the real provider without network, asserting on what it would make (tests/plan.tftest.hcl)
#   4 apply     bootstrap and staging are made and destroyed against moto, by `make plan` and `make apply` themselves
# and besides: an audit of everything in those plans, tables and lists (terraform_check.py), mutations that have to be caught,
# checkov.
# TERRAFORM_TESTS="format unit plan apply checks mutations checkov" chooses.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=terraform-lib.sh
. scripts/terraform-lib.sh

readonly CHECKOV=3.3.30
chosen=" ${TERRAFORM_TESTS:-format unit plan apply checks mutations checkov} "
wants() { [[ $chosen == *" $1 "* ]]; }

missing=$(tf_missing)
[ -z "$missing" ] || die "$missing"
have python3 || need_apt python3
tf_settings
work=$(mktemp -d)
table=()
failed=0
export PYTHONDONTWRITEBYTECODE=1
moto_pid=

# shellcheck disable=SC2329  # the trap calls it
tidy() {
  local pid
  for pid in $moto_pid "${providers[@]}"; do kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap tidy EXIT

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

format() {
  if terraform fmt -check -diff -recursive terraform; then echo "passed: fmt"; else echo "FAILED: fmt: terraform fmt -recursive terraform puts it right"; fi
  python3 terraform/tests/tiers.py validate
}

# count NAME LOG SECONDS: adds up what a tier printed, and prints it once more as a line for the table.
count() {
  local passed bad
  passed=$(grep -c '^passed: ' "$2" || true)
  bad=$(grep -c '^FAILED: ' "$2" || true)
  passed=$((passed + $(sed -n 's/^-- .*: \([0-9]*\) passed, [0-9]* failed$/\1/p' "$2" | awk '{ n += $1 } END { print n + 0 }')))
  [ "$bad" = 0 ] && [ "$passed" != 0 ] || failed=1
  table+=("$(printf '%-11s %4d passed, %d failed  %4d s' "$1" "$passed" "$bad" "$3")")
  echo "$1: $passed passed, $bad failed"
}

checks() {
  python3 scripts/terraform_check.py all && python3 terraform/tests/outputs.py
}

checkov_run() {
  venv checkov "checkov==$CHECKOV" || { echo "FAILED: checkov $CHECKOV could not be installed"; return; }
  local out=$work/checkov.json
  .cache/checkov/bin/checkov --directory terraform --framework terraform --quiet --compact --output json \
    --skip-path tests/moto --skip-download > "$out" 2> "$work/checkov.err" || true
  python3 scripts/terraform_check.py checkov "$out" || { tail -n 5 "$work/checkov.err"; echo "FAILED: checkov"; }
}

# The stack against moto mostly waits, so it runs beside the rest, and is told last.
start_moto() {
  local server
  server=$(moto_server_path) || { echo "FAILED: moto cannot be had, and without it nothing can be applied" > "$work/stack.log"; return; }
  MOTO_SERVER=$server terraform/tests/moto/run.sh > "$work/stack.log" 2>&1 &
  moto_pid=$!
}

init() {
  # One first, with a provider from where it comes from: where it cannot be had, one line says so and not sixteen.
  tf_init terraform/modules/key || exit 1
  if provider_up "$work/provider.1" && provider_up "$work/provider.2"; then export REATTACH="$work/provider.1 $work/provider.2"
  else
    say "the provider does not stay up, so Terraform starts it each time: this takes twice as long"
    local folder
    for folder in terraform/bootstrap terraform/environments/*/*/ terraform/modules/*/; do tf_init "$folder" || exit 1; done
    return
  fi
  python3 terraform/tests/tiers.py init > "$work/init.log" || { cat "$work/init.log"; die "terraform init failed, see above"; }
}

# tier NAME COMMAND...: runs, shows, counts.
tier() {
  local name=$1 at=$SECONDS
  shift
  printf '\n-- %s --\n' "$name"
  { "$@" 2>&1 || echo "FAILED: $name did not run to its end"; } | tee "$work/$name.log"
  count "$name" "$work/$name.log" $((SECONDS - at))
}

start=$SECONDS
init
if wants apply; then start_moto; fi
if wants format; then tier format format; fi
if wants checks; then tier checks checks; fi
if wants unit; then tier unit python3 terraform/tests/tiers.py unit; fi
if wants plan; then
  tier plan python3 terraform/tests/tiers.py plan "$work/findings"
  tier audit cat "$work/findings"
fi
if wants mutations; then tier mutations python3 terraform/tests/mutations.py; fi
if wants checkov; then tier checkov checkov_run; fi
if wants apply; then
  if [ -n "$moto_pid" ]; then wait "$moto_pid" || echo "FAILED: the stack against moto ended early" >> "$work/stack.log"; moto_pid=; fi
  tier apply cat "$work/stack.log"
fi

printf '\n'
printf '%s\n' "${table[@]}"
echo "total $((SECONDS - start)) s"
[ "$failed" = 0 ] || die "Terraform tests FAILED, see above"
