#!/usr/bin/env bash
# Terraform for operators: `make plan`, `make apply`, `make outputs`.
#   ENV    staging or production
#   LAYER  base, platform, or both in this order (the default); `bootstrap` stands for itself and needs no ENV
# plan saves what it would do in .cache/terraform; apply does exactly that and nothing else.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

readonly plans=.cache/terraform/plans
readonly helper=scripts/terraform_outputs.py

# where LAYER: its folder.
where() { if [ "$1" = bootstrap ]; then echo terraform/bootstrap; else echo "terraform/environments/$ENV/$1"; fi; }
# label LAYER: what its plan is called.
label() { if [ "$1" = bootstrap ]; then echo bootstrap; else echo "$ENV-$1"; fi; }
state_key() { if [ "$1" = bootstrap ]; then echo bootstrap/bootstrap.tfstate; else echo "$ENV/$1.tfstate"; fi; }
backend_file() { if [ "$1" = bootstrap ]; then echo terraform/bootstrap/backend.hcl; else echo "terraform/environments/$ENV/backend.hcl"; fi; }

# Everything a plan depends on but the state, which Terraform itself looks after, and what base gave, which
# check_hand_over compares.
fingerprint() {
  find terraform -type f \( -name '*.tf' -o -name '*.tfvars' -o -name '*.tfvars.json' -o -name '*.tftpl' -o -name customers.json -o -name .terraform.lock.hcl \) \
    -not -path '*/.terraform/*' -not -name base.auto.tfvars.json -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1
}

init() {
  local layer=$1 backend dir
  backend=$(backend_file "$layer")
  dir=$(where "$layer")
  if [ "$layer" = bootstrap ] && [ ! -e "$backend" ]; then
    # The very first time: the bucket for the state is one of the things to be made.
    printf 'terraform {\n  backend "local" {}\n}\n' > "$dir/first_override.tf"
    terraform -chdir="$dir" init -input=false -no-color > /dev/null
    return
  fi
  [ -e "$backend" ] || die "$backend is missing: run 'make plan LAYER=bootstrap' and 'make apply LAYER=bootstrap' first, or take the file from whoever did"
  terraform -chdir="$dir" init -input=false -no-color -reconfigure \
    -backend-config="$PWD/$backend" -backend-config="key=$(state_key "$layer")" > /dev/null
}

# platform gets what base gives, as a file of variables in its folder. 1: base was never applied.
hand_over() {
  local base platform
  base=$(where base)
  platform=$(where platform)
  terraform -chdir="$base" output -json -no-color | python3 "$helper" platform > "$platform/base.auto.tfvars.json.new" ||
    { rm -f "$platform/base.auto.tfvars.json.new"; return 1; }
  mv "$platform/base.auto.tfvars.json.new" "$platform/base.auto.tfvars.json"
}

plan() {
  local layer=$1 dir file status=0
  dir=$(where "$layer")
  file=$PWD/$plans/$(label "$layer").tfplan
  rm -f "$file" "$file.of"
  say "== $(label "$layer")"
  init "$layer"
  if [ "$layer" = platform ]; then
    init base
    if ! hand_over; then
      [ "$choice" = both ] || die "$ENV-platform: base has not been applied yet: make plan ENV=$ENV LAYER=base, then make apply ENV=$ENV LAYER=base"
      say "$ENV-platform: not planned, because base has not been applied yet: make apply ENV=$ENV, then make plan ENV=$ENV again"
      return 0
    fi
  fi
  terraform -chdir="$dir" plan -input=false -no-color -lock-timeout=60s -detailed-exitcode -out="$file" || status=$?
  case $status in
    0) rm -f "$file"; say "$(label "$layer"): nothing to do" ;;
    2) fingerprint > "$file.of"; say "$(label "$layer"): saved; 'make apply${ENV:+ ENV=$ENV}' does exactly this" ;;
    *) die "$(label "$layer"): Terraform could not plan, see above" ;;
  esac
}

