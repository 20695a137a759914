#!/usr/bin/env bash
# A deployed customer's portal and API on this machine, until Ctrl-C: `make port-forward CUSTOMER=a`.
#   PORTAL_PORT (5000), HARDWARE_PORT (5001)
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=k8s-lib.sh
. scripts/k8s-lib.sh

need_customer port-forward
portal_port=${PORTAL_PORT:-5000}
hardware_port=${HARDWARE_PORT:-5001}
for pair in "$portal_port:PORTAL_PORT" "$hardware_port:HARDWARE_PORT"; do
  if port_taken "${pair%:*}"; then die "port ${pair%:*} is taken: set ${pair#*:}"; fi
done
need_cluster
kubens get service portal hardware -o name >/dev/null || die "customer $CUSTOMER is not deployed in context '$context': make deploy CUSTOMER=$CUSTOMER"

pids=()
# shellcheck disable=SC2329  # the traps call it
stop() { trap - EXIT INT TERM; if [ ${#pids[@]} -gt 0 ]; then kill "${pids[@]}" 2>/dev/null || true; fi; }
trap stop EXIT
trap 'stop; exit 0' INT TERM
for pair in "portal $portal_port" "hardware $hardware_port"; do
  # Not by kubens: $! would be a shell around it, and what ends the shell would leave kubectl.
  kubectl --context "$context" --namespace "$namespace" port-forward --address 127.0.0.1 "service/${pair% *}" "${pair#* }:http" >/dev/null &
  pids+=($!)
done

deadline=$((SECONDS + 60))
until [ "$(http_status "$portal_port" /readyz)" = 200 ] && [ "$(http_status "$hardware_port" /readyz)" = 200 ]; do
  kill -0 "${pids[@]}" 2>/dev/null || die "the way to customer $CUSTOMER has ended; kubectl's words are above"
  [ "$SECONDS" -lt "$deadline" ] || die "customer $CUSTOMER is not ready after 60 s: kubectl -n $namespace get pods"
  sleep 0.3
done
cat <<END

  Customer $CUSTOMER, in context '$context':

  portal       http://localhost:$portal_port/
  API          http://localhost:$hardware_port/hardware

  Ctrl-C ends the way, not the customer.

END
if [ "${OPEN_BROWSER:-}" = 1 ]; then open_browser "http://localhost:$portal_port/"; fi
wait -n "${pids[@]}" || true
die "the way to customer $CUSTOMER has ended (a pod that was replaced ends it): make port-forward CUSTOMER=$CUSTOMER again"
