#!/usr/bin/env bash
# Bootstrap, base and platform of staging: planned, applied and destroyed against moto, in the order of
# docs/operations/aws.md and by the same scripts. Called by scripts/test-terraform.sh, which sets Terraform up.
#
# Not made here, because moto 5.2 has no route for them (*.moto_override.tf in this folder leaves them out):
#   aws_eks_addon, aws_eks_access_entry, aws_eks_access_policy_association, aws_eks_pod_identity_association
# Not made, because staging is an instance: aws_rds_cluster, aws_rds_cluster_parameter_group.
# Changed, because moto ignores the conditions of policies or leaves things out of its answers: buckets have no TLS-only
# statement, and the nodes' security group is one of its own. Zones of bootstrap may be destroyed.
set -euo pipefail
root=$(cd "$(dirname "$0")/../../.." && pwd)
here=$root/terraform/tests/moto

work=$(mktemp -d)
server=
# shellcheck disable=SC2329  # the trap calls it
tidy() {
  if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi
  rm -rf "$work"
}
trap tidy EXIT

passed() { echo "passed: $*"; }
bad() { echo "FAILED: $*"; }
# step NAME COMMAND...: a step that everything after it needs.
step() {
  local name=$1 at=$SECONDS
  shift
  if "$@" > "$work/log" 2>&1; then passed "$name ($((SECONDS - at)) s)"; else bad "$name"; tail -n 40 "$work/log"; exit 1; fi
}
# refuses NAME TEXT COMMAND...: must fail, saying TEXT, in one line of ours.
refuses() {
  local name=$1 text=$2
  shift 2
  if "$@" > "$work/log" 2>&1; then bad "$name: it went through"
  elif ! grep -q "^error: .*$text" "$work/log"; then bad "$name: it failed with other words than '$text'"; tail -n 5 "$work/log"
  else passed "$name"; fi
}

# A copy: state files, plans and answers of the bootstrap stay out of the checkout.
mkdir -p "$work/copy/.cache"
(cd "$root" && tar -c --exclude=.terraform --exclude='*.tfstate*' --exclude='*.auto.tfvars*' --exclude=backend.hcl terraform scripts Makefile Cargo.toml) | tar -x -C "$work/copy"
cd "$work/copy"
for override in "$here"/*.tf; do
  module=$(basename "$override")
  cp "$override" "terraform/modules/${module%%.*}/${module#*.}"
done
# Zones of bootstrap are destroyed here; in an account that takes an edit, on purpose.
sed -i 's/prevent_destroy = true/prevent_destroy = false/' terraform/bootstrap/main.tf
cp "$here/local.auto.tfvars" terraform/environments/staging/base/

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
MOTO_IAM_LOAD_MANAGED_POLICIES=true MOTO_ACM_VALIDATION_WAIT=1 MOTO_DOCKER_LAMBDA_IMAGE='' \
  "${MOTO_SERVER:-moto_server}" -H 127.0.0.1 -p "$port" > "$work/moto.log" 2>&1 &
server=$!
export AWS_ENDPOINT_URL=http://127.0.0.1:$port AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_REGION=eu-central-1
export AWS_S3_USE_PATH_STYLE=1 AWS_MAX_ATTEMPTS=3
look() { python3 "$here/look.py" "$AWS_ENDPOINT_URL" "$@"; }
for _ in $(seq 100); do if look ready 2>/dev/null; then break; fi; sleep 0.3; done

refuses "the example's account is refused" "could not plan" env LAYER=bootstrap make -s plan
sed -i 's/"000000000000"/"123456789012"/' terraform/bootstrap/terraform.tfvars
refuses "an environment before its bootstrap is refused" "backend.hcl is missing" env ENV=staging make -s plan
refuses "apply without a plan is refused" "no saved plan for staging" env ENV=staging make -s apply
look remember "$work/before"
step "plan bootstrap" env LAYER=bootstrap make -s plan
step "apply bootstrap, whose state moves into its bucket" env LAYER=bootstrap make -s apply
refuses "platform before base is refused" "base has not been applied yet" env ENV=staging LAYER=platform make -s plan
step "plan base" env ENV=staging make -s plan
touch terraform/modules/network/new.tf && echo '# somebody edits' > terraform/modules/network/new.tf
refuses "a plan older than an edit is refused" "stale" env ENV=staging make -s apply
rm terraform/modules/network/new.tf
step "apply base" env ENV=staging make -s apply
step "plan platform" env ENV=staging LAYER=platform make -s plan
cp -r .cache/terraform/plans "$work/plans"
step "apply platform" env ENV=staging make -s apply
cp "$work"/plans/* .cache/terraform/plans/
refuses "a plan that was applied already is refused" "stale" env ENV=staging make -s apply
step "write params.env" env ENV=staging make -s outputs
look stack "$work/copy"
look states "$work/copy"

destroy() { terraform -chdir="$1" destroy -input=false -no-color -auto-approve; }
step "destroy platform" destroy terraform/environments/staging/platform
step "destroy base" destroy terraform/environments/staging/base
# The bucket holds the state that is being destroyed: it is taken out first (docs/operations/aws.md, Teardown).
out() {
  printf 'terraform {\n  backend "local" {}\n}\n' > terraform/bootstrap/first_override.tf
  terraform -chdir=terraform/bootstrap init -input=false -no-color -migrate-state -force-copy
  look empty toolcrib-123456789012-state
  look empty toolcrib-123456789012-access-logs
  # What this does to the state's bucket is logged too, until logging is off.
  destroy terraform/bootstrap || { look empty toolcrib-123456789012-access-logs && destroy terraform/bootstrap; }
}
step "destroy bootstrap" out
look nothing_left "$work/before"