apply() {
  local layer=$1 dir file log again
  dir=$(where "$layer")
  file=$PWD/$plans/$(label "$layer").tfplan
  again="make plan${ENV:+ ENV=$ENV} LAYER=$layer"
  if [ ! -e "$file" ]; then
    [ "$choice" = both ] || die "there is no saved plan for $(label "$layer"): $again"
    return 0
  fi
  [ "$(cat "$file.of" 2>/dev/null)" = "$(fingerprint)" ] || die "the saved plan for $(label "$layer") is stale, files under terraform/ changed since: $again"
  say "== $(label "$layer")"
  applied=1
  init "$layer"
  if [ "$layer" = platform ]; then init base; check_hand_over "$again"; fi
  log=$file.log
  if ! terraform -chdir="$dir" apply -input=false -no-color -lock-timeout=60s "$file" 2>&1 | tee "$log"; then
    if grep -q 'Saved plan is stale' "$log"; then die "the saved plan for $(label "$layer") is stale, somebody applied in the meantime: $again"; fi
    rm -f "$file" "$file.of"
    die "$(label "$layer"): Terraform could not apply all of it, see above. What was done is in the state: $again shows the rest"
  fi
  rm -f "$file" "$file.of" "$log"
  if [ "$layer" = bootstrap ]; then after_bootstrap; fi
}

# A plan of platform was made with what base gave then.
check_hand_over() {
  local file
  file=$(where platform)/base.auto.tfvars.json
  terraform -chdir="$(where base)" output -json -no-color | python3 "$helper" platform | cmp -s - "$file" ||
    die "base now gives other values than the saved plan for $ENV-platform was made with: $1"
}

# Tells each environment where the state is and what the bootstrap made, and moves the bootstrap's own state there.
after_bootstrap() {
  local dir=terraform/bootstrap
  terraform -chdir=$dir output -json -no-color | python3 "$helper" bootstrap terraform
  [ -e $dir/first_override.tf ] || return 0
  rm $dir/first_override.tf
  terraform -chdir=$dir init -input=false -no-color -migrate-state -force-copy \
    -backend-config="$PWD/$dir/backend.hcl" -backend-config="key=$(state_key bootstrap)" > /dev/null ||
    die "the bootstrap is applied, but its state is still in $dir/terraform.tfstate and could not be moved: keep that file, and see docs/operations/aws.md, First apply"
  # The copy in the bucket is versioned and locked; a second one would only be taken for it some day.
  rm -f $dir/terraform.tfstate $dir/terraform.tfstate.backup
  say "the bootstrap's state is now in the bucket"
}

command=${1:-}
choice=${LAYER:-both}
ENV=${ENV:-}
have terraform || die "terraform is missing: install 1.11 or later (https://developer.hashicorp.com/terraform/install)"
have python3 || die "python3 is missing"
case $choice in
  bootstrap) ENV=; layers=(bootstrap) ;;
  both) layers=(base platform) ;;
  base | platform) layers=("$choice") ;;
  *) die "LAYER is base, platform or bootstrap, not '$choice' (leave it out for base and then platform)" ;;
esac
if [ "$choice" != bootstrap ]; then
  case $ENV in
    staging | production) ;;
    '') die "ENV is missing: make ${command:-plan} ENV=staging (or production)" ;;
    *) die "ENV is staging or production, not '$ENV'" ;;
  esac
fi
export TF_IN_AUTOMATION=1
mkdir -p "$plans"

applied=
case $command in
  plan) for layer in "${layers[@]}"; do plan "$layer"; done ;;
  apply)
    for layer in "${layers[@]}"; do apply "$layer"; done
    [ -n "$applied" ] || die "there is no saved plan for $ENV: make plan ENV=$ENV"
    ;;
  *) die "usage: terraform.sh plan|apply, with ENV= and LAYER= in the environment" ;;
esac
