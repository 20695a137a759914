#!/usr/bin/env bash
# What Kubernetes needs to know of an environment: writes k8s/profiles/aws/params.env and prints the four MYSQL_*, the
# password as the command that fetches it. `make outputs ENV=staging`, or for one customer: CUSTOMER=a.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

ENV=${ENV:-}
case $ENV in
  staging | production) ;;
  *) die "ENV is staging or production: make outputs ENV=staging" ;;
esac
have terraform || die "terraform is missing: install 1.11 or later (https://developer.hashicorp.com/terraform/install)"
have python3 || die "python3 is missing"
folder=terraform/environments/$ENV
[ -e "$folder/backend.hcl" ] || die "$folder/backend.hcl is missing: run the bootstrap first, or take the file from whoever did"

# outputs LAYER: its outputs as JSON.
outputs() {
  terraform -chdir="$folder/$1" init -input=false -no-color -reconfigure -backend-config="$PWD/$folder/backend.hcl" -backend-config="key=$ENV/$1.tfstate" > /dev/null
  terraform -chdir="$folder/$1" output -json -no-color
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
outputs base > "$work/base.json"
outputs platform > "$work/platform.json"
mkdir -p k8s/profiles/aws
python3 scripts/terraform_outputs.py params "$folder/platform/bootstrap.auto.tfvars.json" "$work/base.json" "$work/platform.json" "$ENV" \
  > "$work/params.env" || die "no params.env for $ENV: is it applied? make plan ENV=$ENV, make apply ENV=$ENV"
mv "$work/params.env" k8s/profiles/aws/params.env
say "wrote k8s/profiles/aws/params.env"
python3 scripts/terraform_outputs.py mysql "$work/base.json" "$work/platform.json" "${CUSTOMER:-}"
