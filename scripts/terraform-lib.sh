# Shared by the scripts that test Terraform: which Terraform, which provider, how many at once.
# shellcheck shell=bash

readonly TF_CACHE=$PWD/.cache/terraform

# plugin_mirror: prints the folder of a local provider mirror, or nothing. TF_PLUGIN_MIRROR names one; otherwise it is what
# holds a folder `registry.terraform.io`, up to three levels below where such things are shared.
plugin_mirror() {
  if [ -n "${TF_PLUGIN_MIRROR:-}" ]; then
    [ -d "$TF_PLUGIN_MIRROR/registry.terraform.io" ] || die "TF_PLUGIN_MIRROR=$TF_PLUGIN_MIRROR: there is no folder registry.terraform.io in it"
    echo "$TF_PLUGIN_MIRROR"
    return
  fi
  local found
  found=$(find /opt /usr/local/share -maxdepth 3 -type d -name registry.terraform.io 2>/dev/null | head -n 1)
  [ -z "$found" ] || dirname "$found"
}

# tf_settings: a command line configuration of our own, so that nobody's ~/.terraformrc changes what is tested.
tf_settings() {
  local mirror
  mirror=$(plugin_mirror)
  mkdir -p "$TF_CACHE/plugins"
  if [ -n "$mirror" ]; then
    say "providers come from $mirror"
    printf 'provider_installation {\n  filesystem_mirror {\n    path = "%s"\n  }\n}\n' "$mirror" > "$TF_CACHE/cli.tfrc"
  else
    say "providers come from the registry (set TF_PLUGIN_MIRROR for a local mirror)"
    printf 'plugin_cache_dir = "%s"\n' "$TF_CACHE/plugins" > "$TF_CACHE/cli.tfrc"
  fi
  export TF_CLI_CONFIG_FILE=$TF_CACHE/cli.tfrc TF_IN_AUTOMATION=1 CHECKPOINT_DISABLE=1
  # Whatever credentials there are: no test may use them.
  unset AWS_PROFILE AWS_SESSION_TOKEN AWS_ENDPOINT_URL AWS_CA_BUNDLE
  export AWS_ACCESS_KEY_ID=offline AWS_SECRET_ACCESS_KEY=offline AWS_EC2_METADATA_DISABLED=true
}

# tf_missing: prints the one line that says what is missing, or nothing.
tf_missing() {
  local version
  have terraform || { echo "terraform is missing: install 1.11 or later (https://developer.hashicorp.com/terraform/install)"; return; }
  version=$(terraform version -json 2>/dev/null | sed -n 's/.*"terraform_version": *"\([0-9.]*\).*/\1/p')
  case $version in
    1.[0-9] | 1.[0-9].* | 1.10 | 1.10.* | 0.*) echo "terraform is $version: 1.11 or later is needed (ephemeral values, use_lockfile)" ;;
  esac
}

# tf_init FOLDER: without a backend. One line where the provider cannot be had.
tf_init() {
  local log
  log=$(mktemp)
  # Modules have no lock file of their own. With the roots' they get the same provider, and from the cache.
  [ -e "$1/.terraform.lock.hcl" ] || cp terraform/bootstrap/.terraform.lock.hcl "$1/"
  if ! terraform -chdir="$1" init -backend=false -input=false -no-color > "$log" 2>&1; then
    if grep -qE 'Failed to query available provider|no available releases|Failed to install provider' "$log"; then
      say "error: provider hashicorp/aws cannot be had: there is no local mirror (TF_PLUGIN_MIRROR) and the registry does not answer"
    else
      cat "$log" >&2
    fi
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}

# provider_up FILE: starts the provider for good, and writes into FILE how Terraform reaches it (TF_REATTACH_PROVIDERS, the
# provider's own way for debugging; terraform/tests/tf.py says why). Its process id is added to `providers`. 1: it did not start.
providers=()
provider_up() {
  local binary
  binary=$(find -L terraform/modules/key/.terraform/providers -type f -name 'terraform-provider-aws_*' 2>/dev/null | head -n 1)
  [ -n "$binary" ] || return 1
  TMPDIR=$(dirname "$1") "$binary" -debug > "$1.log" 2>&1 &
  providers+=($!)
  for _ in $(seq 150); do
    sed -n "s/.*TF_REATTACH_PROVIDERS='\(.*\)'.*/\1/p" "$1.log" > "$1"
    [ ! -s "$1" ] || return 0
    sleep 0.2
  done
  return 1
}
