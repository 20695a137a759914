#!/usr/bin/env bash
# Brings a schema up to date: `make migrate`, of what MYSQL_* or DATA_DIR name; `make migrate CUSTOMER=a`, in the cluster and with the
# image deployed last.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=k8s-lib.sh
. scripts/k8s-lib.sh

if [ -z "${CUSTOMER:-}" ]; then
  export DATA_DIR=${DATA_DIR:-./data}
  "$(hardware_binary)" migrate
  exit
fi
need_customer migrate
have python3 || need_apt python3
need_cluster
guard_production "migrating $CUSTOMER"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
deployed_parts "$work"
one_off "$work" migrate "migrate-$(date -u +%y%m%d-%H%M%S)" -- migrate || die "customer $CUSTOMER: the schema is as it was before the failed step"
say "customer $CUSTOMER: the schema is up to date"
