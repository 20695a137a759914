#!/usr/bin/env bash
# Asks a deployed customer as its visitors would: `make check-customer CUSTOMER=a`, and the last step of `make deploy`. hardware has to
# be ready and to greet as configured, the portal to show its first page with that greeting. The way in is a port-forward:
# it ends in the pod, so no network policy has to allow it.
#   WANT_VERSION   the version that hardware should tell
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=k8s-lib.sh
. scripts/k8s-lib.sh

need_customer check-customer
need_cluster
have python3 || need_apt python3
work=$(mktemp -d)
pids=()
# shellcheck disable=SC2329  # the trap calls it
cleanup() { if [ ${#pids[@]} -gt 0 ]; then kill "${pids[@]}" 2>/dev/null || true; fi; rm -rf "$work"; }
trap cleanup EXIT

kubens get configmap customer -o json > "$work/customer.json" || die "there is no ConfigMap customer in $namespace: is $CUSTOMER deployed?"
forward service/hardware http || exit 1
pids+=("$forward_pid")
hardware=$forward_port
forward service/portal http || exit 1
pids+=("$forward_pid")
python3 scripts/synthetic.py "$work/customer.json" "$hardware" "$forward_port" "${WANT_VERSION:-}"
