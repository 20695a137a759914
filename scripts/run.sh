#!/usr/bin/env bash
# Both services on this machine, on SQLite, in the foreground: `make run`, or `make demo` with --demo.
#   HARDWARE_PORT (5001), PORTAL_PORT (5000), DATA_DIR (./data, demo: ./data/demo), PROFILE=release
# MYSQL_* or DATABASE_URL, when set, reach hardware as they are.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

demo=
case ${1:-} in
  '') ;;
  --demo) demo=1 ;;
  *) die "usage: run.sh [--demo]" ;;
esac
hardware_port=${HARDWARE_PORT:-5001}
portal_port=${PORTAL_PORT:-5000}
export DATA_DIR=${DATA_DIR:-./data${demo:+/demo}}
profile=${PROFILE:-debug}
case $profile in
  debug) flags=() ;;
  release) flags=(--release) ;;
  *) die "PROFILE is debug or release, not '$profile'" ;;
esac

# Before minutes of compiling, not after.
for pair in "hardware:$hardware_port:HARDWARE_PORT" "portal:$portal_port:PORTAL_PORT"; do
  IFS=: read -r service port variable <<< "$pair"
  if port_taken "$port"; then die "port $port is taken, $service cannot use it: stop what listens there, or set $variable"; fi
done
need_rust

say "building hardware and portal ($profile; the first time takes some minutes)"
cargo build --locked ${flags[@]+"${flags[@]}"} -p hardware -p portal
bin=${CARGO_TARGET_DIR:-target}/$profile

"$bin/hardware" migrate
"$bin/hardware" seed
if [ -n "$demo" ]; then "$bin/hardware" import hardware examples/catalogue.csv; fi

hardware_pid=
portal_pid=
# shellcheck disable=SC2329  # the traps call it
stop() {
  trap - EXIT INT TERM
  # The portal first: it should not tell its last visitors that hardware is down.
  for pid in $portal_pid $hardware_pid; do
    kill -TERM "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
}
trap stop EXIT
trap 'say "stopping"; stop; exit 0' INT TERM

BIND=127.0.0.1:$hardware_port "$bin/hardware" serve &
hardware_pid=$!
BIND=127.0.0.1:$portal_port HARDWARE_HOST=127.0.0.1:$hardware_port "$bin/portal" serve &
portal_pid=$!

# The messages name the service, its log lines above say why.
alive() {
  kill -0 "$hardware_pid" 2>/dev/null || die "hardware has ended by itself; its last log lines are above"
  kill -0 "$portal_pid" 2>/dev/null || die "portal has ended by itself; its last log lines are above"
}
ready() { [ "$(http_status "$hardware_port" /readyz)" = 200 ] && [ "$(http_status "$portal_port" /readyz)" = 200 ]; }

deadline=$((SECONDS + 60))
until ready; do
  alive
  [ "$SECONDS" -lt "$deadline" ] ||
    die "not ready after 60 s: /readyz says hardware $(http_status "$hardware_port" /readyz), portal $(http_status "$portal_port" /readyz)"
  sleep 0.2
done

cat <<END

  Toolcrib is running.

  portal       http://localhost:$portal_port/
  API          http://localhost:$hardware_port/hardware
  Swagger UI   http://localhost:$hardware_port/docs

  Ctrl-C stops it.

END
# `wait` on a background sleep lets a signal through at once; a sleep in the foreground would hold it up.
while alive; do sleep 1 & wait $! || true; done
