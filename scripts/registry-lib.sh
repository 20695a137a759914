# Shared by the scripts that talk to a registry of images.
# shellcheck shell=bash

# check_registry COMMAND: REGISTRY is a host, perhaps with a port and a path.
check_registry() {
  REGISTRY=${REGISTRY:-}
  REGISTRY=${REGISTRY%/}
  [ -n "$REGISTRY" ] || die "REGISTRY is missing: $1 REGISTRY=registry.example.com"
  [[ $REGISTRY =~ ^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?(/[a-z0-9._-]+)*$ ]] ||
    die "REGISTRY is a host with perhaps a port and a path, such as registry.example.com:5000/team, not '$REGISTRY'"
}

# look_up REFERENCE: sets found_digest and found_image (the image's own id), both empty where the registry has no such tag.
look_up() {
  local log flags=()
  found_digest='' found_image=''
  # Docker itself trusts loopback without TLS; only this command has to be told.
  case $1 in localhost[:/]* | 127.*) flags=(--insecure) ;; esac
  log=$(mktemp)
  if timeout 60 docker manifest inspect ${flags[@]+"${flags[@]}"} --verbose "$1" >"$log" 2>"$log.error"; then
    # shellcheck disable=SC2034  # push.sh reads found_image
    read -r found_digest found_image < <(python3 scripts/manifest_digest.py <"$log") || true
    rm -f "$log" "$log.error"
    [ -n "$found_digest" ] || die "$1 is no image of one architecture: this cannot be what 'make push' pushed"
  elif grep -qiE 'no such manifest|manifest unknown|not found|name unknown' "$log.error"; then
    rm -f "$log" "$log.error"
  else
    local why
    why=$(tail -n 1 "$log.error")
    rm -f "$log" "$log.error"
    die "cannot ask for $1: ${why:-no answer within 60 s}"
  fi
}
