#!/usr/bin/env bash
# Proves terraform/ without an account: `make test-terraform`, a suite of `make test`.
#   1 format    terraform fmt, and validate of each module and root
#   2 unit      each validation refuses what it is there for (tests/unit.tftest.hcl)
#   3 plan      the real provider without network, asserting on what it would make (tests/plan.tftest.hcl)
#   4 apply     bootstrap and staging are made and destroyed against moto, by `make plan` and `make apply` themselves
# and besides: tables and lists (terraform_check.py), mutations that have to be caught, checkov.
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
moto_pid=

# shellcheck disable=SC2329  # the trap calls it
tidy() {
  if [ -n "$moto_pid" ]; then kill "$moto_pid" 2>/dev/null || true; wait "$moto_pid" 2>/dev/null || true; fi
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

# count NAME LOG SECONDS: adds up what Terraform's own tests say, and prints it once more as a line for the tier.
count() {
  local passed bad
  passed=$(sed -n 's/^[A-Z][a-z]*! \([0-9]*\) passed, \([0-9]*\) failed.*/\1/p' "$2" | awk '{ n += $1 } END { print n + 0 }')
  bad=$(sed -n 's/^[A-Z][a-z]*! \([0-9]*\) passed, \([0-9]*\) failed.*/\2/p' "$2" | awk '{ n += $1 } END { print n + 0 }')
  bad=$((bad + $(grep -c '^FAILED: ' "$2" || true)))
  passed=$((passed + $(grep -c '^passed: ' "$2" || true)))
  [ "$bad" = 0 ] && [ "$passed" != 0 ] || failed=1
  table+=("$(printf '%-11s %4d passed, %d failed  %4d s' "$1" "$passed" "$bad" "$3")")
  echo "$1: $passed passed, $bad failed"
}

format() {
  if terraform fmt -check -diff -recursive terraform; then echo "passed: fmt"; else echo "FAILED: fmt: terraform fmt -recursive terraform puts it right"; fi
  # shellcheck disable=SC2016  # the inner shell expands these
  tf_folders | xargs -P 2 -I {} bash -c '
    if out=$(terraform -chdir="$1" validate -no-color 2>&1) && [ -z "${out##*Success!*}" ]; then echo "passed: validate $1"; else echo "FAILED: validate $1"; echo "$out"; fi' _ {}
}

# tests FILE: of each folder that has it. What passes is one line, what fails is told in full.
tests() {
  # shellcheck disable=SC2016  # the inner shell expands these
  find terraform -path "*/tests/$1" -not -path '*/.terraform/*' -printf '%h\n' | LC_ALL=C sort | xargs -P 2 -I {} bash -c '
    folder=${1%/tests}
    if out=$(terraform -chdir="$folder" test -no-color -filter="tests/$2" 2>&1); then :; else printf "%s\n" "$out" | grep -vE "^(Success|Failure)!|\.\.\. (pass|in progress|tearing down)$"; fi
    last=$(printf "%s\n" "$out" | grep -E "^(Success|Failure)!" || echo "Failure! 0 passed, 1 failed.")
    printf "%s\n%s\n" "-- $folder" "$last"' _ {} "$1"
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
  # One first: where the provider cannot be had, one line says so and not sixteen.
  tf_init terraform/modules/key || exit 1
  # shellcheck disable=SC2016  # the inner shell expands these
  tf_folders | xargs -P 2 -I {} bash -c '. scripts/lib.sh; . scripts/terraform-lib.sh; tf_init "$1" || echo "$1" >> "$2"' _ {} "$work/uninitialised"
  [ ! -e "$work/uninitialised" ] || die "terraform init failed in: $(tr '\n' ' ' < "$work/uninitialised")"
}

# tier NAME COMMAND...: runs, shows, counts.
tier() {
  local name=$1 at=$SECONDS
  shift
  printf '\n-- %s --\n' "$name"
  "$@" 2>&1 | tee "$work/$name.log"
  count "$name" "$work/$name.log" $((SECONDS - at))
}

start=$SECONDS
init
if wants apply; then start_moto; fi
if wants format; then tier format format; fi
if wants checks; then tier checks python3 scripts/terraform_check.py all; fi
if wants unit; then tier unit tests unit.tftest.hcl; fi
if wants plan; then tier plan tests plan.tftest.hcl; fi
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
