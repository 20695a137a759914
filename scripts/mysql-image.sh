#!/usr/bin/env bash
# Prints the name of a MySQL image that is on this machine, getting it first where need be.
# MYSQL_IMAGE says which one is wanted (default mysql:8.4, what production runs); where no registry answers, a local
# build with real MySQL from Debian packages takes its place, and we say so.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

readonly LOCAL=toolcrib/mysql:9.7
want=${MYSQL_IMAGE:-mysql:8.4}

here() { docker image inspect "$1" >/dev/null 2>&1; }

# A registry that answers says "Pulling from" at once; the download may then take its time. One that cannot be reached
# may hang in DNS or behind a firewall, for minutes.
pull() {
  local log pid waited=0
  log=$(mktemp)
  timeout 900 docker pull "$1" >"$log" 2>&1 </dev/null &
  pid=$!
  while kill -0 "$pid" 2>/dev/null && ! grep -q 'Pulling from' "$log"; do
    if [ "$waited" -ge 60 ]; then kill "$pid" 2>/dev/null || true; break; fi
    sleep 1; waited=$((waited + 1))
  done
  if wait "$pid"; then rm -f "$log"; return 0; fi
  say "could not pull $1: $(tail -n 1 "$log" | grep . || echo "no answer within 60 s")"
  rm -f "$log"
  return 1
}

need_docker
if here "$want"; then
  echo "$want"
elif [ "$want" = "$LOCAL" ] || { [ -z "${MYSQL_IMAGE:-}" ] && here "$LOCAL"; }; then
  # Built here before because no registry answered: asking it again would cost every run a time-out.
  tests/mysql-image/build.sh "$LOCAL" >&2
  echo "$LOCAL"
elif say "asking the registry for $want" && pull "$want"; then
  echo "$want"
else
  say "using $LOCAL instead of $want: real MySQL, built from Debian packages"
  tests/mysql-image/build.sh "$LOCAL" >&2
  echo "$LOCAL"
fi
